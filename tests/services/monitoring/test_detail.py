"""A payment in full, as a person of the fleet reads it, against a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.database.engine import Database
from services.domain.errors import NotFound
from services.monitoring.detail import PaymentDetailService
from services.payments.codec import payment_link
from services.payments.revealing import reveal
from tests.services.reconciliation.conftest import DAY, Office
from tests.world import MORNING, World


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    fleet = world.fleet()
    world.till(fleet)
    vehicle = world.vehicle(fleet)
    world.project()
    return Office(world, tmp_path, fleet, vehicle, world.person(fleet))


@pytest.fixture
def viewer(office: Office) -> Database:
    return office.world.person(office.fleet, "viewer")


@pytest.fixture
def service(viewer: Database) -> PaymentDetailService:
    return PaymentDetailService(viewer)


def test_a_payment_that_was_paid_matched_and_looked_at(
    office: Office, viewer: Database, service: PaymentDetailService
) -> None:
    payment = office.fare("UIM1TEST01", status="pending", checkout_request_id="ws_CO_1", reference="BKG7731")
    office.world.change(payment, status="completed", completed_at=MORNING + timedelta(seconds=20), result_code="0")
    office.line("UIM1TEST01", account="BKG7731")
    office.bring()
    office.reconcile()
    reveal(viewer, office.fleet, payment, "a question of the passenger")
    found = service.detail(office.fleet, payment)

    assert (found.row.id, found.row.vehicle, found.row.phone, found.row.short_code) == (
        payment, "KDA 123A", "0700 ••• 111", "9990001",
    )  # fmt: skip
    assert found.booking is not None
    assert (found.booking.reference, found.booking.checkout_request_id) == ("BKG7731", "ws_CO_1")
    assert [step.words for step in found.story] == [
        "Initiated for KES 600.00 by M-Pesa", "Prompt sent to the phone", "Paid",
    ]  # fmt: skip
    assert found.story[-1].status == found.row.status == "completed"
    (match,) = found.matches
    assert (match.receipt, match.amount, match.day, match.account) == ("UIM1TEST01", Decimal(600), DAY, "BKG7731")
    assert (match.state, match.pass_name, match.score, match.matched_by) == (
        "matched", "receipt", Decimal(1), "test_manager",
    )  # fmt: skip
    assert (match.file_name, match.file_row) == ("statement 1.csv", 8)
    assert match.other_party == "070 ••• 111 - ALICE M."
    assert (found.findings, found.alerts) == ((), ())
    assert [(record.table, record.who) for record in found.audit] == [
        ("payment_reveal", "test_viewer"),
        ("reconciliation_match", "test_manager"),
    ]
    assert found.audit[0].reason == "a question of the passenger"


def test_what_is_open_is_told(office: Office, service: PaymentDetailService) -> None:
    payment = office.fare("UIM1TEST01", status="failed", result_code="1032")
    other = office.fare("UIM1TEST02")
    office.line("UIM1TEST01")
    office.line("UIM1TEST02")
    office.bring()
    office.reconcile()
    found = service.detail(office.fleet, payment)
    (finding,) = found.findings
    assert (finding.name, finding.amount, finding.day) == ("paid_but_failed", Decimal(600), DAY)
    assert finding.detail
    assert found.story[-1].words == "Failed: 1032 cancelled by the customer"
    assert service.detail(office.fleet, other).findings == ()


def test_a_match_that_was_undone_is_told_and_stays_in_the_audit(office: Office, service: PaymentDetailService) -> None:
    payment = office.fare("UIM1TEST01")
    office.line("UIM1TEST01")
    office.bring()
    office.reconcile()
    with office.manager.write() as connection:
        for statement in (
            "SELECT set_config('finance.reason', 'the wrong bus', true)",
            "DELETE FROM finance.match_payment", "DELETE FROM finance.match_line",
            "UPDATE finance.reconciliation_match SET state = 'undone'",
        ):  # fmt: skip
            connection.exec_driver_sql(statement)
    found = service.detail(office.fleet, payment)
    assert found.matches == ()
    assert [(record.table, record.op) for record in found.audit] == [
        ("match_payment", "delete"),
        ("reconciliation_match", "insert"),
    ]
    undone = found.story[-1]
    assert (undone.at, undone.status, undone.words) == (found.audit[0].at, "completed", "Match undone")
    assert undone.detail == "Statement line UIM1TEST01 · by test_manager · the wrong bus"


def test_a_payment_that_was_removed_is_told_from_its_events(office: Office, service: PaymentDetailService) -> None:
    world, payment = office.world, office.fare("UIM1TEST01", status="pending")
    world.project()
    world.change(payment, status="completed", completed_at=MORNING + timedelta(seconds=20), result_code="0")
    world.project()
    office.line("UIM1TEST01")
    office.bring()
    office.reconcile()
    before = service.detail(office.fleet, payment)
    world.run("DELETE FROM public.payment_transactions WHERE id = :id", id=payment)
    world.project()
    found = service.detail(office.fleet, payment)
    assert before.removed is None and found.removed is not None
    assert found.removed.at == found.story[-1].at
    assert [step.words for step in found.story] == [
        "Initiated for KES 600.00 by M-Pesa", "Paid", "Removed in the booking system",
    ]  # fmt: skip
    row = before.row
    assert found.row == replace(row, passenger="", phone="", receipt="", booking_reference="", failure_reason="")
    assert (found.row.vehicle, found.row.status, found.booking) == ("KDA 123A", "completed", None)
    assert (found.matches, found.audit) == (before.matches, before.audit)
    for typed in (str(payment), payment_link(office.fleet, payment)):
        assert service.find(office.fleet, typed) == payment


def test_a_removal_that_no_event_tells(office: Office, service: PaymentDetailService) -> None:
    payment = office.fare("UIM1TEST01")
    office.world.project()
    office.world.run("DELETE FROM finance.payment WHERE id = :id", id=payment)
    found = service.detail(office.fleet, payment)
    assert found.removed is not None and found.removed.at is None
    assert [step.words for step in found.story] == ["Initiated for KES 600.00 by M-Pesa", "Paid"]


def test_a_payment_that_moved_to_another_fleet_is_removed_from_this_one(
    office: Office, service: PaymentDetailService
) -> None:
    world, payment = office.world, office.fare("UIM1TEST01")
    world.project()
    other = world.fleet("TWIGA")
    world.run("UPDATE public.bookings SET fleet_id = :fleet, vehicle_id = NULL, updated_at = now()", fleet=other)
    world.project()
    found = service.detail(office.fleet, payment)
    assert found.removed is not None and found.removed.at == found.story[-1].at
    assert "another fleet" in found.story[-1].detail
    with pytest.raises(NotFound):
        service.detail(other, payment)


def test_moves_are_told_with_names(office: Office, service: PaymentDetailService) -> None:
    world, payment = office.world, office.fare("UIM1TEST01")
    world.project()
    other = world.vehicle(office.fleet, "KDB 456B")
    world.run("UPDATE public.bookings SET vehicle_id = :v, updated_at = now()", v=other)
    world.project()
    step = service.detail(office.fleet, payment).story[-1]
    assert (step.words, step.detail) == ("Moved to KDB 456B", "Before: KDA 123A")


def test_a_payment_from_before_events(office: Office, service: PaymentDetailService) -> None:
    payment = office.fare("UIM1TEST01")
    office.world.project()
    office.world.run("DELETE FROM finance.payment_event")
    found = service.detail(office.fleet, payment)
    assert [step.words for step in found.story] == ["Initiated for KES 600.00 by M-Pesa", "Paid"]
    assert "not recorded" in found.story[0].detail


def test_another_fleets_payment_and_none_are_the_same(office: Office, service: PaymentDetailService) -> None:
    world = office.world
    other = world.fleet("TWIGA")
    theirs = world.payment(world.booking(other), transaction_id="UIM1THEIRS")
    office.fare("UIM1TEST01")
    world.project()
    said = set()
    for fleet, payment in ((other, theirs), (office.fleet, theirs), (office.fleet, uuid4())):
        with pytest.raises(NotFound) as caught:
            service.detail(fleet, payment)
        said.add(str(caught.value))
    assert len(said) == 1
    assert service.find(other, "UIM1THEIRS") is None
    assert service.find(office.fleet, "UIM1THEIRS") is None
    assert service.find(office.fleet, payment_link(other, theirs)) is None
    assert service.find(office.fleet, str(theirs)) is None


def test_a_payment_is_found_by_what_is_at_hand(office: Office, service: PaymentDetailService) -> None:
    fleet, payment = office.fleet, office.fare("UIM1TEST01", reference="BKG7731")
    later = office.fare(
        None, "250.00", status="completed", reference="BKG8000", created_at=MORNING + timedelta(hours=1)
    )
    again = office.world.payment(
        UUID(str(office.world.value("SELECT id FROM public.bookings WHERE reference = 'BKG8000'"))),
        created_at=MORNING + timedelta(hours=2),
    )
    office.line("UIM1LOST01", "250.00", account="BKG8000", at=MORNING + timedelta(hours=1))
    office.bring()
    office.reconcile()
    for typed in ("UIM1TEST01", " uim1test01 ", "BKG7731", "bkg7731", str(payment), payment_link(fleet, payment)):
        assert service.find(fleet, typed) == payment, typed
    assert service.find(fleet, "BKG8000") == again
    # Its callback was lost: only the statement knows the receipt.
    assert service.find(fleet, "UIM1LOST01") == later
    for typed in (
        "",
        "  ",
        "UIM1",
        "%",
        "'",
        "\0",
        "x" * 10_000,
        str(uuid4()),
        "workstation://payment/1/2",
        "http://x",
    ):
        assert service.find(fleet, typed) is None, typed


def test_the_door_to_the_audit_uses_its_indexes(world: World) -> None:
    """What the door asks for is answered from the two indexes, however long the trail is."""
    with world.database("finance_owner").write() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for condition, index in (
            ("row_key ->> 'payment_id' = 'x'", "audit_record_by_payment"),
            (
                "table_name = 'reconciliation_match' AND op = 'insert' AND after -> 'payment_ids' ? 'x'",
                "audit_record_by_matched",
            ),
        ):
            query = f"EXPLAIN SELECT number FROM finance.audit_record WHERE {condition}"
            plan = "\n".join(connection.exec_driver_sql(query).scalars())
            assert index in plan, plan
