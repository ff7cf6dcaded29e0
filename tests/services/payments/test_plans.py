"""A page costs what it shows, as a viewer under row-level security: every narrow filter is a walk of its index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.domain.payment import NOBODY
from services.domain.period import Days
from services.feed.rollups import refill_totals
from services.payments.cells import count_statement, summary_statement
from services.payments.filters import PaymentFilter
from services.payments.narrowing import singles
from services.payments.queries import page_statement, unknown_statuses_statement
from services.payments.row import NEWEST_FIRST, Key, Sort
from services.payments.statement import Statement, asked
from tests.services.payments.scattered import FLEET
from tests.world import World

PAYMENTS = 30_000
WANTED = PaymentFilter(FLEET, Days(date(2026, 1, 1), date(2026, 12, 31)))
DAY = Days(date(2026, 3, 3), date(2026, 3, 3))
RARE = UUID(int=77)
LIMIT = 50

# Every ten thousandth payment is rare in every way, and no two of them in the same; every tenth failed.
_FILLED = f"""
INSERT INTO finance.payment (fleet_id, id, booking_id, booking_reference, route_id, vehicle_id, driver_id, amount, amount_cents,
    currency, method, status, refunded_amount, created_at, updated_at, created_day, taken_day, refunded_day, short_code, result_code,
    search)
SELECT '{FLEET}', gen_random_uuid(), gen_random_uuid(), 'BKG' || i, CASE i % 10000 WHEN 1 THEN '{RARE}' ELSE '{UUID(int=1)}' END::uuid,
    CASE i % 10000 WHEN 2 THEN NULL ELSE '{UUID(int=2)}' END::uuid, CASE i % 10000 WHEN 3 THEN '{RARE}' ELSE '{UUID(int=3)}' END::uuid,
    cents / 100, cents, 'KES', CASE i % 10000 WHEN 4 THEN 'tkash' ELSE 'mpesa' END,
    CASE i % 10000 WHEN 5 THEN 'on_hold' WHEN 6 THEN 'pending'
        ELSE CASE WHEN i % 10000 < 9000 THEN 'completed' ELSE 'failed' END END, 0, at, at, at::date, at::date,
    CASE i % 10000 WHEN 7 THEN at::date END, CASE i % 10000 WHEN 8 THEN NULL ELSE '9990001' END,
    CASE i % 10000 WHEN 9001 THEN '1032' WHEN 9002 THEN NULL ELSE '17' END, ''
FROM generate_series(1, {PAYMENTS}) i, LATERAL (SELECT timestamptz '2026-01-01 12:00+03' + i * interval '15 minutes' AS at,
    CASE i % 10000 WHEN 9 THEN 777700 ELSE 10000 + i % 500 END AS cents) made
"""


@pytest.fixture(scope="module")
def viewer(server: EmbeddedServer) -> Iterator[Database]:
    """A viewer of a fleet with many payments of one kind and three of each other."""
    with closing(Database(server.operator_url("postgres"))) as postgres:
        outside = postgres.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        outside.execute(text("CREATE DATABASE plans TEMPLATE template_workstation STRATEGY file_copy"))
        world = World(server, "plans")
        world.fleet(id=FLEET)
        world.project()
        world.run(_FILLED)
        with world.database().write() as connection:
            refill_totals(connection)
        world.run("ANALYZE finance.payment")
        yield world.person(FLEET, "viewer")
        world.close()
        outside.execute(text("DROP DATABASE plans WITH (FORCE)"))
        outside.close()


def touched(viewer: Database, made: Statement, plans: str = "auto") -> int:
    """Rows that the statement reads from finance.payment, those it then passes over included."""
    return sum(_read(node) for node in _nodes(explained(viewer, made, plans)))


def blocks(viewer: Database, made: Statement, plans: str) -> int:
    """Pages of tables and indexes that the statement looks at."""
    plan = explained(viewer, made, plans)
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def explained(viewer: Database, made: Statement, plans: str) -> dict[str, Any]:
    """The statement's plan as it was run."""
    with viewer.read() as connection:
        connection.execute(text(f"SET LOCAL plan_cache_mode = {plans}"))
        found = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {made.text}", made.values)
        plan: dict[str, Any] = found.scalar_one()[0]["Plan"]
        return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _read(node: dict[str, Any]) -> int:
    of_payments = node.get("Relation Name") == "payment" or node["Node Type"] == "Bitmap Index Scan"
    return (
        int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]) if of_payments else 0
    )


NARROW = {
    "nothing": WANTED,
    "day": replace(WANTED, days=DAY),
    "route": replace(WANTED, routes=frozenset({RARE})),
    "no vehicle": replace(WANTED, vehicles=frozenset({NOBODY})),
    "driver": replace(WANTED, drivers=frozenset({RARE})),
    "a driver who is none": replace(WANTED, drivers=frozenset({UUID(int=99)})),
    "method": replace(WANTED, methods=frozenset({"tkash"})),
    "two methods": replace(WANTED, methods=frozenset({"tkash", "cash"})),
    "status": replace(WANTED, statuses=frozenset({"pending"})),
    "two statuses": replace(WANTED, statuses=frozenset({"pending", "failed"})),
    "reason": replace(WANTED, reasons=frozenset({"1032"})),
    "two reasons": replace(WANTED, reasons=frozenset({"1032", "99"}), statuses=frozenset({"failed"})),
    "no reason given": replace(WANTED, reasons=frozenset({""})),
    "no till": replace(WANTED, tills=frozenset({""})),
    "amount": replace(WANTED, least=Decimal(7777), most=Decimal(7777)),
    "amounts": replace(WANTED, least=Decimal(7000)),
    "rare status of all methods": replace(WANTED, statuses=frozenset({"pending"}), methods=frozenset({"mpesa"})),
    "rare and none": replace(WANTED, routes=frozenset({RARE, NOBODY}), statuses=frozenset({"pending", "failed"})),
    "taken": replace(WANTED, days=DAY, basis="taken"),
    "taken in a month": replace(WANTED, days=Days(date(2026, 3, 1), date(2026, 3, 31)), basis="taken"),
    "refunded": replace(WANTED, basis="refunded"),
}


