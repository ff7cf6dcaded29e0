"""The model of a live table: plain frozen rows with stable ids, changed in place."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final, Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ui.grid.columns import Column, Order, Row, distinct
from ui.grid.marks import Marks
from ui.grid.rows import Rows

#: What a private cell shows while the model conceals.
CONCEALED: Final = "•••••"
# Texts are kept for about the rows that fit a tall screen a few times over.
_KEPT_TEXTS: Final = 1_024
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class GridModel(QAbstractTableModel, Generic[Row]):
    """Rows as a table; `more_wanted` asks for an older page, answered by `append`, once for each `set_more(True)`."""

    more_wanted = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        row_id: Callable[[Row], Hashable],
        *,
        order: Order[Row] | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = distinct(columns)
        self._row_id = row_id
        self._order = order
        self._rows: Rows[Row] = Rows(row_id)
        self._texts: dict[Hashable, list[str]] = {}
        self._older = False
        self._asked = False
        self._concealed = False
        self.marks = Marks(clock)

    @property
    def columns(self) -> tuple[Column[Row], ...]:
        """The declared columns, in declared order."""
        return self._columns

    @property
    def rows(self) -> Sequence[Row]:
        """The rows in shown order."""
        return self._rows

    def row_at(self, at: int) -> Row:
        """The row at a place from 0; IndexError when there is none."""
        return self._rows[at]

    def id_of(self, row: Row) -> Hashable:
        """The id that tells this row from every other."""
        return self._row_id(row)

    def row_of(self, row_id: Hashable) -> int | None:
        """The place of the row with this id; None when it is not loaded."""
        return self._rows.find(row_id)

    def holds(self, row: Row) -> bool:
        """Whether a row with this row's id is loaded."""
        return self._rows.holds(self._row_id(row))

    def text(self, at: int, column: int) -> str:
        """What a cell shows."""
        row = self._rows[at]
        row_id = self._row_id(row)
        texts = self._texts.get(row_id)
        if texts is None:
            if len(self._texts) >= _KEPT_TEXTS:
                self._texts.clear()
            texts = self._texts[row_id] = self._write(row)
        return texts[column]

    # --- changes -------------------------------------------------------------------------------------------------

    def reset(self, rows: Iterable[Row], *, more: bool = False) -> None:
        """Shows these rows instead, in the order given; ValueError when two have the same id."""
        fresh = Rows(self._row_id, rows)
        self.beginResetModel()
        self._rows = fresh
        self._texts.clear()
        self.marks.clear()
        self.set_more(more)
        self.endResetModel()

    def set_order(self, order: Order[Row] | None) -> None:
        """Puts rows that come from now on in another order; call it with the `reset` that shows rows in this order."""
        self._order = order

    def append(self, rows: Iterable[Row], *, more: bool = False) -> None:
        """Adds an older page at the end; rows already shown are updated in place. `more`: there are older ones yet."""
        self.set_more(more)
        self._insert(len(self._rows), self._unknown(rows))

    def prepend(self, rows: Iterable[Row]) -> None:
        """Adds new rows at the top, the first given on top; rows already shown are updated in place."""
        fresh = self._unknown(rows)
        self.marks.arrived(map(self._row_id, fresh))
        self._insert(0, fresh)

    def insert_sorted(self, rows: Iterable[Row]) -> None:
        """Adds new rows where the model's order puts them (at the top when it has none); known ones are updated.

        A row that belongs below the last one is left to its page while older pages are still to come.
        """
        if self._order is None:
            self.prepend(rows)
            return
        order = self._order
        fresh = order.arranged(self._unknown(rows))
        # Marked first: the view looks for marks as soon as the rows are in.
        self.marks.arrived(map(self._row_id, fresh))
        blocks = [(at, list(block)) for at, block in groupby(fresh, lambda row: order.place(self._rows, row))]
        for at, block in reversed(blocks):
            if at < len(self._rows) or not self._older or not at:
                self._insert(at, block)

    def update(self, rows: Iterable[Row]) -> None:
        """Replaces rows by id, announcing and marking exactly the cells that read differently; unknown ids are left."""
        changed: dict[int, set[int]] = {}
        for row in rows:
            at = self._rows.find(self._row_id(row))
            if at is not None and (columns := self._swap(at, row)):
                changed.setdefault(at, set()).update(columns)
        for first, last, left, right in _areas(changed):
            self.dataChanged.emit(self.index(first, left), self.index(last, right), [])

    def remove(self, row_ids: Iterable[Hashable]) -> None:
        """Takes rows out; unknown ids are left."""
        places = sorted({at for row_id in row_ids if (at := self._rows.find(row_id)) is not None})
        for first, last in reversed(list(_runs(places))):
            self._take_out(first, last - first + 1)

    def trim(self, keep: int) -> None:
        """Lets go of the rows below the first `keep`; they count as older rows that can be asked for again."""
        if len(self._rows) > keep:
            self._take_out(keep, len(self._rows) - keep)
            self.set_more(True)

    def set_more(self, more: bool) -> None:
        """Says whether there are older rows, and so allows `more_wanted` once (again, after a page failed to come)."""
        self._older = more
        self._asked = False

    def conceal(self, concealed: bool) -> None:
        """Masks the cells of private columns, or shows them again."""
        if concealed == self._concealed:
            return
        self._concealed = concealed
        self._texts.clear()
        if len(self._rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1), [])

    # --- Qt ------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many rows are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """How many columns are declared."""
        return 0 if parent.isValid() else len(self._columns)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether an older page exists and has not been asked for."""
        return self._older and not self._asked and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        """Asks for the older page."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell's text, also for screen readers, its hint and its alignment; all painting is the delegate's."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row(), index.column())
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(column)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and column.hint is not None:
            return column.hint(self._rows[index.row()])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A column's title, tooltip and alignment."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tooltip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(column)
        return None

    # --- inside --------------------------------------------------------------------------------------------------

    def _write(self, row: Row) -> list[str]:
        return [CONCEALED if self._concealed and column.private else column.text(row) for column in self._columns]

    def _unknown(self, rows: Iterable[Row]) -> list[Row]:
        known: list[Row] = []
        fresh: dict[Hashable, Row] = {}
        for row in rows:
            if self.holds(row):
                known.append(row)
            else:
                fresh[self._row_id(row)] = row
        self.update(known)
        return list(fresh.values())

    def _insert(self, at: int, rows: Sequence[Row]) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
            self._rows.insert(at, rows)
            self.endInsertRows()

    def _take_out(self, first: int, count: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, first + count - 1)
        for row in self._rows[first : first + count]:
            self._texts.pop(self._row_id(row), None)
        self._rows.remove(first, count)
        self.endRemoveRows()

    def _swap(self, at: int, row: Row) -> list[int]:
        before = self._rows.replace(at, row)
        if before == row:
            return []
        row_id = self._row_id(row)
        old = self._texts.pop(row_id, None) or self._write(before)
        new = self._write(row)
        columns = [n for n, column in enumerate(self._columns) if old[n] != new[n] or _restated(column, before, row)]
        self.marks.changed(row_id, columns)
        return columns


def _restated(column: Column[Row], before: Row, after: Row) -> bool:
    return column.status is not None and column.status(before) != column.status(after)


def _aligned(column: Column[Row]) -> Qt.AlignmentFlag:
    return _RIGHT if column.align == "right" else _LEFT


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbours among ascending numbers."""
    for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield run[0], run[-1]


def _areas(changed: dict[int, set[int]]) -> Iterator[tuple[int, int, int, int]]:
    """Few rectangles (first row, last row, left column, right column) that cover the changed cells and no other."""
    for columns, group in groupby(sorted(changed), lambda at: changed[at]):
        for first, last in _runs(list(group)):
            for left, right in _runs(sorted(columns)):
                yield first, last, left, right
