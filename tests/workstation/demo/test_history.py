"""History in a real database: complete, written once, moved on but never back; and reconciled to the planned faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import Connection, text

from services.domain.errors import DatabaseUnreachable
from services.domain.period import NAIROBI
from services.feed import verification
from services.reconciliation.service import ReconciliationService
from services.statements.importer import StatementImporter
from tests.world import World
from workstation.demo import history
from workstation.demo.bookings import write
from workstation.demo.day import AFTERMATH, DayPlan, plan_day, plans
from workstation.demo.fleet import demo_fleet
from workstation.demo.history import Loaded, load_history, recent_plans, top_up, unfinished
from workstation.demo.passengers import Passengers
from workstation.demo.rows import BookingRow, PaymentRow, state_at
from workstation.demo.statements import mpesa_record, write_statements

FLEET = demo_fleet()
SEED = 7
SCALE = 0.05
DAY = date(2026, 11, 20)
NOON = datetime.combine(DAY, time(12), NAIROBI)


def _top_up(world: World, until: datetime, days: int = 2) -> Loaded:
    return top_up(world.database(), FLEET, SEED, until, days=days, scale=SCALE)


def _in_database(world: World) -> tuple[set[BookingRow], set[PaymentRow]]:
    with world.database().read() as connection:
        bookings = connection.execute(text(f"SELECT {', '.join(BookingRow._fields)} FROM public.bookings"))
        payments = connection.execute(text(f"SELECT {', '.join(PaymentRow._fields)} FROM public.payment_transactions"))
        return {BookingRow(*row) for row in bookings}, {PaymentRow(*row) for row in payments}


def _planned(until: datetime, first: date, last: date) -> tuple[set[BookingRow], set[PaymentRow]]:
    bookings: set[BookingRow] = set()
    payments: set[PaymentRow] = set()
    for plan in plans(SEED, FLEET, first, last, scale=SCALE):
        for story in plan.stories:
            some, others = state_at(story.moments, until)
            bookings.update(some)
            payments.update(others)
    return bookings, payments


def test_the_tables_hold_exactly_what_was_planned_until_then(world: World) -> None:
    loaded = _top_up(world, NOON)

    bookings, payments = _in_database(world)
    assert (bookings, payments) == _planned(NOON, DAY - timedelta(days=2), DAY)
    assert loaded == Loaded(len(bookings), len(payments))


def test_the_fleet_stands_with_all_its_names(world: World) -> None:
    _top_up(world, NOON)

    counts = {
        table: world.value(f"SELECT count(*) FROM public.{table}")
        for table in ("fleets", "routes", "vehicles", "drivers", "shortcodes", "user_profiles")
    }
    assert counts == {
        "fleets": 1, "routes": 8, "vehicles": 40, "drivers": 46, "shortcodes": 4, "user_profiles": 3
    }  # fmt: skip


def test_written_again_nothing_changes(world: World) -> None:
    _top_up(world, NOON)

    assert _top_up(world, NOON) == Loaded(0, 0)


def test_a_later_start_adds_the_missing_days_and_finishes_the_open_ones(world: World) -> None:
    _top_up(world, NOON)
    later = NOON + timedelta(days=4, hours=3)

    _top_up(world, later, days=6)

    assert _in_database(world) == _planned(later, DAY - timedelta(days=2), DAY + timedelta(days=4))


def test_a_longer_history_is_filled_up_at_its_beginning(world: World) -> None:
    _top_up(world, NOON, days=1)
    _top_up(world, NOON, days=4)

    assert _in_database(world) == _planned(NOON, DAY - timedelta(days=4), DAY)


def test_a_row_that_has_moved_on_is_not_moved_back(world: World) -> None:
    _top_up(world, NOON)
    state = _in_database(world)

    assert _top_up(world, NOON - timedelta(hours=3)) == Loaded(0, 0)
    assert _in_database(world) == state


def test_live_bookings_do_not_count_as_history(world: World) -> None:
    fleet_days = _planned(NOON, DAY - timedelta(days=2), DAY)
    _top_up(world, NOON)
    world.booking(FLEET.id, reference="BL3270000100001", created_at=NOON + timedelta(days=9))
    later = NOON + timedelta(hours=3)

    _top_up(world, later)

    bookings, _ = _in_database(world)
    assert len(bookings) == len(_planned(later, DAY - timedelta(days=2), DAY)[0]) + 1 > len(fleet_days[0])


def test_what_is_unfinished_leads_to_the_same_end(world: World) -> None:
    known = recent_plans(SEED, FLEET, NOON, scale=SCALE)
    coming = unfinished(known, NOON)

    assert [plan.day for plan in known] == [DAY - timedelta(days=back) for back in range(AFTERMATH, -1, -1)]
    assert [moment.at for moment in coming] == sorted(moment.at for moment in coming)
    assert all(moment.at >= NOON for moment in coming)
    begun = {one.id for plan in known for story in plan.stories for one in state_at(story.moments, NOON)[0]}
    assert {moment.payment.booking_id for moment in coming} <= begun
    assert coming


def test_the_read_model_agrees_with_the_history(world: World) -> None:
    _top_up(world, NOON)
    world.project()

    verified = verification.verify(world.database("finance_owner"))

    assert not verified.differences
    assert verified.payments == len(_in_database(world)[1])


def test_reconciliation_finds_exactly_the_planned_faults(world: World, tmp_path: Path) -> None:
    yesterday = DAY - timedelta(days=1)
    top_up(world.database(), FLEET, SEED, NOON, days=4, scale=0.3)
    world.project()
    manager = world.person(FLEET.id)
    # The day before comes first: the payment of its last minutes is on the books of yesterday.
    for day in (yesterday - timedelta(days=1), yesterday):
        with world.database().read() as connection:
            entries = mpesa_record(connection, FLEET, SEED, day, scale=0.3)
        for file in write_statements(tmp_path, FLEET, day, entries):
            assert StatementImporter(manager).import_file(file, FLEET.id).rejected == ()
        result = ReconciliationService(manager).reconcile_payments(day, FLEET.id)

    faults = plan_day(SEED, FLEET, yesterday, scale=0.3).expected
    assert {name: tally.count for name, tally in result.exceptions.items()} == Counter(one.name for one in faults)
    assert result.ambiguous == 0
    unknown = sum(
        one.amount for one in faults if one.name in ("paid_but_pending", "paid_but_failed", "missing_in_system")
    )
    reused = sum(one.amount for one in faults if one.name == "duplicate")
    assert result.difference == reused - unknown


def test_live_fares_of_the_day_stand_in_its_statements(world: World) -> None:
    top_up(world.database(), FLEET, SEED, NOON, days=1, scale=SCALE)
    story = Passengers(FLEET, SEED, NOON).story(NOON)
    with world.database().write() as connection:
        for moment in story.moments:
            write(connection, moment)
        entries = mpesa_record(connection, FLEET, SEED, DAY, scale=SCALE)

    planned = [entry for one in plans(SEED, FLEET, DAY - timedelta(days=2), DAY, scale=SCALE) for entry in one.entries]
    assert {one.receipt for one in entries} - {one.receipt for one in planned} == {one.receipt for one in story.entries}
    assert story.entries


def test_a_database_that_goes_away_is_named_and_nothing_is_half_written(world: World) -> None:
    database = world.database()

    def cut_off() -> Iterator[DayPlan]:
        yield plan_day(SEED, FLEET, DAY, scale=SCALE)
        world.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        )
        yield plan_day(SEED, FLEET, DAY + timedelta(days=1), scale=SCALE)

    with pytest.raises(DatabaseUnreachable):
        load_history(database, FLEET, cut_off(), NOON)
    assert _in_database(world) == (set(), set())
    assert world.value("SELECT count(*) FROM public.fleets") == 0


def test_copy_needs_the_real_driver() -> None:
    stranger = cast(Connection, SimpleNamespace(connection=SimpleNamespace(driver_connection=None)))

    with pytest.raises(TypeError, match="psycopg"):
        history._driver(stranger)
