"""From what a person clicks to the payments behind it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.revenue.behind import hour_behind, outcome_behind, payments_behind, reason_behind
from services.revenue.figures import RevenueFilter, RevenueReport


def of_hour(report: RevenueReport, weekday: int, hour: int) -> PaymentFilter:
    """The payments of an hour of a weekday (0 Monday) over the range."""
    return hour_behind(report.wanted, report.span, weekday, hour)


def of_outcome(report: RevenueReport, kind: str, code: str = "") -> PaymentFilter:
    """The payments created in the range that 'succeeded', 'failed', failed with this code ('reason'), or ended at all ('')."""
    if kind == "reason":
        return reason_behind(report.wanted, report.span, code)
    return outcome_behind(report.wanted, report.span, kind)


def of_vehicle_day(wanted: RevenueFilter, vehicle: UUID, day: date) -> PaymentFilter:
    """A vehicle's payments of a day, whatever else the page is narrowed to."""
    whole = RevenueFilter(wanted.fleet_id, Days(day, day, wanted.days.zone), vehicles=frozenset({vehicle}))
    return payments_behind(whole)
