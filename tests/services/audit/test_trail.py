"""What people change leaves a record in the same transaction: who, when, what, why, linked to the one before."""

from __future__ import annotations

import hashlib
import json
import struct
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.audit.record import AuditRecord
from services.audit.verification import verify
from services.database.people import end_membership
from services.domain.errors import NotAllowed
from tests.services.audit.conftest import Office, reconcile
from tests.world import World


def told(records: list[AuditRecord]) -> list[tuple[int, str, str, str]]:
    return [(record.number, record.who, record.op, record.table) for record in records]


def test_every_change_is_a_record_with_its_author(office: Office) -> None:
    office.act(22, reason="the customer called")
    with office.manager.write() as connection:
        connection.execute(text("UPDATE finance.payment_reconciliation SET notes = 'checked', status = 'reconciled'"))
    office.world.run("DELETE FROM finance.payment_reconciliation")
    records = office.records()
    assert told(records) == [
        (1, "operator", "insert", "fleet_member"),
        (2, "test_manager", "insert", "payment_reconciliation"),
        (3, "test_manager", "update", "payment_reconciliation"),
        (4, "operator", "delete", "payment_reconciliation"),
    ]
    inserted, updated, deleted = records[1:]
    assert (inserted.before, inserted.reason, updated.reason) == (None, "the customer called", None)
    assert inserted.after is not None and inserted.after["difference"] == 600.00
    assert updated.before is not None and updated.after is not None
    assert (updated.before["notes"], updated.after["notes"]) == (None, "checked")
    assert deleted.after is None and deleted.before == updated.after
    assert inserted.key == updated.key == deleted.key == {"id": inserted.after["id"]}


def test_a_transaction_that_is_rolled_back_leaves_no_gap(office: Office) -> None:
    with pytest.raises(RuntimeError), office.manager.write() as connection:
        reconcile(connection, office.fleet, 20)
        raise RuntimeError("never mind")
    with office.manager.write() as connection:
        with pytest.raises(RuntimeError), connection.begin_nested():
            reconcile(connection, office.fleet, 21)
            raise RuntimeError("not this one")
        reconcile(connection, office.fleet, 22)
    assert [record.number for record in office.records()] == [1, 2]
    assert office.world.value("SELECT count(*) FROM finance.audit_pending") == 0


def test_the_hash_can_be_computed_by_anybody(office: Office) -> None:
    """Fields as PostgreSQL's binary row form, each behind its length: no two records can share a text."""
    office.act(22, reason="wegen Überzahlung ✓")
    with office.manager.read() as connection:
        rows = connection.execute(
            text(
                "SELECT *, row_key::text AS k, before::text AS b, after::text AS a FROM finance.audit_record ORDER BY number"
            )
        ).all()
    previous = b""
    for row in rows:
        micros = round((row.at.timestamp() - 946_684_800) * 1_000_000)
        texts = [row.who, row.table_name, row.op, row.k, row.b, row.a, row.reason]
        fields = [(2950, row.fleet_id.bytes), (20, struct.pack(">q", row.number)), (1184, struct.pack(">q", micros))]
        fields += [(17, part.encode() if part is not None else None) for part in texts]
        fields.append((17, previous))
        form = struct.pack(">i", len(fields))
        for kind, content in fields:
            form += struct.pack(">Ii", kind, -1 if content is None else len(content)) + (content or b"")
        assert row.previous == previous
        assert row.hash == hashlib.sha256(form).digest()
        previous = row.hash


def test_an_import_is_one_record_with_a_digest(office: Office) -> None:
    with office.manager.write() as connection:
        statement = office.imported(connection, lines=40)
        connection.execute(
            text("INSERT INTO finance.statement_rejection VALUES (:f, :s, 9, 'amount', 'not an amount', 'x')"),
            {"f": office.fleet, "s": statement},
        )
    [record] = office.records(kinds=frozenset({"import"}))
    assert record.after is not None
    assert (record.op, record.after["imported"], len(record.after["digest"])) == ("insert", 40, 64)


