"""The house stands as it is described: its rooms, what they may know of each other, and what lies at its door."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("workstation", "ui", "services", "resources")
AT_THE_DOOR = {*ROOMS, "tests", "docs", "build.spec", "pyproject.toml", "README.md", "Makefile", "requirements.lock"}
#: What the commands of the Makefile and the demo make; none of it is committed.
MADE = {"build", "dist", "htmlcov", "screenshots", "benchmarks.json", "__pycache__"}


def modules() -> Iterator[Path]:
    """Every module of the four rooms."""
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def test_nothing_else_lies_at_the_door() -> None:
    names = {path.name for path in ROOT.iterdir()}
    strange = {
        name for name in names - AT_THE_DOOR - MADE if not name.startswith(".") and not name.endswith(".egg-info")
    }
    assert strange == set()


def test_what_is_made_is_not_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    assert {name for name in MADE if not {name, f"{name}/", f"/{name}", f"/{name}/"} & set(ignored)} == set()


def test_rooms_know_only_what_lies_below_them() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", done.stdout), done.stdout


def test_tests_stand_in_no_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_it_is(room: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / room).rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_error_is_swallowed() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_the_lock_names_packages_and_hashes_and_no_address() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    named = [line for line in lines if line and not line.startswith((" ", "#"))]
    unpinned = [line for line in named if not re.match(r"[a-z0-9][a-z0-9.\-]*(\[[a-z0-9,\-]+\])?==\S+ ", line)]
    assert (bool(named), unpinned) == (True, [])
    assert sum("--hash=sha256:" in line for line in lines) >= len(named)


def test_every_program_that_is_locked_is_the_one_that_is_asked_for() -> None:
    asked = (ROOT / "pyproject.toml").read_text("utf-8")
    lock = (ROOT / "requirements.lock").read_text("utf-8").casefold()
    exact = re.findall(r'"([A-Za-z0-9_.\-]+)==([0-9.]+)"', asked)
    assert exact
    assert [pair for pair in exact if f"{pair[0]}=={pair[1]} ".casefold() not in lock] == []
