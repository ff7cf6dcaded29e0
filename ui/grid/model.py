"""The model of a live table: plain frozen rows with stable ids, changed in place."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import groupby
from typing import Any, Final, Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ui.grid.areas import areas, runs
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
#: The row that a row becomes by what is new of it.
How = Callable[[Row, Any], Row]


class GridModel(QAbstractTableModel, Generic[Row]):
    """Rows as a table, perhaps a stretch of a longer list.

    `more_wanted` asks for the page below, answered by `append`, once for each `set_more(True)`; `earlier_wanted` for the page
    above, answered by `put_above`, once for each `set_earlier(True)`. Once somebody watches (`watch`), only rows in sight are
    written and compared when they change; the others when they are next read.
    """

    more_wanted = Signal()
    earlier_wanted = Signal()

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
        # The texts of a row, for as long as it is the same row.
        self._texts: dict[Hashable, tuple[Row, list[str]]] = {}
        # What is new of rows out of sight, and how it is brought into them.
        self._later: dict[Hashable, object] = {}
        self._how: How[Row] = _as_it_is
        self._sights: list[Callable[[], range]] = []
        self._more = self._more_asked = False
        self._earlier = self._earlier_asked = False
        self._concealed = False
        self.marks = Marks(clock)

    @property
    def columns(self) -> tuple[Column[Row], ...]:
        """The declared columns, in declared order."""
        return self._columns

    @property
    def rows(self) -> Sequence[Row]:
        """The rows in shown order."""
        for row_id in list(self._later):
            self._catch_up(row_id)
        return self._rows

    def row_at(self, at: int) -> Row:
        """The row at a place from 0; IndexError when there is none."""
        row = self._rows[at]
        if self._later and (new := self._later.pop(self._row_id(row), None)) is not None:
            row = self._how(row, new)
            self._rows.replace(at, row)
        return row

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

    def place_for(self, row: Row) -> int:
        """Where `insert_sorted` would put a new row."""
        return 0 if self._order is None else self._order.place(self._rows, row)

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
        row = self.row_at(at)
        row_id = self._row_id(row)
        known = self._texts.get(row_id)
        if known is None or known[0] is not row:
            if len(self._texts) >= _KEPT_TEXTS:
                self._texts.clear()
            known = self._texts[row_id] = (row, self._write(row))
        return known[1][column]

    # --- changes -------------------------------------------------------------------------------------------------

    def reset(self, rows: Iterable[Row], *, more: bool = False, earlier: bool = False) -> None:
        """Shows these rows instead, in the order given; ValueError when two have the same id."""
        fresh = Rows(self._row_id, rows)
        self.beginResetModel()
        self._rows = fresh
        self._texts.clear()
        self._later.clear()
        self.marks.clear()
        self.set_more(more)
        self.set_earlier(earlier)
        self.endResetModel()

    def set_order(self, order: Order[Row] | None) -> None:
        """Puts rows that come from now on in another order; call it with the `reset` that shows rows in this order."""
        self._order = order

    def append(self, rows: Iterable[Row], *, more: bool = False) -> None:
        """Adds the page below; rows already shown are updated in place. `more`: the list goes on below it."""
        self._insert(len(self._rows), self._unknown(rows))
        self.set_more(more)

    def put_above(self, rows: Iterable[Row], *, earlier: bool = False) -> None:
        """Adds the page above, not as news; rows already shown are updated in place. `earlier`: the list begins above it."""
        # Said last: until then the view takes what it shows for the middle of the list, and keeps it still.
        self._insert(0, self._unknown(rows))
        self.set_earlier(earlier)

    def prepend(self, rows: Iterable[Row]) -> None:
        """Adds new rows at the top, the first given on top; rows already shown are updated in place."""
        fresh = self._unknown(rows)
        self.marks.arrived(map(self._row_id, fresh))
        self._insert(0, fresh)

    def insert_sorted(self, rows: Iterable[Row]) -> None:
        """Adds new rows where the model's order puts them (at the top when it has none); known ones are updated."""
        if self._order is None:
            self.prepend(rows)
            return
        order = self._order
        fresh = order.arranged(self._unknown(rows))
        # Marked first: the view looks for marks as soon as the rows are in.
        self.marks.arrived(map(self._row_id, fresh))
        blocks = [(at, list(block)) for at, block in groupby(fresh, lambda row: order.place(self._rows, row))]
        for at, block in reversed(blocks):
            self._insert(at, block)

    def update(self, rows: Iterable[Row]) -> None:
        """Replaces rows by id, announcing and marking exactly the cells in sight that read differently; unknown ids are left."""
        seen = self.sight()
        changed: dict[int, set[int]] = {}
        for row in rows:
            row_id = self._row_id(row)
            at = self._rows.find(row_id)
            if at is None:
                continue
            if not seen.start <= at < seen.stop:
                self._later.pop(row_id, None)
                self._rows.replace(at, row)
            elif columns := self._swap(at, row):
                changed.setdefault(at, set()).update(columns)
        self._announce(changed)

    def change(self, places: Iterable[int], row_ids: Iterable[Hashable], news: Iterable[object], how: How[Row]) -> None:
        """Brings rows up to date by what is new of each: `how(row, new)` is the row then, made when somebody sees it.

        A newer change takes the place of one that nobody saw. What a row is sorted by must stay as it is.
        """
        seen, later = self.sight(), self._later
        self._how = how
        changed: dict[int, set[int]] = {}
        for at, row_id, new in zip(places, row_ids, news, strict=True):
            if not seen.start <= at < seen.stop:
                later[row_id] = new
            elif columns := self._swap(at, how(self.row_at(at), new)):
                changed[at] = set(columns)
        self._announce(changed)

    def remove(self, row_ids: Iterable[Hashable]) -> None:
        """Takes rows out; unknown ids are left."""
        places = sorted({at for row_id in row_ids if (at := self._rows.find(row_id)) is not None})
        for first, last in reversed(list(runs(places))):
            self._take_out(first, last - first + 1)

    def let_go_below(self, count: int) -> None:
        """Lets go of the last `count` rows; they can be asked for again."""
        self._take_out(len(self._rows) - count, count)
        self.set_more(True)

    def let_go_above(self, count: int) -> None:
        """Lets go of the first `count` rows; they can be asked for again."""
        # Said first, for the same reason as in put_above.
        self.set_earlier(True)
        self._take_out(0, count)

    def set_more(self, more: bool) -> None:
        """Says whether the list goes on below, and so allows `more_wanted` once (again, after a page failed to come)."""
        self._more, self._more_asked = more, False

    def set_earlier(self, earlier: bool) -> None:
        """Says whether the list begins above, and so allows `earlier_wanted` once (again, after a page failed to come)."""
        self._earlier, self._earlier_asked = earlier, False

    def conceal(self, concealed: bool) -> None:
        """Masks the cells of private columns, or shows them again."""
        if concealed == self._concealed:
            return
        self._concealed = concealed
        self._texts.clear()
        if len(self._rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1), [])

    # --- who looks -----------------------------------------------------------------------------------------------

    @property
    def earlier(self) -> bool:
        """Whether the list begins above the first row."""
        return self._earlier

    @property
    def more(self) -> bool:
        """Whether the list goes on below the last row."""
        return self._more

    def watch(self, sight: Callable[[], range]) -> None:
        """Somebody looks: `sight` tells at any time which places are seen."""
        self._sights.append(sight)

    def sight(self) -> range:
        """The places from the first to the last that anybody sees; all of them when nobody watches."""
        if len(self._sights) == 1:
            return self._sights[0]()
        seen = [places for sight in self._sights if (places := sight())]
        if not self._sights:
            return range(len(self._rows))
        return range(min(one.start for one in seen), max(one.stop for one in seen)) if seen else range(0)

    def fetch_earlier(self) -> None:
        """Asks for the page above, where there is one and it has not been asked for."""
        if self._earlier and not self._earlier_asked:
            self._earlier_asked = True
            self.earlier_wanted.emit()

    # --- Qt ------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many rows are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """How many columns are declared."""
        return 0 if parent.isValid() else len(self._columns)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there is a page below that has not been asked for."""
        return self._more and not self._more_asked and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        """Asks for the page below."""
        if self.canFetchMore(parent):
            self._more_asked = True
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

    # --- inside --------------------------------------------------------------------------------------------------

    def _catch_up(self, row_id: Hashable) -> None:
        at = self._rows.find(row_id)
        if at is not None:
            self.row_at(at)

    def _announce(self, changed: dict[int, set[int]]) -> None:
        for first, last, left, right in areas(changed):
            self.dataChanged.emit(self.index(first, left), self.index(last, right), [])

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
            row_id = self._row_id(row)
            self._texts.pop(row_id, None)
            self._later.pop(row_id, None)
        self._rows.remove(first, count)
        self.endRemoveRows()

    def _swap(self, at: int, row: Row) -> list[int]:
        before = self.row_at(at)
        self._rows.replace(at, row)
        if before == row:
            return []
        row_id = self._row_id(row)
        known = self._texts.pop(row_id, None)
        old = known[1] if known is not None and known[0] is before else self._write(before)
        new = self._write(row)
        columns = [n for n, column in enumerate(self._columns) if old[n] != new[n] or _restated(column, before, row)]
        self.marks.changed(row_id, columns)
        return columns


def _restated(column: Column[Row], before: Row, after: Row) -> bool:
    return column.status is not None and column.status(before) != column.status(after)


def _aligned(column: Column[Row]) -> Qt.AlignmentFlag:
    return _RIGHT if column.align == "right" else _LEFT


def _as_it_is(row: Row, _new: object) -> Row:
    return row
