"""The rows of revenue_analytics: right after whatever happened to payments, names and currencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import RowMapping, text

from services.database.engine import Database
from services.feed.rollups import refill_totals
from services.feed.verification import rebuild
from services.revenue import analytics
from services.revenue.analytics import refresh_analytics
from tests.services.feed.traffic import STEPS, Step, Traffic
from tests.world import MORNING, World

_KINDS = ("daily", "weekly", "monthly")
_PARTS = ("revenue_by_route", "revenue_by_vehicle", "revenue_by_driver", "revenue_by_payment_method")


def kept(world: World, fleet: UUID | None = None) -> dict[tuple[UUID, str, date], dict[str, Any]]:
    """Every row by fleet, kind and first day."""
    query = "SELECT * FROM finance.revenue_analytics WHERE CAST(:fleet AS uuid) IS NULL OR fleet_id = :fleet"
    rows = listed(world, query, fleet=fleet)
    return {(row["fleet_id"], row["period_type"], row["period_start"]): dict(row) for row in rows}


def listed(world: World, query: str, **values: object) -> Sequence[RowMapping]:
    """Rows as the operator sees them; its connection is closed, since many examples run on one database."""
    with closing(Database(world.operator_url, pool_size=1)) as database, database.read() as connection:
        return connection.execute(text(query), values).mappings().all()


def refreshed(world: World) -> int:
    with closing(Database(world.operator_url, role="finance_projector", pool_size=1)) as database:
        return refresh_analytics(database)


def test_a_payment_stands_in_its_day_week_and_month(world: World) -> None:
    fleet = world.fleet()
    route, driver = world.route(fleet), world.driver(fleet)
    booking = world.booking(fleet, route_id=route, driver_id=driver)
    world.payment(booking, "600.00")
    world.payment(booking, "150.50", payment_method="cash", status="partially_refunded", refunded_amount=50)
    world.payment(world.booking(fleet), "1000.00", status="pending")
    world.project()
    assert refreshed(world) == 3
    rows = kept(world)
    for kind, first, last in (
        ("daily", date(2026, 9, 22), date(2026, 9, 22)),
        ("weekly", date(2026, 9, 21), date(2026, 9, 27)),
        ("monthly", date(2026, 9, 1), date(2026, 9, 30)),
    ):
        row = rows[fleet, kind, first]
        assert (row["period_end"], row["total_revenue"]) == (last, Decimal("700.50"))
        assert (row["transaction_count"], row["average_transaction"]) == (2, Decimal("375.25"))
        assert row["revenue_by_payment_method"] == [
            {"id": "mpesa", "label": "M-Pesa", "revenue": "600.00", "transactions": 1},
            {"id": "cash", "label": "Cash", "revenue": "100.50", "transactions": 1},
        ]
        assert row["revenue_by_route"] == [
            {"id": str(route), "label": "Nairobi – Nakuru", "revenue": "700.50", "transactions": 2}
        ]
        assert row["revenue_by_driver"][0]["label"] == "Baraka Mfano"
        assert row["revenue_by_vehicle"] == [
            {"id": None, "label": "No vehicle", "revenue": "700.50", "transactions": 2}
        ]
    assert refreshed(world) == 0


def test_late_payments_refunds_and_moved_bookings_are_followed(world: World) -> None:
    fleet = world.fleet()
    nakuru, thika = world.route(fleet), world.route(fleet, "Nairobi – Thika")
    booking = world.booking(fleet, route_id=nakuru)
    late = world.payment(booking, "600.00", status="pending")
    world.project()
    assert (refreshed(world), kept(world)) == (0, {})
    world.change(late, status="completed", completed_at=MORNING + timedelta(days=9))
    world.project()
    assert refreshed(world) == 3
    assert {(kind, first) for _, kind, first in kept(world)} == {
        ("daily", date(2026, 10, 1)),
        ("weekly", date(2026, 9, 28)),
        ("monthly", date(2026, 10, 1)),
    }
    world.change(late, status="refunded", refunded_amount=600, refunded_at=MORNING + timedelta(days=10))
    world.project()
    refreshed(world)
    rows = kept(world)
    assert rows[fleet, "daily", date(2026, 10, 1)]["total_revenue"] == 600
    assert rows[fleet, "daily", date(2026, 10, 2)]["total_revenue"] == -600
    assert rows[fleet, "daily", date(2026, 10, 2)]["average_transaction"] is None
    assert rows[fleet, "weekly", date(2026, 9, 28)]["total_revenue"] == 0
    world.run("UPDATE public.bookings SET route_id = :route", route=thika)
    world.project()
    refreshed(world)
    assert kept(world)[fleet, "daily", date(2026, 10, 1)]["revenue_by_route"][0]["label"] == "Nairobi – Thika"


def test_a_period_that_becomes_empty_is_removed(world: World) -> None:
    payment = world.payment(world.booking(world.fleet()))
    world.project()
    assert refreshed(world) == 3
    world.change(payment, status="failed")
    world.project()
    assert refreshed(world) == 3
    assert kept(world) == {}


def test_another_name_or_currency_reaches_every_row(world: World) -> None:
    fleet, other = world.fleet(), world.fleet("TWIGA")
    for one in (fleet, other):
        booking = world.booking(one, vehicle_id=world.vehicle(one))
        world.payment(booking, "600.00")
        world.payment(booking, "9.00", currency="USD", created_at=MORNING - timedelta(days=400))
    world.project()
    refreshed(world)
    theirs = kept(world, other)
    world.run("UPDATE public.vehicles SET registration = 'KDB 777B' WHERE fleet_id = :fleet", fleet=fleet)
    world.project()
    assert refreshed(world) == 6
    labels = {row["revenue_by_vehicle"][0]["label"] for row in kept(world, fleet).values()}
    assert labels == {"KDB 777B"}
    assert kept(world, other) == theirs
    world.run("UPDATE public.fleets SET currency = 'USD' WHERE id = :fleet", fleet=fleet)
    world.project()
    refreshed(world)
    assert {row["total_revenue"] for row in kept(world, fleet).values()} == {Decimal("9.00")}


def test_the_largest_part_stands_first_and_equal_ones_by_their_id(world: World) -> None:
    fleet = world.fleet()
    routes = [world.route(fleet, name) for name in ("A", "B", "C")]
    for route, amount in zip(routes, ("10.00", "30.00", "10.00"), strict=True):
        world.payment(world.booking(fleet, route_id=route), amount)
    world.project()
    refreshed(world)
    parts = kept(world)[fleet, "daily", date(2026, 9, 22)]["revenue_by_route"]
    assert [part["revenue"] for part in parts] == ["30.00", "10.00", "10.00"]
    assert [part["id"] for part in parts] == [str(routes[1]), *sorted(map(str, (routes[0], routes[2])))]


def test_rebuilding_and_filling_in_bulk_make_everything_due(world: World) -> None:
    fleet = world.fleet()
    world.payment(world.booking(fleet))
    world.project()
    refreshed(world)
    for make_anew in (rebuild, _refill):
        world.run("UPDATE finance.revenue_analytics SET total_revenue = 1")
        make_anew(world.database("finance_owner"))
        assert refreshed(world) == 3
        assert {row["total_revenue"] for row in kept(world).values()} == {Decimal("600.00")}


def _refill(database: Database) -> None:
    with database.write() as connection:
        refill_totals(connection)


def test_many_days_are_calculated_some_at_a_time_and_the_newest_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analytics, "_TOGETHER", 12)
    booking = world.booking(world.fleet())
    for ago in range(0, 90, 3):
        world.payment(booking, created_at=MORNING - timedelta(days=ago))
    world.project()
    original, taken = analytics._calculate, list[list[date]]()

    def noted(connection: Any, fleet_id: UUID, days: set[date]) -> int:
        taken.append(sorted(days))
        return original(connection, fleet_id, days)

    monkeypatch.setattr(analytics, "_calculate", noted)
    refreshed(world)
    assert [len(days) for days in taken] == [12, 12, 6]
    assert taken[0][0] > taken[1][-1]
    assert len([kind for _, kind, _ in kept(world) if kind == "daily"]) == 30


def test_two_back_offices_do_not_disturb_each_other(world: World) -> None:
    world.payment(world.booking(world.fleet()))
    world.project()
    with world.database("finance_projector").write() as other:
        assert other.execute(analytics._LOCK).scalar_one()
        assert refreshed(world) == 0
    assert refreshed(world) == 3


def test_what_is_marked_meanwhile_is_left_for_the_next_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that commits while rows are calculated is not lost, and does not keep the calculation going forever."""
    booking = world.booking(world.fleet())
    world.payment(booking)
    world.project()
    original = analytics._calculate

    def disturbed(connection: Any, fleet_id: UUID, days: set[date]) -> int:
        made = original(connection, fleet_id, days)
        world.payment(booking)
        world.project()
        return made

    with monkeypatch.context() as patched:
        patched.setattr(analytics, "_calculate", disturbed)
        assert refreshed(world) == 3
    assert {row["transaction_count"] for row in kept(world).values()} == {1}
    assert refreshed(world) == 3
    assert {row["transaction_count"] for row in kept(world).values()} == {2}


