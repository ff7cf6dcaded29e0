"""Live traffic against a real database: whole lives in real transactions, and no loss when the database goes away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.domain.errors import NotAllowed
from services.domain.period import Days, today
from services.domain.receipt import written_on
from tests.world import PASSWORD, World
from workstation.demo.bookings import give_up_forgotten, live_entries, write
from workstation.demo.fleet import demo_fleet
from workstation.demo.history import recent_plans, top_up, unfinished, write_fleet
from workstation.demo.passengers import Passengers
from workstation.demo.rows import Moment, Story, state_at
from workstation.demo.traffic import Counts, LiveTraffic

FLEET = demo_fleet()
SEED = 3
NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)


@pytest.fixture
def town(world: World) -> World:
    with world.database().write() as connection:
        write_fleet(connection, FLEET)
    return world


@contextmanager
def _running(traffic: LiveTraffic) -> Iterator[LiveTraffic]:
    traffic.start()
    try:
        yield traffic
    finally:
        traffic.stop()


def _wait_until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def _statuses(database: Database) -> dict[str, int]:
    with database.read() as connection:
        rows = connection.execute(text("SELECT status, count(*) FROM public.payment_transactions GROUP BY 1"))
        return {str(status): int(number) for status, number in rows}


@pytest.fixture
def tables(town: World) -> Database:
    """The town's database, for looking at it again and again."""
    return town.database()


def test_a_burst_of_passengers_pays_or_refuses(town: World, tables: Database) -> None:
    traffic = LiveTraffic(town.operator_url, FLEET, SEED, rate=0, pace=400)
    with _running(traffic):
        traffic.burst(150)
        _wait_until(lambda: traffic.counts.bookings == 150 and "pending" not in _statuses(tables))

    assert traffic.fault is None
    assert town.value("SELECT count(*) FROM public.bookings") == 150
    assert {"completed", "failed"} <= set(_statuses(tables))
    assert traffic.counts.completed > 100 and traffic.counts.failed > 0


def test_counts_follow_what_is_committed() -> None:
    passengers = Passengers(FLEET, SEED, NOW)
    told = [passengers.story(NOW) for _ in range(400)]
    counts = Counts()
    for moment in (moment for story in told for moment in story.moments):
        counts = counts.after(moment)

    ends = [payment.status for story in told for payment in state_at(story.moments, NOW + timedelta(days=1))[1]]
    assert counts.bookings == 400
    assert counts.failed == ends.count("failed") > 0
    assert counts.refunded == ends.count("refunded") + ends.count("partially_refunded") > 0
    assert counts.completed == ends.count("completed") + counts.refunded


def test_each_step_is_a_transaction_of_its_own_in_order(town: World, tables: Database) -> None:
    with _running(LiveTraffic(town.operator_url, FLEET, SEED, rate=0, pace=400)) as traffic:
        traffic.burst(20)
        _wait_until(lambda: traffic.counts.bookings == 20 and "pending" not in _statuses(tables))

    with town.database().read() as connection:
        notes = connection.execute(
            text("SELECT source_id, op, status FROM finance.payment_change WHERE source = 'payment' ORDER BY seq")
        ).all()
    lives: dict[str, list[str]] = {}
    for source_id, op, status in notes:
        lives.setdefault(source_id, []).append(f"{op} {status}")
    mpesa = [life for life in lives.values() if life[:2] == ["I pending", "U pending"]]
    assert len(mpesa) > 10
    assert {life[2] for life in mpesa} <= {"U completed", "U failed"}


def test_passengers_come_at_the_wanted_rate(town: World) -> None:
    with _running(LiveTraffic(town.operator_url, FLEET, SEED, rate=40)) as traffic:
        _wait_until(lambda: traffic.counts.bookings >= 20)

    assert town.value("SELECT count(*) FROM public.bookings") == traffic.counts.bookings


