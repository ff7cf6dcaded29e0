"""A period's revenue in the shape of finance.revenue_analytics, calculated at the moment of asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from services.database.engine import Database
from services.database.fleets import Fleet
from services.domain.money import stated
from services.domain.period import Days, today
from services.payments.naming import read_names
from services.payments.row import Names
from services.revenue.books import Books, Members
from services.revenue.figures import Dimension, Grain, RevenueFilter, Span
from services.revenue.periods import natural
from services.revenue.service import labelled, largest_first, nobody


class Earned(TypedDict):
    """A member's revenue; id null stands for none."""

    id: str | None
    label: str
    revenue: str
    transactions: int


@dataclass(frozen=True, slots=True)
class RevenueAnalytics:
    """What a day, a week from Monday or a month has brought so far; the columns of finance.revenue_analytics."""

    fleet_id: UUID
    period_type: Grain
    period_start: date
    period_end: date
    total_revenue: Decimal
    transaction_count: int
    average_transaction: Decimal | None
    revenue_by_route: list[Earned]
    revenue_by_vehicle: list[Earned]
    revenue_by_driver: list[Earned]
    revenue_by_payment_method: list[Earned]
    calculated_at: datetime


def calculated(database: Database, fleet: Fleet, period: Grain, now: datetime) -> RevenueAnalytics:
    """The period that holds this moment; with the rights of the database's login."""
    first, last = natural(today(fleet.zone, now), period)
    span = Span(first, last)
    with database.read() as connection:
        books = Books(connection, RevenueFilter(fleet.id, Days(first, last, fleet.zone), period), fleet.currency)
        books.open([span])
        total, parts = books.total(span), books.parts(span)
        names = read_names(connection, fleet.id)
    return RevenueAnalytics(
        fleet_id=fleet.id,
        period_type=period,
        period_start=first,
        period_end=last,
        total_revenue=total.revenue,
        transaction_count=total.taken_count,
        average_transaction=total.average,
        revenue_by_route=_earned("route", parts["route"], names),
        revenue_by_vehicle=_earned("vehicle", parts["vehicle"], names),
        revenue_by_driver=_earned("driver", parts["driver"], names),
        revenue_by_payment_method=_earned("method", parts["method"], names),
        calculated_at=now,
    )


def _earned(dimension: Dimension, members: Members, names: Names) -> list[Earned]:
    return [
        Earned(
            id=None if nobody(member) else member,
            label=labelled(dimension, member, names),
            revenue=stated(members[member].revenue),
            transactions=members[member].taken_count,
        )
        for member in largest_first(members, {})
    ]
