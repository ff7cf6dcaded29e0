"""Which stretch of a long list is loaded, and how many rows stand above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar

Key = TypeVar("Key")
Side = Literal["above", "within", "below"]


class Window(Generic[Key]):
    """Every row of the list from `top` to `bottom`, both inclusive, is loaded; None means the list's own end.

    `compared` makes keys comparable; the list runs from the greatest to the smallest if `descending`. How many rows stand
    above is known as of the last change that `follow` was told.
    """

    def __init__(self, compared: Callable[[Key], Any], descending: bool = True) -> None:
        self._compared, self._descending = compared, descending
        # Below 0 for moments: rows that an answer brought are told as changes later.
        self._first = 0
        self._seq = 0
        self._top: Key | None = None
        self._bottom: Key | None = None
        # What counted as above before the window grew, for changes that the answer it grew by already held.
        self._tops: list[tuple[int, Key | None]] = []

    @property
    def top(self) -> Key | None:
        """From here on upwards nothing is loaded; None: the list begins within."""
        return self._top

    @property
    def bottom(self) -> Key | None:
        """From here on downwards nothing is loaded; None: the list ends within."""
        return self._bottom

    @property
    def first(self) -> int:
        """The place of the first loaded row, from 0."""
        return max(0, self._first) if self._top is not None else 0

    def show(self, first: int, top: Key | None, bottom: Key | None, seq: int) -> None:
        """Another stretch is loaded, as the list was after change number `seq`."""
        self._top, self._bottom, self._seq = top, bottom, seq
        self._first = first
        self._tops.clear()

    def side(self, key: Key) -> Side:
        """Where a row with this key belongs."""
        if self._before(key, self._top):
            return "above"
        return "below" if self._bottom is not None and self._before(self._bottom, key) else "within"

    def follow(self, seq: int, before: Key | None, after: Key | None) -> None:
        """Change number `seq` took a row of the list from `before` and put it at `after`; None: it was, or is, not there."""
        if seq <= self._seq:
            return
        top = self._top_for(seq)
        if top is not None:
            self._first += self._before(after, top) - self._before(before, top)

    def grow_up(self, count: int, top: Key | None, seq: int) -> None:
        """`count` more rows were loaded above, as the list was after change `seq`."""
        self._tops = [*self._tops, (seq, self._top)]
        self._top = top
        self._first = self._first - count

    def grow_down(self, bottom: Key | None) -> None:
        """More rows were loaded below."""
        self._bottom = bottom

    def let_go_above(self, count: int, top: Key) -> None:
        """The first `count` rows were let go; `top` is now the first."""
        self._first = self.first + count
        self._top = top

    def let_go_below(self, bottom: Key) -> None:
        """Rows at the end were let go; `bottom` is now the last."""
        self._bottom = bottom

    def passed(self, seq: int) -> None:
        """Every change up to `seq` has been told."""
        self._tops = [(until, top) for until, top in self._tops if until > seq]

    def _top_for(self, seq: int) -> Key | None:
        return next((top for until, top in self._tops if seq <= until), self._top)

    def _before(self, key: Key | None, other: Key | None) -> bool:
        if key is None or other is None:
            return False
        here, there = self._compared(key), self._compared(other)
        return bool(there < here if self._descending else here < there)
