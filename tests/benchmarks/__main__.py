"""`make bench [ROWS=name]`: every row, or the named ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.benchmarks.audit import verify_a_million
from tests.benchmarks.capture import capture_throughput
from tests.benchmarks.cells import relay_to_cells, scrolling
from tests.benchmarks.dataset import SIZES
from tests.benchmarks.exporting import export_memory
from tests.benchmarks.finding import search
from tests.benchmarks.grid_memory import grid_memory
from tests.benchmarks.harness import Result, report
from tests.benchmarks.latency import commit_to_painted_cell
from tests.benchmarks.pages import far_page, first_page, growth
from tests.benchmarks.relay import relay_deliveries, relay_storm
from tests.benchmarks.startup import first_live_rows, painted_shell
from tests.benchmarks.totals import dashboard

ROWS: dict[str, Callable[[], list[Result]]] = {
    "shell": lambda: [painted_shell()],
    "first-rows": lambda: [first_live_rows()],
    "latency": commit_to_painted_cell,
    "capture": capture_throughput,
    "audit": lambda: [verify_a_million()],
    "relay": relay_deliveries,
    "relay-storm": relay_storm,
    **{f"page-{size}": partial(first_page, size) for size in SIZES},
    "page-growth": partial(growth, "100k", "10m"),
    **{f"far-{size}": partial(far_page, size) for size in SIZES},
    **{f"totals-{size}": partial(dashboard, size) for size in SIZES},
    **{f"search-{size}": partial(search, size) for size in SIZES},
    "cells": relay_to_cells,
    "scrolling": scrolling,
    **{f"grid-memory-{size}": partial(grid_memory, size) for size in SIZES},
    **{f"export-{size}": partial(export_memory, size) for size in SIZES},
}


def main(names: list[str]) -> int:
    """Runs the rows; 2 for an unknown name, 1 where a goal is missed."""
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        print(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    results: list[Result] = []
    for name in names or ROWS:
        print(f"… {name}", file=sys.stderr, flush=True)
        results += ROWS[name]()
    report(results, Path("benchmarks.json"))
    return 0 if all(row.holds for row in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
