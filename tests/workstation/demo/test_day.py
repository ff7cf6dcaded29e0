"""A planned day: always the same, every payment's life in order, and money apart from the books only where planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.payment import COMPLETED, FAILED, MPESA, PENDING, TAKEN
from services.domain.period import NAIROBI, day_of
from services.domain.phone import local
from services.domain.receipt import written_on
from workstation.demo.day import AFTERMATH, DayPlan, plan_day, plans
from workstation.demo.fleet import demo_fleet
from workstation.demo.rows import BookingRow, MpesaEntry, PaymentRow, Story, state_at

FLEET = demo_fleet()
DAY = date(2026, 11, 21)
LATER = datetime(2030, 1, 1, tzinfo=UTC)
seeds = st.integers(0, 2**32)
days = st.dates(date(2026, 1, 2), date(2027, 12, 30))

LOST = {"paid_but_pending", "paid_but_failed"}
FAULTS = LOST | {"missing_in_system", "duplicate", "reversed_not_refunded", "late"}


@pytest.fixture(scope="module")
def plan() -> DayPlan:
    return plan_day(2026, FLEET, DAY)


def _rows(known: Iterable[DayPlan], until: datetime) -> tuple[dict[UUID, BookingRow], list[PaymentRow]]:
    bookings, payments = {}, []
    for plan in known:
        for story in plan.stories:
            its_bookings, its_payments = state_at(story.moments, until)
            bookings.update({one.id: one for one in its_bookings})
            payments.extend(its_payments)
    return bookings, payments


def test_a_plan_follows_from_its_arguments_alone(plan: DayPlan) -> None:
    assert plan_day(2026, FLEET, DAY) == plan
    assert plan_day(2027, FLEET, DAY) != plan


def test_a_day_has_about_1300_payments_in_the_usual_mix(plan: DayPlan) -> None:
    methods = Counter(one.payment_method for one in _rows([plan], LATER)[1])

    assert 1_000 < plan.payments < 1_700
    assert 0.78 < methods["mpesa"] / plan.payments < 0.88
    assert 0.08 < methods["cash"] / plan.payments < 0.14
    assert methods["card"] > methods["airtel_money"] > 0


def test_refusals_have_the_reasons_that_people_give(plan: DayPlan) -> None:
    failed = [one for one in _rows([plan], LATER)[1] if one.status == FAILED]
    reasons = Counter(one.result_code for one in failed if one.payment_method == MPESA)

    assert reasons.most_common(1)[0][0] == "1032"
    assert {"1032", "1037", "1", "2001"} <= set(reasons) <= {"1032", "1037", "1", "2001", "17"}
    assert 0.03 < len(failed) / plan.payments < 0.09
    assert all(one.failure_reason and one.completed_at is None for one in failed)


def test_every_planned_fault_is_there(plan: DayPlan) -> None:
    found = Counter(fault.name for fault in plan.expected)

    assert set(found) >= FAULTS | {"unattributed"}
    assert found["paid_but_pending"] == 3 and found["paid_but_failed"] == 2


def test_without_lost_callbacks_every_callback_arrives() -> None:
    plan = plan_day(2026, FLEET, DAY, lost_callbacks=False)

    assert not LOST & {fault.name for fault in plan.expected}
    assert {"duplicate", "late"} <= {fault.name for fault in plan.expected}


def test_a_tiny_day_has_some_of_each_fault_before_a_second_of_any() -> None:
    assert {fault.name for fault in plan_day(5, FLEET, DAY, scale=0.03).expected} >= FAULTS - {"duplicate"}
    assert plan_day(5, FLEET, DAY, scale=0.0001).payments >= 1


def test_lost_callbacks_are_found_by_the_office_two_mornings_later(plan: DayPlan) -> None:
    lost = {fault.payment_id for fault in plan.expected if fault.name in LOST}
    noon = datetime.combine(DAY + timedelta(days=AFTERMATH), time(12), NAIROBI)

    before = {one.status for one in _rows([plan], noon - timedelta(hours=4))[1] if one.id in lost}
    after = {one.status for one in _rows([plan], noon)[1] if one.id in lost}

    assert before == {PENDING, FAILED}
    assert after == {COMPLETED}


def test_nothing_of_a_plan_happens_after_its_aftermath(plan: DayPlan) -> None:
    last = max(moment.at for story in plan.stories for moment in story.moments)

    assert day_of(last) == DAY + timedelta(days=AFTERMATH)
    assert max(day_of(entry.completed_at) for entry in plan.entries) <= DAY + timedelta(days=1)


def test_ids_references_and_receipts_are_used_once() -> None:
    known = list(plans(2026, FLEET, DAY, DAY + timedelta(days=2)))
    bookings, payments = _rows(known, LATER)
    receipts = [entry.receipt for plan in known for entry in plan.entries]

    assert len({one.reference for one in bookings.values()}) == len(bookings)
    assert len({one.id for one in payments}) == len(payments)
    assert len(set(receipts)) == len(receipts)
    assert all(len(one.reference) <= 20 for one in bookings.values())


def test_a_very_large_day_still_has_distinct_references() -> None:
    plan = plan_day(2026, FLEET, DAY, scale=12)
    references = [
        story.moments[0].booking.reference for story in plan.stories if story.moments and story.moments[0].booking
    ]

    assert len(references) > 10_000
    assert len(set(references)) == len(references)


@settings(max_examples=12, deadline=None)
@given(seeds, days)
def test_receipts_carry_the_letters_of_their_day_in_nairobi(seed: int, day: date) -> None:
    for entry in plan_day(seed, FLEET, day, scale=0.05).entries:
        assert written_on(entry.receipt) == day_of(entry.completed_at)
        assert entry.completed_at.microsecond == 0


@settings(max_examples=12, deadline=None)
@given(seeds, days)
def test_every_life_is_in_order(seed: int, day: date) -> None:
    for story in plan_day(seed, FLEET, day, scale=0.05).stories:
        _check_order(story)
        for payment in state_at(story.moments, LATER)[1]:
            _check_end(payment)


def _check_order(story: Story) -> None:
    times = [moment.at for moment in story.moments]
    assert times == sorted(times)
    known: set[object] = set()
    for moment in story.moments:
        payment = moment.payment
        assert moment.inserts == (payment.id not in known)
        assert payment.updated_at == moment.at
        assert payment.completed_at is None or payment.created_at <= payment.completed_at <= moment.at
        assert payment.refunded_at is None or (payment.completed_at or LATER) <= payment.refunded_at <= moment.at
        if moment.booking is not None:
            assert moment.booking.updated_at == moment.at
        assert payment.id in known or payment.status == (COMPLETED if payment.payment_method == "cash" else PENDING)
        known.add(payment.id)


def _check_end(payment: PaymentRow) -> None:
    taken = payment.status in TAKEN
    assert payment.status != PENDING
    assert taken == (payment.completed_at is not None)
    assert (payment.refunded_amount > 0) == (payment.refunded_at is not None)
    assert 0 <= payment.refunded_amount <= payment.amount
    assert (payment.status == "refunded") == (payment.refunded_amount == payment.amount)
    if payment.payment_method == MPESA:
        assert payment.checkout_request_id and payment.shortcode
        assert taken == (payment.transaction_id is not None)
        assert (local(payment.phone_number) or "")[4:7] == "000"


@settings(max_examples=8, deadline=None)
@given(seeds, days)
def test_money_and_books_differ_exactly_by_the_planned_faults(seed: int, day: date) -> None:
    before, plan = plans(seed, FLEET, day - timedelta(days=1), day, scale=0.2)

    found = _disagreements(before, plan, day)

    assert found == sorted((fault.name, fault.receipt or "") for fault in plan.expected)


def _disagreements(before: DayPlan, plan: DayPlan, day: date) -> list[tuple[str, str]]:
    """An auditor's own comparison, at noon of the next day."""
    noon = datetime.combine(day + timedelta(days=1), time(12), NAIROBI)
    bookings, payments = _rows([before, plan], noon)
    entries = [entry for one in (before, plan) for entry in one.entries if day_of(entry.completed_at) == day]
    lines = {entry.receipt: entry for entry in entries if entry.kind == "payment"}
    paid = [one for one in payments if one.payment_method == MPESA and one.status in TAKEN]
    found = [
        *_compared(lines, paid, day),
        *_unpaid(lines, paid, {one.booking_id: one for one in payments if one.status not in TAKEN}, bookings),
        *_reversals(entries, {(one.transaction_id, one.refunded_amount, one.refunded_at) for one in paid}),
    ]
    for one in paid:
        line = lines.get(one.transaction_id or "")
        if line and line.amount == one.amount and bookings[one.booking_id].vehicle_id is None:
            found.append(("unattributed", line.receipt))
    earlier = {fault.payment_id for fault in before.expected if fault.name == "late"}
    todays = [one for one in paid if day_of(one.completed_at or LATER) == day and one.id not in earlier]
    found.extend(
        ("missing_in_statement", one.transaction_id or "") for one in todays if one.transaction_id not in lines
    )
    return sorted(found)


