"""The booking system's own SQL: one transaction of its lifecycle, its clean-up, and what M-Pesa knows of its live fares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy import Connection, Row, text

from services.domain.payment import MPESA
from services.domain.period import Days
from services.domain.phone import local
from workstation.demo.fleet import Fleet
from workstation.demo.passengers import LIVE
from workstation.demo.rows import BookingRow, Moment, MpesaEntry, PaymentRow
from workstation.demo.story import new_receipt


def _insert(table: str, columns: Sequence[str]) -> str:
    values = ", ".join(f":{column}" for column in columns)
    # A transaction whose answer was lost with the connection is simply run again.
    return f"INSERT INTO public.{table} ({', '.join(columns)}) VALUES ({values}) ON CONFLICT (id) DO NOTHING"


def _update(table: str, columns: Sequence[str]) -> str:
    assigned = ", ".join(f"{column} = :{column}" for column in columns)
    return f"UPDATE public.{table} SET {assigned} WHERE id = :id"


_INSERT_BOOKING: Final = text(_insert("bookings", BookingRow._fields))
_INSERT_PAYMENT: Final = text(_insert("payment_transactions", PaymentRow._fields))
_UPDATE_BOOKING: Final = text(_update("bookings", ("status", "updated_at")))
_UPDATE_PAYMENT: Final = text(
    _update(
        "payment_transactions",
        (
            "status", "transaction_id", "checkout_request_id", "result_code", "failure_reason",
            "refunded_amount", "completed_at", "refunded_at", "updated_at",
        ),
    )
)  # fmt: skip

_GIVE_UP: Final = text("""
    UPDATE public.payment_transactions t
    SET status = 'failed', result_code = '1019', failure_reason = 'Transaction has expired', updated_at = now()
    FROM public.bookings b
    WHERE b.id = t.booking_id AND b.fleet_id = :fleet AND starts_with(b.reference, :live)
      AND t.status = 'pending' AND t.updated_at < :before""")

_LIVE_FARES: Final = text("""
    SELECT t.id, t.transaction_id, t.shortcode, t.amount, t.completed_at, t.refunded_amount, t.refunded_at,
           t.phone_number, b.passenger_name, b.reference
    FROM public.payment_transactions t JOIN public.bookings b ON b.id = t.booking_id
    WHERE b.fleet_id = :fleet AND starts_with(b.reference, :live) AND t.payment_method = :mpesa
      AND t.transaction_id IS NOT NULL
      AND (t.completed_at >= :start AND t.completed_at < :end OR t.refunded_at >= :start AND t.refunded_at < :end)
    ORDER BY t.completed_at, t.id""")


def write(connection: Connection, moment: Moment) -> None:
    """Does what happens at that moment: the caller's transaction is the booking system's."""
    booking, payment = (_INSERT_BOOKING, _INSERT_PAYMENT) if moment.inserts else (_UPDATE_BOOKING, _UPDATE_PAYMENT)
    if moment.booking is not None:
        connection.execute(booking, moment.booking._asdict())
    connection.execute(payment, moment.payment._asdict())


def give_up_forgotten(connection: Connection, fleet: Fleet, before: datetime) -> int:
    """Fails live prompts that nobody has answered since `before`, as after a restart; returns how many."""
    values = {"fleet": fleet.id, "live": LIVE, "before": before}
    return connection.execute(_GIVE_UP, values).rowcount


def live_entries(connection: Connection, fleet: Fleet, days: Days) -> list[MpesaEntry]:
    """What M-Pesa recorded of live traffic on those days: every fare, and every one given back."""
    span = {"start": days.start, "end": days.end}
    rows = connection.execute(_LIVE_FARES, {"fleet": fleet.id, "live": LIVE, "mpesa": MPESA, **span}).all()
    return [entry for row in rows for entry in _entries(row, fleet) if entry.completed_at in days]


def _entries(row: Row[tuple[object, ...]], fleet: Fleet) -> Iterator[MpesaEntry]:
    paid_at = row.completed_at.replace(microsecond=0)
    fare = MpesaEntry(
        kind="payment",
        receipt=row.transaction_id,
        short_code=row.shortcode,
        amount=row.amount,
        initiated_at=paid_at,
        completed_at=paid_at,
        payer_name=row.passenger_name,
        payer_phone=local(row.phone_number) or "",
        account=row.reference if row.shortcode == fleet.paybill.number else "",
    )
    yield fare
    if row.refunded_at is not None:
        at = row.refunded_at.replace(microsecond=0)
        receipt = new_receipt(Random(f"{row.id}/reversal"), at)
        yield replace(
            fare, kind="reversal", receipt=receipt, amount=row.refunded_amount, initiated_at=at, completed_at=at,
            account="", linked=fare.receipt,
        )  # fmt: skip
