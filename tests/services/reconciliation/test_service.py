from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from services.domain.errors import NotAllowed, NotFound
from services.reconciliation.results import DayResult
from services.reconciliation.service import ReconciliationService
from tests.world import MORNING

DAY = date(2026, 9, 22)
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
A, B, C, D = "UIMAAA0001", "UIMAAA0002", "UIMAAA0003", "UIMAAA0004"
Told = Callable[[DayResult], dict[str, tuple[int, str]]]
Office = Any  # the fixture of conftest.py, which importlib mode keeps from being imported by name


def test_a_day_in_the_stable_shape(office: Office) -> None:
    matched = office.fare(A)
    office.fare(None, status="failed", reference="BKG77")
    office.line(A)
    office.line(B, account="bkg77")
    office.line(C, "50.00", account="nobody")
    office.line(A, "-5.00", details="Pay Bill Charge")
    office.bring()
    result = office.reconcile()
    answer = result.as_json()
    json.dumps(answer)
    assert answer == {
        "fleet": "MSAFIRI",
        "date": "2026-09-22",
        "system_total": "600.00",
        "mpesa_total": "1250.00",
        "difference": "-650.00",
        "status": "open",
        "matched": 1,
        "suggested": 0,
        "ambiguous": 0,
        "exceptions": {
            "missing_in_system": {"count": 1, "amount": "50.00"},
            "paid_but_failed": {"count": 1, "amount": "600.00"},
        },
        "matches": [
            {
                "payment_ids": [str(matched)],
                "receipts": [A],
                "state": "matched",
                "pass": "receipt",
                "score": 1.0,
                "reasons": [f"receipt {A} on both sides", "amount equal"],
            }
        ],
    }


def test_a_second_run_keeps_matches_and_ages_and_drops_what_was_settled(office: Office, told: Told) -> None:
    office.fare(A)
    pending = office.fare(None, status="pending", reference="BKG77")
    office.line(A)
    office.line(B, account="BKG77")
    office.bring()
    first = office.reconcile()
    assert told(first) == {"paid_but_pending": (1, "600.00")}
    found_at = office.world.value("SELECT found_at FROM finance.reconciliation_exception")
    again = office.reconcile()
    assert (again.as_json(), again.new_matches) == (first.as_json(), 0)
    assert office.world.value("SELECT found_at FROM finance.reconciliation_exception") == found_at
    office.world.change(pending, status="completed", completed_at=MORNING)
    done = office.reconcile()
    assert (done.status, len(done.matches), done.new_matches, told(done)) == ("reconciled", 2, 1, {})
    assert office.world.value("SELECT count(*) FROM finance.reconciliation_exception") == 0
    assert office.world.value("SELECT status || ' ' || reconciled_by FROM finance.payment_reconciliation") == (
        "reconciled test_manager"
    )


def test_a_dry_run_says_the_same_and_writes_nothing(office: Office) -> None:
    office.fare(A)
    office.line(A)
    office.bring()
    dry = office.reconcile(dry_run=True)
    assert office.world.value("SELECT count(*) FROM finance.reconciliation_match") == 0
    assert office.world.value("SELECT count(*) FROM finance.payment_reconciliation") == 0
    assert office.reconcile().as_json() == dry.as_json()


def test_a_day_without_its_statement(office: Office, told: Told) -> None:
    office.fare(A)
    result = office.reconcile()
    assert (result.status, str(result.difference), told(result)) == ("no_statement", "600.00", {})


def test_every_short_code_with_payments_needs_a_statement(office: Office, told: Told) -> None:
    office.world.till(office.fleet, "9990002", "till")
    office.fare(A)
    office.fare(B, shortcode="9990002")
    office.fare(None, shortcode=None)
    office.line(A)
    office.bring()
    result = office.reconcile()
    assert (result.status, len(result.matches), told(result)) == ("no_statement", 1, {})
    office.bring(code="9990002")
    assert told(office.reconcile()) == {"missing_in_statement": (2, "1200.00")}


def test_payments_that_name_no_short_code_need_every_till(office: Office, told: Told) -> None:
    office.fare(A, shortcode=None)
    assert office.reconcile().status == "no_statement"
    office.bring()
    assert told(office.reconcile()) == {"missing_in_statement": (1, "600.00")}


