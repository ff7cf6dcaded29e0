"""The model of a live table: plain frozen rows with stable ids, changed in place."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import groupby

from PySide6.QtCore import QModelIndex, QObject, Signal

from ui.grid.areas import areas, runs
from ui.grid.columns import Column, Order, Row
from ui.grid.row_table import Index, RowTable
from ui.grid.rows import How, Rows


class GridModel(RowTable[Row]):
    """A `RowTable` that changes in place, perhaps a stretch of a longer list.

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
        super().__init__(columns, row_id, clock=clock, parent=parent)
        self._order = order
        self._sights: list[Callable[[], range]] = []
        self._more = self._more_asked = False
        self._earlier = self._earlier_asked = False

    def place_for(self, row: Row) -> int:
        """Where `insert_sorted` would put a new row."""
        return 0 if self._order is None else self._order.place(self._rows, row)

    # --- changes -------------------------------------------------------------------------------------------------

    def reset(self, rows: Iterable[Row], *, more: bool = False, earlier: bool = False) -> None:
        """Shows these rows instead, in the order given; ValueError when two have the same id."""
        fresh = Rows(self._row_id, rows)
        self.beginResetModel()
        self._rows = fresh
        self._texts.clear()
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
                self._rows.replace(at, row)
            elif columns := self._swap(at, row):
                changed.setdefault(at, set()).update(columns)
        self._announce(changed)

    def change(self, places: Iterable[int], news: Iterable[object], how: How[Row]) -> None:
        """Brings rows up to date by what is new of each: `how(row, new)` is the row then, made when somebody sees it.

        A newer change takes the place of one that nobody saw. What a row is sorted by must stay as it is.
        """
        seen, put_off = self.sight(), self._rows.put_off
        start, stop = seen.start, seen.stop
        self._rows.brought_in(how)
        changed: dict[int, set[int]] = {}
        for at, new in zip(places, news, strict=True):
            if not start <= at < stop:
                put_off(at, new)
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
        if self._texts.conceal(concealed) and len(self._rows):
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

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there is a page below that has not been asked for."""
        return self._more and not self._more_asked and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        """Asks for the page below."""
        if self.canFetchMore(parent):
            self._more_asked = True
            self.more_wanted.emit()

    # --- inside --------------------------------------------------------------------------------------------------

    def _announce(self, changed: dict[int, set[int]]) -> None:
        for first, last, left, right in areas(changed):
            self.dataChanged.emit(self.index(first, left), self.index(last, right), [])

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
            self._texts.forget(row)
        self._rows.remove(first, count)
        self.endRemoveRows()

    def _swap(self, at: int, row: Row) -> list[int]:
        before = self.row_at(at)
        if before == row:
            return []
        self._rows.replace(at, row)
        old, new = self._texts.of(before), self._texts.of(row)
        self._texts.forget(before)
        columns = [n for n, column in enumerate(self._columns) if old[n] != new[n] or _restated(column, before, row)]
        self.marks.changed(self._row_id(row), columns)
        return columns


def _restated(column: Column[Row], before: Row, after: Row) -> bool:
    return column.status is not None and column.status(before) != column.status(after)