def test_lines_that_come_later_are_a_record_of_their_statement(office: Office) -> None:
    with office.manager.write() as connection:
        statement = office.imported(connection)
    with office.manager.write() as connection:
        office.imported(connection, 2, statement)
    first, second = office.records(kinds=frozenset({"import"}))
    assert (second.op, second.key) == ("update", {"id": str(statement)})
    assert first.after is not None and second.after is not None
    assert first.after["digest"] != second.after["digest"]
    assert verify(office.manager).first_bad == ()


COLUMNS = "fleet_id, id, day, state, pass, score, reasons"
MATCH = (
    f"INSERT INTO finance.reconciliation_match ({COLUMNS}) VALUES (:f, :m, '2026-09-22', 'matched', 'manual', 1, '{{}}')",
    "INSERT INTO finance.match_line SELECT :f, id, :m FROM finance.statement_line WHERE receipt < 'UIMAAA0003'",
    "INSERT INTO finance.match_payment VALUES (:f, gen_random_uuid(), :m)",
)


def test_a_match_tells_both_its_sides(office: Office) -> None:
    with office.manager.write() as connection:
        office.imported(connection)
    made = uuid4()
    with office.manager.write() as connection:
        for sql in MATCH:
            connection.execute(text(sql), {"f": office.fleet, "m": made})
    with office.manager.write() as connection:
        connection.execute(text("DELETE FROM finance.match_line"))
        connection.execute(text("UPDATE finance.reconciliation_match SET state = 'undone'"))
    records = office.records(kinds=frozenset({"match"}))
    assert [(r.op, r.table) for r in records] == [
        ("insert", "reconciliation_match"),
        ("delete", "match_line"),
        ("delete", "match_line"),
        ("update", "reconciliation_match"),
    ]
    after = records[0].after
    assert after is not None and after["receipts"] == ["UIMAAA0001", "UIMAAA0002"]
    assert len(after["line_ids"]) == 2 and len(after["payment_ids"]) == 1
    assert {r.before["match_id"] for r in records[1:3] if r.before} == {str(made)}


def test_links_added_to_an_old_match_are_records_of_their_own(office: Office) -> None:
    with office.manager.write() as connection:
        office.imported(connection)
    made = uuid4()
    for sql in MATCH:
        with office.manager.write() as connection:
            connection.execute(text(sql), {"f": office.fleet, "m": made})
    records = office.records(kinds=frozenset({"match"}))
    assert [(r.op, r.table) for r in records] == [
        ("insert", "reconciliation_match"),
        ("insert", "match_line"),
        ("insert", "match_line"),
        ("insert", "match_payment"),
    ]
    assert records[1].after is not None and records[1].after["match_id"] == str(made)


def test_memberships_and_rules_are_audited(office: Office) -> None:
    with office.world.database().write() as connection:
        end_membership(connection, office.fleet, "test_manager")
        connection.execute(
            text(
                "INSERT INTO finance.payment_alerts (fleet_id, alert_type, alert_name, conditions)"
                " VALUES (:f, 'failures', 'Many failures', :c)"
            ),
            {"f": office.fleet, "c": json.dumps({"rate": 0.2})},
        )
    rows = office.world.value("SELECT array_agg(table_name || ' ' || op ORDER BY number) FROM finance.audit_record")
    assert rows == ["fleet_member insert", "fleet_member update", "payment_alerts insert"]


def test_each_fleet_has_its_own_chain(office: Office) -> None:
    other = office.world.fleet("TWIGA")
    office.world.project()
    office.world.person(other, "manager", "test_other")
    office.act(22)
    heads = office.world.value("SELECT array_agg(number ORDER BY number) FROM finance.audit_head")
    assert heads == [1, 2]
    assert {record.fleet_id for record in office.records()} == {office.fleet}


