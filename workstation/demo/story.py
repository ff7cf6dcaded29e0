"""How a payment comes about: prompt, answer, callback, refund, and the ways in which money and books part.

Everything is drawn from the given random source. The booking system takes an M-Pesa payment's time from the callback, so
both sides agree on it to the second; it hears of it (`updated_at`) a little later, much later, or never.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Final
from uuid import uuid5

from services.domain.payment import COMPLETED, FAILED, MPESA, PARTIALLY_REFUNDED, REFUNDED
from services.domain.period import NAIROBI, day_of
from services.domain.receipt import receipt_on
from workstation.demo.orders import Order
from workstation.demo.rows import BookingRow, Fault, Moment, MpesaEntry, PaymentRow, Story

CONFIRMED: Final = "confirmed"
UNPAID: Final = "unpaid"
CANCELLED: Final = "cancelled"

# Daraja's code, its words, share in per cent (cumulative), and how long it takes, in seconds.
_REFUSALS: Final = (
    ("1032", "Request cancelled by user", 58, (5, 40)),
    ("1037", "DS timeout user cannot be reached", 82, (60, 75)),
    ("1", "The balance is insufficient for the transaction", 93, (6, 20)),
    ("2001", "The initiator information is invalid", 98, (8, 25)),
    ("17", "Rule limited", 100, (2, 4)),
)
_TIMEOUT: Final = _REFUSALS[1]
_CUMULATIVE: Final = tuple(refusal[2] for refusal in _REFUSALS)
_ANSWER: Final = (4.0, 25.0)
_RECEIPTS_A_SECOND: Final = 900_000


@dataclass(frozen=True, slots=True)
class Habits:
    """How often prompts are refused and fares given back; within how many seconds after the booking, from which hour on."""

    refused: float = 0.065
    tries_again: float = 0.6
    given_back: float = 0.008
    given_back_after: tuple[float, float] = (3_600, 86_000)
    office_opens: int = 9


HABITS: Final = Habits()


def ordinary(rng: Random, order: Order, habits: Habits = HABITS) -> Story:
    """What nearly always happens with an order of its method."""
    if order.method == "cash":
        return _cash(order)
    if order.method != MPESA:
        return _elsewhere(rng, order)
    refused = rng.random() < habits.refused
    opening = _prompt(rng, order, 1, order.booking)
    if not refused:
        return _paid(rng, order, opening, habits)
    failed = _refused(rng, order.booking, opening[-1].payment)
    if rng.random() >= habits.tries_again:
        return Story((*opening, failed))
    waited = failed.at + timedelta(seconds=rng.uniform(20, 150))
    again = _prompt(rng, order, 2, None, waited)
    return _paid(rng, order, (*opening, failed, *again), habits)


def lost_callback(rng: Random, order: Order, *, as_failed: bool, found_at: datetime) -> Story:
    """Paid, but the callback never came: the payment stays pending, or failed, until the office finds it at `found_at`."""
    opening = _prompt(rng, order, 1, order.booking)
    payment = opening[-1].payment
    entry = _entry(rng, order, payment.created_at)
    moments = list(opening)
    if as_failed:
        code, words, _, (_, longest) = _TIMEOUT
        at = payment.created_at + timedelta(seconds=longest)
        payment = payment._replace(status=FAILED, result_code=code, failure_reason=words, updated_at=at)
        moments.append(Moment(at, order.booking._replace(status=UNPAID, updated_at=at), payment, inserts=False))
    moments.append(_settled(order.booking, payment, entry, found_at))
    name = "paid_but_failed" if as_failed else "paid_but_pending"
    return Story(tuple(moments), (entry,), (Fault(name, payment.id, entry.receipt, entry.amount),))


def late_callback(rng: Random, order: Order, heard_at: datetime, *, dated_by_callback: bool = False) -> Story:
    """Paid at once, heard of at `heard_at`; a payment dated by its callback may fall on the wrong day (`late`)."""
    opening = _prompt(rng, order, 1, order.booking)
    entry = _entry(rng, order, order.booking.created_at)
    settled = _settled(order.booking, opening[-1].payment, entry, heard_at)
    faults: tuple[Fault, ...] = ()
    if dated_by_callback:
        heard = heard_at.replace(microsecond=0)
        settled = settled._replace(payment=settled.payment._replace(completed_at=heard))
        if day_of(heard) != day_of(entry.completed_at):
            faults = (Fault("late", settled.payment.id, entry.receipt, entry.amount),)
    return Story((*opening, settled), (entry,), faults)


def reversed_unnoticed(rng: Random, order: Order, reversed_at: datetime) -> Story:
    """Paid, then reversed at M-Pesa; the booking system never hears of the reversal."""
    opening = _prompt(rng, order, 1, order.booking)
    entry, settled = _answered(rng, order, opening)
    reversal = _reversal(rng, entry, reversed_at, entry.amount)
    fault = Fault("reversed_not_refunded", settled.payment.id, reversal.receipt, reversal.amount)
    return Story((*opening, settled), (entry, reversal), (fault,))


def reused_receipt(rng: Random, order: Order, shown: MpesaEntry) -> Story:
    """A conductor keys in somebody else's receipt by hand: a payment without money of its own."""
    opening = _prompt(rng, order, 1, order.booking)
    at = order.booking.created_at + timedelta(seconds=rng.uniform(40, 90))
    settled = _settled(order.booking, opening[-1].payment, shown, at)
    payment = settled.payment._replace(completed_at=at.replace(microsecond=0), result_code=None)
    fault = Fault("duplicate", payment.id, shown.receipt, payment.amount)
    return Story((*opening, settled._replace(payment=payment)), (), (fault,))


