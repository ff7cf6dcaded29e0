"""Payments by the moment at which they were taken."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.payments.statement import Statement

#: So many spans are looked up one by one: two years of one weekday, or a quarter of every day.
_MOST: Final = 110


def taken_at_hour(wanted: PaymentFilter, made: Statement) -> str:
    """A condition that every payment taken in the filter's hour on its days fulfils, and few others; '' where it would be too long.

    Spelled so that payment_by_taken_at serves it.
    """
    days = [day for day in wanted.days.each() if not wanted.weekdays or day.first.isoweekday() in wanted.weekdays]
    if wanted.hour is None or not 0 < len(days) <= _MOST:
        return ""
    spans = [tuple(map(made.fixed, _around(day, wanted.hour))) for day in days]
    held = (
        f"completed_at >= {since} AND completed_at < {until}"
        f" OR completed_at IS NULL AND created_at >= {since} AND created_at < {until}"
        for since, until in spans
    )
    return f"({' OR '.join(held)})"


def _around(day: Days, hour: int) -> tuple[datetime, datetime]:
    """The hour of the day; the whole day where clocks change, since the hour then may be twice or not at all."""
    if day.start.utcoffset() != day.end.utcoffset():
        return day.start, day.end
    since = datetime.combine(day.first, time(hour), day.zone)
    return since, since + timedelta(hours=1)
