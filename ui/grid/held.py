"""Rows that wait outside the table while somebody is reading it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final, Generic

from PySide6.QtCore import QObject, Signal

from ui.grid.columns import Row
from ui.grid.model import GridModel

# Rows beyond are told apart up to this many; after that they are only numbered.
_TOLD_APART: Final = 100_000


class Held(QObject, Generic[Row]):
    """Lets rows into the model when nobody is `reading` it, and otherwise keeps and counts them.

    `held_changed(int)` says how many wait. Past `limit`, and above the stretch of the list that is loaded (`count_beyond`), rows
    are counted and not kept; releasing then asks with `reload_wanted` for the first page instead of leaving a hole.
    """

    held_changed = Signal(int)
    reload_wanted = Signal()

    def __init__(
        self,
        model: GridModel[Row],
        reading: Callable[[], bool],
        *,
        disturbs: Callable[[Row], bool] = lambda _row: True,
        limit: int = 5_000,
    ) -> None:
        """While somebody reads, only new rows that would disturb wait."""
        super().__init__(model)
        self._model = model
        self._reading = reading
        self._disturbs = disturbs
        self._limit = limit
        self._rows: dict[Hashable, Row] = {}
        self._beyond: set[Hashable] = set()
        self._uncounted = 0

    @property
    def count(self) -> int:
        """How many rows wait."""
        return len(self._rows) + len(self._beyond) + self._uncounted

    @property
    def waiting(self) -> list[Row]:
        """The rows that are kept, in no order."""
        return list(self._rows.values())

    def row(self, row_id: Hashable) -> Row | None:
        """The row with this id, if it waits and is kept."""
        return self._rows.get(row_id)

    def arrive(self, rows: Iterable[Row]) -> None:
        """Takes rows as they come: shown ones are updated in place, new ones are let in or wait."""
        coming = list(rows)
        if not self._reading() and not self.count:
            self._model.insert_sorted(coming)
            return
        before = self.count
        let_in: list[Row] = []
        for row in coming:
            if self._model.holds(row) or not self._disturbs(row):
                self._rows.pop(self._model.id_of(row), None)
                let_in.append(row)
            else:
                self._keep(row)
        self._model.insert_sorted(let_in)
        self._tell(before)
        self.follow()

    def count_beyond(self, row_id: Hashable) -> None:
        """Counts a new row above the stretch of the list that is loaded."""
        before = self.count
        self._rows.pop(row_id, None)
        self._count(row_id)
        self._tell(before)

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
        """Lets the waiting rows in, or asks for the first page when there are more than were kept."""
        waiting, overflowed = self.waiting, bool(self._beyond)
        self.clear()
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
        self._uncounted = 0
        self._tell(before)

    def _keep(self, row: Row) -> None:
        row_id = self._model.id_of(row)
        if row_id in self._rows or len(self._rows) < self._limit:
            self._rows[row_id] = row
        else:
            self._count(row_id)

    def _count(self, row_id: Hashable) -> None:
        if len(self._beyond) < _TOLD_APART:
            self._beyond.add(row_id)
        else:
            self._uncounted += 1

    def _tell(self, before: int) -> None:
        if self.count != before:
            self.held_changed.emit(self.count)