def through_bank(rng: Random, order: Order) -> Story:
    """Money that a bank's customer sent to the paybill without any booking."""
    entry = _entry(rng, order, order.booking.created_at)
    account = f"SEAT {rng.randrange(1, 33)} {order.payer.name.split()[0].upper()}"
    words = f"FSI to Pay Bill by 9990555 - UMOJA MFANO BANK Acc. {account} via WEB by {order.payer.name.upper()}"
    sent = replace(entry, account=account, via=words)
    return Story((), (sent,), (Fault("missing_in_system", None, sent.receipt, sent.amount),))


def unattributed(story: Story) -> Story:
    """The same story with a fault for each paid fare whose vehicle nobody knows."""
    fares = {entry.receipt for entry in story.entries if entry.kind == "payment"}
    paid = {moment.payment.id: moment.payment for moment in story.moments if moment.payment.transaction_id in fares}
    found = (Fault("unattributed", one.id, one.transaction_id, one.amount) for one in paid.values())
    return Story(story.moments, story.entries, (*story.faults, *found))


def new_receipt(rng: Random, at: datetime) -> str:
    """A receipt of that second in Nairobi; later seconds have later receipts."""
    local = at.astimezone(NAIROBI)
    second = local.hour * 3600 + local.minute * 60 + local.second
    return receipt_on(local.date(), second * _RECEIPTS_A_SECOND + rng.randrange(_RECEIPTS_A_SECOND))


def _cash(order: Order) -> Story:
    at = order.booking.created_at
    payment = order.asked(uuid5(order.booking.id, "payment/1"), at)._replace(status=COMPLETED, completed_at=at)
    return Story((Moment(at, order.booking._replace(status=CONFIRMED), payment, inserts=True),))


def _elsewhere(rng: Random, order: Order) -> Story:
    at = order.booking.created_at
    payment = order.asked(uuid5(order.booking.id, "payment/1"), at)
    asked = Moment(at, order.booking, payment, inserts=True)
    heard = at + timedelta(seconds=rng.uniform(2, 9))
    number = rng.getrandbits(32)
    if rng.random() < 0.04:
        failed = payment._replace(status=FAILED, failure_reason="Declined by the provider", updated_at=heard)
        return Story(
            (asked, Moment(heard, order.booking._replace(status=UNPAID, updated_at=heard), failed, inserts=False))
        )
    paid = payment._replace(
        status=COMPLETED,
        transaction_id=f"ch_{number:08x}" if order.method == "card" else f"AM{heard:%y%m%d}.{number:010d}",
        completed_at=heard,
        updated_at=heard,
    )
    return Story(
        (asked, Moment(heard, order.booking._replace(status=CONFIRMED, updated_at=heard), paid, inserts=False))
    )


def _prompt(
    rng: Random, order: Order, attempt: int, booking: BookingRow | None, at: datetime | None = None
) -> tuple[Moment, Moment]:
    asked_at = at or order.booking.created_at
    payment = order.asked(uuid5(order.booking.id, f"payment/{attempt}"), asked_at)
    sent_at = asked_at + timedelta(seconds=rng.uniform(0.6, 1.8))
    local = sent_at.astimezone(NAIROBI)
    checkout = f"ws_CO_{local:%d%m%Y%H%M%S}{rng.getrandbits(29):09d}"
    sent = payment._replace(checkout_request_id=checkout, updated_at=sent_at)
    return Moment(asked_at, booking, payment, inserts=True), Moment(sent_at, None, sent, inserts=False)


