"""Proving the audit trail, against reading every column of it once."""

from __future__ import annotations

import time
from uuid import UUID

from sqlalchemy import text

from services.audit.verification import verify
from services.database.engine import Database
from tests.benchmarks.harness import Contest, Result
from tests.benchmarks.stage import Stage, passing_server

RECORDS = 1_000_000
_CHUNK = 100_000
# Records as matches and their undoing leave them, linked one to the other as the trigger does it.
_WRITE = """
DO $$
DECLARE
    fleet uuid := '{fleet}';
    head finance.audit_head;
    made finance.audit_record;
BEGIN
    INSERT INTO finance.audit_head VALUES (fleet, 0, '') ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM finance.audit_head WHERE fleet_id = fleet;
    FOR number IN head.number + 1 .. head.number + {records} LOOP
        made.fleet_id := fleet;
        made.number := number;
        made.at := clock_timestamp();
        made.who := 'bench_manager';
        made.table_name := 'reconciliation_match';
        made.row_key := jsonb_build_object('id', gen_random_uuid());
        made.after := made.row_key || jsonb_build_object(
            'fleet_id', fleet, 'day', '2026-09-22', 'state', 'matched', 'pass', 'receipt', 'score', 0.970,
            'reasons', jsonb_build_array('receipt equal', 'amount equal', '64 s apart'), 'matched_by', 'bench_manager',
            'matched_at', made.at, 'line_ids', jsonb_build_array(gen_random_uuid()),
            'payment_ids', jsonb_build_array(gen_random_uuid()), 'receipts', jsonb_build_array('UIMAAA0001'));
        made.op := CASE WHEN number % 4 = 0 THEN 'update' ELSE 'insert' END;
        made.before := CASE WHEN number % 4 = 0 THEN made.after || '{{"state": "undone"}}' END;
        made.previous := head.hash;
        made.hash := finance.audit_hash(fleet, number, made.at, made.who, made.table_name, made.op, made.row_key,
                                        made.before, made.after, NULL, head.hash);
        INSERT INTO finance.audit_record SELECT made.*;
        head.hash := made.hash;
    END LOOP;
    SET LOCAL session_replication_role = replica;
    UPDATE finance.audit_head SET number = head.number + {records}, hash = head.hash WHERE fleet_id = fleet;
END $$"""
# Every column's value is fetched and copied once: the binary form of the whole row, and nothing made of it.
_READ = text("SELECT count(*), max(octet_length(record_send(r))) FROM finance.audit_record r WHERE fleet_id = :fleet")


def _write(operator: Database, fleet_id: UUID, records: int) -> None:
    with operator.write() as connection:
        # The stage's people have left records; they make way, so that numbers begin at 1.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM finance.audit_record"))
        connection.execute(text("DELETE FROM finance.audit_head"))
    for _ in range(records // _CHUNK):
        with operator.write() as connection:
            connection.exec_driver_sql(_WRITE.format(fleet=fleet_id, records=_CHUNK).replace("%", "%%"))
    with operator.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) finance.audit_record"))


def verify_a_million() -> Result:
    """A million linked records proven by a viewer, against one pass over every column of the same table, same login."""
    with passing_server() as server:
        stage = Stage(server)
        _write(stage.operator, stage.fleet_id, RECORDS)
        viewer = Database(stage.person_url)

        def ours() -> tuple[float, object]:
            began = time.perf_counter()
            found = verify(viewer, [stage.fleet_id])
            seconds = time.perf_counter() - began
            if found.first_bad:
                raise AssertionError(found.first_bad[0].why)
            return seconds, found.records

        def reading() -> tuple[float, object]:
            began = time.perf_counter()
            with viewer.read() as connection:
                records, _ = connection.execute(_READ, {"fleet": stage.fleet_id}).one()
            return time.perf_counter() - began, records

        goal = 10.0
        return Contest(
            "verify 1 M audit records", ours, "reading every column once", reading, "ours/peer", goal, rounds=3
        ).run()
