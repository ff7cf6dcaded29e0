"""The crash harness's ground, and its table at the end of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.faults.ground import Ground

_COLUMNS = ("blows", "acknowledged", "lost", "partial", "duplicated", "audit", "notes")
Report = Callable[..., None]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A server that keeps what it acknowledged."""
    ground = Ground(tmp_path_factory.mktemp("durable"))
    try:
        yield ground
    finally:
        ground.close()


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """Adds a row to the table."""

    def add(harness: str, **cells: object) -> None:
        record_property("faults", {"harness": harness, **{name: str(cell) for name, cell in cells.items()}})

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what every harness counted."""
    reports = [one for outcome in ("passed", "failed") for one in terminalreporter.getreports(outcome)]
    rows = [
        row for one in reports for name, row in one.user_properties if name == "faults" and isinstance(row, Mapping)
    ]
    if not rows:
        return
    terminalreporter.section("faults")
    cells = [
        ("harness", *_COLUMNS),
        *(tuple(str(row.get(name, "")) for name in ("harness", *_COLUMNS)) for row in rows),
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