def _refused(rng: Random, booking: BookingRow, payment: PaymentRow) -> Moment:
    code, words, _, (shortest, longest) = rng.choices(_REFUSALS, cum_weights=_CUMULATIVE)[0]
    at = payment.created_at + timedelta(seconds=rng.uniform(shortest, longest))
    failed = payment._replace(status=FAILED, result_code=code, failure_reason=words, updated_at=at)
    return Moment(at, booking._replace(status=UNPAID, updated_at=at), failed, inserts=False)


def _paid(rng: Random, order: Order, opening: tuple[Moment, ...], habits: Habits) -> Story:
    entry, settled = _answered(rng, order, opening)
    moments = (*opening, settled)
    # A vehicle's own till is emptied every night: it has nothing to give back in the morning.
    if rng.random() >= habits.given_back or order.short_code.vehicle_id is not None:
        return Story(moments, (entry,))
    back_at = order.booking.created_at + timedelta(seconds=rng.uniform(*habits.given_back_after))
    back_at = _in_office_hours(max(back_at, settled.at + timedelta(seconds=5)), habits.office_opens)
    back, reversal = _given_back(rng, settled, entry, back_at)
    return Story((*moments, back), (entry, reversal))


def _in_office_hours(at: datetime, opens: int) -> datetime:
    local = at.astimezone(NAIROBI).replace(microsecond=0)
    return (local if local.hour >= opens else local.replace(hour=opens)).astimezone(UTC)


def _answered(rng: Random, order: Order, opening: tuple[Moment, ...]) -> tuple[MpesaEntry, Moment]:
    payment = opening[-1].payment
    entry = _entry(rng, order, payment.created_at)
    heard = entry.completed_at + timedelta(seconds=rng.uniform(0.4, 2.5))
    return entry, _settled(order.booking, payment, entry, heard)


def _entry(rng: Random, order: Order, asked_at: datetime) -> MpesaEntry:
    completed_at = (asked_at + timedelta(seconds=rng.uniform(*_ANSWER))).replace(microsecond=0)
    return MpesaEntry(
        kind="payment",
        receipt=new_receipt(rng, completed_at),
        short_code=order.short_code.number,
        amount=order.booking.fare,
        initiated_at=completed_at - timedelta(seconds=rng.randrange(2)),
        completed_at=completed_at,
        payer_name=order.payer.name,
        payer_phone=order.payer.phone,
        account=order.booking.reference if order.short_code.kind == "paybill" else "",
    )


def _settled(booking: BookingRow, payment: PaymentRow, entry: MpesaEntry, heard_at: datetime) -> Moment:
    paid = payment._replace(
        status=COMPLETED,
        transaction_id=entry.receipt,
        result_code="0",
        failure_reason=None,
        completed_at=entry.completed_at,
        updated_at=heard_at,
    )
    return Moment(heard_at, booking._replace(status=CONFIRMED, updated_at=heard_at), paid, inserts=False)


def _given_back(rng: Random, settled: Moment, entry: MpesaEntry, at: datetime) -> tuple[Moment, MpesaEntry]:
    whole = rng.random() < 0.7
    share = entry.amount if whole else (entry.amount / 2).quantize(Decimal("1.00"), ROUND_HALF_UP)
    heard = at + timedelta(seconds=rng.uniform(0.4, 2.5))
    payment = settled.payment._replace(
        status=REFUNDED if whole else PARTIALLY_REFUNDED, refunded_amount=share, refunded_at=at, updated_at=heard
    )
    booking = settled.booking._replace(status=CANCELLED, updated_at=heard) if settled.booking and whole else None
    return Moment(heard, booking, payment, inserts=False), _reversal(rng, entry, at, share)


def _reversal(rng: Random, entry: MpesaEntry, at: datetime, amount: Decimal) -> MpesaEntry:
    completed_at = at.replace(microsecond=0)
    return MpesaEntry(
        kind="reversal",
        receipt=new_receipt(rng, completed_at),
        short_code=entry.short_code,
        amount=amount,
        initiated_at=completed_at,
        completed_at=completed_at,
        payer_name=entry.payer_name,
        payer_phone=entry.payer_phone,
        linked=entry.receipt,
    )
