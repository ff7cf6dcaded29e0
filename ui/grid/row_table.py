"""Rows as a table, as Qt and everybody else reads it."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.grid.columns import Column, Row, distinct
from ui.grid.marks import Marks
from ui.grid.rows import Rows
from ui.grid.texts import Texts

_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class RowTable(QAbstractTableModel, Generic[Row]):
    """Rows with stable ids under declared columns; `marks` says what has just changed or arrived."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        row_id: Callable[[Row], Hashable],
        *,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = distinct(columns)
        self._row_id = row_id
        self._rows: Rows[Row] = Rows(row_id)
        self._texts: Texts[Row] = Texts(self._columns)
        self.marks = Marks(clock)

    @property
    def columns(self) -> tuple[Column[Row], ...]:
        """The declared columns, in declared order."""
        return self._columns

    @property
    def rows(self) -> Sequence[Row]:
        """The rows in shown order."""
        self._rows.catch_up()
        return self._rows

    def row_at(self, at: int) -> Row:
        """The row at a place from 0; IndexError when there is none."""
        return self._rows.current(at)

    def sorted_at(self, at: int) -> Row:
        """The row at a place, right in what it is sorted by and perhaps behind in the rest."""
        return self._rows[at]

    def sorted_row(self, row_id: Hashable) -> Row | None:
        """The row with this id, right in what it is sorted by and perhaps behind in the rest; None when not loaded."""
        at = self._rows.find(row_id)
        return None if at is None else self._rows[at]

    def places(self, row_ids: Iterable[Hashable]) -> list[int | None]:
        """The places of the rows with these ids; None for each that is not loaded."""
        return self._rows.places(row_ids)

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
        return self._texts.of(self._rows.current(at))[column]

    def copied(self, at: int, column: int) -> str:
        """What is copied from a cell: what it shows, in full where there is no room for all of it."""
        whole = self._columns[column].copied
        masked = self._texts.masks(column)
        return self.text(at, column) if whole is None or masked else whole(self.row_at(at))

    # --- Qt ------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many rows are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """How many columns are declared."""
        return 0 if parent.isValid() else len(self._columns)

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
            return column.hint(self.row_at(index.row()))
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


def _aligned(column: Column[Row]) -> Qt.AlignmentFlag:
    return _RIGHT if column.align == "right" else _LEFT
