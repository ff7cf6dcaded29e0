from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reconciliation.matching import Outcome, match
from services.reconciliation.sides import Line, Payment, normal
from tests.services.reconciliation.sides_told import DAY, booked, known, paid

A, B, C = "UIMAAA0001", "UIMAAA0002", "UIMAAA0003"


def names(outcome: Outcome) -> dict[str, int]:
    return dict(Counter(found.name for found in outcome.findings))


def pairs(outcome: Outcome) -> set[tuple[UUID, UUID, str]]:
    return {(pair.line.id, pair.payment.id, pair.pass_name) for pair in outcome.matches}


def test_a_receipt_on_both_sides_matches() -> None:
    outcome = match([paid("line", A)], [booked("payment", A.lower())])
    assert pairs(outcome) == {(known("line"), known("payment"), "receipt")}
    assert outcome.findings == ()
    assert outcome.matches[0].score == 1
    assert outcome.matches[0].reasons == (f"receipt {A} on both sides", "amount equal")


def test_a_lost_callback_is_found_by_account_and_amount() -> None:
    outcome = match([paid("line", A, account="bkg 1001")], [booked("payment")])
    assert pairs(outcome) == {(known("line"), known("payment"), "account")}
    assert outcome.matches[0].score == Decimal("0.900")
    assert outcome.matches[0].reasons[0] == "account bkg 1001 is booking BKG1001, the only one that fits"


@pytest.mark.parametrize(
    "payment",
    [
        booked("payment", amount="601.00"),
        booked("payment", reference="BKG1010"),
        booked("payment", B),
        booked("payment", code="9990002"),
    ],
    ids=["another amount", "another booking", "another receipt", "another short code"],
)
def test_an_account_alone_is_not_enough(payment: Payment) -> None:
    outcome = match([paid("line", A, account="BKG1001")], [payment])
    assert (outcome.matches, names(outcome)) == ((), {"missing_in_system": 1})


def test_a_blank_account_names_no_booking() -> None:
    assert match([paid("line", A, account=" ")], [booked("payment", reference="")]).matches == ()


def test_what_stands_for_a_receipt_but_is_none_does_not_disturb() -> None:
    outcome = match([paid("line", A, account="BKG1001")], [booked("payment", "ws_CO_220920260900")])
    assert len(outcome.matches) == 1


@pytest.mark.parametrize(
    ("lines", "payments"),
    [
        ([paid("l1", A, account="BKG1001"), paid("l2", B, account="BKG1001")], [booked("p1")]),
        ([paid("l1", A, account="BKG1001")], [booked("p1"), booked("p2", status="failed")]),
        ([paid("l1", A, account="BKG1001"), paid("l2", B, account="BKG1001")], [booked("p1"), booked("p2")]),
    ],
    ids=["two lines", "two payments", "two of each"],
)
def test_a_tie_is_never_matched(lines: list[Line], payments: list[Payment]) -> None:
    outcome = match(lines, payments)
    assert outcome.matches == ()
    assert names(outcome) == {"ambiguous": len(lines)}
    assert outcome.accounted == {payment.id for payment in payments}


def test_a_receipt_settles_what_would_be_a_tie() -> None:
    lines = [paid("l1", A, account="BKG1001"), paid("l2", B, account="BKG1001")]
    outcome = match(lines, [booked("p1", A), booked("p2")])
    assert pairs(outcome) == {(known("l1"), known("p1"), "receipt"), (known("l2"), known("p2"), "account")}


def test_short_codes_keep_equal_fares_apart() -> None:
    lines = [paid("l1", A, account="X1"), paid("l2", B, account="X1", code="9990002")]
    outcome = match(lines, [booked("p1", reference="X1", code="9990001"), booked("p2", reference="X1", code="9990002")])
    assert pairs(outcome) == {(known("l1"), known("p1"), "account"), (known("l2"), known("p2"), "account")}
    foreign = [booked("p1", reference="X1"), booked("p2", reference="X1", code="9990003")]
    assert pairs(match(lines[:1], foreign)) == {(known("l1"), known("p1"), "account")}


