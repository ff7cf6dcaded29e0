"""The totals: kept by differences under whatever happens, made anew, and proven to the cent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.database import migration
from services.database.migration import migrate
from services.database.migrations.sqltext import run_sql
from services.feed import projection
from services.feed.rollups import ROLLUPS, refill_totals
from services.feed.verification import Difference, rebuild, verify
from tests.services.feed.traffic import STEPS, Step, Traffic
from tests.world import MORNING, World

_NEXT_YEAR = MORNING + timedelta(days=120, hours=-7)
_NIGHT = MORNING.replace(hour=21, minute=30)  # half past midnight in Nairobi


def differences(world: World) -> tuple[Difference, ...]:
    return verify(world.database("finance_owner")).differences


def rows(world: World, sql: str, **values: object) -> list[tuple[object, ...]]:
    with world.database().read() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def kept(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every roll-up as it is, rows of zeros left out."""
    found = {}
    for rollup in ROLLUPS:
        order = ", ".join((*rollup.keys, *rollup.sums))
        some = " OR ".join(f"{name} <> 0" for name in rollup.sums)
        found[rollup.name] = rows(world, f"SELECT {order} FROM finance.{rollup.name} WHERE {some} ORDER BY {order}")
    return found


def test_a_payment_counts_once_in_each_dimension_and_grain(world: World) -> None:
    fleet = world.fleet()
    route = world.route(fleet)
    payment = world.payment(
        world.booking(fleet, route_id=route), "750.00", "failed", result_code="1032", created_at=_NIGHT
    )
    world.project()
    counted = rows(
        world,
        "SELECT dimension, member, grain, start::text, hour, status, code, payments, amount FROM finance.payment_totals",
    )
    cells = [
        (dimension, member, grain, start, 0, "failed", "1032", 1, 750)
        for dimension, member in (("", ""), ("route", str(route)), ("method", "mpesa"))
        for grain, start in (("day", "2026-09-23"), ("month", "2026-09-01"), ("year", "2026-01-01"))
    ]
    assert sorted(counted) == sorted(cells)
    world.change(payment, status="completed", completed_at=_NIGHT + timedelta(hours=1))
    world.project()
    assert {row[5:7] for row in rows(world, "SELECT *, 1 FROM finance.payment_totals")} == {(0, "completed")}
    booked = rows(world, "SELECT dimension, grain, start::text, taken FROM finance.revenue_totals WHERE dimension = ''")
    assert sorted(booked) == [
        ("", "day", "2026-09-23 00:00:00", 750),
        ("", "hour", "2026-09-23 01:00:00", 750),
        ("", "month", "2026-09-01 00:00:00", 750),
    ]
    assert differences(world) == ()


def test_rows_without_payments_are_removed(world: World) -> None:
    booking = world.booking(world.fleet())
    payments = [world.payment(booking, status="pending") for _ in range(2)]
    world.project()
    world.change(payments[0], status="completed")
    world.project()
    pending = "SELECT coalesce(sum(payments), 0) FROM finance.payment_totals WHERE status = 'pending'"
    assert world.value(pending) == 9
    world.change(payments[1], status="completed")
    world.project()
    assert world.value("SELECT count(*) FROM finance.payment_totals WHERE status = 'pending'") == 0
    world.run("DELETE FROM public.payment_transactions")
    world.project()
    assert world.value("SELECT count(*) FROM finance.payment_totals") == 0
    assert differences(world) == ()


def test_what_does_not_count_touches_no_total(world: World) -> None:
    payment = world.payment(world.booking(world.fleet()))
    world.project()
    versions = "SELECT ctid::text FROM finance.payment_totals UNION ALL SELECT ctid::text FROM finance.revenue_totals"
    before = rows(world, versions)
    world.change(payment, failure_reason="corrected by hand", transaction_id="UIM1TEST02")
    world.project()
    assert rows(world, versions) == before


def test_a_fleet_that_changes_its_zone_is_counted_anew(world: World) -> None:
    fleet, other = world.fleet(), world.fleet("TWIGA")
    for one in (fleet, other):
        world.payment(world.booking(one), created_at=_NIGHT)
    moving = world.payment(world.booking(fleet), created_at=_NIGHT, status="partially_refunded", refunded_amount=40)
    world.project()
    world.run("UPDATE public.fleets SET timezone = 'Africa/Lagos' WHERE id = :f", f=fleet)
    world.change(moving, status="refunded", refunded_amount=600)
    world.project()
    assert differences(world) == ()
    hours = "SELECT DISTINCT start::text, hour FROM finance.payment_totals WHERE grain = 'day' AND fleet_id = :f"
    assert rows(world, hours, f=fleet) == [("2026-09-22", 22)]
    assert rows(world, hours, f=other) == [("2026-09-23", 0)]
    assert set(rows(world, "SELECT fleet_id, epoch FROM finance.feed")) == {(fleet, 2), (other, 1)}


