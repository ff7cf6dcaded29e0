"""A payment that the booking system has no more, from the events that are kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.feed.event import PaymentEvent, PaymentState
from services.payments.row import Names, PaymentRow


@dataclass(frozen=True, slots=True)
class Removed:
    """That a payment is gone: deleted in the booking system, or moved to another fleet; `at` is None where no event tells when."""

    at: datetime | None


def removed(events: Sequence[PaymentEvent]) -> Removed:
    """When a payment without a row went, from its own events by seq."""
    return Removed(events[-1].at if events and events[-1].after is None else None)


def last_known(payment_id: UUID, events: Sequence[PaymentEvent], names: Names) -> PaymentRow | None:
    """The payment as it last was, without receipt, reference and passenger, which no event carries; None without events."""
    states = (state for event in reversed(events) for state in (event.after, event.before))
    state = next((state for state in states if state is not None), None)
    return None if state is None else _row(payment_id, state, names)


def _row(payment_id: UUID, state: PaymentState, names: Names) -> PaymentRow:
    return PaymentRow(
        id=payment_id,
        created_at=state.created_at,
        completed_at=state.completed_at,
        passenger="",
        phone="",
        route_id=state.route_id,
        route=names.routes.get(state.route_id, "") if state.route_id else "",
        vehicle_id=state.vehicle_id,
        vehicle=names.vehicles.get(state.vehicle_id, "") if state.vehicle_id else "",
        driver_id=state.driver_id,
        driver=names.drivers.get(state.driver_id, "") if state.driver_id else "",
        method=state.method,
        receipt="",
        booking_reference="",
        amount=state.amount,
        refunded_amount=state.refunded_amount,
        currency=state.currency,
        status=state.status,
        result_code=state.result_code,
        failure_reason="",
        short_code=state.short_code,
    )