# Whatever happens ---------------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_row_is_what_adding_up_the_payments_finds(world: World, steps: list[Step]) -> None:
    traffic = Traffic(world, "Africa/Nairobi", "Africa/Cairo")
    half = len(steps) // 2
    for part in (steps[:half], steps[half:]):
        for step in part:
            traffic.step(*step)
        world.project()
        refreshed(world)
    for fleet in traffic.fleets:
        assert _told(kept(world, fleet)) == _added_up(world, fleet)
    assert refreshed(world) == 0
    assert _sorted(listed(world, _SUMMARY)) == _sorted(listed(world, _COUNTED))


_SUMMARY = "SELECT fleet_id, payment_date, status, transaction_count, total_amount FROM finance.payment_summary"
_COUNTED = "SELECT fleet_id, created_day, status, count(*), sum(amount) FROM finance.payment GROUP BY 1, 2, 3"


def _sorted(rows: Sequence[RowMapping]) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in rows)


Sums = dict[tuple[str, date], dict[tuple[str, str], list[Any]]]


def _told(rows: dict[tuple[UUID, str, date], dict[str, Any]]) -> Sums:
    """The rows as (kind, first day) → (column, member) → [revenue, payments]; '' for all together."""
    found: Sums = {}
    for (_, kind, first), row in rows.items():
        assert row["period_end"] == _last(kind, first)
        cells = found[kind, first] = {("", ""): [row["total_revenue"], row["transaction_count"]]}
        for column in _PARTS:
            for part in row[column]:
                cells[column, part["id"] or ""] = [Decimal(part["revenue"]), part["transactions"]]
    return found


