"""How much memory a file of every payment needs, against holding the same payments in pandas."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final, get_args

from services.payments.export import FileKind
from tests.benchmarks.dataset import Dataset, datasets
from tests.benchmarks.harness import Result, written

_GOAL_BYTES: Final = 300e6


def export_memory(size: str) -> list[Result]:
    """The peak of a whole process that exports every payment, once as CSV and once as XLSX."""
    with datasets(size) as (dataset,):
        held = _told("pandas", dataset)
        return [_row(kind, dataset, _told(kind, dataset), held) for kind in get_args(FileKind)]


def _row(kind: str, dataset: Dataset, ours: dict[str, Any], held: dict[str, Any]) -> Result:
    if not ours["rows"] == held["rows"] == dataset.payments:
        raise AssertionError(f"{kind} has {ours['rows']} rows, pandas {held['rows']}, the fleet {dataset.payments}")
    return Result(
        f"peak memory of exporting {dataset.size} payments as {kind.upper()}, {written(ours['seconds'])}",
        f"{ours['bytes'] / 1e6:,.0f} MB",
        f"pandas.read_sql of the same payments, nothing written {held['bytes'] / 1e6:,.0f} MB",
        round(ours["bytes"] / held["bytes"], 3),
        "ours/peer",
        f"≤ {_GOAL_BYTES / 1e6:.0f} MB",
        ours["bytes"] <= _GOAL_BYTES,
    )


def _told(side: str, dataset: Dataset) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.exporting_sides", side, dataset.viewer_url],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