@pytest.mark.parametrize(
    ("status", "name"),
    [("pending", "paid_but_pending"), ("failed", "paid_but_failed"), ("on_hold", "paid_but_pending")],
)
@pytest.mark.parametrize("receipt", [A, None], ids=["by receipt", "by account"])
def test_paid_on_the_statement_but_not_in_the_booking(status: str, name: str, receipt: str | None) -> None:
    outcome = match([paid("line", A, account="BKG1001")], [booked("payment", receipt, status=status)])
    assert outcome.matches == ()
    assert [(found.name, found.amount, found.payment_id, found.line_id) for found in outcome.findings] == [
        (name, Decimal("600.00"), known("payment"), known("line"))
    ]


def test_an_amount_that_differs_is_named_with_the_difference() -> None:
    outcome = match([paid("line", A, "600.00")], [booked("payment", A, "650.00")])
    assert outcome.matches == ()
    assert [(found.name, found.amount) for found in outcome.findings] == [("amount_differs", Decimal("50.00"))]
    assert outcome.findings[0].detail == "The statement says 600.00, booking BKG1001 650.00."


def test_of_two_with_one_receipt_the_one_that_agrees_is_real() -> None:
    outcome = match([paid("line", A)], [booked("p1", A, "650.00"), booked("p2", A), booked("p3", A, status="failed")])
    assert pairs(outcome) == {(known("line"), known("p2"), "receipt")}
    assert names(outcome) == {"duplicate": 2}


def test_two_that_could_both_be_real_are_a_tie_with_a_surplus() -> None:
    outcome = match([paid("line", A)], [booked("p1", A), booked("p2", A)])
    assert outcome.matches == ()
    assert names(outcome) == {"ambiguous": 1, "duplicate": 1}


def test_a_receipt_that_an_earlier_match_used_makes_a_duplicate() -> None:
    assert names(match([], [booked("p2", A)], {A})) == {"duplicate": 1}
    assert names(match([], [booked("p1", A), booked("p2", A)])) == {"duplicate": 1}


def test_one_receipt_on_two_lines_is_decided_by_amount_or_not_at_all() -> None:
    outcome = match([paid("l1", A, "600.00"), paid("l2", A, "700.00")], [booked("p1", A, "700.00")])
    assert pairs(outcome) == {(known("l2"), known("p1"), "receipt")}
    assert names(outcome) == {"missing_in_system": 1}
    tied = match([paid("l1", A), paid("l2", A)], [booked("p1", A)])
    assert (tied.matches, names(tied)) == ((), {"ambiguous": 2})
    surplus = match(
        [paid("l1", A), paid("l2", A, "1.00")], [booked("p1", A), booked("p2", A, "1.00"), booked("p3", A, "2.00")]
    )
    assert (len(surplus.matches), names(surplus)) == (2, {"duplicate": 1})


def test_what_is_worth_knowing_about_a_match() -> None:
    outcome = match([paid("line", A)], [booked("payment", A, day=DAY - timedelta(days=1), attributed=False)])
    assert len(outcome.matches) == 1
    assert names(outcome) == {"late": 1, "unattributed": 1}
    assert outcome.findings[0].detail == "Matches booking BKG1001, which was taken on 21 Sep."


RECEIPTS = st.sampled_from([A, B, C])
AMOUNTS = st.sampled_from(["100.00", "200.00"])
CODES = st.sampled_from(["9990001", "9990002"])
REFERENCES = st.sampled_from(["X1", "X2", ""])
LINES = st.lists(st.tuples(RECEIPTS, AMOUNTS, REFERENCES, CODES), max_size=5).map(
    lambda told: [paid(f"l{n}", r, a, x, code=c) for n, (r, a, x, c) in enumerate(told)]
)
PAYMENTS = st.lists(
    st.tuples(
        st.one_of(st.none(), RECEIPTS),
        AMOUNTS,
        st.sampled_from(["completed", "refunded", "pending", "failed"]),
        REFERENCES,
        st.one_of(st.none(), CODES),
    ),
    max_size=5,
).map(lambda told: [booked(f"p{n}", r, a, s, reference=x, code=c) for n, (r, a, s, x, c) in enumerate(told)])