def test_an_export_at_eight_says_nothing_about_nine(office: Office, told: Told) -> None:
    office.fare(A)
    office.bring(until="08:00:00")
    result = office.reconcile()
    assert (result.status, told(result)) == ("open", {})


def test_only_money_that_moved_by_mpesa_in_the_fleets_currency_counts(office: Office) -> None:
    office.fare(A)
    office.fare("CARD1", payment_method="card")
    office.fare(B, currency="USD")
    office.line(A)
    office.line(C, status="Failed")
    office.line(D, "9000.00", details="Organization Settlement Account to Organization MMF Account")
    office.bring()
    result = office.reconcile()
    assert (str(result.system_total), str(result.mpesa_total), result.status) == ("600.00", "600.00", "reconciled")


def test_a_late_match_moves_the_payment_to_the_lines_day(office: Office, told: Told) -> None:
    just_after = MORNING + timedelta(days=1)
    office.fare(A)
    office.bring()
    assert told(office.reconcile()) == {"missing_in_statement": (1, "600.00")}
    office.line(A, at=just_after)
    office.bring(TOMORROW)
    result = office.reconcile(TOMORROW)
    assert (result.status, told(result), str(result.system_total)) == ("reconciled", {"late": (1, "600.00")}, "600.00")
    before, after = office.service.days(office.fleet, DAY, TOMORROW)
    assert (before.status, str(before.system_total), before.open_count) == ("reconciled", "0.00", 0)
    assert (after.status, str(after.system_total)) == ("reconciled", "600.00")


def test_a_late_match_leaves_a_day_that_was_never_reconciled(office: Office) -> None:
    office.fare(A)
    office.fare(B, "100.00")
    office.line(A, at=MORNING + timedelta(days=1))
    office.bring(TOMORROW)
    office.reconcile(TOMORROW)
    before = office.service.days(office.fleet, DAY, DAY)[0]
    assert (str(before.system_total), before.status, before.open_count) == ("100.00", "no_statement", None)
    assert str(office.reconcile(DAY).system_total) == "100.00"


def test_a_payment_can_be_found_days_after_its_booking(office: Office) -> None:
    week = MORNING - timedelta(days=6)
    office.fare(None, status="pending", reference="BKG77", created_at=week)
    office.fare(None, status="pending", reference="BKG78", created_at=MORNING - timedelta(days=40))
    office.line(A, account="bkg 77")
    office.line(B, account="BKG78")
    office.bring()
    result = office.reconcile()
    assert sorted(result.exceptions) == ["missing_in_system", "paid_but_pending"]


def test_ties_are_counted_apart_and_leave_the_day_open(office: Office) -> None:
    office.fare(None, reference="BKG77")
    office.fare(None, reference="BKG77")
    office.line(A, account="BKG77")
    office.bring()
    result = office.reconcile()
    assert (result.ambiguous, result.exceptions, result.status, result.matches) == (1, {}, "open", ())


def test_reversals_and_refunds(office: Office, told: Told) -> None:
    office.fare(A)
    office.fare(B, status="refunded", refunded_amount="600.00", refunded_at=MORNING)
    office.fare(C, status="refunded", refunded_amount="600.00", refunded_at=MORNING)
    for receipt in (A, B, C):
        office.line(receipt)
    office.line("UIMREV0001", "-600.00", details="Pay Utility Reversal", linked=A)
    office.line("UIMREV0002", "-600.00", details="Pay Utility Reversal", linked=B)
    office.bring()
    result = office.reconcile()
    assert told(result) == {"refunded_not_reversed": (1, "600.00"), "reversed_not_refunded": (1, "600.00")}
    assert (str(result.difference), result.status) == ("0.00", "open")
    assert told(office.reconcile()) == told(result)


def test_a_removed_payment_leaves_its_line_unexplained(office: Office, told: Told) -> None:
    payment = office.fare(A)
    office.line(A)
    office.bring()
    office.reconcile()
    office.world.run("DELETE FROM public.payment_transactions WHERE id = :id", id=payment)
    result = office.reconcile()
    assert (told(result), result.matches) == ({"missing_in_system": (1, "600.00")}, ())


