"""A call from Python into Qt that returns nothing must not use up a reference to None.

A binding that loses one each time aborts the interpreter after some ten thousand calls, minutes into a working day.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

CALLS = 50_000
#: What the interpreter itself may take or give back meanwhile.
NOISE = 500


def drift(call: Callable[[], object]) -> int:
    """How many references to None came or went while the call was made many times."""
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        call()
    return abs(sys.getrefcount(None) - before)


class Speaker(QObject):
    """Something with a signal and a slot that returns nothing."""

    said = Signal(object)

    def hear(self, _word: object) -> None:
        """Does nothing."""


def test_a_setter_of_a_plain_object() -> None:
    thing = QObject()
    assert drift(lambda: thing.setObjectName("payments")) < NOISE


def test_a_setter_of_a_widget(qtbot: QtBot) -> None:
    words = QLabel()
    qtbot.addWidget(words)
    assert drift(lambda: words.setText("1,284 payments today")) < NOISE


@pytest.mark.usefixtures("qapp")
def test_timers_and_the_event_loop() -> None:
    timer = QTimer()
    assert drift(timer.stop) < NOISE
    assert drift(QCoreApplication.processEvents) < NOISE


def test_signals_and_slots_that_carry_none() -> None:
    speaker = Speaker()
    speaker.said.connect(speaker.hear)
    assert drift(lambda: speaker.said.emit(None)) < NOISE


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None has no count of references from 3.12 on")
def test_the_count_would_notice() -> None:
    kept: list[None] = []
    assert drift(lambda: kept.append(None)) >= CALLS
