"""From a figure of revenue to the payments that it is the sum of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from services.domain.payment import FAILED, NOBODY, TAKEN
from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.revenue.figures import Dimension, RevenueFilter, Span

#: The statuses of payments by how they ended; '' for all that did.
_ENDED: Final = {"succeeded": TAKEN, "failed": frozenset({FAILED}), "": TAKEN | {FAILED}}


def payments_behind(
    wanted: RevenueFilter, span: Span | None = None, dimension: Dimension | None = None, key: str = ""
) -> PaymentFilter:
    """The payments taken on the days of the span (or of the whole range); of one member where a dimension is named.

    Σ amount of those in the fleet's currency is the figure's `taken`, where its span is made of whole days or runs until now.
    """
    days = wanted.days if span is None else Days(span.first, span.last, wanted.days.zone)
    shown = PaymentFilter(
        wanted.fleet_id,
        days,
        routes=wanted.routes,
        vehicles=wanted.vehicles,
        drivers=wanted.drivers,
        methods=wanted.methods,
        basis="taken",
    )
    if dimension is None:
        return shown
    if dimension == "method":
        return replace(shown, methods=frozenset({key}))
    member = frozenset({UUID(key) if key else NOBODY})
    if dimension == "route":
        return replace(shown, routes=member)
    return replace(shown, vehicles=member) if dimension == "vehicle" else replace(shown, drivers=member)


def hour_behind(wanted: RevenueFilter, span: Span, weekday: int, hour: int) -> PaymentFilter:
    """The payments taken in an hour (0–23) of a weekday (0 Monday): those of the cell in a report's `heat`."""
    return replace(payments_behind(wanted, span), weekdays=frozenset({weekday + 1}), hour=hour)


def outcome_behind(wanted: RevenueFilter, span: Span, ended: str) -> PaymentFilter:
    """The payments created in the span that 'succeeded', 'failed', or either (''): those that its `rates` count."""
    return replace(payments_behind(wanted, span), statuses=_ENDED[ended], basis="created")


def reason_behind(wanted: RevenueFilter, span: Span, code: str) -> PaymentFilter:
    """The payments created in the span that failed with this result code ('' for none): those of a reason in its `rates`."""
    return replace(outcome_behind(wanted, span, "failed"), reasons=frozenset({code}))
