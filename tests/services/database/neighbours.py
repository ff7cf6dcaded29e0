"""Two fleets with a row in every table, and visitors of the first who try every door to the second."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from sqlalchemy import text

from services.database.engine import Database
from tests.world import World

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
#: Rows are only ever there within a transaction.
NEVER_COMMITTED = {"audit_pending"}


@dataclass(frozen=True)
class Answer:
    """What the database said to an attempt: a state and a sentence (ids left out), or rows."""

    state: str
    said: str = ""
    rows: tuple[Any, ...] = ()
    count: int = 0

    @property
    def refused(self) -> bool:
        """Whether a right is missing, or row-level security refuses the row."""
        return self.state == "42501"

    @property
    def forbidden(self) -> bool:
        """Whether a right is missing, whatever the row."""
        return self.refused and self.said.startswith("permission denied")


@dataclass(frozen=True)
class Relation:
    """A table or view of ours: its columns, and those of its key beside the fleet with their types."""

    name: str
    kind: str
    columns: tuple[str, ...]
    key: Mapping[str, str]

    @property
    def of_fleets(self) -> bool:
        """Whether its rows belong to fleets."""
        return "fleet_id" in self.columns


@dataclass
class Fleet:
    """A fleet with something of everything."""

    id: UUID
    payment: UUID
    statement: UUID


@dataclass
class Scene:
    """`mine` and `theirs`, alike in everything."""

    world: World
    mine: Fleet = field(init=False)
    theirs: Fleet = field(init=False)

    def __post_init__(self) -> None:
        self.mine, self.theirs = self._fleet("MSAFIRI", "9990001"), self._fleet("TWIGA", "9990002")

    def _fleet(self, code: str, short_code: str) -> Fleet:
        world = self.world
        fleet = world.fleet(code)
        world.till(fleet, short_code)
        booking = world.booking(
            fleet, route_id=world.route(fleet), vehicle_id=world.vehicle(fleet), driver_id=world.driver(fleet)
        )
        payment = world.payment(booking, transaction_id=f"U{short_code}", shortcode=short_code)
        world.project()
        world.person(fleet, "manager", f"of_{code.lower()}")
        found = Fleet(fleet, payment, uuid4())
        self._reconciled(found, short_code)
        return found

    def _reconciled(self, fleet: Fleet, short_code: str) -> None:
        values = {
            "fleet": fleet.id, "payment": fleet.payment, "statement": fleet.statement, "code": short_code,
            "line": uuid4(), "match": uuid4(),
        }  # fmt: skip
        for statement in _RECONCILED.strip().split(";\n"):
            self.world.run(statement, **{name: value for name, value in values.items() if f":{name}" in statement})

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Everything in schemas finance and public that has rows."""
        query = text("""
            SELECT CASE n.nspname WHEN 'finance' THEN '' ELSE 'public.' END || c.relname, c.relkind,
                   array_agg(a.attname ORDER BY a.attnum),
                   coalesce(jsonb_object_agg(a.attname, format_type(a.atttypid, NULL)) FILTER (
                       WHERE a.attname <> 'fleet_id' AND a.attnum = ANY (i.indkey)), '{}')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            WHERE n.nspname IN ('finance', 'public') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            GROUP BY 1, 2 ORDER BY 1
        """)
        with self.world.database().read() as connection:
            return tuple(Relation(name, kind, tuple(cs), key) for name, kind, cs, key in connection.execute(query))

    def row_of(self, relation: Relation, fleet: Fleet) -> dict[str, Any]:
        """One row of the fleet, as JSON has it; {} where there is none."""
        query = f"SELECT to_jsonb(t) FROM finance.{relation.name} t WHERE fleet_id = :fleet LIMIT 1"
        found = self.world.value(query, fleet=fleet.id)
        return found if isinstance(found, dict) else {}


