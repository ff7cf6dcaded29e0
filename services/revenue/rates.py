"""How many payments succeeded, and why the others failed."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from services.domain.payment import FAILED, TAKEN
from services.domain.period import Days
from services.payments.counting import counted, counted_until
from services.payments.filters import PaymentFilter
from services.revenue.figures import Rates, RevenueFilter, Span


def rates(connection: Connection, wanted: RevenueFilter, span: Span, currency: str) -> Rates:
    """The payments created in the span, in the fleet's currency, by the status they have now."""
    succeeded, reasons = 0, dict[str, int]()
    last = span.last if span.until is None else span.last - timedelta(days=1)
    found = counted(connection, _created(wanted, span.first, last)) if last >= span.first else []
    if span.until is not None:
        day = span.until.astimezone(wanted.days.zone)
        found = [*found, *counted_until(connection, _created(wanted, day.date(), day.date()), day)]
    for total in found:
        if total.currency != currency:
            continue
        if total.status in TAKEN:
            succeeded += total.count
        elif total.status == FAILED:
            reasons[total.code] = reasons.get(total.code, 0) + total.count
    return Rates(succeeded, sum(reasons.values()), reasons)


def _created(wanted: RevenueFilter, first: date, last: date) -> PaymentFilter:
    return PaymentFilter(
        wanted.fleet_id,
        Days(first, last, wanted.days.zone),
        routes=wanted.routes,
        vehicles=wanted.vehicles,
        drivers=wanted.drivers,
        methods=wanted.methods,
    )
