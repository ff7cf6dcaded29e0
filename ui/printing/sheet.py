"""Where things stand on the paper: how wide the columns are and which rows come on which page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Units of the paper in a point: fine enough that nothing is rounded visibly.
UNITS: Final = 10
#: A4 landscape.
WIDTH, HEIGHT = round(841.89 * UNITS), round(595.28 * UNITS)
MARGIN: Final = 30 * UNITS
ROW: Final = 14 * UNITS
HEAD: Final = 22 * UNITS
TITLE: Final = 20 * UNITS
LINE: Final = 12 * UNITS
FOOT: Final = 16 * UNITS
GAP: Final = 8 * UNITS
ROOM: Final = WIDTH - 2 * MARGIN


@dataclass(frozen=True, slots=True)
class Paging:
    """How many rows come on the first page and on the others; `closing` rows (the totals) stay together at the end."""

    first: int
    other: int
    closing: int

    @staticmethod
    def under(first: int, other: int, closing: int) -> Paging:
        """The paging where the first page begins with `first` lines below its title, the others with `other`."""
        return Paging(_fitting(first), _fitting(other), closing)

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


def widths(needs: Sequence[Need], room: float = ROOM) -> list[float]:
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


def _fitting(stamp_lines: int) -> int:
    return (HEIGHT - 2 * MARGIN - TITLE - stamp_lines * LINE - HEAD - FOOT) // ROW
