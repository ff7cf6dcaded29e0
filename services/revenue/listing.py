"""Revenue as other programs read it: a row for each period, or for each member of a period, and the periods to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from services.database.engine import Database
from services.database.fleets import Fleet
from services.domain.money import CENT, stated
from services.domain.period import today
from services.payments.naming import read_names
from services.payments.row import Names
from services.revenue.books import Books, Members
from services.revenue.figures import Dimension, Grain, RevenueFilter, Span, Totals, growth
from services.revenue.forecasting.result import Forecast
from services.revenue.forecasts import read_forecast
from services.revenue.periods import natural
from services.revenue.service import labelled, largest_first, nobody
from services.revenue.shown import Shown, periods_shown

#: How many days, weeks or months ahead are listed, the running one included.
_AHEAD: dict[Grain, int] = {"daily": 28, "weekly": 4, "monthly": 3}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A period's revenue, of the fleet or of one member (key None: of none), against the same part of the period before.

    `partial`: the period is running, or the range shows only a part of it.
    """

    first: date
    last: date
    key: str | None
    label: str
    totals: Totals
    previous: Totals
    partial: bool

    @property
    def change(self) -> Decimal:
        """Revenue against the period before."""
        return self.totals.revenue - self.previous.revenue

    @property
    def growth(self) -> Decimal | None:
        """Change ÷ previous revenue; None where that is 0."""
        return growth(self.totals.revenue, self.previous.revenue)

    def as_json(self) -> dict[str, object]:
        """The stable shape; amounts are strings with two decimals, growth a number with four."""
        return {
            "period_start": self.first.isoformat(),
            "period_end": self.last.isoformat(),
            "key": self.key,
            "label": self.label,
            "taken": stated(self.totals.taken),
            "refunded": stated(self.totals.refunded),
            "revenue": stated(self.totals.revenue),
            "transactions": self.totals.taken_count,
            "previous": stated(self.previous.revenue),
            "change": stated(self.change),
            "growth": None if self.growth is None else float(self.growth),
            "partial": self.partial,
        }


@dataclass(frozen=True, slots=True)
class Expected:
    """A period's expected revenue and the band that it stays in 8 times of 10, to the cent; what was earned of it is in all three."""

    first: date
    revenue: Decimal
    low: Decimal
    high: Decimal

    def as_json(self) -> dict[str, object]:
        """The stable shape."""
        sums = {"revenue": self.revenue, "low": self.low, "high": self.high}
        return {"period_start": self.first.isoformat(), **{name: stated(value) for name, value in sums.items()}}


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of the range, oldest period and then largest first; periods to come, none where no forecast was made."""

    rows: tuple[Row, ...]
    forecast: tuple[Expected, ...]

    def as_json(self) -> dict[str, object]:
        """The stable shape."""
        return {
            "rows": [row.as_json() for row in self.rows],
            "forecast": [expected.as_json() for expected in self.forecast],
        }


def listing(database: Database, fleet: Fleet, wanted: RevenueFilter, now: datetime, by: Dimension | None) -> Listing:
    """The fleet's revenue under the filter, and its forecast; with the rights of the database's login."""
    with database.read() as connection:
        books = Books(connection, wanted, fleet.currency)
        rows = _rows(books, fleet, now, by)
        kept = read_forecast(connection, fleet.id, "", None)
        return Listing(tuple(rows), () if kept is None else tuple(_expected(books, kept.forecast, now)))


def _rows(books: Books, fleet: Fleet, now: datetime, by: Dimension | None) -> list[Row]:
    wanted = books.wanted
    if wanted.days.first > today(wanted.days.zone, now):
        return []
    shown = periods_shown(wanted, now)
    spans = [span for one in shown for span in (one.span.whole, one.before)]
    if by is None:
        books.open(spans)
        return [_of_fleet(one, books, fleet) for one in shown]
    days, names = books.members(by, spans), read_names(books.connection, fleet.id)
    return [row for one in shown for row in _of_members(one, books, days, by, names)]


def _of_fleet(one: Shown, books: Books, fleet: Fleet) -> Row:
    now, before = books.total(one.span.whole), books.total(one.before)
    return Row(one.span.first, one.span.last, str(fleet.id), fleet.name, now, before, one.running or one.cut)


def _of_members(one: Shown, books: Books, days: Mapping[date, Members], by: Dimension, names: Names) -> Iterator[Row]:
    now = books.together(days, by, one.span.whole)
    before = books.together(days, by, one.before)
    members = {**dict.fromkeys(before, Totals()), **now}
    for member in largest_first(members, before):
        key, label = None if nobody(member) else member, labelled(by, member, names)
        earlier, partial = before.get(member, Totals()), one.running or one.cut
        yield Row(one.span.first, one.span.last, key, label, members[member], earlier, partial)


def _expected(books: Books, forecast: Forecast, now: datetime) -> Iterator[Expected]:
    """The running period and those after it, as far as all their days were forecast or have ended."""
    wanted, days = books.wanted, {day.day for day in forecast.days}
    at = day = today(wanted.days.zone, now)
    for _ in range(_AHEAD[wanted.grain]):
        first, last = natural(at, wanted.grain, wanted.week_start)
        begins = max(first, day)
        if not (begins in days and last in days):
            return
        books.open([Span(first, begins)])
        earned = books.total(Span(first, begins - _DAY)).revenue
        coming = forecast.total(begins, last)
        sums = (earned + Decimal(coming_).quantize(CENT) for coming_ in (coming.mean, coming.low80, coming.high80))
        yield Expected(first, *sums)
        at = last + _DAY
