"""What the drawer tells of a payment, without a database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feed.event import Kind, PaymentState
from services.payments.steps import Step, reason_in_words
from services.payments.story import REMOVED, UNEXPLAINED, UNRECORDED, Proof, story, told_among
from tests.services.payments.ledger import (
    BARAKA,
    BUS,
    FAILED,
    NAMES,
    NINE,
    OTHER_BUS,
    PAID,
    PENDING,
    ROAD,
    after,
    chain,
    row_of,
)

PROMPT = Proof("ws_CO_1")


def told(steps: tuple[Step, ...]) -> list[tuple[float, str, str]]:
    return [((step.at - NINE).total_seconds(), step.words, step.detail) for step in steps]


def words(steps: tuple[Step, ...]) -> list[str]:
    return [step.words for step in steps]


def test_a_payment_that_failed_once_and_was_paid() -> None:
    events = chain((0.1, PENDING), (1, PENDING), (30, FAILED), (90, replace(PAID, completed_at=after(88))))
    row = row_of(replace(PAID, completed_at=after(88)), receipt="UIM1TEST01")
    assert told(story(events, row, NAMES, PROMPT)) == [
        (0, "Initiated for KES 600.00 by M-Pesa", ""),
        (1, "Prompt sent to the phone", "ws_CO_1"),
        (30, "Failed: 1032 cancelled by the customer", ""),
        (88, "Paid", "Receipt UIM1TEST01"),
    ]
    assert [step.status for step in story(events, row, NAMES, PROMPT)] == ["pending", "pending", "failed", "completed"]


def test_the_prompt_follows_the_creation_where_no_update_named_it() -> None:
    steps = story(chain((0, PENDING), (30, PAID)), row_of(PAID), NAMES, PROMPT)
    assert told(steps)[:2] == [
        (0, "Initiated for KES 600.00 by M-Pesa", ""),
        (0, "Prompt sent to the phone", "ws_CO_1"),
    ]
    assert "Prompt sent to the phone" not in words(story(chain((0, PENDING), (1, PENDING)), row_of(PENDING), NAMES))


def test_refunds_in_parts_and_in_whole() -> None:
    part = replace(PAID, status="partially_refunded", refunded_amount=Decimal(200))
    more, whole = (
        replace(part, refunded_amount=Decimal(350)),
        replace(part, status="refunded", refunded_amount=Decimal(600)),
    )
    less = replace(part, refunded_amount=Decimal(100))
    too_much = replace(whole, refunded_amount=Decimal(700))
    steps = story(
        chain((50, part), (60, more), (70, less), (80, whole), (90, too_much), first=PAID), row_of(too_much), NAMES
    )
    assert [(step.words, step.detail) for step in steps[2:]] == [
        ("Refunded KES 200.00 of 600.00", ""),
        ("Refunded KES 150.00 more: 350.00 of 600.00", ""),
        ("Refund lowered from KES 350.00 to 100.00", ""),
        ("Refunded KES 500.00 more: 600.00 of 600.00", ""),
        ("Refunded KES 100.00 more: 700.00 of 600.00", "More than was paid."),
    ]


def test_strange_refunds_are_named() -> None:
    nothing = replace(PAID, status="refunded")
    assert (
        story(chain((9, nothing), first=PAID), row_of(nothing), NAMES)[-1].detail
        == "The booking system gives no amount."
    )
    unpaid = replace(FAILED, refunded_amount=Decimal(5))
    steps = story(chain((9, unpaid), first=PENDING), row_of(unpaid), NAMES)
    assert [(step.words, step.detail) for step in steps[1:]] == [
        ("Refunded KES 5.00 of 600.00", "A refund of what is not paid."),
        ("Failed: 1032 cancelled by the customer", ""),
    ]


def test_moves_carry_names() -> None:
    states = [
        replace(PENDING, vehicle_id=OTHER_BUS),
        replace(PENDING, vehicle_id=OTHER_BUS, driver_id=BARAKA),
        replace(PENDING, vehicle_id=None, route_id=None, driver_id=BARAKA),
        replace(PENDING, vehicle_id=None, route_id=None),
        replace(PENDING, vehicle_id=UUID(int=99), route_id=UUID(int=98), driver_id=UUID(int=97)),
    ]
    events = chain(*((number, state, "booking") for number, state in enumerate(states, 1)), first=PENDING)
    assert [(step.words, step.detail) for step in story(events, row_of(states[-1]), NAMES)[1:]] == [
        ("Moved to KDB 456B, Nairobi – Nakuru", "Before: KDA 123A, Nairobi – Nakuru"),
        ("Now with driver Baraka M.", "Before: none"),
        ("Taken off KDB 456B, Nairobi – Nakuru", ""),
        ("Now with no driver", "Before: driver Baraka M."),
        ("Moved to an unknown vehicle, an unknown route, driver unknown", "Before: none"),
    ]


def test_facts_that_change_are_told() -> None:
    changed = replace(PENDING, amount=Decimal(500), method="cash", short_code=None, created_at=after(-5))
    steps = story(chain((9, changed), first=PENDING), row_of(changed), NAMES)
    assert words(steps)[1:] == [
        "Amount changed from KES 600.00 to KES 500.00",
        "Method changed from M-Pesa to Cash",
        "Short code changed from 9990001 to none",
        "Time of creation changed",
    ]
    late = replace(PAID, completed_at=after(25))
    assert words(story(chain((40, late), first=PAID), row_of(late), NAMES))[-1] == "Time of payment changed"
    early = replace(PENDING, completed_at=after(20))
    assert words(story(chain((0, early), (20, PAID)), row_of(PAID), NAMES))[1:] == ["Paid"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (replace(PENDING, result_code="4999"), "Pending: 4999 still processing"),
        (replace(PENDING, status="failed", result_code="77"), "Failed: code 77"),
        (replace(PENDING, status="failed", result_code=None), "Failed"),
        (replace(PENDING, status="failed", result_code="0"), "Failed"),
        (replace(PENDING, status="on_hold"), "On hold"),
        (replace(PENDING, status=""), "—"),
    ],
)
def test_statuses_and_codes_in_words(state: PaymentState, said: str) -> None:
    assert words(story(chain((9, state), first=PENDING), row_of(state), NAMES))[-1] == said


def test_a_failure_tells_the_booking_systems_words_while_they_are_known() -> None:
    row = row_of(FAILED, failure_reason="Request cancelled by user")
    assert story(chain((0, PENDING), (9, FAILED)), row, NAMES)[-1].detail == "Request cancelled by user"
    other = replace(FAILED, result_code="1")
    steps = story(chain((0, PENDING), (5, other), (9, FAILED)), row, NAMES)
    assert [step.detail for step in steps] == ["", "", "Request cancelled by user"]


def test_updates_that_no_figure_needs_are_told_once() -> None:
    events = chain(
        (0, PENDING), (1, PENDING), (2, PENDING), (3, PENDING, "booking"), (4, PENDING, "booking"), (5, PENDING)
    )
    assert told(story(events, row_of(PENDING), NAMES))[1:] == [
        (2, "Payment updated", "Status and amounts stayed."),
        (4, "Booking updated", "Route, vehicle and driver stayed."),
        (5, "Payment updated", "Status and amounts stayed."),
    ]


def test_removed_and_entered_again() -> None:
    events = chain((0, PENDING), (5, None, "removed"), (9, PAID))
    assert words(story(events[:2], None, NAMES)) == [
        "Initiated for KES 600.00 by M-Pesa",
        "Removed in the booking system",
    ]
    assert words(story(events, row_of(PAID), NAMES)) == [
        "Initiated for KES 600.00 by M-Pesa", "Removed in the booking system", "Initiated for KES 600.00 by M-Pesa", "Paid",
    ]  # fmt: skip


def test_what_no_event_tells_has_its_place_in_time() -> None:
    steps = story(chain((0, PENDING), (30, FAILED), (90, replace(PAID, completed_at=after(88)))), None, NAMES)
    undone = [Step(after(at), "unmatched", "", words) for at, words in ((120, "late"), (40, "early"), (-5, "first"))]
    found = told_among(steps, undone)
    assert [(step.words, step.status) for step in found] == [
        ("first", "pending"), ("Initiated for KES 600.00 by M-Pesa", "pending"),
        ("Failed: 1032 cancelled by the customer", "failed"), ("early", "failed"), ("Paid", "completed"), ("late", "completed"),
    ]  # fmt: skip
    assert told_among((), undone[:1]) == (undone[0],)


def test_a_payment_from_before_events_is_told_from_itself() -> None:
    refunded = replace(PAID, status="refunded", refunded_amount=Decimal(600))
    steps = story([], row_of(refunded, receipt="UIM1"), NAMES, Proof("ws_CO_1", after(3_600)))
    assert told(steps) == [
        (0, "Initiated for KES 600.00 by M-Pesa", UNRECORDED),
        (0, "Prompt sent to the phone", "ws_CO_1"),
        (20, "Paid", "Receipt UIM1"),
        (3_600, "Refunded KES 600.00 of 600.00", ""),
    ]


def test_a_story_that_begins_in_the_middle_says_so() -> None:
    refunded = replace(PAID, status="refunded", refunded_amount=Decimal(600))
    steps = story(chain((15, refunded), first=PAID), row_of(refunded), NAMES)
    assert told(steps) == [
        (0, "Initiated for KES 600.00 by M-Pesa", UNRECORDED),
        (15, "Paid", ""),
        (15, "Refunded KES 600.00 of 600.00", ""),
    ]


def test_what_a_rebuild_found_is_marked() -> None:
    steps = story(chain((0, PENDING)), row_of(PAID), NAMES)
    assert told(steps)[1:] == [(20, "Paid", UNEXPLAINED)]
    again = story(chain((0, PENDING), (5, None, "removed")), row_of(FAILED), NAMES)
    assert [step.detail for step in again] == ["", REMOVED, UNEXPLAINED, UNEXPLAINED]
    first_release = chain((0, replace(PENDING, short_code=None)))
    assert words(story(first_release, row_of(PENDING), NAMES)) == ["Initiated for KES 600.00 by M-Pesa"]


def test_times_never_run_backwards() -> None:
    events = chain((0, replace(PENDING, created_at=after(60))), (-5, replace(PAID, completed_at=after(-90))))
    steps = story(events, row_of(replace(PAID, completed_at=after(-90), created_at=after(60))), NAMES)
    assert [step.at for step in steps] == sorted(step.at for step in steps)


def test_nothing_is_told_of_nothing() -> None:
    assert story([], None, NAMES) == ()
    assert story(chain((0, None)), None, NAMES) == ()


def test_reasons() -> None:
    assert reason_in_words(row_of(FAILED)) == "Cancelled by the customer"
    assert reason_in_words(row_of(replace(FAILED, result_code=None), failure_reason="No network")) == "No network"
    assert reason_in_words(row_of(PAID)) == ""


instants = st.integers(-10_000, 10_000).map(after)
amounts = st.integers(-100_000, 100_000).map(lambda cents: Decimal(cents) / 100)
states = st.builds(
    PaymentState,
    status=st.sampled_from(["pending", "completed", "failed", "refunded", "partially_refunded", "on_hold", ""]),
    amount=amounts,
    refunded_amount=amounts,
    currency=st.sampled_from(["KES", "USD"]),
    method=st.sampled_from(["mpesa", "cash", "barter"]),
    route_id=st.none() | st.sampled_from([ROAD, UUID(int=99)]),
    vehicle_id=st.none() | st.sampled_from([BUS, UUID(int=99)]),
    driver_id=st.none() | st.just(BARAKA),
    created_at=instants,
    completed_at=st.none() | instants,
    result_code=st.none() | st.sampled_from(["", "0", "1032", "77", " 1 "]),
    short_code=st.none() | st.just("9990001"),
)
kinds: st.SearchStrategy[Kind] = st.sampled_from(["payment", "booking", "removed"])


@given(
    first=st.none() | states,
    following=st.lists(st.tuples(st.integers(-9_000, 9_000), st.none() | states, kinds), max_size=6),
    now=st.none() | states,
    proof=st.builds(Proof, st.sampled_from(["", "ws_CO_1"]), st.none() | instants),
)
def test_any_story_is_ordered_and_ends_as_the_payment_is(
    first: PaymentState | None,
    following: list[tuple[int, PaymentState | None, Kind]],
    now: PaymentState | None,
    proof: Proof,
) -> None:
    steps = story(chain(*following, first=first), row_of(now) if now else None, NAMES, proof)
    assert all(earlier.at <= later.at for earlier, later in pairwise(steps))
    assert all(step.words.strip() and "None" not in step.words for step in steps)
    if now is not None:
        assert steps[-1].status == now.status