@pytest.mark.parametrize("name", NARROW)
@pytest.mark.parametrize("sort", [NEWEST_FIRST, NEWEST_FIRST.reversed])
@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
def test_a_page_reads_what_it_shows(viewer: Database, name: str, sort: Sort, plans: str) -> None:
    after = Key(WANTED.days.start if not sort.descending else WANTED.days.end, RARE, Decimal(0), "pending")
    for key in (None, after):
        made = page_statement(NARROW[name], sort, key, LIMIT)
        # Walks that are merged each read one row ahead.
        assert touched(viewer, made, plans) <= LIMIT + len(singles(NARROW[name]))


@pytest.mark.parametrize("sort", [Sort("amount"), Sort("amount", descending=False)])
def test_a_page_by_amount_reads_what_it_shows(viewer: Database, sort: Sort) -> None:
    for wanted in (WANTED, NARROW["amounts"], NARROW["no vehicle"], NARROW["status"], NARROW["method"]):
        assert touched(viewer, page_statement(wanted, sort, None, LIMIT)) <= LIMIT


#: The middle of the list by time, and of that by amount.
DEEP = Key(datetime(2026, 6, 5, 9, tzinfo=UTC), RARE, Decimal("102.50"), "completed")


@pytest.mark.parametrize("sort", [Sort(column, down) for column in ("time", "amount") for down in (True, False)])
@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
def test_a_page_far_down_costs_what_the_first_one_costs(viewer: Database, sort: Sort, plans: str) -> None:
    for wanted in (WANTED, replace(WANTED, least=Decimal(100), most=Decimal(105)), replace(WANTED, most=Decimal(105))):
        if sort.column == "amount" or wanted is WANTED:
            first = blocks(viewer, page_statement(wanted, sort, None, LIMIT), plans)
            assert blocks(viewer, page_statement(wanted, sort, DEEP, LIMIT), plans) <= first + 5


def test_beside_a_bound_the_way_to_a_key_is_walked(viewer: Database) -> None:
    """The broken control: what the pages would cost if the bound were said as well as the key."""
    made = page_statement(WANTED, NEWEST_FIRST, DEEP, LIMIT)
    first = blocks(viewer, made, "auto")
    made.text = made.text.replace("AND (created_at", f"AND created_at < {made.fixed(WANTED.days.end)} AND (created_at")
    assert blocks(viewer, made, "auto") > first + 50


def test_among_equal_amounts_the_order_is_that_by_time(viewer: Database) -> None:
    wanted = replace(WANTED, least=Decimal("102.50"), most=Decimal("102.50"))
    for sort in (Sort("amount"), Sort("amount", descending=False)):
        assert touched(viewer, page_statement(wanted, sort, DEEP, 10)) <= 10


def test_other_statuses_are_found_by_steps(viewer: Database) -> None:
    assert touched(viewer, unknown_statuses_statement(FLEET)) <= 4


def test_figures_touch_no_payment_but_the_oldest_pending_one(viewer: Database) -> None:
    assert touched(viewer, summary_statement(WANTED)) == 1
    assert touched(viewer, summary_statement(replace(WANTED, statuses=frozenset({"completed"})))) == 0
    failed = replace(WANTED, weekdays=frozenset({2, 6}), reasons=frozenset({"17"}))
    assert touched(viewer, summary_statement(failed)) == 0


def test_the_measure_can_fail(viewer: Database) -> None:
    made = Statement(FLEET, "SELECT id FROM finance.payment WHERE fleet_id = %(fleet)s AND amount < 0")
    assert touched(viewer, made) == PAYMENTS


@pytest.mark.parametrize("days", [WANTED.days, Days(date(2026, 3, 2), date(2026, 3, 15))])
def test_an_hour_of_payment_is_read_by_the_hour(viewer: Database, days: Days) -> None:
    wanted = replace(WANTED, days=days, basis="taken", weekdays=frozenset({2}), hour=9)
    with viewer.read() as connection:
        held = int(asked(connection, count_statement(wanted))[0][0])
    assert held >= 8
    # Read from the index, and then from the table.
    assert touched(viewer, summary_statement(wanted)) <= 2 * held
    assert touched(viewer, page_statement(wanted, NEWEST_FIRST, None, LIMIT)) <= 2 * held


def test_lists_that_are_long_are_one_walk() -> None:
    assert len(singles(replace(WANTED, statuses=frozenset({"a", "b"}), methods=frozenset(map(str, range(6)))))) == 12
    assert len(singles(replace(WANTED, statuses=frozenset({"a", "b"}), methods=frozenset(map(str, range(7)))))) == 2
    assert len(singles(replace(WANTED, basis="taken"))) == 1
    assert len(singles(replace(WANTED, basis="created"))) == 1
