"""A payment's states and events, as tests of its story and of its export write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.domain.period import NAIROBI
from services.feed.event import Kind, PaymentEvent, PaymentState
from services.payments.row import Names, PaymentRow

NINE = datetime(2026, 9, 22, 9, 0, tzinfo=NAIROBI)
FLEET, PAYMENT = UUID(int=1), UUID(int=2)
ROAD, BUS, OTHER_BUS, BARAKA = (UUID(int=number) for number in range(11, 15))
NAMES = Names({ROAD: "Nairobi – Nakuru"}, {BUS: "KDA 123A", OTHER_BUS: "KDB 456B"}, {BARAKA: "Baraka M."})


def after(seconds: float) -> datetime:
    """So many seconds after nine."""
    return NINE + timedelta(seconds=seconds)


PENDING = PaymentState(
    status="pending",
    amount=Decimal("600.00"),
    refunded_amount=Decimal("0.00"),
    currency="KES",
    method="mpesa",
    route_id=ROAD,
    vehicle_id=BUS,
    driver_id=None,
    created_at=NINE,
    completed_at=None,
    result_code=None,
    short_code="9990001",
)
PAID = replace(PENDING, status="completed", completed_at=after(20))
FAILED = replace(PENDING, status="failed", result_code="1032")


def chain(*happened: tuple[Any, ...], first: PaymentState | None = None) -> list[PaymentEvent]:
    """Events of one payment from (seconds after nine, state, kind unless 'payment'), each following the one before it."""
    events: list[PaymentEvent] = []
    before = first
    for seq, (seconds, state, *kind) in enumerate(happened, 1):
        told: Kind = kind[0] if kind else "payment"
        events.append(PaymentEvent(FLEET, seq, told, PAYMENT, after(seconds), before, state))
        before = state
    return events


def row_of(state: PaymentState, **values: Any) -> PaymentRow:
    """The grid's row of a payment in this state."""
    row = PaymentRow(
        id=PAYMENT,
        created_at=state.created_at,
        completed_at=state.completed_at,
        passenger="Alice W.",
        phone="0712 ••• 111",
        route_id=state.route_id,
        route="",
        vehicle_id=state.vehicle_id,
        vehicle="",
        driver_id=state.driver_id,
        driver="",
        method=state.method,
        receipt="",
        booking_reference="BKG1",
        amount=state.amount,
        refunded_amount=state.refunded_amount,
        currency=state.currency,
        status=state.status,
        result_code=state.result_code,
        failure_reason="",
        short_code=state.short_code,
    )
    return replace(row, **values)
