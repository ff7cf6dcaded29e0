"""What each vehicle took on a day against what vehicles of its routes usually take on such a weekday."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from services.database.engine import Database
from services.database.tables import fleet, revenue_daily
from services.domain.money import ZERO
from services.domain.payment import NOBODY
from services.domain.period import Days
from services.payments.naming import read_names
from services.payments.row import Names
from services.revenue.books import Books
from services.revenue.figures import RevenueFilter, Span
from services.revenue.periods import Back, counterpart, elapsed
from services.revenue.service import labelled

#: How many same weekdays before the day say what is usual.
WEEKS: Final = 8
_D = revenue_daily.c
_WHOLE: Final = Decimal(1)
#: What was taken on a day by vehicle and route.
_Day = dict[UUID, dict[UUID, Decimal]]


@dataclass(frozen=True, slots=True)
class VehicleDay:
    """A vehicle's day: what was taken, and what is expected from its routes and the weekday (None: too little history)."""

    vehicle_id: UUID
    vehicle: str
    routes: str
    taken: Decimal
    expected: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """taken − expected; negative where money is missing."""
        return None if self.expected is None else self.taken - self.expected

    @property
    def ratio(self) -> Decimal | None:
        """taken ÷ expected, to four decimals; None where nothing is expected."""
        return round(self.taken / self.expected, 4) if self.expected else None


def vehicle_days(database: Database, fleet_id: UUID, day: date, now: datetime) -> list[VehicleDay]:
    """Each vehicle that took something on the day, or nothing though it ran on most such weekdays; the worst first.

    Expected is, summed over the vehicle's routes that day, the mean of what a vehicle took on that route on the last eight same
    weekdays (days without takings left out); on a running day, the part of it that the route took until the same clock time.
    """
    with database.read() as connection:
        home = connection.execute(select(fleet).where(fleet.c.fleet_id == fleet_id)).one_or_none()
        if home is None:
            return []
        span = elapsed(day, day, now, ZoneInfo(home.timezone))
        books = Books(connection, RevenueFilter(fleet_id, Days(day, day, ZoneInfo(home.timezone))), home.currency)
        took = _took(books, [day, *_same_weekdays(day)])
        usual = _Usual(took, _same_weekdays(day), _usually(books, took, span))
        return _told(took.get(day, {}), usual, read_names(connection, fleet_id))


@dataclass(frozen=True, slots=True)
class _Usual:
    """What the same weekdays before tell: who ran, and what a vehicle takes on each route."""

    took: dict[date, _Day]
    days: list[date]
    per_route: dict[UUID, Decimal]

    def missing(self, came: Iterable[UUID]) -> dict[UUID, list[UUID]]:
        """Vehicles that did not come but ran on most of these weekdays, with the routes of the last of them."""
        with_traffic = [day for day in self.days if self.took.get(day)]
        ran: dict[UUID, list[date]] = {}
        for day in with_traffic:
            for vehicle in self.took[day]:
                ran.setdefault(vehicle, []).append(day)
        mostly = {vehicle: max(days) for vehicle, days in ran.items() if 2 * len(days) > len(with_traffic)}
        return {vehicle: list(self.took[last][vehicle]) for vehicle, last in mostly.items() if vehicle not in set(came)}

    def expected(self, routes: Iterable[UUID]) -> Decimal | None:
        """The sum over the routes; None where nothing is usual on one of them."""
        each = [self.per_route.get(route) for route in routes]
        known = [one for one in each if one is not None]
        return sum(known, ZERO) if len(known) == len(each) else None


def _same_weekdays(day: date) -> list[date]:
    return [day - timedelta(weeks=ago) for ago in range(1, WEEKS + 1)]


def _took(books: Books, days: list[date]) -> dict[date, _Day]:
    """What was taken on the days by vehicle and route, pairs without payments left out."""
    query = (
        select(_D.day, _D.vehicle_id, _D.route_id, func.sum(_D.taken))
        .where(_D.fleet_id == books.wanted.fleet_id, _D.day.in_(days), _D.currency == books.currency)
        .where(_D.vehicle_id != NOBODY)
        .group_by(_D.day, _D.vehicle_id, _D.route_id)
        .having(func.sum(_D.taken_count) > 0)
        .order_by(_D.day, _D.vehicle_id, func.sum(_D.taken).desc(), _D.route_id)
    )
    found: dict[date, _Day] = {}
    for day, vehicle, route, taken in books.connection.execute(query):
        found.setdefault(day, {}).setdefault(vehicle, {})[route] = taken
    return found


def _usually(books: Books, took: dict[date, _Day], span: Span) -> dict[UUID, Decimal]:
    """What a vehicle usually takes on each route, until the span's clock time."""
    taken: dict[UUID, list[Decimal]] = {}
    for day in _same_weekdays(span.first):
        for routes in took.get(day, {}).values():
            for route, amount in routes.items():
                taken.setdefault(route, []).append(amount)
    passed = _passed(books, span)
    return {route: round(sum(each, ZERO) / len(each) * passed.get(route, _WHOLE), 2) for route, each in taken.items()}


def _passed(books: Books, span: Span) -> dict[UUID, Decimal]:
    """Which part of its takings each route had at the span's clock time on the same weekdays; {} for a whole day."""
    if span.until is None:
        return {}
    until, whole = dict[str, Decimal](), dict[str, Decimal]()
    for ago in range(1, WEEKS + 1):
        then = counterpart(span, Back(days=7 * ago), books.wanted.days.zone)
        for sums, part in ((until, then), (whole, Span(then.first, then.last))):
            for route, totals in books.parts(part, ("route",))["route"].items():
                sums[route] = sums.get(route, ZERO) + totals.taken
    return {UUID(route): until.get(route, ZERO) / taken for route, taken in whole.items() if taken}


def _told(came: _Day, usual: _Usual, names: Names) -> list[VehicleDay]:
    absent = {vehicle: dict.fromkeys(routes, ZERO) for vehicle, routes in usual.missing(came).items()}
    found = [_one(vehicle, routes, usual, names) for vehicle, routes in {**came, **absent}.items()]
    return sorted(found, key=_worst_first)


def _one(vehicle: UUID, routes: dict[UUID, Decimal], usual: _Usual, names: Names) -> VehicleDay:
    return VehicleDay(
        vehicle,
        labelled("vehicle", str(vehicle), names),
        ", ".join(labelled("route", str(route), names) for route in routes),
        sum(routes.values(), ZERO),
        usual.expected(routes),
    )


def _worst_first(one: VehicleDay) -> tuple[bool, Decimal, str]:
    return one.difference is None, one.difference or ZERO, one.vehicle
