"""Draws a table's flashes to their end, and rests when nothing flashes."""

from __future__ import annotations

from typing import Final, Generic

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QTableView

from ui.grid.columns import Row
from ui.grid.model import GridModel

_TICK_MS: Final = 50


class Flashing(QObject, Generic[Row]):
    """Redraws the rows of `view` whose marks fade, 20 times a second, as long as the model has marks."""

    def __init__(self, model: GridModel[Row], view: QTableView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.draw)

    @property
    def active(self) -> bool:
        """Whether it redraws."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begins to redraw if there is anything to."""
        if self._model.marks and not self._timer.isActive():
            self._timer.start()

    def draw(self) -> None:
        """Redraws what looks different from a moment ago; stops when the last mark is gone."""
        marks = self._model.marks
        over = marks.forget_old()
        for at in self._visible():
            row_id = self._model.id_of(self._model.row_at(at))
            if row_id in over or marks.fading(row_id):
                redraw_row(self._view, at)
        if not marks:
            self._timer.stop()

    def _visible(self) -> range:
        first = self._view.rowAt(0)
        last = self._view.rowAt(self._view.viewport().height() - 1)
        if first < 0:
            return range(0)
        return range(first, (last if last >= 0 else self._model.rowCount() - 1) + 1)


def redraw_row(view: QTableView, at: int) -> None:
    """Asks for a row to be painted again."""
    viewport = view.viewport()
    viewport.update(0, view.rowViewportPosition(at), viewport.width(), view.rowHeight(at))
