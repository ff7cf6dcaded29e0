"""Qt objects in a cycle die on the Qt thread, whoever allocates."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from threading import Thread, get_ident

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.collecting import Collecting, collect_due


class Cycle:
    """Garbage that only the collector finds; tells which thread it died on."""

    def __init__(self, died: list[int]) -> None:
        self._me = self
        self._died = died

    def __del__(self) -> None:
        self._died.append(get_ident())


def _allocate() -> None:
    """As much as would make the interpreter collect, in another thread."""
    thread = Thread(target=lambda: [[number] for number in range(200_000)])
    thread.start()
    thread.join()


@pytest.fixture
def died() -> Iterator[list[int]]:
    gc.collect()
    yield []
    gc.enable()


def test_without_it_a_worker_collects(died: list[int]) -> None:
    """The control: this is what must not happen to a widget."""
    Cycle(died)
    _allocate()
    assert died
    assert died[0] != get_ident()


def test_with_it_the_qt_thread_collects(qtbot: QtBot, died: list[int]) -> None:
    owner = QObject()
    collecting = Collecting(owner)
    collecting.start()
    Cycle(died)
    _allocate()
    assert died == []
    collecting.stop()
    assert died == [get_ident()]
    assert gc.isenabled()


def test_the_timer_collects_meanwhile(qtbot: QtBot, died: list[int]) -> None:
    owner = QObject()
    collecting = Collecting(owner)
    collecting.start()
    Cycle(died)
    kept = [[number] for number in range(5_000)]
    qtbot.waitUntil(lambda: died == [get_ident()])
    assert len(kept) == 5_000
    collecting.stop()


@pytest.mark.parametrize(
    ("counts", "at_rest", "generation"),
    [
        ((10, 0, 0), True, -1),
        ((2_001, 0, 0), False, 1),
        ((2_001, 0, 11), False, 1),
        ((5, 3, 11), False, -1),
        ((5, 3, 11), True, 2),
        ((5, 3, 10), True, -1),
        ((5, 3, 601), False, 2),
    ],
)
def test_the_young_are_collected_in_time_and_everything_at_rest(
    monkeypatch: pytest.MonkeyPatch, counts: tuple[int, int, int], at_rest: bool, generation: int
) -> None:
    taken: list[int] = []
    monkeypatch.setattr(gc, "get_count", lambda: counts)
    monkeypatch.setattr(gc, "get_threshold", lambda: (2_000, 10, 10))
    monkeypatch.setattr(gc, "collect", taken.append)
    assert collect_due(at_rest=at_rest) == generation
    assert taken == ([generation] if generation > 0 else [])


def test_a_thread_that_works_is_not_at_rest(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    monkeypatch.setattr("ui.collecting.collect_due", lambda *, at_rest: told.append(at_rest))
    seconds = iter((10.0, 10.02, 10.03, 10.06, 10.07))
    monkeypatch.setattr("ui.collecting.time.thread_time", lambda: next(seconds, 10.07))
    owner = QObject()
    collecting = Collecting(owner)
    collecting.start()
    qtbot.waitUntil(lambda: len(told) >= 2)
    collecting.stop()
    assert told[:2] == [True, False]
