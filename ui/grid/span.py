"""Where a loaded stretch lies within a long list, in pixels, and what the list's scroll bar says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: A scroll bar counts in 32 bits; a list taller than this is scrolled in steps of more than a pixel.
TALLEST: Final = 2**30


@dataclass(frozen=True, slots=True)
class Span:
    """Rows `first` to `first + loaded` of a list are loaded; `total` is its whole length, None while that is not known."""

    first: int = 0
    loaded: int = 0
    total: int | None = None

    @property
    def length(self) -> int:
        """The rows of the list, as far as is known."""
        return max(self.total or 0, self.first + self.loaded)


@dataclass(frozen=True, slots=True)
class Travel:
    """The scroll bar over a whole list: rows are `row` px high and `page` px of them are seen at once."""

    span: Span
    row: int
    page: int

    @property
    def furthest(self) -> int:
        """How far the list scrolls, in px."""
        return max(0, self.span.length * self.row - self.page)

    @property
    def unit(self) -> int:
        """The px of one step of the bar."""
        return 1 + self.furthest // TALLEST

    @property
    def maximum(self) -> int:
        """The bar's last value; it begins at 0."""
        return -(-self.furthest // self.unit)

    def value(self, within: int) -> int:
        """The bar's value while the loaded stretch is scrolled by `within` px."""
        return min(self.maximum, -(-(self.span.first * self.row + within) // self.unit))

    def pixel(self, value: int) -> int:
        """How many px of the list are above the upper edge at a value of the bar."""
        return min(self.furthest, value * self.unit)

    def place(self, pixel: int) -> int:
        """The place of the row at the upper edge after so many px."""
        return pixel // self.row

    def within(self, pixel: int) -> int | None:
        """By how many px the loaded stretch is scrolled to show what is there; None when it is not loaded."""
        begin = self.span.first * self.row
        end = begin + self.span.loaded * self.row
        return pixel - begin if begin <= pixel and min(pixel + self.page, self.span.length * self.row) <= end else None
