"""What a list of a million payments costs in memory once it was scrolled from end to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any, Final

from tests.benchmarks.dataset import SIZES, Dataset, datasets
from tests.benchmarks.harness import Result

_GOAL: Final = 50.0


def grid_memory(size: str) -> list[Result]:
    """The page's list against a QStandardItemModel of the same texts, each in a process of its own."""
    with datasets(size) as (dataset,):
        ours, peer = (_told(side, dataset) for side in ("ours", "items"))
    if ours["texts"] != peer["texts"] or ours["rows"] != SIZES[size]:
        raise AssertionError(f"ours showed {ours}, the peer {peer}")
    ratio = peer["bytes"] / ours["bytes"]
    work = f"memory of the list, {size} payments scrolled from end to end"
    name = f"QStandardItemModel of the same texts {peer['bytes'] / 1e6:,.0f} MB"
    shown = f"{ours['bytes'] / 1e6:,.0f} MB"
    return [Result(work, shown, name, round(ratio, 1), "peer/ours", f"≥ {_GOAL:g}×", ratio >= _GOAL)]


def _told(side: str, dataset: Dataset) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.grid_memory_sides", side, dataset.viewer_url, str(dataset.payments)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
