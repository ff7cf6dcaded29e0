"""A row brought up to date by what the feed tells of its payment."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services.feed.event import PaymentState
from services.payments.row import Key, Names, PaymentRow, Sort

NO_NAMES = Names({}, {}, {})


def key_of(known: UUID, state: PaymentState) -> Key:
    """The place of a payment in this state."""
    return Key(state.created_at, known, state.amount, state.status)


def moves(before: PaymentState | PaymentRow, after: PaymentState | PaymentRow, sort: Sort) -> bool:
    """Whether a payment belongs elsewhere in the order after a change."""
    if before.created_at != after.created_at:
        return True
    if sort.column == "amount":
        return before.amount != after.amount
    return sort.column == "status" and before.status != after.status


def restated(row: PaymentRow, state: PaymentState, names: Names) -> PaymentRow:
    """The row of a payment that is in this state now; names stay where nothing newer is known."""
    return PaymentRow(
        id=row.id,
        created_at=state.created_at,
        completed_at=state.completed_at,
        passenger=row.passenger,
        phone=row.phone,
        route_id=state.route_id,
        route=_named(names.routes, state.route_id, row.route_id, row.route),
        vehicle_id=state.vehicle_id,
        vehicle=_named(names.vehicles, state.vehicle_id, row.vehicle_id, row.vehicle),
        driver_id=state.driver_id,
        driver=_named(names.drivers, state.driver_id, row.driver_id, row.driver),
        method=state.method,
        receipt=row.receipt,
        booking_reference=row.booking_reference,
        amount=state.amount,
        refunded_amount=state.refunded_amount,
        currency=state.currency,
        status=state.status,
        result_code=state.result_code,
        failure_reason=row.failure_reason if state.result_code == row.result_code else "",
        short_code=state.short_code,
    )


def renamed(row: PaymentRow, names: Names) -> PaymentRow:
    """The row with its route, vehicle and driver by their present names."""
    return restated(row, row.state, names)


def _named(names: Mapping[UUID, str], now: UUID | None, before: UUID | None, name: str) -> str:
    if now is None:
        return ""
    return names.get(now, name if now == before else "")