_RECONCILED = """
INSERT INTO finance.statement (fleet_id, id, short_code, layout, file_name, sha256, first_day, last_day, covered_from, covered_to,
    total_paid_in, total_withdrawn, rows, imported, duplicates, rejected, controls, balance_chain)
VALUES (:fleet, :statement, :code, 'L1', 'a.csv', :code, '2026-09-22', '2026-09-22', '2026-09-21 21:00Z', '2026-09-22 21:00Z',
    600, 0, 1, 1, 0, 1, '[]', '{"checked": 0, "breaks": []}');
INSERT INTO finance.statement_line (fleet_id, id, statement_id, row, short_code, receipt, leg, occurrence, kind, status, completed_at,
    day, paid_in, details, currency)
VALUES (:fleet, :line, :statement, 1, :code, 'U' || :code, 'payment:in', 1, 'payment', 'Completed', '2026-09-22 06:00Z',
    '2026-09-22', 600, 'Pay Bill', 'KES');
INSERT INTO finance.statement_rejection (fleet_id, statement_id, row, field, reason, raw)
VALUES (:fleet, :statement, 2, 'Paid In', 'is no amount', 'x');
INSERT INTO finance.reconciliation_match (fleet_id, id, day, state, pass, score, reasons)
VALUES (:fleet, :match, '2026-09-22', 'matched', 'receipt', 1, '{receipt}');
INSERT INTO finance.match_line (fleet_id, line_id, match_id) VALUES (:fleet, :line, :match);
INSERT INTO finance.match_payment (fleet_id, payment_id, match_id) VALUES (:fleet, :payment, :match);
INSERT INTO finance.reconciliation_exception (fleet_id, day, name, payment_id, amount, detail)
VALUES (:fleet, '2026-09-22', 'paid_but_pending', :payment, 600, 'A sentence.');
INSERT INTO finance.payment_reconciliation (fleet_id, reconciliation_date, system_total, mpesa_total, difference, status)
VALUES (:fleet, '2026-09-22', 600, 600, 0, 'reconciled');
INSERT INTO finance.revenue_analytics (fleet_id, period_type, period_start, period_end, total_revenue, transaction_count)
VALUES (:fleet, 'daily', '2026-09-22', '2026-09-22', 600, 1);
INSERT INTO finance.revenue_forecast (fleet_id, dimension, member, made_at, as_of_day, model, words, alike, days)
VALUES (:fleet, '', '', '2026-09-22 06:00Z', '2026-09-21', 'none', 'Nothing was taken yet.', 0, '[]');
INSERT INTO finance.revenue_target (fleet_id, dimension, member, from_day, per_day) VALUES (:fleet, '', '', '2026-09-01', 40000);
INSERT INTO finance.saved_view (fleet_id, page, name, shared, definition) VALUES (:fleet, 'payments', 'Failed', true, '{}');
INSERT INTO finance.payment_alerts (fleet_id, alert_type, alert_name, conditions) VALUES (:fleet, 'failures', 'Failures', '{}')
"""