def _added_up(world: World, fleet: UUID) -> Sums:
    """The same from the payments, one by one."""
    payments = listed(world, "SELECT * FROM finance.payment WHERE fleet_id = :fleet AND currency = 'KES'", fleet=fleet)
    found: Sums = defaultdict(lambda: defaultdict(lambda: [Decimal(0), 0]))
    for paid in payments:
        members = (("", ""), *((c, str(paid[k] or "")) for c, k in zip(_PARTS, _OF, strict=True)))
        for day, amount, count in (
            (paid["taken_day"], paid["amount"], 1),
            (paid["refunded_day"], -paid["refunded_amount"], 0),
        ):
            for kind in _KINDS if day else ():
                for member in members:
                    cell = found[kind, _first(kind, day)][member]
                    cell[0] += amount
                    cell[1] += count
    return {period: dict(cells) for period, cells in found.items()}


_OF = ("route_id", "vehicle_id", "driver_id", "method")


def _first(kind: str, day: date) -> date:
    if kind == "weekly":
        return day - timedelta(days=day.isoweekday() - 1)
    return day if kind == "daily" else date(day.year, day.month, 1)


def _last(kind: str, first: date) -> date:
    if kind == "weekly":
        return first + timedelta(days=6)
    return first if kind == "daily" else (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def test_the_summary_keeps_its_columns_and_types(world: World) -> None:
    query = """
        SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = 'finance.payment_summary'::regclass AND attnum > 0 ORDER BY attnum
    """
    assert [tuple(row.values()) for row in listed(world, query)] == [
        ("payment_date", "date"),
        ("status", "text"),
        ("transaction_count", "bigint"),
        ("total_amount", "numeric"),
        ("fleet_id", "uuid"),
    ]
