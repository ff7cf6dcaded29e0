"""What each vehicle took on a day against what vehicles of its routes usually take on such a weekday."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from services.database.engine import Database
from services.database.fleets import Fleet
from services.database.tables import fleet, revenue_daily
from services.domain.money import ZERO
from services.domain.payment import NOBODY
from services.domain.period import Days, day_of
from services.payments.naming import read_names
from services.payments.row import Names
from services.revenue.books import Books
from services.revenue.figures import RevenueFilter, Span, Totals
from services.revenue.periods import Back, counterpart
from services.revenue.service import labelled

#: How many same weekdays before the day say what is usual.
WEEKS: Final = 8
_D = revenue_daily.c


@dataclass(frozen=True, slots=True)
class VehicleDay:
    """A vehicle's day: `taken` by `payments` payments, on `routes` (labels); `expected` is None where nothing is usual there.

    A vehicle that took nothing is named with the routes of its last such weekday.
    """

    vehicle_id: UUID
    label: str
    routes: tuple[str, ...]
    taken: Decimal
    payments: int
    expected: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """taken − expected; negative where money is missing."""
        return None if self.expected is None else self.taken - self.expected

    @property
    def ratio(self) -> Decimal | None:
        """taken ÷ expected, to four decimals; None where nothing is expected."""
        return round(self.taken / self.expected, 4) if self.expected else None


#: What was taken by (vehicle, route).
_Day = dict[tuple[UUID, UUID], Totals]


@dataclass
class _Usual:
    """What the same weekdays before tell."""

    days: list[date]
    by_day: dict[date, _Day]
    #: What a vehicle takes on each route, until the same clock time.
    per_route: dict[UUID, Decimal] = field(default_factory=dict)

    def routes_of(self, vehicle: UUID) -> list[UUID]:
        """Where the vehicle is expected though nothing came: it ran on most of these weekdays, last on these routes."""
        driven = [day for day in self.days if any(one == vehicle for one, _ in self.by_day.get(day, {}))]
        if 2 * len(driven) <= sum(1 for day in self.days if self.by_day.get(day)):
            return []
        return [route for one, route in self.by_day[max(driven)] if one == vehicle]


def vehicle_days(database: Database, fleet_id: UUID, day: date, now: datetime) -> list[VehicleDay]:
    """Every vehicle that took something on the day, or that took nothing though it usually does; worst first.

    Expected is, summed over the vehicle's routes, the mean of what a vehicle took there on the last eight same weekdays (counting
    those that took anything); on a running day, of what was taken until the same clock time.
    """
    with database.read() as connection:
        found = connection.execute(select(fleet).where(fleet.c.fleet_id == fleet_id)).one_or_none()
        if found is None:
            return []
        home = Fleet(found.fleet_id, found.code, found.name, ZoneInfo(found.timezone), found.currency)
        return _told(connection, home, day, now)
