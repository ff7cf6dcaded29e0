"""Keeps what is being read where it is, while rows come and go around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation
from PySide6.QtWidgets import QScrollBar

_SLIDE_MS: Final = 160
# More rows than these would rush past instead of sliding in.
_SLIDE_ROWS: Final = 3


class ReadingPosition(QObject):
    """Moves a table's scroll bar (in px) by the rows that come and go above what is read.

    `row_height` tells the px of a row, `chosen` the place of the row that the reader chose and sees (−1: none). What is read
    is that row, and otherwise the row at the upper edge. The bar learns of new rows only when the table
    lays itself out, so movements wait for `settle`.
    """

    def __init__(
        self, bar: QScrollBar, row_height: Callable[[], int], chosen: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._row_height = row_height
        self._chosen = chosen
        self._shift = 0
        self._slide_rows = 0
        self._settling = False
        self._slide = QVariantAnimation(self)
        self._slide.setDuration(_SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(self._slid)
        bar.valueChanged.connect(self._scrolled)

    @property
    def at_top(self) -> bool:
        """Whether the first row is, or is about to be, at the upper edge."""
        return self._sliding or self.top <= 0

    @property
    def top(self) -> int:
        """The px above the upper edge, once everything is laid out."""
        return self._bar.value() + self._shift

    def seen(self, height: int) -> range:
        """The places within `height` px from the upper edge."""
        return range(max(0, self.top) // self._row_height(), -(-max(0, self.top + height) // self._row_height()))

    def inserted(self, first: int, count: int, *, slide: bool, keep: bool) -> None:
        """Rows are about to come in at `first`; `keep` holds still what is read, `slide` lets rows at the very top slide in."""
        if keep and first <= self._anchor():
            self._shift += count * self._row_height()
        elif slide and first == 0:
            self._slide_rows += count

    def removed(self, first: int, count: int) -> None:
        """Rows are about to go from `first` on."""
        self._shift -= max(0, min(first + count, self._anchor()) - first) * self._row_height()

    def reset(self) -> None:
        """Other rows are shown: begins at the top."""
        self._slide.stop()
        self._shift = self._slide_rows = 0
        self._bar.setValue(0)

    def settle(self) -> None:
        """Moves the bar; call it when the table has laid out its rows."""
        self._settling = True
        if self._shift:
            shift, self._shift = self._shift, 0
            self._bar.setValue(self._bar.value() + shift)
        if self._slide_rows:
            rows, self._slide_rows = self._slide_rows, 0
            self._start(rows)
        self._settling = False

    @property
    def _sliding(self) -> bool:
        return self._slide.state() == QVariantAnimation.State.Running

    def _anchor(self) -> int:
        chosen = self._chosen()
        return chosen if chosen >= 0 else self.top // self._row_height()

    def _start(self, rows: int) -> None:
        self._slide.stop()
        if rows > _SLIDE_ROWS:
            self._bar.setValue(0)
            return
        height = self._row_height()
        start = min(self._bar.value() + rows * height, _SLIDE_ROWS * height, self._bar.maximum())
        self._slide.setStartValue(start)
        self._slide.setEndValue(0)
        self._slide.start()

    def _slid(self, value: int) -> None:
        self._settling = True
        self._bar.setValue(value)
        self._settling = False

    def _scrolled(self) -> None:
        # Somebody took hold of the bar: it is theirs.
        if not self._settling:
            self._slide.stop()
