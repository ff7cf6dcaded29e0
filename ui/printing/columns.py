"""The columns of a printed table: their words, how wide they are, and what they sum up to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from services.domain.money import ZERO, shown
from services.exporting import Field, Kind, Row, Table
from ui.printing.pen import Pen
from ui.printing.sheet import Need

#: What is never cut.
_FIGURES: Final[frozenset[Kind]] = frozenset({"money", "integer", "ratio", "instant", "date"})
_RIGHT: Final[frozenset[Kind]] = frozenset({"money", "integer", "ratio"})
#: Letters that a narrow column of text keeps.
_LEAST_LETTERS: Final = 4


def in_words(kind: Kind, value: object, zone: ZoneInfo) -> str:
    """A cell's value as people read it, on one line; '' for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Decimal) and kind == "money" and value.is_finite():
        return shown(value)
    if isinstance(value, int) and kind == "integer":
        return f"{value:,}"
    if isinstance(value, Decimal | float | int) and kind == "ratio":
        return f"{float(value) * 100:,.1f} %"
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


def words_of(table: Table) -> Callable[[Row], tuple[str, ...]]:
    """What makes a row of values a row of words."""
    kinds = [field.kind for field in table.columns]
    return lambda row: tuple(in_words(kind, value, table.zone) for kind, value in zip(kinds, row, strict=True))


class Column:
    """One column; it is told every value before anything is printed."""

    def __init__(self, field: Field, pen: Pen, head: Pen) -> None:
        self.title = field.title
        self.right, self._whole = field.kind in _RIGHT, field.kind in _FIGURES
        self._pen = pen
        self._width = self._title_width = head.width(field.title)

    def widen(self, words: str, pen: Pen | None = None) -> None:
        """Makes room for these words."""
        pen = pen or self._pen
        if len(words) * pen.widest > self._width:
            self._width = max(self._width, pen.width(words))

    @property
    def need(self) -> Need:
        """The room it wants; words can be cut, figures cannot."""
        least = max(self._title_width, self._pen.widest * _LEAST_LETTERS)
        return Need(self._width, self._width if self._whole else min(self._width, least))


class Totals:
    """Σ of the columns that are summed, by currency."""

    def __init__(self, table: Table) -> None:
        self._summed = [place for place, field in enumerate(table.columns) if field.summed]
        self._currency = table.place(table.currency)
        self._sums: dict[str, dict[int, Decimal]] = {}

    def add(self, row: Row) -> None:
        """Counts one more row."""
        currency = "" if self._currency is None else str(row[self._currency] or "")
        sums = self._sums.setdefault(currency, dict.fromkeys(self._summed, ZERO))
        for place in self._summed:
            if isinstance(value := row[place], Decimal):
                sums[place] += value

    def lines(self) -> list[tuple[str, dict[int, str]]]:
        """For each currency what the line is called, and its sums by the place of their column; none without sums."""
        if not self._summed:
            return []
        return [
            (f"Total {currency}".strip(), {place: shown(total) for place, total in sums.items()})
            for currency, sums in sorted(self._sums.items())
        ]
