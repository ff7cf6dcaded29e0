"""Where things stand on the paper: how wide the columns are and which rows come on which page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

#: Units of the paper in a point: fine enough that nothing is rounded visibly.
UNITS: Final = 10
MARGIN: Final = 30 * UNITS
ROW: Final = 14 * UNITS
HEAD: Final = 22 * UNITS
TITLE: Final = 20 * UNITS
LINE: Final = 12 * UNITS
FOOT: Final = 16 * UNITS
GAP: Final = 8 * UNITS
#: Below three quarters of its size (6 points for a cell) nobody reads the type: the paper gets larger instead.
_LEAST_SCALE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Sheet:
    """A landscape sheet and how much smaller everything is drawn on it; `paper` is in units, `width` and `height` in drawn ones."""

    name: Literal["A4", "A3"]
    paper: tuple[int, int]
    scale: float = 1.0

    @property
    def width(self) -> int:
        """How wide the sheet is for what is drawn."""
        return int(self.paper[0] / self.scale)

    @property
    def height(self) -> int:
        """How high the sheet is for what is drawn."""
        return int(self.paper[1] / self.scale)

    @property
    def room(self) -> int:
        """The width between the margins."""
        return self.width - 2 * MARGIN

    def paging(self, first: int, other: int, closing: int) -> Paging:
        """The paging where the first page begins with `first` lines below its title, the others with `other`."""
        return Paging(self._fitting(first), self._fitting(other), closing)

    def _fitting(self, stamp_lines: int) -> int:
        return (self.height - 2 * MARGIN - TITLE - stamp_lines * LINE - HEAD - FOOT) // ROW


A4: Final = Sheet("A4", (round(841.89 * UNITS), round(595.28 * UNITS)))
A3: Final = Sheet("A3", (round(1190.55 * UNITS), round(841.89 * UNITS)))


@dataclass(frozen=True, slots=True)
class Paging:
    """How many rows come on the first page and on the others; `closing` rows (the totals) stay together at the end."""

    first: int
    other: int
    closing: int

    def pages(self, rows: int) -> list[int]:
        """How many rows are on each page; the last one may hold the totals alone."""
        found = [min(rows, self.first)]
        left = rows - found[0]
        while left:
            found.append(min(left, self.other))
            left -= found[-1]
        if found[-1] + self.closing > (self.first if len(found) == 1 else self.other):
            found.append(0)
        return found


@dataclass(frozen=True, slots=True)
class Need:
    """What a column would like to have, and what it can live with, in units of the paper."""

    width: float
    least: float


def sheet_for(needs: Sequence[Need]) -> Sheet:
    """The sheet on which every column has its least width: A4, with smaller type where that suffices, otherwise A3."""
    wanted = sum(need.least for need in needs) + GAP * (len(needs) - 1) + 2 * MARGIN
    sheet = A4 if A4.width >= wanted * _LEAST_SCALE else A3
    # A unit more, because a sheet is whole units wide.
    return replace(sheet, scale=min(1.0, sheet.width / (wanted + 1)))


def widths(needs: Sequence[Need], room: float) -> list[float]:
    """Each column's width, the gaps between them apart: what they need, the rest shared; the widest give way first."""
    room -= GAP * (len(needs) - 1)
    found = [need.width for need in needs]
    if (spare := room - sum(found)) >= 0:
        growing = [place for place, need in enumerate(needs) if need.least < need.width] or list(range(len(needs)))
        return [width + (spare / len(growing) if place in growing else 0.0) for place, width in enumerate(found)]
    bound = _bound(needs, room)
    return [max(need.least, min(need.width, bound)) for need in needs]


def _bound(needs: Sequence[Need], room: float) -> float:
    """The width at which columns are cut so that all of them fit; 0 where not even the least widths do."""
    low, high = 0.0, max(need.width for need in needs)
    for _ in range(40):
        middle = (low + high) / 2
        fits = sum(max(need.least, min(need.width, middle)) for need in needs) <= room
        low, high = (middle, high) if fits else (low, middle)
    return low
