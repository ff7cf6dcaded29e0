"""What a list of payments costs in memory once it was scrolled from end to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from typing import Final, TypedDict

from tests.benchmarks.dataset import SIZES, datasets
from tests.benchmarks.harness import Result

_GOAL: Final = 50.0
_HELD: Final = (50_000, 100_000)
"""So many of the newest rows are put into the peer's items; what each one costs is the difference, and the same at any length."""
_FIRST: Final = 10_000
_LINEAR: Final = 0.1


class Told(TypedDict):
    """What a side's process says: how many rows it went through, the sum of the newest texts, and its bytes by rows held."""

    rows: int
    texts: str
    bytes: dict[str, int]


def grid_memory(size: str) -> list[Result]:
    """The page's list, scrolled to its end, against a QStandardItemModel of the same texts, each in a process of its own."""
    rows = SIZES[size]
    with datasets(size) as (dataset,):
        ours = _told("ours", dataset.viewer_url, rows)
        peer = _told("items", dataset.viewer_url, _FIRST, *_HELD)
    if ours["texts"] != peer["texts"] or ours["rows"] != rows:
        raise AssertionError(f"ours showed {ours}, the peer {peer}")
    mine, theirs = ours["bytes"][str(rows)], round(_per_row(peer["bytes"]) * rows)
    reckoned = f"reckoned from {_HELD[1]:,}: {_per_row(peer['bytes']):,.0f} bytes a row"
    return [
        Result(
            f"memory of the list, {size} payments scrolled from end to end",
            f"{mine / 1e6:,.0f} MB",
            f"QStandardItemModel of the same texts {theirs / 1e6:,.0f} MB ({reckoned})",
            round(theirs / mine, 1),
            "peer/ours",
            f"≥ {_GOAL:g}×",
            theirs / mine >= _GOAL,
        )
    ]


def _per_row(held: dict[str, int]) -> float:
    """The bytes of one more row of items; AssertionError where they are not the same between any two lengths."""
    measured = sorted((int(rows), size) for rows, size in held.items())
    steps = [(more - less) / (after - before) for (before, less), (after, more) in pairwise(measured)]
    if max(steps) > (1 + _LINEAR) * min(steps):
        raise AssertionError(f"the peer's rows do not cost the same at any length: {held}")
    return steps[-1]


def _told(side: str, url: str, *lengths: int) -> Told:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.grid_memory_sides", side, url, *map(str, lengths)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told
