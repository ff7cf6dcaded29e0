"""`make bench [ROWS="name …"]`: the usual rows, up to a million payments (about a quarter of an hour), or the named ones.

Named only: the rows of 100 thousand and of 10 million payments (`…-100k`, `…-10m`; ten million are built first, in about twenty
minutes), what they cost more (`…-growth`), and `forecast`, whose peer fits thousands of models.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.benchmarks import revenue
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
from tests.benchmarks.visible import visible


def _forecast() -> list[Result]:
    # Its peer's library would weigh on every other row's start.
    from tests.benchmarks.forecast import forecast_rows

    return forecast_rows()


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
    **{f"revenue-{size}": partial(revenue.revenue, size) for size in SIZES},
    "revenue-growth": partial(revenue.growth, "1m", "10m"),
    **{f"visible-{size}": partial(visible, size) for size in SIZES},
    "forecast": _forecast,
}
USUAL = [name for name in ROWS if not name.endswith(("-100k", "-10m", "-growth")) and name != "forecast"]


def main(names: list[str]) -> int:
    """Runs the named rows, or the usual ones; 2 for an unknown name, 1 where a goal is missed."""
    if {"-h", "--help"} & set(names):
        print(f"{__doc__}\nUsual: {' '.join(USUAL)}\nAll: {' '.join(ROWS)}")
        return 0
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        print(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    results: list[Result] = []
    for name in names or USUAL:
        print(f"… {name}", file=sys.stderr, flush=True)
        results += ROWS[name]()
    report(results, Path("benchmarks.json"))
    return 0 if all(row.holds for row in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