def test_two_at_once_neither_fork_the_chain_nor_deadlock(office: Office) -> None:
    """Each transaction writes for two fleets in an order of its own; numbers stay gap-free and every link holds."""
    other = office.world.fleet("TWIGA")
    runs, meet = 8, Barrier(4)
    databases = [office.world.database() for _ in range(meet.parties)]
    rule = text(
        "INSERT INTO finance.payment_alerts (fleet_id, alert_type, alert_name, conditions) VALUES (:f, 'a', 'b', '{}')"
    )

    def act(place: int) -> None:
        for _ in range(runs):
            meet.wait(30)
            with databases[place].write() as connection:
                for fleet in [office.fleet, other] if place % 2 else [other, office.fleet]:
                    connection.execute(rule, {"f": fleet})

    with ThreadPoolExecutor(meet.parties) as pool:
        for done in [pool.submit(act, place) for place in range(meet.parties)]:
            done.result(60)
    found = verify(databases[0], [office.fleet, other])
    assert [proof.records for proof in found.fleets] == [1 + 4 * runs, 4 * runs]
    assert found.first_bad == ()


def test_the_head_is_locked_only_at_commit(office: Office) -> None:
    with office.manager.write() as slow:
        reconcile(slow, office.fleet, 20)
        office.act(21)  # would wait for ever if the slow one held the head
    query = (
        "SELECT array_agg(after ->> 'reconciliation_date' ORDER BY number) FROM finance.audit_record WHERE number > 1"
    )
    assert office.world.value(query) == ["2026-09-21", "2026-09-20"]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO finance.audit_record SELECT * FROM finance.audit_record",
        "UPDATE finance.audit_record SET who = 'somebody else'",
        "DELETE FROM finance.audit_record",
        "TRUNCATE finance.audit_record",
        "UPDATE finance.audit_head SET number = 0",
        "INSERT INTO finance.audit_head VALUES (gen_random_uuid(), 0, '')",
        "SELECT count(*) FROM finance.audit_pending",
        "INSERT INTO finance.audit_pending (fleet_id, table_name, op, row_key) VALUES (gen_random_uuid(), 'x', 'x', '{}')",
        "SELECT finance.audit_table('finance.fleet')",
        "ALTER TABLE finance.payment_reconciliation DISABLE TRIGGER audit",
        "SET session_replication_role = replica",
        "CREATE TEMPORARY TABLE a (b int); CREATE TRIGGER c AFTER INSERT ON a EXECUTE FUNCTION finance.note_audit()",
    ],
)
def test_no_person_can_touch_the_trail(office: Office, sql: str) -> None:
    with pytest.raises(NotAllowed), office.manager.write() as connection:
        for statement in sql.split(";"):
            connection.execute(text(statement))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE finance.audit_record SET who = 'somebody else'",
        "DELETE FROM finance.audit_record WHERE number = 1",
        "TRUNCATE finance.audit_record",
        "UPDATE finance.audit_head SET number = 0",
        "DELETE FROM finance.audit_head",
        "TRUNCATE finance.statement CASCADE",
        "TRUNCATE finance.payment_alerts",
    ],
)
@pytest.mark.parametrize("role", [None, "finance_owner"])
def test_even_the_operator_must_switch_a_trigger_off_first(office: Office, sql: str, role: str | None) -> None:
    with pytest.raises(NotAllowed, match="keeps what it has"), office.world.database(role).write() as connection:
        connection.execute(text(sql))


def test_a_viewer_reads_their_own_fleets_trail_alone(office: Office, world: World) -> None:
    other = world.fleet("TWIGA")
    world.project()
    world.person(other, "manager", "test_other")
    viewer = world.person(office.fleet, "viewer", "test_looking")
    with viewer.read() as connection:
        for table in ("audit_record", "audit_head"):
            seen = connection.execute(text(f"SELECT DISTINCT fleet_id FROM finance.{table}")).scalars().all()
            assert seen == [office.fleet]


@pytest.mark.parametrize("role", ["finance_projector", "finance_relay", "finance_alerts", "finance_api"])
def test_server_roles_see_no_record(office: Office, role: str) -> None:
    database = office.world.database(role)
    with pytest.raises(NotAllowed), database.read() as connection:
        connection.execute(text("SELECT count(*) FROM finance.audit_record"))
    if role != "finance_projector":
        with pytest.raises(NotAllowed), database.read() as connection:
            connection.execute(text("SELECT count(*) FROM finance.audit_head"))
