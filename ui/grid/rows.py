"""Rows in shown order, each found by its id without a search."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, Generic, overload

from ui.grid.columns import Row

# Moving more places than this costs more than numbering everything once, when next asked.
_WORTH_MOVING: Final = 4_096

#: The row that a row becomes by what is new of it.
How = Callable[[Row, Any], Row]


class Rows(Sequence[Row], Generic[Row]):
    """A list of rows with distinct ids; adding at either end and finding by id cost the same at any length.

    Places are counted from a moving origin, so that rows added at the top leave the places below alone. What is new of a row may
    be put beside it (`put_off`), to be brought in when the row is `current`; an index gives the row as it stands.
    """

    def __init__(self, row_id: Callable[[Row], Hashable], rows: Iterable[Row] = ()) -> None:
        self._id = row_id
        self._rows: list[Row] = list(rows)
        self._news: list[object | None] = [None] * len(self._rows)
        self._how: How[Row] = _as_it_is
        self._origin = 0
        self._places: dict[Hashable, int] = {}
        self._stale = False
        self._number()

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        return self._rows[at]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def holds(self, row_id: Hashable) -> bool:
        """Whether a row has this id."""
        return row_id in self._places

    def find(self, row_id: Hashable) -> int | None:
        """The place of the row with this id, from 0 at the top; None when there is none."""
        if self._stale:
            self._number()
        place = self._places.get(row_id)
        return None if place is None else place - self._origin

    def places(self, row_ids: Iterable[Hashable]) -> list[int | None]:
        """The places of the rows with these ids; None for each that there is not."""
        if self._stale:
            self._number()
        place, origin = self._places.get, self._origin
        return [None if (found := place(row_id)) is None else found - origin for row_id in row_ids]

    def insert(self, at: int, rows: Sequence[Row]) -> None:
        """Puts new rows before the row at `at`."""
        if at <= len(self._rows) - at:
            self._move(0, at, -len(rows))
            self._origin -= len(rows)
        else:
            self._move(at, len(self._rows), len(rows))
        self._rows[at:at] = rows
        self._news[at:at] = [None] * len(rows)
        self._places.update(
            zip(map(self._id, rows), range(self._origin + at, self._origin + at + len(rows)), strict=True)
        )

    def remove(self, first: int, count: int) -> None:
        """Takes out `count` rows from `first` on."""
        after = first + count
        for row in self._rows[first:after]:
            del self._places[self._id(row)]
        if first <= len(self._rows) - after:
            self._move(0, first, count)
            self._origin += count
        else:
            self._move(after, len(self._rows), -count)
        del self._rows[first:after]
        del self._news[first:after]

    def replace(self, at: int, row: Row) -> Row:
        """Puts `row` where the row with the same id stood; returns the one that stood there."""
        before, self._rows[at] = self._rows[at], row
        self._news[at] = None
        return before

    def brought_in(self, how: How[Row]) -> None:
        """Says how what is new of a row is brought into it."""
        self._how = how

    def put_off(self, at: int, new: object) -> None:
        """Puts what is new of a row beside it, instead of what was put there before."""
        self._news[at] = new

    def current(self, at: int) -> Row:
        """The row at a place from 0, with what is new of it; IndexError when there is none."""
        new = self._news[at]
        if new is not None:
            self.replace(at, self._how(self._rows[at], new))
        return self._rows[at]

    def catch_up(self) -> None:
        """Brings in what was put off of any row."""
        for at, new in enumerate(self._news):
            if new is not None:
                self.current(at)

    def _move(self, first: int, after: int, by: int) -> None:
        if after - first > _WORTH_MOVING:
            self._stale = True
            return
        for row in self._rows[first:after]:
            self._places[self._id(row)] += by

    def _number(self) -> None:
        self._places = dict(
            zip(map(self._id, self._rows), range(self._origin, self._origin + len(self._rows)), strict=True)
        )
        self._stale = False
        if len(self._places) != len(self._rows):
            raise ValueError("two rows of one table have the same id")


def _as_it_is(row: Row, _new: object) -> Row:
    return row
