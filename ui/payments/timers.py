"""Timers that run once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def single(parent: QObject, milliseconds: int, call: Callable[[], object]) -> QTimer:
    """A timer that calls once, so long after it was started."""
    timer = QTimer(parent, singleShot=True, interval=milliseconds)
    timer.timeout.connect(call)
    return timer


def start(timer: QTimer) -> None:
    """Starts a timer unless it runs: what goes on coming must not put it off for ever."""
    if not timer.isActive():
        timer.start()