def test_it_goes_on_when_the_database_comes_back(town: World) -> None:
    with _running(LiveTraffic(town.operator_url, FLEET, SEED, rate=30, pace=50)) as traffic:
        _wait_until(lambda: traffic.counts.bookings > 5)
        town.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'booking system'"
        )
        before = traffic.counts.bookings
        _wait_until(lambda: traffic.counts.bookings > before + 5)

    assert traffic.fault is None
    assert town.value("SELECT count(*) FROM public.bookings") == traffic.counts.bookings


def test_it_stops_while_the_database_is_away() -> None:
    traffic = LiveTraffic("postgresql://nobody@127.0.0.1:1/none", FLEET, SEED, rate=5)

    with _running(traffic):
        _wait_until(lambda: traffic.counts == Counts())

    assert traffic.fault is None


def test_a_missing_right_ends_it_and_is_kept(town: World) -> None:
    town.person(FLEET.id, "viewer", "test_onlooker")
    traffic = LiveTraffic(town.server.url("test_onlooker", PASSWORD, town.name), FLEET, SEED, rate=50)

    with _running(traffic):
        _wait_until(lambda: traffic.fault is not None)

    assert isinstance(traffic.fault, NotAllowed)


def test_it_is_started_once_and_may_be_stopped_before(town: World) -> None:
    traffic = LiveTraffic(town.operator_url, FLEET, SEED)
    traffic.stop()
    with _running(LiveTraffic(town.operator_url, FLEET, SEED, rate=0)) as running, pytest.raises(RuntimeError):
        running.start()


def test_it_finishes_what_the_history_left_open(town: World, tables: Database) -> None:
    top_up(town.database(), FLEET, SEED, NOW, days=2, scale=0.3)
    plans = recent_plans(SEED, FLEET, NOW, scale=0.3)
    coming = [moment._replace(at=datetime.now(UTC)) for moment in unfinished(plans, NOW)]

    with _running(LiveTraffic(town.operator_url, FLEET, SEED, rate=0, unfinished=coming)):
        _wait_until(lambda: _statuses(tables).get("pending", 0) == 0)

    # The next start finds every row as planned at the end of all stories.
    assert top_up(town.database(), FLEET, SEED, NOW, days=2, scale=0.3).payments == 0


def test_who_answers_at_the_end_answers_now_and_not_later(town: World) -> None:
    with _running(LiveTraffic(town.operator_url, FLEET, SEED, rate=0)) as traffic:
        traffic.burst(40)
        _wait_until(lambda: traffic.counts.bookings == 40)
    ended = datetime.now(UTC)

    latest = "SELECT max(greatest(created_at, completed_at, refunded_at, updated_at)) FROM public.payment_transactions"
    assert town.value(f"SELECT ({latest}) <= :ended", ended=ended)
    assert town.value("SELECT max(updated_at) <= :ended FROM public.bookings", ended=ended)
    # They were not left waiting either.
    assert traffic.counts.completed > 20
    assert town.value("SELECT count(*) FROM public.payment_transactions WHERE completed_at < created_at") == 0


def test_what_was_planned_is_left_to_the_next_start(town: World, tables: Database) -> None:
    now = datetime.now(UTC)
    top_up(town.database(), FLEET, SEED, NOW, days=2, scale=0.3)
    coming = [
        moment._replace(at=now + timedelta(seconds=20))
        for moment in unfinished(recent_plans(SEED, FLEET, NOW, scale=0.3), NOW)
    ]
    before = _statuses(tables)
    assert coming

    with _running(LiveTraffic(town.operator_url, FLEET, SEED, rate=0, unfinished=coming)):
        pass
    assert _statuses(tables) == before


def test_an_outage_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with _running(LiveTraffic("postgresql://nobody@127.0.0.1:1/none", FLEET, SEED, rate=5)):
        _wait_until(lambda: bool(caplog.messages))
        time.sleep(1.2)  # two more tries

    assert len([words for words in caplog.messages if words.startswith("The booking system waits")]) == 1


