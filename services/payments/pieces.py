"""A range of days as the totals keep it: whole years, whole months, and the days that remain."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.domain.period import Days

Grain = Literal["year", "month", "day"]
_GRAINS: tuple[Grain, ...] = ("year", "month", "day")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole year, month or day, by its first day."""

    grain: Grain
    start: date

    @property
    def last(self) -> date:
        """Its last day."""
        if self.grain == "year":
            return date(self.start.year, 12, 31)
        if self.grain == "month":
            return self.start.replace(day=monthrange(self.start.year, self.start.month)[1])
        return self.start

    def parts(self) -> list[Piece]:
        """The months of a year, the days of a month; a day has none."""
        smaller = _GRAINS[_GRAINS.index(self.grain) + 1 :]
        return list(_split(self.start, self.last, smaller)) if smaller else []


def pieces(days: Days) -> list[Piece]:
    """The largest pieces that make up the range, in order."""
    return list(_split(days.first, days.last, _GRAINS))


def _split(first: date, last: date, grains: tuple[Grain, ...]) -> Iterator[Piece]:
    while True:
        piece = next(p for p in (Piece(grain, first) for grain in grains) if _whole(p) and p.last <= last)
        yield piece
        if piece.last == last:
            return
        first = piece.last + _DAY


def _whole(piece: Piece) -> bool:
    """Whether the piece really begins on its first day."""
    month_begins = piece.start.day == 1
    return {"year": month_begins and piece.start.month == 1, "month": month_begins, "day": True}[piece.grain]
