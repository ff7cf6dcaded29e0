"""Python's cyclic garbage is collected on the Qt thread alone.

A collection runs in whichever thread happens to allocate. In a worker it would destroy Qt objects that lie in a cycle from the
wrong thread, which ends the process. So automatic collection is off while a window is up, and a timer does the same work here.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class Collecting(QObject):
    """Collects on the thread it lives in from `start()` to `stop()`, at the interpreter's own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(collect_due)

    def start(self) -> None:
        """From now on no other thread collects."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Collects what is left, here, and gives collection back to the interpreter."""
        self._timer.stop()
        gc.collect()
        gc.enable()


def collect_due() -> int:
    """Collects the oldest generation that is due, as the interpreter would; returns it, or -1 where none is."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if 0 < thresholds[generation] < counts[generation]:
            gc.collect(generation)
            return generation
    return -1