def test_a_fleet_that_is_gone_before_its_payments_were_projected_leaves_nothing(world: World) -> None:
    fleet = world.fleet(timezone="Africa/Lagos")
    booking = world.booking(fleet)
    world.payment(booking)
    world.project()
    for table, column, value in (("payment_transactions", "booking_id", booking), ("bookings", "id", booking)):
        world.run(f"DELETE FROM public.{table} WHERE {column} = :value", value=value)
    world.run("DELETE FROM public.fleets WHERE id = :fleet", fleet=fleet)
    world.project()
    assert kept(world) == {rollup.name: [] for rollup in ROLLUPS}
    assert differences(world) == ()


@pytest.mark.parametrize("table", ["payment_totals", "revenue_totals"])
@pytest.mark.parametrize(
    "wrong", ["UPDATE finance.{} SET refunded = refunded + 0.01", "DELETE FROM finance.{} WHERE grain = 'month'"]
)
def test_verify_names_a_total_that_differs_and_rebuild_repairs_it(world: World, table: str, wrong: str) -> None:
    world.payment(world.booking(world.fleet()))
    world.project()
    world.run(wrong.format(table))
    found = differences(world)
    assert {difference.table for difference in found} == {table}
    assert all(difference.id.startswith("MSAFIRI ") for difference in found)
    rebuild(world.database("finance_owner"))
    assert differences(world) == ()


def test_refilling_makes_what_the_projector_kept(world: World) -> None:
    booking = world.booking(world.fleet())
    for hours in range(5):
        world.payment(
            booking, created_at=MORNING + timedelta(hours=hours), status="refunded", refunded_amount=25 * hours
        )
    world.project()
    before = kept(world)
    assert all(before.values())
    for rollup in ROLLUPS:
        world.run(f"DELETE FROM finance.{rollup.name}")
    world.run("DELETE FROM finance.feed")
    for role in (None, "finance_owner"):
        with world.database(role).write() as connection:
            refill_totals(connection)
        assert kept(world) == before
    assert world.value("SELECT epoch FROM finance.feed") == 1


def test_totals_that_are_filled_lie_in_the_order_of_their_key(world: World) -> None:
    fleet = world.fleet()
    routes = [world.route(fleet), world.route(fleet, "Nairobi – Thika")]
    for number in range(200):
        booking = world.booking(fleet, route_id=routes[number % 2])
        world.payment(booking, created_at=MORNING - timedelta(hours=7 * number))
    world.project()
    for rollup in ROLLUPS:
        world.run(f"TRUNCATE finance.{rollup.name}")
    with world.database().write() as connection:
        refill_totals(connection)
    for rollup in ROLLUPS:
        order = (
            f"SELECT ctid, row_number() OVER (ORDER BY {', '.join(rollup.keys)}) AS place FROM finance.{rollup.name}"
        )
        placed = f"SELECT place, row_number() OVER (ORDER BY ctid) AS lies FROM ({order}) AS ordered"
        assert world.value(f"SELECT count(*) FROM ({placed}) AS placed WHERE place <> lies") == 0


def test_the_migration_counts_what_is_there(world: World) -> None:
    world.run("DROP SCHEMA finance CASCADE")
    _migrate_to(world, "0005")
    fleet = world.fleet(timezone="Africa/Lagos")
    world.payment(world.booking(fleet), created_at=_NIGHT, status="refunded", refunded_amount=100)
    for statement in _AS_PROJECTED_BEFORE:
        world.run(statement)
    migrate(world.database())
    assert world.value("SELECT timezone FROM finance.feed") == "Africa/Lagos"
    assert all(kept(world).values())
    assert differences(world) == ()


def _migrate_to(world: World, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with world.database().write() as connection:
        run_sql(connection, "roles")
        connection.execute(text("SET ROLE finance_owner"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(text("RESET ROLE"))


_AS_PROJECTED_BEFORE = (
    "INSERT INTO finance.fleet SELECT id, code, name, timezone, currency FROM public.fleets",
    "INSERT INTO finance.feed SELECT fleet_id, 1, 1 FROM finance.fleet",
    "INSERT INTO finance.payment SELECT * FROM finance.payment_source",
    "INSERT INTO finance.revenue_daily SELECT * FROM finance.revenue_source",
)


def test_a_back_office_of_an_earlier_release_is_stopped_and_loses_no_note(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.payment(world.booking(world.fleet()), status="pending")
    earlier = projection._PROJECT.text.replace(", new.short_code)", ")").replace(", old.short_code)", ")")
    with monkeypatch.context() as patched:
        patched.setattr(projection, "_PROJECT", text(earlier))
        # An operational error: the leader steps back and tries again. Any other would set the notes aside, one by one.
        with pytest.raises(OperationalError, match="older than the database"):
            world.project()
    assert world.value("SELECT count(*) FROM finance.payment_change WHERE source = 'payment'") == 1
    assert world.value("SELECT count(*) FROM finance.payment_change_parked") == 0
    world.project()
    assert differences(world) == ()


# Whatever happens ---------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_differences_keep_what_adding_up_would_find(world: World, steps: list[Step]) -> None:
    traffic = Traffic(world, "Africa/Nairobi", "Africa/Cairo")
    for step in steps:
        traffic.step(*step)
    world.project()
    assert differences(world) == ()
    assert world.value("SELECT count(*) FROM finance.payment_totals WHERE payments <= 0") == 0