@given(LINES, PAYMENTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(lines: list[Line], payments: list[Payment], random: object) -> None:
    first = match(lines, payments)
    random.shuffle(lines)  # type: ignore[attr-defined]
    random.shuffle(payments)  # type: ignore[attr-defined]
    assert match(lines, payments) == first


@given(LINES, PAYMENTS)
def test_nothing_is_used_twice_and_every_line_is_told_of_once(lines: list[Line], payments: list[Payment]) -> None:
    outcome = match(lines, payments)
    assert len({pair.payment.id for pair in outcome.matches}) == len(outcome.matches)
    told = [pair.line.id for pair in outcome.matches] + [
        found.line_id for found in outcome.findings if found.line_id and found.name not in {"late", "unattributed"}
    ]
    assert sorted(told) == sorted(line.id for line in lines)
    matched = {pair.payment.id for pair in outcome.matches}
    assert matched.isdisjoint(found.payment_id for found in outcome.findings)
    assert matched <= outcome.accounted


@given(LINES, PAYMENTS)
def test_the_amounts_add_up(lines: list[Line], payments: list[Payment]) -> None:
    outcome = match(lines, payments)
    paired = sum(pair.payment.amount for pair in outcome.matches)
    by_id = {line.id: line.amount for line in lines}
    rest = sum(by_id[found.line_id] for found in outcome.findings if found.line_id)
    assert paired + rest == sum(by_id.values())


def allowed(line: Line, payment: Payment, lines: Sequence[Line], payments: Sequence[Payment]) -> bool:
    """Whether the rules, read one pair at a time, let these two match."""
    if not payment.taken or payment.amount != line.amount:
        return False
    if payment.known_receipt:
        return payment.known_receipt == line.receipt and only_one_of_its_receipt(line, payment, lines, payments)
    elsewhere = any(other.known_receipt == line.receipt for other in payments)
    # The receipt leads to another payment; the account decides only where several lines share the receipt.
    if elsewhere and sum(other.receipt == line.receipt for other in lines) == 1:
        return False
    return bool(normal(line.account)) and normal(line.account) == normal(payment.reference)


def only_one_of_its_receipt(line: Line, payment: Payment, lines: Sequence[Line], payments: Sequence[Payment]) -> bool:
    rivals = [
        other
        for other in payments
        if other.known_receipt == payment.known_receipt and other.taken and other.amount == payment.amount
    ]
    twins = [other for other in lines if other.receipt == line.receipt and other.amount == line.amount]
    return len(rivals) == len(twins) == 1


@given(LINES, PAYMENTS)
def test_every_match_is_allowed_and_every_unrivalled_receipt_is_matched(
    lines: list[Line], payments: list[Payment]
) -> None:
    found = {(pair.line.id, pair.payment.id) for pair in match(lines, payments).matches}
    for line in lines:
        for payment in payments:
            if (line.id, payment.id) in found:
                assert allowed(line, payment, lines, payments)
            elif payment.known_receipt and allowed(line, payment, lines, payments):
                pytest.fail(f"{line} and {payment} stand alone and were not matched")


@given(LINES, PAYMENTS)
def test_an_account_match_has_no_rival_on_either_side(lines: list[Line], payments: list[Payment]) -> None:
    outcome = match(lines, payments)
    by_receipt = {pair.line.id for pair in outcome.matches if pair.pass_name == "receipt"}
    disputed = {found.line_id for found in outcome.findings if found.name in {"amount_differs"}}
    for pair in outcome.matches:
        if pair.pass_name != "account":
            continue
        rivals = [
            payment
            for payment in payments
            if not payment.known_receipt
            and normal(payment.reference) == normal(pair.line.account)
            and payment.amount == pair.line.amount
            and payment.short_code in {None, pair.line.short_code}
        ]
        assert [rival.id for rival in rivals] == [pair.payment.id]
        others = [
            line
            for line in lines
            if line.id not in by_receipt | disputed | {pair.line.id}
            and normal(line.account) == normal(pair.payment.reference)
            and line.amount == pair.payment.amount
            and pair.payment.short_code in {None, line.short_code}
            and not any(payment.known_receipt == line.receipt for payment in payments)
        ]
        assert others == []