def _compared(lines: dict[str, MpesaEntry], paid: list[PaymentRow], day: date) -> Iterable[tuple[str, str]]:
    for one in paid:
        line = lines.get(one.transaction_id or "")
        if line is None:
            continue
        if line.amount != one.amount:
            yield "duplicate", line.receipt
        elif one.shortcode != line.short_code:
            yield "short code", line.receipt
        elif day_of(one.completed_at or LATER) != day:
            yield "late", line.receipt


def _unpaid(
    lines: dict[str, MpesaEntry],
    paid: list[PaymentRow],
    open_by_booking: dict[UUID, PaymentRow],
    bookings: dict[UUID, BookingRow],
) -> Iterable[tuple[str, str]]:
    known = {one.transaction_id for one in paid}
    by_reference = {bookings[booking].reference: one for booking, one in open_by_booking.items()}
    for line in lines.values():
        if line.receipt in known:
            continue
        unpaid = by_reference.get(line.account)
        if unpaid is None or unpaid.amount != line.amount:
            yield "missing_in_system", line.receipt
        else:
            yield f"paid_but_{unpaid.status}", line.receipt


def _reversals(
    entries: list[MpesaEntry], refunds: set[tuple[str | None, Decimal, datetime | None]]
) -> Iterable[tuple[str, str]]:
    for entry in entries:
        if entry.kind == "reversal" and (entry.linked, entry.amount, entry.completed_at) not in refunds:
            yield "reversed_not_refunded", entry.receipt


def test_a_payment_through_the_paybill_names_its_booking_and_one_through_a_till_does_not(plan: DayPlan) -> None:
    paid_in = [entry for entry in plan.entries if entry.kind == "payment" and not entry.via]
    by_code = {code.number: code.kind for code in FLEET.short_codes}

    assert {by_code[entry.short_code] for entry in paid_in} == {"paybill", "till"}
    assert all(bool(entry.account) == (by_code[entry.short_code] == "paybill") for entry in paid_in)
    assert {entry.short_code for entry in paid_in} == set(by_code)


def test_payments_cross_midnight() -> None:
    crossing = [
        entry
        for plan in plans(2026, FLEET, date(2026, 11, 1), date(2026, 11, 21))
        for entry in plan.entries
        if entry.kind == "payment" and day_of(entry.completed_at) != plan.day
    ]

    assert len(crossing) >= 21


def test_state_before_the_beginning_is_empty(plan: DayPlan) -> None:
    assert state_at(plan.stories[0].moments, datetime(2026, 1, 1, tzinfo=UTC)) == ([], [])
