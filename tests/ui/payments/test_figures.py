"""Figures carried on by events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from services.payments.filters import PaymentFilter
from services.payments.summary import Summary
from tests.ui.payments.fake import FLEET, NOW, TODAY, FakePayments, paid
from ui.payments.figures import carried_on, concerns, counted, overall

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


def begun(fake: FakePayments) -> Summary:
    return fake.summary(EVERYTHING, NOW)


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_a_new_older_pending_payment_is_the_oldest() -> None:
    fake = FakePayments().holding([paid(1, status="pending", created_at=ago(5))])
    before = begun(fake)
    events = [
        fake.put(paid(2, status="pending", created_at=ago(3))),
        fake.put(paid(3, status="pending", created_at=ago(9))),
    ]
    after, settled = carried_on(before, events, EVERYTHING)
    assert (after.oldest_pending, settled) == (ago(9), False)


def test_when_the_oldest_is_settled_the_next_must_be_asked_for() -> None:
    fake = FakePayments().holding([paid(n, status="pending", created_at=ago(n)) for n in (5, 3)])
    before = begun(fake)
    after, settled = carried_on(before, [fake.put(paid(3, created_at=ago(3)))], EVERYTHING)
    assert (after.oldest_pending, settled) == (ago(5), False)
    after, settled = carried_on(after, [fake.put(paid(6, status="pending", created_at=ago(1)))], EVERYTHING)
    after, settled = carried_on(after, [fake.put(paid(5, created_at=ago(5)))], EVERYTHING)
    assert settled


def test_when_nothing_is_pending_there_is_no_oldest() -> None:
    fake = FakePayments().holding([paid(1, status="pending", created_at=ago(5))])
    before = begun(fake)
    assert carried_on(before, [fake.put(paid(1, created_at=ago(5)))], EVERYTHING)[0].oldest_pending is None


def test_events_that_the_answer_holds_are_passed_over() -> None:
    fake = FakePayments()
    event = fake.put(paid(1, status="pending"))
    known = begun(fake)
    assert carried_on(known, [event], EVERYTHING) == (known, False)


def test_another_currency_is_not_pending_here() -> None:
    fake = FakePayments()
    before = begun(fake)
    event = fake.put(paid(1, status="pending", currency="USD"))
    after, _ = carried_on(before, [event], EVERYTHING)
    assert (after.oldest_pending, after.other_currencies) == (None, 1)


def test_what_concerns_a_filter() -> None:
    fake = FakePayments()
    cash = replace(EVERYTHING, methods=frozenset({"cash"}))
    assert not concerns(fake.put(paid(1)), cash)
    assert concerns(fake.put(paid(1, method="cash")), cash)
    assert concerns(fake.put(paid(1)), cash)
    assert not concerns(fake.rename(fake.given_names), cash)


def test_the_rows_below_are_counted_by_hour_and_status() -> None:
    fake = FakePayments().holding([paid(1), paid(2, status="failed"), paid(3, created_at=ago(300))])
    known = begun(fake)
    assert counted(known, EVERYTHING) == 3
    assert counted(known, replace(EVERYTHING, hour=12)) == 2
    assert counted(known, replace(EVERYTHING, hour=12, statuses=frozenset({"failed"}))) == 1


def test_tiles_and_chart_leave_status_and_hour_open() -> None:
    narrowed = replace(EVERYTHING, statuses=frozenset({"failed"}), hour=3, methods=frozenset({"cash"}))
    assert overall(narrowed) == replace(EVERYTHING, methods=frozenset({"cash"}))