def test_a_signed_off_day_stays_as_it_is(office: Office) -> None:
    office.fare(A)
    office.line(A)
    office.bring()
    office.reconcile()
    office.world.run("UPDATE finance.payment_reconciliation SET status = 'signed_off'")
    with pytest.raises(NotAllowed, match="Tue 22 Sep 2026 is signed off"):
        office.reconcile()


def test_two_people_at_once_match_once(office: Office) -> None:
    for number in range(20):
        office.fare(f"UIMBBB{number:04}")
        office.line(f"UIMBBB{number:04}")
    office.bring()
    gate, results = Barrier(2), []

    def run() -> None:
        gate.wait()
        results.append(office.service.reconcile_payments(DAY, office.fleet))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.new_matches for result in results) == [0, 20]
    assert results[0].as_json() == results[1].as_json()
    assert office.world.value("SELECT count(*) FROM finance.match_line") == 20


def test_only_managers_write_and_only_members_read(office: Office) -> None:
    office.fare(A)
    office.line(A)
    office.bring()
    viewer = ReconciliationService(office.world.person(office.fleet, "viewer"))
    with pytest.raises(NotAllowed):
        viewer.reconcile_payments(DAY, office.fleet)
    assert viewer.reconcile_payments(DAY, office.fleet, dry_run=True).status == "reconciled"
    other = office.world.fleet("TAUSI")
    office.world.project()
    for ask in (lambda: viewer.days(other, DAY, DAY), lambda: viewer.day(other, DAY)):
        with pytest.raises(NotFound):
            ask()


def test_the_list_of_days(office: Office) -> None:
    office.fare(A, created_at=MORNING - timedelta(days=1))
    office.fare(B)
    office.line(B)
    office.bring()
    office.line(C, at=MORNING + timedelta(days=1))
    office.bring(TOMORROW)
    office.reconcile()
    rows = office.service.days(office.fleet, DAY - timedelta(days=9), DAY + timedelta(days=9))
    assert [(row.day, row.status, row.open_count, str(row.difference)) for row in rows] == [
        (YESTERDAY, "no_statement", None, "600.00"),
        (DAY, "reconciled", 0, "0.00"),
        (TOMORROW, "open", None, "-600.00"),
    ]
    assert rows[1].reconciled_by == "test_manager"
    assert rows[1].reconciled_at is not None


def test_a_day_in_full(office: Office) -> None:
    office.fare(A)
    office.fare(None, status="failed", reference="BKG77")
    office.line(A)
    office.line(B, account="BKG77")
    office.line(A, "-5.00", details="Pay Bill Charge")
    office.bring()
    office.reconcile()
    detail = office.service.day(office.fleet, DAY)
    assert (detail.row.day, detail.row.open_count, detail.line_count) == (DAY, 1, 2)
    match = detail.matches[0]
    assert (match.receipt, match.passenger, match.phone, match.payment_status) == (
        A,
        "Alice M.",
        "0700 ••• 111",
        "completed",
    )
    exception = detail.exceptions[0]
    assert (exception.name, exception.booking_reference, exception.payment_status) == (
        "paid_but_failed",
        "BKG77",
        "failed",
    )
    assert (exception.receipt, exception.at) == (B, MORNING)
    statement = detail.statements[0]
    assert (statement.short_code, statement.controls_agree, statement.chain.checked, statement.chain.breaks) == (
        "9990001",
        True,
        3,
        (),
    )
    assert {kind: (str(paid), str(out)) for kind, (paid, out) in detail.explanation.by_kind.items()} == {
        "charge": ("0", "5.00"),
        "payment": ("1200.00", "0"),
    }
    assert (str(detail.explanation.net), detail.explanation.explained) == ("1195.00", True)


def test_a_day_of_which_nothing_is_known(office: Office) -> None:
    detail = office.service.day(office.fleet, DAY)
    assert (detail.row.status, detail.line_count, detail.matches, detail.exceptions, detail.statements) == (
        "open",
        0,
        (),
        (),
        (),
    )
    assert detail.explanation.explained is None
    assert office.service.days(office.fleet, DAY, DAY) == []


def test_a_statement_of_several_days_does_not_explain_one(office: Office) -> None:
    office.line(A)
    office.bring(until="23:59:59")
    office.world.run("UPDATE finance.statement SET last_day = last_day + 1")
    assert office.service.day(office.fleet, DAY).explanation.explained is None
