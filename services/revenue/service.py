"""What a fleet earns, as the Revenue page and the command ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, select

from services.database.engine import Database
from services.database.tables import fleet
from services.domain.payment import NOBODY, method_shown
from services.domain.period import Days, today
from services.payments.row import Names
from services.revenue.asking import Round
from services.revenue.books import Books, Members
from services.revenue.figures import Dimension, Part, RevenueFilter, RevenueReport, Span, Totals, share
from services.revenue.periods import Back, counterpart, elapsed, natural, range_back
from services.revenue.rates import ask_rates
from services.revenue.shown import periods_shown
from services.revenue.source import DIMENSIONS

_NOTHING = Totals()
_NOBODY = ("", str(NOBODY))
_NONE: dict[Dimension, str] = {
    "route": "No route",
    "vehicle": "No vehicle",
    "driver": "No driver",
    "method": "No method",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Sums until now, and those of the same elapsed part of what they are compared with."""

    span: Span
    now: Totals
    before_span: Span
    before: Totals


@dataclass(frozen=True, slots=True)
class Headline:
    """How today goes: against yesterday and the same weekday a week ago; the week and the month so far."""

    day: Compared
    day_of_week: Compared
    week: Compared
    month: Compared


class RevenueService:
    """Reads the roll-ups with the rights of the database's login; a fleet it may not see is simply empty."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, wanted: RevenueFilter, now: datetime) -> RevenueReport:
        """Everything the page shows, of one moment."""
        with self._database.read() as connection:
            return _report(connection, wanted, now)

    def headline(self, fleet_id: UUID, now: datetime, days: Days, week_start: int = 0) -> Headline:
        """Today, this week and this month so far, each against the same elapsed part before; the zone is that of `days`."""
        day = today(days.zone, now)
        wanted = RevenueFilter(fleet_id, Days(day, day, days.zone))
        spans = {name: elapsed(first, day, now, days.zone) for name, first in _so_far(day, week_start).items()}
        backs = {"day": Back(days=1), "day_of_week": Back(days=7), "week": Back(days=7), "month": Back(months=1)}
        earlier = {name: counterpart(span, backs[name], days.zone) for name, span in spans.items()}
        with self._database.read() as connection:
            books = Books(connection, wanted, currency_of(connection, fleet_id))
            books.open([*(span.whole for span in spans.values()), *earlier.values()])
            return Headline(
                **{
                    name: Compared(span, books.total(span.whole), earlier[name], books.total(earlier[name]))
                    for name, span in spans.items()
                }
            )

    def series(self, wanted: RevenueFilter) -> dict[date, Totals]:
        """The sums of every day of the range, days without traffic included."""
        days = wanted.days
        with self._database.read() as connection:
            books = Books(connection, wanted, currency_of(connection, wanted.fleet_id))
            books.open([Span(days.first, days.last)])
            each = (days.first + timedelta(days=ahead) for ahead in range(len(days)))
            return {day: books.total(Span(day, day)) for day in each}


def currency_of(connection: Connection, fleet_id: UUID) -> str:
    """The currency in which the fleet's money is summed."""
    query = select(fleet.c.currency).where(fleet.c.fleet_id == fleet_id)
    return connection.execute(query).scalar_one_or_none() or "KES"


def _report(connection: Connection, wanted: RevenueFilter, now: datetime) -> RevenueReport:
    days, zone = wanted.days, wanted.days.zone
    span = elapsed(days.first, days.last, now, zone)
    before_span = counterpart(span, range_back(days, wanted.compare, now, wanted.week_start), zone)
    shown = periods_shown(wanted, now)
    books = Books(connection, wanted, currency_of(connection, wanted.fleet_id))
    together = Round(connection)
    books.ask_open(together, [span.whole, before_span, *(each for one in shown for each in one.spans)])
    parts = books.ask_parts(together, [span.whole, before_span])
    methods = books.ask_periods(together, "method", [one.span for one in shown])
    heat, names = books.ask_heat(together, span), books.ask_names(together)
    rates = ask_rates(together, wanted, [span.whole, before_span], books.currency)
    together.send()
    total = books.total(span.whole)
    (parts_now, parts_before) = parts.value
    return RevenueReport(
        wanted=wanted,
        as_of=now,
        currency=books.currency,
        span=span,
        total=total,
        before_span=before_span,
        before=books.total(before_span),
        periods=tuple(one.row(books) for one in shown),
        aligned=tuple(books.total(one.aligned) for one in shown),
        parts={
            dimension: ranked(parts_now[dimension], parts_before[dimension], total.revenue, dimension, names.value)
            for dimension in DIMENSIONS
        },
        method_periods=tuple(methods.value),
        heat=heat.value,
        rates=rates.value[0],
        rates_before=rates.value[1],
        unsummed=books.unsummed(span),
    )


def ranked(now: Members, before: Members, whole: Decimal, dimension: Dimension, names: Names) -> tuple[Part, ...]:
    """The members by their revenue, largest first; those that only had some before stand among them with nothing."""
    members = {**dict.fromkeys(before, _NOTHING), **now}
    labels = {str(id_): name for id_, name in _known(dimension, names).items()}
    ranks_before = {member: rank for rank, member in enumerate(largest_first(before, {}), 1)}
    return tuple(
        Part(
            key="" if nobody(member) else member,
            label=labels.get(member) or labelled(dimension, member, names),
            totals=members[member],
            before=before.get(member),
            share=share(members[member].revenue, whole),
            rank=rank,
            rank_before=ranks_before.get(member),
        )
        for rank, member in enumerate(largest_first(members, before), 1)
    )


def labelled(dimension: Dimension, member: str, names: Names) -> str:
    """A member as people know it; a name that is gone is told by the beginning of its id."""
    if nobody(member):
        return _NONE[dimension]
    if dimension == "method":
        return method_shown(member)
    return _known(dimension, names).get(UUID(member), f"{dimension.capitalize()} {member[:8]}")


def _known(dimension: Dimension, names: Names) -> Mapping[UUID, str]:
    by_id = {"route": names.routes, "vehicle": names.vehicles, "driver": names.drivers}
    return by_id.get(dimension, {})


def nobody(member: str) -> bool:
    """Whether it stands for payments without route, vehicle, driver or method."""
    return member in _NOBODY


def largest_first(members: Mapping[str, Totals], before: Mapping[str, Totals]) -> list[str]:
    """The members by their revenue, and where that is equal, by what it was before."""
    return sorted(members, key=lambda member: (-members[member].revenue, -before.get(member, _NOTHING).revenue, member))


def _so_far(day: date, week_start: int) -> dict[str, date]:
    """Where today, this week and this month began."""
    week, _ = natural(day, "weekly", week_start)
    return {"day": day, "day_of_week": day, "week": week, "month": day.replace(day=1)}
