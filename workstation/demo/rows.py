"""Rows of the booking system's tables as they stand after each step, and M-Pesa's own record of the money.

The two rows are named tuples in the order of their table's columns: COPY takes them as they are, and 80,000 of them with
all their steps are made in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID


class BookingRow(NamedTuple):
    """A row of public.bookings."""

    id: UUID
    fleet_id: UUID
    reference: str
    route_id: UUID
    vehicle_id: UUID | None
    driver_id: UUID | None
    passenger_name: str
    passenger_phone: str
    fare: Decimal
    status: str
    travel_at: datetime
    created_at: datetime
    updated_at: datetime


class PaymentRow(NamedTuple):
    """A row of public.payment_transactions."""

    id: UUID
    booking_id: UUID
    amount: Decimal
    currency: str
    payment_method: str
    status: str
    transaction_id: str | None
    checkout_request_id: str | None
    shortcode: str | None
    phone_number: str | None
    result_code: str | None
    failure_reason: str | None
    refunded_amount: Decimal
    created_at: datetime
    completed_at: datetime | None
    refunded_at: datetime | None
    updated_at: datetime


class Moment(NamedTuple):
    """One transaction of the booking system: the rows it inserts or updates, as they stand afterwards."""

    at: datetime
    booking: BookingRow | None
    payment: PaymentRow
    inserts: bool


@dataclass(frozen=True, slots=True)
class MpesaEntry:
    """Money as M-Pesa saw it: a payment in, or a reversal out; `completed_at` has whole seconds.

    `account` is what the payer typed ('' at a till), `linked` the receipt that a reversal gives back; a payment through
    a bank has its words in `via`.
    """

    kind: Literal["payment", "reversal"]
    receipt: str
    short_code: str
    amount: Decimal
    initiated_at: datetime
    completed_at: datetime
    payer_name: str
    payer_phone: str
    account: str = ""
    linked: str | None = None
    via: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A planned disagreement, by the name its exception has; without a payment or a receipt where that side has none."""

    name: str
    payment_id: UUID | None
    receipt: str | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Story:
    """One booking from beginning to end: its moments in order, M-Pesa's entries, and what disagrees between the two."""

    moments: tuple[Moment, ...]
    entries: tuple[MpesaEntry, ...] = ()
    faults: tuple[Fault, ...] = ()


def retimed(moment: Moment, change: Callable[[datetime], datetime]) -> Moment:
    """The same moment with `change` made to every instant but the booking's own and the journey's."""
    booking, payment = moment.booking, moment.payment
    return Moment(
        change(moment.at),
        booking and booking._replace(updated_at=change(booking.updated_at)),
        payment._replace(
            created_at=change(payment.created_at),
            completed_at=payment.completed_at and change(payment.completed_at),
            refunded_at=payment.refunded_at and change(payment.refunded_at),
            updated_at=change(payment.updated_at),
        ),
        moment.inserts,
    )


def state_at(moments: Iterable[Moment], until: datetime) -> tuple[list[BookingRow], list[PaymentRow]]:
    """The rows that stand just before `until`: none where nothing has happened yet."""
    bookings: dict[UUID, BookingRow] = {}
    payments: dict[UUID, PaymentRow] = {}
    for moment in moments:
        if moment.at >= until:
            break
        if moment.booking is not None:
            bookings[moment.booking.id] = moment.booking
        payments[moment.payment.id] = moment.payment
    return list(bookings.values()), list(payments.values())