def test_prompts_forgotten_by_a_crash_are_given_up_at_the_next_start(town: World, tables: Database) -> None:
    _play(town, _first_moments(Passengers(FLEET, SEED, NOW).story(NOW) for _ in range(12)))
    fresh = datetime.now(UTC)
    _play(town, _first_moments(Passengers(FLEET, SEED + 1, fresh).story(fresh) for _ in range(1)))
    forgotten = _statuses(tables)["pending"]

    with _running(LiveTraffic(town.operator_url, FLEET, SEED, rate=0)):
        _wait_until(lambda: _statuses(tables).get("failed", 0) > 0)

    assert town.value("SELECT count(*) FROM public.payment_transactions WHERE result_code = '1019'") in (
        forgotten,
        forgotten - 1,
    )


def _first_moments(stories: Iterator[Story]) -> list[Moment]:
    return [story.moments[0] for story in stories]


def _play(world: World, moments: list[Moment]) -> None:
    with world.database().write() as connection:
        for moment in moments:
            write(connection, moment)


def test_planned_payments_are_never_given_up(town: World, tables: Database) -> None:
    top_up(town.database(), FLEET, SEED, NOW, days=2, scale=0.1)
    before = _statuses(tables)

    with town.database().write() as connection:
        assert give_up_forgotten(connection, FLEET, NOW + timedelta(days=9)) == 0
    assert _statuses(tables) == before


def test_a_moment_written_twice_is_written_once(town: World) -> None:
    story = Passengers(FLEET, SEED, NOW).story(NOW)

    _play(town, [*story.moments, *story.moments[:1]])

    assert town.value("SELECT count(*) FROM public.payment_transactions") == 1
    last = story.moments[-1].payment
    assert town.value("SELECT status FROM public.payment_transactions") == last.status


def test_mpesa_remembers_the_live_fares_of_a_day(town: World) -> None:
    passengers = Passengers(FLEET, SEED, NOW)
    stories = [passengers.story(NOW + timedelta(seconds=number)) for number in range(400)]
    _play(town, [moment for story in stories for moment in story.moments])
    day = date(2026, 11, 22)

    with town.database().read() as connection:
        found = live_entries(connection, FLEET, Days(day, day))
        nothing = live_entries(connection, FLEET, Days(day - timedelta(days=1), day - timedelta(days=1)))

    told = [entry for story in stories for entry in story.entries]
    assert nothing == []
    assert {one.receipt for one in found if one.kind == "payment"} == {x.receipt for x in told if x.kind == "payment"}
    # A reversal is remembered with a receipt of its own, made anew.
    reversals = {(one.linked, one.amount, one.completed_at) for one in found if one.kind == "reversal"}
    assert reversals == {(one.linked, one.amount, one.completed_at) for one in told if one.kind == "reversal"} != set()
    assert all(written_on(one.receipt) == day for one in found)
    by_receipt = {one.receipt: one for one in told}
    assert all(
        (one.account, one.payer_phone) == (by_receipt[one.receipt].account, by_receipt[one.receipt].payer_phone)
        for one in found
        if one.kind == "payment"
    )


def test_passengers_at_midnight_get_the_drivers_of_the_new_day() -> None:
    midnight = Days(date(2026, 11, 23), date(2026, 11, 23)).start
    passengers = Passengers(FLEET, SEED, midnight - timedelta(seconds=30))
    shifts = {driver.id for driver in FLEET.drivers_on(date(2026, 11, 23)).values()}

    for _ in range(200):
        booking = passengers.story(midnight).moments[0].booking
        assert booking is not None and (booking.driver_id is None or booking.driver_id in shifts)
    assert today(now=midnight) == date(2026, 11, 23)


def test_references_of_one_second_differ() -> None:
    passengers = Passengers(FLEET, SEED, NOW)
    bookings = [passengers.story(NOW).moments[0].booking for _ in range(500)]

    assert len({booking.reference for booking in bookings if booking}) == 500
    assert all(len(booking.reference) <= 20 for booking in bookings if booking)
