"""What a report reads, as a viewer under row-level security: totals by their keys, and few payments by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection

from services.database.engine import Database
from services.domain.period import Days
from services.payments.statement import Statement
from services.revenue import asking
from services.revenue.asking import Rows, fetched_together
from services.revenue.figures import RevenueFilter
from services.revenue.service import RevenueService
from tests.world import MORNING, World

NOW = datetime(2026, 12, 15, 11, 25, tzinfo=UTC)
DAYS = Days(date(2026, 11, 4), date(2026, 12, 15))


class Watched:
    """A viewer's database that keeps what it is asked."""

    def __init__(self, database: Database, fleet: UUID, route: UUID) -> None:
        self.database, self.wanted = database, RevenueFilter(fleet, DAYS)
        self.narrowed = replace(self.wanted, routes=frozenset({route}))
        self._asked: list[Statement] = []

    def keep(self, connection: Connection, statements: Sequence[Statement]) -> list[Rows]:
        """Asks, and keeps what was asked."""
        self._asked += statements
        return fetched_together(connection, statements)

    def plans(self, wanted: RevenueFilter) -> list[str]:
        """How each statement of a report finds its rows."""
        self._asked.clear()
        RevenueService(self.database).report(wanted, NOW)
        asked = list(self._asked)
        with self.database.read() as connection:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            return [self._plan(connection, one) for one in asked]

    def _plan(self, connection: Connection, one: Statement) -> str:
        rows = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {one.written}", one.values)
        return "\n".join(row[0] for row in rows)


@pytest.fixture
def watched(world: World, monkeypatch: pytest.MonkeyPatch) -> Watched:
    fleet = world.fleet()
    route = world.route(fleet)
    world.run(
        "INSERT INTO public.payment_transactions (booking_id, amount, payment_method, status, created_at, completed_at,"
        " updated_at, refunded_amount)"
        " SELECT :b, 600, 'mpesa', (ARRAY['completed', 'failed', 'refunded'])[1 + n % 3], t, t, t, n % 3"
        " FROM generate_series(1, 2000) n, LATERAL (SELECT :at + n * interval '1 hour' AS t) a",
        b=world.booking(fleet, route_id=route), at=MORNING,
    )  # fmt: skip
    world.project()
    world.run("ANALYZE")
    watched = Watched(world.person(fleet, "viewer"), fleet, route)
    monkeypatch.setattr(asking, "fetched_together", watched.keep)
    return watched


def test_no_table_of_figures_is_read_as_a_whole(watched: Watched) -> None:
    for wanted in (watched.wanted, watched.narrowed, replace(watched.narrowed, methods=frozenset({"mpesa"}))):
        for plan in watched.plans(wanted):
            assert "Seq Scan on payment" not in plan
            assert "Seq Scan on revenue" not in plan


def test_payments_are_read_by_the_running_hour_alone(watched: Watched) -> None:
    parts_of_days = [
        plan for plan in watched.plans(watched.wanted) if " on payment" in plan and "payment_totals" not in plan
    ]
    revenue = [plan for plan in parts_of_days if "refunded_day" in plan]
    # The same time 42 days ago, as a whole and by member, and that of yesterday; then what was created until the first of them.
    assert (len(revenue), len(parts_of_days)) == (3, 4)
    for plan in revenue:
        assert "Bitmap Index Scan on payment_by_taken_at" in plan
        assert "Index Scan using payment_by_refunded_day" in plan


def test_a_range_that_has_ended_reads_no_payment(watched: Watched) -> None:
    ended = replace(watched.wanted, days=Days(DAYS.first, DAYS.last - timedelta(days=1)))
    for wanted in (ended, replace(watched.narrowed, days=ended.days)):
        assert not [plan for plan in watched.plans(wanted) if "on payment " in plan]


def test_a_breakdown_of_the_whole_fleet_walks_an_index_of_its_own(watched: Watched) -> None:
    walks = [plan for plan in watched.plans(watched.wanted) if "revenue_totals_by_start" in plan]
    # Nobody else takes it for the sums of one member, which stand side by side in the key.
    assert len(walks) == 1
    assert "Function Scan on piece" in walks[0]
    for narrowed in (watched.narrowed, replace(watched.wanted, methods=frozenset({"cash"}))):
        assert not [plan for plan in watched.plans(narrowed) if "by_start" in plan]


@pytest.mark.parametrize("days", [1, 42, 365])
def test_a_report_takes_as_many_statements_however_long_the_range(watched: Watched, days: int) -> None:
    wanted = replace(watched.wanted, days=Days(DAYS.last - timedelta(days=days - 1), DAYS.last))
    assert len(watched.plans(wanted)) <= 12


def test_a_report_goes_to_the_server_and_back_four_times(watched: Watched, tmp_path: Path) -> None:
    for wanted in (watched.wanted, watched.narrowed):
        for _ in range(2):  # what is asked a second time is prepared first
            RevenueService(watched.database).report(wanted, NOW)
        with watched.database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
        with (tmp_path / "trace").open("w+") as trace:
            driver.pgconn.trace(trace.fileno())
            RevenueService(watched.database).report(wanted, NOW)
            driver.pgconn.untrace()
            trace.seek(0)
            # The beginning, the currency, all figures, the end.
            assert sum("ReadyForQuery" in line for line in trace) == 4
