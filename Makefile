# Everything runs from .venv, which `make setup` makes. PYTHON=... names another Python than the first fitting one.
.PHONY: setup demo test bench faults lock bundle clean
.DEFAULT_GOAL := setup

BIN := .venv/bin
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?=

setup:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
		if "$$python" -c '$(FITS)' 2>/dev/null; then exec "$$python" .ci/setup.py $(if $(PYTHON),--this-python); fi; \
	done; \
	echo 'set-up: no Python 3.11, 3.12 or 3.13 was found$(if $(PYTHON), at $(PYTHON)). Install one, or name it: make setup PYTHON=/path/to/python3' >&2; \
	exit 1

demo: setup
	$(BIN)/workstation demo $(ARGS)

test: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -m 'not slow' --cov --cov-report=term $(ARGS)

bench: setup
	$(BIN)/python -m tests.benchmarks $(ROWS)

faults: setup
	$(BIN)/python -m pytest -m slow tests/faults $(ARGS)

# The project's own requirements and setuptools, which builds it without a network.
lock: setup
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra bundle --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --quiet \
		--output-file requirements.lock
	@! grep -nE '://|^-' requirements.lock || { echo 'requirements.lock must not name addresses' >&2; exit 1; }
	@grep -q '^setuptools==' requirements.lock || { echo 'requirements.lock lacks setuptools' >&2; exit 1; }

bundle: setup
	$(BIN)/pyinstaller --noconfirm build.spec

clean:
	rm -rf .venv build dist *.egg-info htmlcov .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
