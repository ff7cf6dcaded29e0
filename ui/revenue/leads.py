"""From what a person clicks to the payments behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from services.domain.payment import FAILED, TAKEN
from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.revenue.behind import payments_behind
from services.revenue.figures import RevenueFilter, RevenueReport


def of_hour(report: RevenueReport, weekday: int, hour: int) -> PaymentFilter:
    """The payments of an hour over the range; of the one day alone where the range has only one such weekday."""
    found = replace(payments_behind(report.wanted, report.span), hour=hour)
    days = (report.span.last - report.span.first).days + 1
    same = [day for day in _days(report.span.first, days) if day.weekday() == weekday]
    return replace(found, days=Days(same[0], same[0], found.days.zone)) if len(same) == 1 else found


def of_outcome(report: RevenueReport, kind: str) -> PaymentFilter:
    """The payments created in the range that succeeded ('succeeded'), did not ('failed', 'reason'), or either ('')."""
    statuses = {"succeeded": TAKEN, "": TAKEN | {FAILED}}.get(kind, frozenset({FAILED}))
    return replace(payments_behind(report.wanted, report.span), statuses=statuses, basis="created")


def of_vehicle_day(wanted: RevenueFilter, vehicle: UUID, day: date) -> PaymentFilter:
    """A vehicle's payments of a day, whatever else the page is narrowed to."""
    whole = RevenueFilter(wanted.fleet_id, Days(day, day, wanted.days.zone), vehicles=frozenset({vehicle}))
    return payments_behind(whole)


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(count)]
