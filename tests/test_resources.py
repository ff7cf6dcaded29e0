"""What is not code: found by name, and standing on nothing."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import resources

HERE = Path(resources.__file__).parent


def test_a_resource_is_found_by_its_name() -> None:
    found = resources.path("icons/payments.svg")
    assert found.is_file()
    assert resources.text("icons/payments.svg") == found.read_text("utf-8")
    assert "currentColor" in resources.text("icons/payments.svg")


def test_a_resource_that_is_not_there_is_named() -> None:
    for ask in (resources.path, resources.text):
        with pytest.raises(FileNotFoundError, match=r"^resource not found: icons/unicorn\.svg$"):
            ask("icons/unicorn.svg")


def test_every_text_can_be_read_wherever_the_program_runs() -> None:
    texts = [file for kind in ("svg", "qss", "txt") for file in HERE.rglob(f"*.{kind}")]
    assert {file.suffix for file in texts} == {".svg", ".qss", ".txt"}
    for file in texts:
        assert resources.text(file.relative_to(HERE).as_posix()).strip(), file


def test_the_fonts_come_with_their_licence() -> None:
    for face in (HERE / "fonts").rglob("*.otf"):
        assert (face.parent / "OFL.txt").is_file()


def test_it_imports_nothing_but_python() -> None:
    for file in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            assert all(name.partition(".")[0] in sys.stdlib_module_names for name in names), (file, names)
