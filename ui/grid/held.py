"""Rows that wait outside the table while somebody is reading it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic

from PySide6.QtCore import QObject, Signal

from ui.grid.columns import Row
from ui.grid.model import GridModel


class Held(QObject, Generic[Row]):
    """Lets rows into the model when nobody is `reading` it, and otherwise keeps and counts them.

    `held_changed(int)` says how many wait. Past `limit` rows are counted and not kept; releasing then asks for the
    newest page with `reload_wanted` instead of leaving a hole.
    """

    held_changed = Signal(int)
    reload_wanted = Signal()

    def __init__(self, model: GridModel[Row], reading: Callable[[], bool], *, limit: int = 5_000) -> None:
        super().__init__(model)
        self._model = model
        self._reading = reading
        self._limit = limit
        self._rows: dict[Hashable, Row] = {}
        self._beyond: set[Hashable] = set()

    @property
    def count(self) -> int:
        """How many rows wait."""
        return len(self._rows) + len(self._beyond)

    def arrive(self, rows: Iterable[Row]) -> None:
        """Takes rows as they come: shown ones are updated in place, new ones are let in or wait."""
        coming = list(rows)
        if not self._reading() and not self.count:
            self._model.insert_sorted(coming)
            return
        self._model.update(coming)
        before = self.count
        for row in coming:
            if not self._model.holds(row):
                self._keep(row)
        self._tell(before)
        self.follow()

    def update(self, rows: Iterable[Row]) -> None:
        """Updates rows that are shown or wait; others are left."""
        coming = list(rows)
        self._model.update(coming)
        for row in coming:
            if self._model.id_of(row) in self._rows:
                self._keep(row)

    def remove(self, row_ids: Iterable[Hashable]) -> None:
        """Takes rows out, whether shown or waiting."""
        gone = list(row_ids)
        before = self.count
        for row_id in gone:
            self._rows.pop(row_id, None)
            self._beyond.discard(row_id)
        self._tell(before)
        self._model.remove(gone)

    def release(self) -> None:
        """Lets the waiting rows in, or asks for a reload when more came than were kept."""
        waiting, overflowed, before = list(self._rows.values()), bool(self._beyond), self.count
        self._rows.clear()
        self._beyond.clear()
        self._tell(before)
        if overflowed:
            self.reload_wanted.emit()
        else:
            self._model.insert_sorted(waiting)

    def follow(self) -> None:
        """Releases as soon as nobody is reading; connect it to the view's `position_changed`."""
        if self.count and not self._reading():
            self.release()

    def clear(self) -> None:
        """Forgets the waiting rows, because the table shows something else now."""
        before = self.count
        self._rows.clear()
        self._beyond.clear()
        self._tell(before)

    def _keep(self, row: Row) -> None:
        row_id = self._model.id_of(row)
        if row_id in self._rows or len(self._rows) < self._limit:
            self._rows[row_id] = row
        else:
            self._beyond.add(row_id)

    def _tell(self, before: int) -> None:
        if self.count != before:
            self.held_changed.emit(self.count)
