"""Python's cyclic garbage is collected on the Qt thread alone.

A collection runs in whichever thread happens to allocate. In a worker it would destroy Qt objects that lie in a cycle from the
wrong thread, which ends the process. So automatic collection is off while a window is up, and a timer does the same work here.
"""

from __future__ import annotations

import gc
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MS: Final = 500
# At rest the thread worked less than so many seconds since the last time.
_REST: Final = 0.025
# Without a moment's rest everything is collected after so many times the young: five minutes at the least.
_PATIENCE: Final = 600


class Collecting(QObject):
    """Collects on the thread it lives in from `start()` to `stop()`: the young in time, everything when the thread is at rest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worked = 0.0
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """From now on no other thread collects."""
        gc.disable()
        self._worked = time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """Collects what is left, here, and gives collection back to the interpreter."""
        self._timer.stop()
        gc.collect()
        gc.enable()

    def _collect(self) -> None:
        collect_due(at_rest=time.thread_time() - self._worked < _REST)
        self._worked = time.thread_time()


def collect_due(*, at_rest: bool) -> int:
    """Collects what is due: 1, the young, 2, everything, or -1 for nothing; returns it.

    The young are collected often, and so in a millisecond or two. Everything may take a tenth of a second, for which a list would
    stop under somebody's hand: it waits for a moment of rest.
    """
    (made, _, since), (much, _, often) = gc.get_count(), gc.get_threshold()
    due = 2 if since > (often if at_rest else _PATIENCE) else 1 if made > much else -1
    if due > 0:
        gc.collect(due)
    return due
