"""From a frame's bytes to the cells in view, and how long a frame of the screen takes while it rains changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

from PySide6.QtWidgets import QApplication

from tests.benchmarks.harness import Result, written
from tests.benchmarks.screen import COLUMNS, MONTH_ROWS, ROWS, FrugalTable, Side, Table, page_open, settle, table_of
from ui.payments.loaded import MOST

_CHANGES = 250
_FRAMES = 25
_SECONDS = 12.0
_TICK = 1 / 60
_PER_SECOND = 1_000
_STEP = 21
_BUDGET = 0.0167
_TABLES = ("all items set anew from its records", "only the changed items' texts set")


@dataclass(frozen=True, slots=True)
class _Took:
    """Seconds until it was painted, and of them those in which the screen's thread worked: on a busy machine it also waits."""

    until_painted: float
    of_work: float


def relay_to_cells() -> list[Result]:
    """A frame of 250 changes, decoded, taken in and painted, by the page and by two table widgets that show the same list."""
    return [result for rows in (ROWS, MONTH_ROWS) for result in _to_cells(rows)]


def _to_cells(rows: int) -> list[Result]:
    with page_open(rows) as (ours, bookings):
        sides: list[Side] = [ours, table_of(ours, bookings, Table), table_of(ours, bookings, FrugalTable)]
        rounds: list[list[_Took]] = []
        for _ in range(_FRAMES):
            frame = bookings.frame(_CHANGES)
            rounds.append([_painted(side, frame) for side in sides])
            if len(rounds) in (1, _FRAMES):
                _assert_same(sides)
            settle(ours.page)
    mine, refilled, frugal = zip(*rounds, strict=True)
    table = f"QTableWidget {rows:,}×{COLUMNS}, json.loads"
    return [
        _row(rows, mine, f"{table}, {_TABLES[0]}", refilled, 100.0),
        _row(rows, mine, f"{table}, {_TABLES[1]}", frugal, 1.0),
    ]


def _assert_same(sides: list[Side]) -> None:
    first, *others = (side.seen(MOST) for side in sides)
    if any(other != first for other in others):
        raise AssertionError("the tables differ after a frame")


def _row(rows: int, mine: tuple[_Took, ...], name: str, theirs: tuple[_Took, ...], goal: float) -> Result:
    ratio = median(peer.until_painted / ours.until_painted for ours, peer in zip(mine, theirs, strict=True))
    held = f", of which ours holds {MOST:,}" if rows > MOST else ""
    work = f"relay's bytes → painted cells, {_CHANGES} changes, a list of {rows:,}{held}"
    return Result(
        work, _said(mine), f"{name} {_said(theirs)}", round(ratio, 2), "peer/ours", f"≥ {goal:g}×", ratio >= goal
    )


def _said(took: tuple[_Took, ...]) -> str:
    until, work = (written(median(getattr(one, name) for one in took)) for name in ("until_painted", "of_work"))
    return f"{until} ({work} of work)"


def _painted(side: Side, frame: bytes) -> _Took:
    began, worked = time.perf_counter(), time.thread_time()
    side.take(frame)
    QApplication.processEvents()
    return _Took(time.perf_counter() - began, time.thread_time() - worked)


def scrolling() -> list[Result]:
    """The slowest hundredth of the screen's frames while the list scrolls and 1,000 rows a second change."""
    with page_open() as (ours, bookings):
        mine = _scrolled(ours, bookings.frame)
        tables = [_scrolled(table_of(ours, bookings, kind), bookings.frame) for kind in (Table, FrugalTable)]
    return [_frames(mine, name, peer) for name, peer in zip(_TABLES, tables, strict=True)]


def _frames(mine: _Took, name: str, theirs: _Took) -> Result:
    ours, peer = (f"p99 {written(side.until_painted)} ({written(side.of_work)} of work)" for side in (mine, theirs))
    return Result(
        f"a frame while scrolling {ROWS:,} rows, {_PER_SECOND:,} changes/s",
        ours,
        f"QTableWidget, {name} {peer}",
        round(mine.until_painted / theirs.until_painted, 3),
        "ours/peer",
        "p99 ≤ 16.7 ms",
        mine.until_painted <= _BUDGET,
    )


def _scrolled(side: Side, frame: Callable[[int], bytes]) -> _Took:
    """p99 of a frame: what the relay brought since the last one (every second), one step of scrolling, painting."""
    bar = side.grid.verticalScrollBar()
    bar.setValue(0)
    took: list[_Took] = []
    step = _STEP
    for number in range(int(_SECONDS / _TICK)):
        news = frame(round(2 * _PER_SECOND * _TICK)) if number % 2 == 0 else None
        if not 0 <= bar.value() + step <= bar.maximum():
            step = -step
        took.append(_frame(side, news, bar.value() + step))
        time.sleep(max(0.0, _TICK - took[-1].until_painted))
    return _Took(*(quantiles([getattr(one, name) for one in took], n=100)[98] for name in _Took.__slots__))


def _frame(side: Side, news: bytes | None, place: int) -> _Took:
    began, worked = time.perf_counter(), time.thread_time()
    if news:
        side.take(news)
    side.grid.verticalScrollBar().setValue(place)
    QApplication.processEvents()
    return _Took(time.perf_counter() - began, time.thread_time() - worked)
