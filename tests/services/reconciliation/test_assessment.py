from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.reconciliation.assessment import Assessment, DaySides, Kept, assess
from services.reconciliation.sides import Coverage, Payment, Reversal
from tests.services.reconciliation.sides_told import DAY, at, booked, known, paid

A, B = "UIMAAA0001", "UIMAAA0002"
WHOLE_DAY = (at("00:00:00"), at("00:00:00", DAY + timedelta(days=1)))
COVERED = Coverage({"9990001": [WHOLE_DAY]}, frozenset({"9990001"}))
EMPTY = DaySides(
    day=DAY,
    lines=(),
    payments=(),
    kept=(),
    settled=frozenset(),
    reversals=(),
    known={},
    refunds=(),
    linked=frozenset(),
    coverage=COVERED,
)
YESTERDAY = DAY - timedelta(days=1)


def told(found: Assessment) -> dict[str, str]:
    amounts: Counter[str] = Counter()
    for finding in found.findings:
        amounts[finding.name] += int(finding.amount)
    return {name: f"{amount}.00" for name, amount in amounts.items()}


def totals(found: Assessment) -> tuple[str, str, str, str]:
    return str(found.system_total), str(found.mpesa_total), str(found.difference), found.status


def kept(line_name: str, payment: Payment | None, receipt: str = A) -> Kept:
    return Kept(paid(line_name, receipt), payment, "receipt", Decimal(1), ("receipt",))


def test_a_day_that_agrees_is_reconciled() -> None:
    found = assess(replace(EMPTY, lines=[paid("l", A)], payments=[booked("p", A)]))
    assert totals(found) == ("600.00", "600.00", "0.00", "reconciled")
    assert (len(found.matches), found.line_count) == (1, 1)


def test_what_is_only_worth_knowing_keeps_no_day_open() -> None:
    late = booked("p", A, day=YESTERDAY, attributed=False)
    found = assess(replace(EMPTY, lines=[paid("l", A)], payments=[late]))
    assert totals(found) == ("600.00", "600.00", "0.00", "reconciled")
    assert told(found) == {"late": "600.00", "unattributed": "600.00"}


def test_a_payment_of_another_day_counts_only_where_it_is_matched() -> None:
    found = assess(replace(EMPTY, payments=[booked("p", A, day=YESTERDAY)]))
    assert totals(found) == ("0.00", "0.00", "0.00", "reconciled")
    assert found.findings == ()


def test_a_payment_without_a_line_is_missing_where_a_statement_proves_it() -> None:
    sides = replace(EMPTY, payments=[booked("p", A), booked("q", None, status="failed")])
    assert told(assess(sides)) == {"missing_in_statement": "600.00"}
    assert totals(assess(sides)) == ("600.00", "0.00", "600.00", "open")
    uncovered = replace(sides, coverage=Coverage({}, frozenset({"9990001"})))
    assert (told(assess(uncovered)), assess(uncovered).status) == ({}, "no_statement")
    at_noon = replace(sides, coverage=Coverage({"9990001": [(at("00:00:00"), at("08:00:00"))]}, frozenset({"9990001"})))
    assert (told(assess(at_noon)), assess(at_noon).status) == ({}, "open")


def test_a_duplicate_is_told_on_its_own_day() -> None:
    twin = replace(EMPTY, settled=frozenset({A}), payments=[booked("p", A)])
    assert told(assess(twin)) == {"duplicate": "600.00"}
    assert told(assess(replace(twin, payments=[booked("p", A, day=YESTERDAY)]))) == {}


@pytest.mark.parametrize(
    ("code", "needed", "proved"),
    [
        ("9990001", {"9990001"}, True),
        ("9990002", {"9990001"}, False),
        (None, {"9990001"}, True),
        (None, {"9990001", "9990002"}, False),
        (None, set(), False),
    ],
)
def test_a_payment_without_a_short_code_needs_every_statement(code: str | None, needed: set[str], proved: bool) -> None:
    assert replace(COVERED, needed=frozenset(needed)).proves(code, at("12:00:00")) is proved


def test_earlier_matches_count_and_are_looked_at_again() -> None:
    found = assess(replace(EMPTY, kept=[kept("l", booked("p", A))]))
    assert totals(found) == ("600.00", "600.00", "0.00", "reconciled")
    for payment, name in [
        (booked("p", A, status="failed"), "paid_but_failed"),
        (booked("p", A, "650.00"), "amount_differs"),
        (None, "missing_in_system"),
        (booked("p", A, day=YESTERDAY), "late"),
    ]:
        assert list(told(assess(replace(EMPTY, kept=[kept("l", payment)])))) == [name]
    gone = assess(replace(EMPTY, kept=[kept("l", None)]))
    assert totals(gone) == ("0.00", "600.00", "-600.00", "open")


def test_reversals_and_refunds_are_held_against_each_other() -> None:
    back = Reversal(known("r"), B, A, Decimal("600.00"))
    unrefunded = replace(EMPTY, reversals=[back], known={A: booked("p", A)})
    found = assess(unrefunded)
    assert told(found) == {"reversed_not_refunded": "600.00"}
    assert (found.findings[0].payment_id, found.findings[0].line_id) == (known("p"), known("r"))
    for other in (booked("p", A, status="refunded", refunded="600.00"), booked("p", A, status="failed")):
        assert told(assess(replace(unrefunded, known={A: other}))) == {}
    assert told(assess(replace(unrefunded, known={}))) == {}


def test_a_refund_needs_a_reversal_where_a_statement_proves_the_day() -> None:
    refund = booked("p", A, status="partially_refunded", refunded="200.00")
    sides = replace(EMPTY, refunds=[refund])
    assert told(assess(sides)) == {"refunded_not_reversed": "200.00"}
    assert told(assess(replace(sides, linked=frozenset({A})))) == {}
    assert told(assess(replace(sides, coverage=Coverage({}, frozenset())))) == {}
    nameless = replace(sides, refunds=[booked("p", None, status="refunded", refunded="600.00")])
    assert assess(nameless).findings[0].detail == (
        "Booking BKG1001 (no receipt) says refunded; no reversal on the statement names it."
    )
