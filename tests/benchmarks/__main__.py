"""`make bench [ROWS=name]`: every row, or the named ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.audit import verify_a_million
from tests.benchmarks.capture import capture_throughput
from tests.benchmarks.harness import Result, report
from tests.benchmarks.latency import commit_to_painted_cell
from tests.benchmarks.relay import relay_deliveries, relay_storm
from tests.benchmarks.startup import first_live_rows, painted_shell

ROWS: dict[str, Callable[[], list[Result]]] = {
    "shell": lambda: [painted_shell()],
    "first-rows": lambda: [first_live_rows()],
    "latency": commit_to_painted_cell,
    "capture": capture_throughput,
    "audit": lambda: [verify_a_million()],
    "relay": relay_deliveries,
    "relay-storm": relay_storm,
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
