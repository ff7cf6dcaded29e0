"""`verify` names the first bad record, whoever made it bad: here always the server's superuser, with triggers off."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.audit.anchors import Anchor, AnchorFile, anchor_heads
from services.audit.verification import AuditVerification, verify
from services.database.cancellation import CancelScope
from services.domain.errors import Cancelled
from tests.services.audit.conftest import Office
from tests.world import World

# What a forger who knows our hash function does: every link and the head are computed anew.
REWRITE = """
DO $$
DECLARE r finance.audit_record; link bytea := '';
BEGIN
    FOR r IN SELECT * FROM finance.audit_record ORDER BY number LOOP
        UPDATE finance.audit_record a SET previous = link,
            hash = finance.audit_hash(a.fleet_id, a.number, a.at, a.who, a.table_name, a.op, a.row_key, a.before, a.after, a.reason, link)
        WHERE a.fleet_id = r.fleet_id AND a.number = r.number RETURNING a.hash INTO link;
    END LOOP;
    UPDATE finance.audit_head SET hash = link;
END $$"""


def first(found: AuditVerification) -> tuple[int, str] | None:
    return (found.first_bad[0].number, found.first_bad[0].why) if found.first_bad else None


@pytest.fixture
def worked(office: Office) -> Office:
    """Eight records: the membership and seven days."""
    office.act(*range(1, 8))
    return office


def anchored(office: Office) -> list[Anchor]:
    file = AnchorFile(office.folder / "anchors.jsonl")
    anchor_heads(office.world.database("finance_projector"), file)
    return file.read()


def test_a_true_trail_is_proven(worked: Office) -> None:
    found = verify(worked.manager, anchors=anchored(worked))
    assert (found.records, found.anchors_checked, found.first_bad) == (8, 1, ())


@pytest.mark.parametrize(
    "change",
    [
        "who = 'somebody else'",
        "at = at + interval '1 microsecond'",
        "after = jsonb_set(after, '{difference}', '0.00')",
        "before = '{}'",
        "reason = ''",
        "table_name = 'payment_alerts'",
        "op = 'update'",
        "row_key = '{}'",
        "hash = sha256('x')",
    ],
)
def test_a_changed_field_is_found(worked: Office, change: str) -> None:
    worked.tamper(f"UPDATE finance.audit_record SET {change} WHERE number = 4")
    assert first(verify(worked.manager)) == (
        4,
        "Record 4 is not what was written: its hash does not fit its contents.",
    )


def test_a_field_cannot_move_into_its_neighbour(worked: Office) -> None:
    """Lengths tell ('test_manager', 'x') from ('test_', 'managerx')."""
    worked.tamper(
        "UPDATE finance.audit_record SET who = 'test_', table_name = 'manager' || table_name WHERE number = 4"
    )
    assert first(verify(worked.manager)) is not None


def test_a_changed_record_with_its_hash_made_anew_breaks_the_next_link(worked: Office) -> None:
    worked.tamper(
        "UPDATE finance.audit_record SET who = 'x', hash = finance.audit_hash(fleet_id, number, at, 'x', table_name, op,"
        " row_key, before, after, reason, previous) WHERE number = 4"
    )
    assert first(verify(worked.manager)) == (5, "Record 5 does not follow from the record before it.")


def test_a_removed_record_is_found(worked: Office) -> None:
    worked.tamper("DELETE FROM finance.audit_record WHERE number IN (4, 5)")
    assert first(verify(worked.manager)) == (4, "Record 4 is missing: after 3 comes 6.")


def test_a_removed_first_record_is_found(worked: Office) -> None:
    worked.tamper("DELETE FROM finance.audit_record WHERE number = 1")
    assert first(verify(worked.manager)) == (1, "Record 1 is missing: after 0 comes 2.")


def test_removed_and_renumbered_records_are_found(worked: Office) -> None:
    worked.tamper("DELETE FROM finance.audit_record WHERE number = 4")
    worked.tamper("UPDATE finance.audit_record SET number = -number WHERE number > 4")
    worked.tamper("UPDATE finance.audit_record SET number = -number - 1 WHERE number < 0")
    assert first(verify(worked.manager)) == (
        4,
        "Record 4 is not what was written: its hash does not fit its contents.",
    )


def test_an_invented_record_is_found(worked: Office) -> None:
    worked.tamper(
        "INSERT INTO finance.audit_record SELECT fleet_id, 9, at, who, table_name, op, row_key, before, after, reason, hash,"
        " finance.audit_hash(fleet_id, 9, at, who, table_name, op, row_key, before, after, reason, hash)"
        " FROM finance.audit_record WHERE number = 8"
    )
    assert first(verify(worked.manager)) == (9, "Record 9 was never linked: the trail's head is record 8.")


def test_a_cut_tail_is_found_by_the_head(worked: Office) -> None:
    worked.tamper("DELETE FROM finance.audit_record WHERE number > 6")
    assert first(verify(worked.manager)) == (7, "Record 7 is missing: the trail is cut off, it had 8 records.")


def test_a_head_that_names_another_record_is_found(worked: Office) -> None:
    worked.tamper("UPDATE finance.audit_head SET hash = sha256('x')")
    assert first(verify(worked.manager)) == (8, "Record 8 is not the one that the trail's head names.")


CUT = "DELETE FROM finance.audit_record WHERE number > 6"
CUT_HEAD = "UPDATE finance.audit_head SET number = 6, hash = (SELECT hash FROM finance.audit_record WHERE number = 6)"


def test_a_cut_tail_with_its_head_is_found_by_an_anchor_alone(worked: Office) -> None:
    anchors = anchored(worked)
    worked.tamper(CUT)
    worked.tamper(CUT_HEAD)
    assert first(verify(worked.manager)) is None
    bad = first(verify(worked.manager, anchors=anchors))
    assert bad is not None and bad[0] == 8 and bad[1].startswith("Record 8 is missing: it was anchored on ")


def test_a_full_rewrite_is_found_by_an_anchor_alone(worked: Office) -> None:
    anchors = anchored(worked)
    worked.tamper("UPDATE finance.audit_record SET who = 'somebody else' WHERE number = 4")
    worked.tamper(REWRITE)
    # The control: the forger left a chain that agrees with itself, so nothing inside the database can find it.
    assert first(verify(worked.manager)) is None
    bad = first(verify(worked.manager, anchors=anchors))
    assert bad is not None and bad[0] == 8 and bad[1].endswith("the trail was rewritten.")


def test_the_lowest_anchor_that_disagrees_is_named(worked: Office) -> None:
    anchors = anchored(worked)
    worked.act(10)
    anchors += anchored(worked)[1:]
    assert [anchor.number for anchor in anchors] == [8, 9]
    worked.tamper("UPDATE finance.audit_record SET who = 'somebody else' WHERE number = 2")
    worked.tamper(REWRITE)
    bad = first(verify(worked.manager, anchors=anchors))
    assert bad is not None and bad[0] == 8


def test_a_fleet_whose_trail_is_gone_is_found_by_its_anchor(worked: Office, world: World) -> None:
    anchors = anchored(worked)
    for table in ("audit_record", "audit_head", "fleet", "fleet_member"):
        worked.tamper(f"DELETE FROM finance.{table} WHERE fleet_id = :fleet")
    for database in (world.database(), world.database("finance_owner")):
        assert verify(database).fleets == ()
        assert [bad.fleet_id for bad in verify(database, anchors=anchors).first_bad] == [worked.fleet]


def test_anchors_of_fleets_that_a_person_may_not_see_say_nothing(worked: Office) -> None:
    stranger = Anchor(datetime.now(UTC), uuid4(), 7, b"x")
    found = verify(worked.manager, anchors=[*anchored(worked), stranger])
    assert (len(found.fleets), found.anchors_checked, found.first_bad) == (1, 1, ())


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE finance.statement_line SET paid_in = 700 WHERE row = 2",
        "DELETE FROM finance.statement_line WHERE row = 2",
        "UPDATE finance.statement_line SET statement_id = gen_random_uuid() WHERE row = 2",
        "UPDATE finance.statement_rejection SET reason = 'another'",
        "DELETE FROM finance.statement_rejection",
    ],
)
def test_lines_that_are_not_the_imported_ones_are_found(office: Office, tampering: str) -> None:
    with office.manager.write() as connection:
        statement = office.imported(connection)
        connection.execute(
            text("INSERT INTO finance.statement_rejection VALUES (:f, :s, 9, 'amount', 'not an amount', 'x')"),
            {"f": office.fleet, "s": statement},
        )
    office.act(22)
    assert verify(office.manager).first_bad == ()
    office.tamper(tampering)
    assert first(verify(office.manager)) == (
        2,
        "The lines of september.csv are not the ones that record 2 proves.",
    )


def test_a_statement_that_was_removed_needs_no_lines(office: Office) -> None:
    with office.manager.write() as connection:
        office.imported(connection)
    with office.world.database().write() as connection:
        connection.execute(text("DELETE FROM finance.statement_line"))
        connection.execute(text("DELETE FROM finance.statement"))
    assert verify(office.manager).first_bad == ()


def test_faults_are_named_fleet_by_fleet(worked: Office, world: World) -> None:
    other = world.fleet("TWIGA")
    world.project()
    world.person(other, "manager", "test_other")
    worked.tamper("UPDATE finance.audit_record SET who = 'x' WHERE number = 1")
    found = verify(world.database())
    assert {bad.fleet_id for bad in found.first_bad} == {worked.fleet, other}
    assert found.as_json() == {
        "records": 9,
        "anchors_checked": 0,
        "fleets": [
            {
                "fleet_id": str(fleet),
                "records": 8 if fleet == worked.fleet else 1,
                "anchors_checked": 0,
                "first_bad": {
                    "number": 1,
                    "why": "Record 1 is not what was written: its hash does not fit its contents.",
                },
            }
            for fleet in sorted((worked.fleet, other), key=UUID.__str__)
        ],
    }


def test_progress_ends_at_one_and_chunks_join(worked: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.audit.verification._CHUNK", 3)
    monkeypatch.setattr("services.audit.verification._STATEMENTS", 1)
    with worked.manager.write() as connection:
        worked.imported(connection)
    with worked.manager.write() as connection:
        connection.execute(text("UPDATE finance.payment_reconciliation SET notes = 'seen'"))
    told: list[float] = []
    found = verify(worked.manager, progress=told.append)
    assert (found.records, found.first_bad) == (16, ())
    assert told == sorted(told) and told[0] == 0.0 and told[-1] == 1.0 and len(told) == 8
    worked.tamper("DELETE FROM finance.audit_record WHERE number = 7")
    assert first(verify(worked.manager)) == (7, "Record 7 is missing: after 6 comes 8.")


def test_it_can_be_cancelled_between_two_chunks(worked: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.audit.verification._CHUNK", 1)
    scope, told = CancelScope(), []

    def progress(share: float) -> None:
        told.append(share)
        if len(told) == 3:
            scope.cancel()

    with scope.entered(), pytest.raises(Cancelled):
        verify(worked.manager, progress=progress)
    assert len(told) == 3


def test_a_trail_without_records_is_true(world: World) -> None:
    fleet = world.fleet()
    world.project()
    found = verify(world.database(), [fleet])
    assert [(proof.records, proof.first_bad) for proof in found.fleets] == [(0, None)]