class Visitor:
    """One session that tries things; nothing of what it does stays."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], scene: Scene, held: Mapping[str, str]) -> None:
        self._connection = connection
        self._scene = scene
        self.held = held

    def attempt(self, query: str | sql.Composed, values: Mapping[str, object] | None = None) -> Answer:
        """What the database answers, in a transaction that is rolled back."""
        try:
            with self._connection.transaction(force_rollback=True):
                cursor = self._connection.execute(query, values)
                rows = tuple(cursor.fetchall()) if cursor.description else ()
                # What waits for the commit is done now: its errors are answers too.
                self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
                return Answer("ok", rows=rows, count=cursor.rowcount)
        except psycopg.Error as error:
            said = f"{error.diag.message_primary} {error.diag.message_detail or ''}"
            return Answer(error.sqlstate or "", _ID.sub("…", said))

    def may(self, verb: str, relation: Relation) -> tuple[str, ...]:
        """The relation's columns that the catalog lets the visitor select, insert or update; for other verbs all or none."""
        held = self.held.get(relation.name, "")
        if re.search(rf"\b{verb}\b(?!\()", held):
            return relation.columns
        columns = re.search(rf"\b{verb}\(([^)]*)\)", held)
        return tuple(columns[1].split()) if columns else ()

    # Each of these names what is wrong; nothing where all is well.

    def doors_unlike_the_catalog(self) -> Iterator[str]:
        """Verbs and columns that are open although the catalog says no, and the other way round."""
        for relation in self._scene.relations:
            for verb, column, query in _attempts(relation):
                allowed = column in self.may(verb, relation)
                answer = self.attempt(query)
                if answer.forbidden is allowed:
                    yield f"{verb} {relation.name}.{column}: {answer}"

    def foreign_rows(self) -> Iterator[str]:
        """Rows that are not of the visitor's fleet, to be read, changed or deleted."""
        for relation in self._scene.relations:
            if "fleet_id" in self.may("SELECT", relation):
                rows = self.attempt(f"SELECT DISTINCT fleet_id FROM {_named(relation)}").rows
                if {fleet for (fleet,) in rows} - {self._scene.mine.id}:
                    yield f"SELECT {relation.name}"
            if relation.of_fleets and relation.kind != "v":
                yield from self._foreign_changes(relation)

    def _foreign_changes(self, relation: Relation) -> Iterator[str]:
        query = f"UPDATE {_named(relation)} SET {{0}} = {{0}}"
        changes = [query.format(_quoted(column)) for column in self.may("UPDATE", relation)]
        if self.may("DELETE", relation):
            changes.append(f"DELETE FROM {_named(relation)}")
        for change in changes:
            there = self.attempt(f"{change} WHERE fleet_id = %(fleet)s", {"fleet": self._scene.theirs.id})
            nowhere = self.attempt(f"{change} WHERE fleet_id = %(fleet)s", {"fleet": uuid4()})
            if there != nowhere or there.count:
                yield f"{change}: {there} where a fleet that is none gives {nowhere}"

    def telling_inserts(self) -> Iterator[str]:
        """Inserts whose answer says whether another fleet has such a row."""
        for relation in self._scene.relations:
            columns = self.may("INSERT", relation)
            row = self._scene.row_of(relation, self._scene.theirs) if columns and relation.of_fleets else {}
            if not row:
                continue
            for clause in ("", " ON CONFLICT DO NOTHING"):
                yield from self._telling_insert(relation, columns, row, clause)

    def _telling_insert(
        self, relation: Relation, columns: tuple[str, ...], row: Mapping[str, Any], clause: str
    ) -> Iterator[str]:
        def insert(home: UUID, row: Mapping[str, Any]) -> Answer:
            return self._insert(relation, columns, {**row, "fleet_id": str(home)}, clause)

        mine, theirs = self._scene.mine.id, self._scene.theirs.id
        outside = {insert(theirs, row), insert(theirs, _anew(row, relation)), insert(uuid4(), row)}
        if len(outside) > 1 or not all(answer.refused for answer in outside):
            yield f"INSERT {relation.name}{clause} into another fleet: {outside}"
        inside = {insert(mine, row), insert(mine, _anew(row, relation))}
        if len(inside) > 1:
            yield f"INSERT {relation.name}{clause} of what another fleet has: {inside}"

    def _insert(self, relation: Relation, columns: tuple[str, ...], row: Mapping[str, Any], clause: str) -> Answer:
        names = ", ".join(_quoted(column) for column in columns)
        query = (
            f"INSERT INTO {_named(relation)} ({names})"
            f" SELECT {names} FROM jsonb_populate_record(NULL::{_named(relation)}, %(row)s){clause}"
        )
        return self.attempt(query, {"row": json.dumps(row)})

    def telling_calls(self, calls: Mapping[str, str]) -> Iterator[str]:
        """Functions that answer differently for what another fleet has and for what nobody has."""
        theirs, mine = self._scene.theirs, self._scene.mine
        asked = [
            {"fleet": theirs.id, "payment": theirs.payment, "statement": theirs.statement},
            {"fleet": theirs.id, "payment": uuid4(), "statement": uuid4()},
            {"fleet": uuid4(), "payment": uuid4(), "statement": uuid4()},
        ]
        inside = [
            {"fleet": mine.id, "payment": theirs.payment, "statement": theirs.statement},
            {"fleet": mine.id, "payment": uuid4(), "statement": uuid4()},
        ]
        for name, query in calls.items():
            answers = {self.attempt(query, {**values}) for values in asked}
            # With a fleet of one's own everything but the payment is known, so only these two must be alike.
            within = {self.attempt(query, {**values}) for values in inside}
            if len(answers) > 1 or len(within) > 1:
                yield f"{name}: {answers} {within}"


def _attempts(relation: Relation) -> Iterator[tuple[str, str, str]]:
    """Every verb on every column, as (verb, column, statement); none of them touches a row."""
    name = _named(relation)
    for column in relation.columns:
        yield "SELECT", column, f"SELECT {_quoted(column)} FROM {name} LIMIT 0"
        if relation.kind != "v":
            yield "INSERT", column, f"INSERT INTO {name} ({_quoted(column)}) VALUES (DEFAULT)"
            yield "UPDATE", column, f"UPDATE {name} SET {_quoted(column)} = DEFAULT WHERE false"
    if relation.kind != "v":
        yield "DELETE", relation.columns[0], f"DELETE FROM {name} WHERE false"
        yield "TRUNCATE", relation.columns[0], f"TRUNCATE {name}"


def _named(relation: Relation) -> str:
    return relation.name if relation.name.startswith("public.") else f"finance.{_quoted(relation.name)}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _anew(row: Mapping[str, Any], relation: Relation) -> dict[str, Any]:
    """The row under a key that nobody has."""
    fresh: dict[str, Any] = {"uuid": str(uuid4()), "bigint": 987_654, "integer": 987_654, "text": f"new {uuid4()}"}
    return {**row, **{column: fresh[kind] for column, kind in relation.key.items() if kind in fresh}}


@contextmanager
def session(database: Database) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """The driver's own connection, each statement its own transaction."""
    with database.engine.connect() as pooled:
        connection = pooled.connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        connection.autocommit = True
        yield connection
        pooled.invalidate()
