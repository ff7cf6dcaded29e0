"""From a frame's bytes to the cells in view, and how long a frame of the screen takes while it rains changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles

from PySide6.QtWidgets import QApplication

from tests.benchmarks.harness import Result, written
from tests.benchmarks.screen import COLUMNS, ROWS, FrugalTable, Side, Table, page_open, settle, table_of

_CHANGES = 250
_FRAMES = 25
_SECONDS = 12.0
_TICK = 1 / 60
_PER_SECOND = 1_000
_STEP = 21
_BUDGET = 0.0167
_TABLES = ("all items set anew from its records", "only the changed items' texts set")


def relay_to_cells() -> list[Result]:
    """A frame of 250 changes, decoded, taken in and painted, by the page and by two table widgets."""
    with page_open() as (ours, bookings):
        refilled, frugal = table_of(ours, bookings, Table), table_of(ours, bookings, FrugalTable)
        sides: list[Side] = [ours, refilled, frugal]
        rounds = []
        for _ in range(_FRAMES):
            frame = bookings.frame(_CHANGES)
            rounds.append([_painted(side, frame) for side in sides])
            if not sides[0].seen(ROWS) == sides[1].seen(ROWS) == sides[2].seen(ROWS):
                raise AssertionError("the tables differ after a frame")
            settle(ours.page)
    mine, theirs, careful = zip(*rounds, strict=True)
    work = f"relay's bytes → painted cells, {_CHANGES} changes, {ROWS:,} rows"
    table = f"QTableWidget {ROWS:,}×{COLUMNS}, json.loads"
    return [
        _row(work, mine, f"{table}, {_TABLES[0]}", theirs, 100.0),
        _row(work, mine, f"{table}, {_TABLES[1]}", careful, 1.0),
    ]


def _row(work: str, mine: tuple[float, ...], name: str, theirs: tuple[float, ...], goal: float) -> Result:
    ratio = median(peer / ours for ours, peer in zip(mine, theirs, strict=True))
    peer = f"{name} {written(median(theirs))}"
    return Result(work, written(median(mine)), peer, round(ratio, 2), "peer/ours", f"≥ {goal:g}×", ratio >= goal)


def _painted(side: Side, frame: bytes) -> float:
    began = time.perf_counter()
    side.take(frame)
    QApplication.processEvents()
    return time.perf_counter() - began


def scrolling() -> list[Result]:
    """The slowest hundredth of the screen's frames while the list scrolls and 1,000 rows a second change."""
    with page_open() as (ours, bookings):
        p99s = [_scrolled(ours, bookings.frame)]
        p99s.append(_scrolled(table_of(ours, bookings, Table), bookings.frame))
        p99s.append(_scrolled(table_of(ours, bookings, FrugalTable), bookings.frame))
    return [_frames(p99s[0], name, peer) for name, peer in zip(_TABLES, p99s[1:], strict=True)]


def _frames(mine: float, name: str, theirs: float) -> Result:
    work = f"a frame while scrolling, {_PER_SECOND:,} changes/s"
    peer = f"QTableWidget, {name} p99 {written(theirs)}"
    return Result(
        work, f"p99 {written(mine)}", peer, round(mine / theirs, 3), "ours/peer", "p99 ≤ 16.7 ms", mine <= _BUDGET
    )


def _scrolled(side: Side, frame: Callable[[int], bytes]) -> float:
    """p99 of a frame's work: what the relay brought since the last one (every second), one step of scrolling, painting."""
    bar = side.grid.verticalScrollBar()
    bar.setValue(0)
    took: list[float] = []
    step = _STEP
    for number in range(int(_SECONDS / _TICK)):
        news = frame(round(2 * _PER_SECOND * _TICK)) if number % 2 == 0 else None
        began = time.perf_counter()
        if news:
            side.take(news)
        if not 0 <= bar.value() + step <= bar.maximum():
            step = -step
        bar.setValue(bar.value() + step)
        QApplication.processEvents()
        took.append(time.perf_counter() - began)
        time.sleep(max(0.0, _TICK - took[-1]))
    return quantiles(took, n=100)[98]
