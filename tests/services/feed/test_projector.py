"""The feed under concurrent writers: nothing missed, nothing twice, nobody held up; and a naive cursor that must fail."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text

from services.feed.projector import LEADER_LOCK, Projector
from services.feed.verification import rebuild, verify
from tests.services.relay.ledger import Ledger
from tests.world import MORNING, World


def _pay(connection: Connection, booking: UUID, status: str = "pending") -> UUID:
    payment = uuid4()
    connection.execute(
        text(
            "INSERT INTO public.payment_transactions (id, booking_id, amount, payment_method, status, created_at, updated_at)"
            " VALUES (:id, :b, 100, 'mpesa', :s, :at, :at)"
        ),
        {"id": payment, "b": booking, "s": status, "at": MORNING},
    )
    return payment


def _until(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.01)


class Cursor:
    """The broken control: reads the inbox with `seq > last`, as if commits came in the order of their numbers."""

    def __init__(self, world: World) -> None:
        self._world, self._last = world, 0
        self.seen: set[str] = set()

    def read(self) -> None:
        with self._world.database().read() as connection:
            query = "SELECT seq, source_id FROM finance.payment_change WHERE source = 'payment' AND seq > :last ORDER BY seq"
            for seq, source_id in connection.execute(text(query), {"last": self._last}).all():
                self._last = seq
                self.seen.add(source_id)


class Drain:
    """Ours, told in the same words."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.seen: set[str] = set()

    def read(self) -> None:
        self._world.project()
        with self._world.database().read() as connection:
            self.seen = {str(id_) for id_ in connection.execute(text("SELECT id FROM finance.payment")).scalars()}


@pytest.mark.parametrize(("reader", "complete"), [(Cursor, False), (Drain, True)])
def test_a_change_that_commits_late_is_found(
    world: World, reader: Callable[[World], Cursor | Drain], complete: bool
) -> None:
    booking = world.booking(world.fleet())
    follower = reader(world)
    with world.database().write() as late:
        first = _pay(late, booking)
        with world.database().write() as early:
            second = _pay(early, booking)
        follower.read()
    follower.read()
    assert (follower.seen == {str(first), str(second)}) is complete
    assert str(second) in follower.seen


def test_a_long_foreign_transaction_delays_nobody_else(world: World) -> None:
    booking = world.booking(world.fleet())
    with world.database().write() as foreign:
        _pay(foreign, booking)
        other = world.payment(booking)
        world.project()
        assert world.value("SELECT count(*) FROM finance.payment WHERE id = :p", p=other) == 1
        assert world.value("SELECT count(*) FROM finance.payment") == 1
    world.project()
    assert world.value("SELECT count(*) FROM finance.payment") == 2


def test_concurrent_writers_with_rollbacks_are_followed_to_the_cent(world: World) -> None:
    fleet = world.fleet()
    bookings = [world.booking(fleet, vehicle_id=world.vehicle(fleet, f"KDA {n:03}A")) for n in range(3)]
    stop, projector = Event(), Projector(world.database("finance_projector"))
    leading = Thread(target=projector.run, args=(stop,))
    leading.start()

    def write(seed: int) -> None:
        dice, mine, database = random.Random(seed), list[UUID](), world.database()
        for _ in range(60):
            try:
                with database.write() as connection:
                    new = [_pay(connection, dice.choice(bookings)) for _ in range(dice.randint(1, 3))]
                    for payment in dice.sample(mine, min(2, len(mine))):
                        status = dice.choice(["completed", "failed", "refunded", "partially_refunded"])
                        connection.execute(
                            text(
                                "UPDATE public.payment_transactions SET status = :s, refunded_amount = :r, completed_at = now(),"
                                " updated_at = now() WHERE id = :p"
                            ),
                            {"s": status, "r": dice.choice([0, 40, 100]), "p": payment},
                        )
                    time.sleep(dice.random() / 200)
                    if dice.random() < 0.15:
                        raise RuntimeError("rolled back")
                    mine += new
            except RuntimeError:
                continue

    writers = [Thread(target=write, args=(seed,)) for seed in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    _until(lambda: world.value("SELECT count(*) FROM finance.payment_change") == 0)
    stop.set()
    leading.join()
    assert verify(world.database("finance_owner")).differences == ()
    _assert_a_whole_story(world, fleet)


def _assert_a_whole_story(world: World, fleet: UUID) -> None:
    """Numbers without gaps; every payment's events link, and the last one is the payment as it is."""
    assert world.value(
        "SELECT count(*) = max(seq) AND min(seq) = 1 FROM finance.payment_event WHERE fleet_id = :f", f=fleet
    )
    broken = (
        "SELECT count(*) FROM (SELECT before, lag(after) OVER (PARTITION BY payment_id ORDER BY seq) AS was"
        " FROM finance.payment_event WHERE payment_id IS NOT NULL) e WHERE before IS DISTINCT FROM was"
    )
    assert world.value(broken) == 0
    last = (
        "SELECT count(*) FROM finance.payment p JOIN LATERAL (SELECT after FROM finance.payment_event e"
        " WHERE e.payment_id = p.id ORDER BY seq DESC LIMIT 1) e ON true"
        " WHERE e.after->>'status' <> p.status OR (e.after->>'amount')::numeric <> p.amount"
    )
    assert world.value(last) == 0
    assert world.value("SELECT count(*) FROM finance.payment") != 0


def test_a_standby_takes_over(world: World) -> None:
    booking = world.booking(world.fleet())
    stops = [Event(), Event()]
    projectors = [Projector(world.database("finance_projector"), standby_seconds=0.05) for _ in stops]
    threads = [Thread(target=p.run, args=(stop,)) for p, stop in zip(projectors, stops, strict=True)]
    for thread in threads:
        thread.start()
    _until(lambda: any(p.leading.is_set() for p in projectors))
    leader = 0 if projectors[0].leading.is_set() else 1
    stops[leader].set()
    threads[leader].join()
    world.payment(booking)
    _until(lambda: world.value("SELECT count(*) FROM finance.payment") == 1)
    assert projectors[1 - leader].leading.is_set()
    stops[1 - leader].set()
    threads[1 - leader].join()


def test_a_leader_whose_connection_is_killed_leads_again(world: World) -> None:
    booking = world.booking(world.fleet())
    stop, told = Event(), Event()
    projector = Projector(world.database("finance_projector"), published=told.set, standby_seconds=0.05)
    thread = Thread(target=projector.run, args=(stop,))
    thread.start()
    _until(projector.leading.is_set)
    world.run(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key % 4294967296"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        key=LEADER_LOCK,
    )
    world.payment(booking)
    _until(told.is_set)
    _until(lambda: world.value("SELECT count(*) FROM finance.payment") == 1)
    stop.set()
    thread.join()
    assert world.value("SELECT leader FROM finance.projector")


def test_each_outage_is_logged_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    stop, ledger = Event(), Ledger(world)
    projector = Projector(world.database("finance_projector"), standby_seconds=0.02)
    thread = Thread(target=projector.run, args=(stop,))
    thread.start()
    logged: list[list[str]] = []
    for _ in range(2):
        caplog.clear()
        _until(projector.leading.is_set)
        ledger.reachable(False)
        _until(lambda: _of_projector(caplog))
        time.sleep(0.3)  # more tries, all in vain
        logged.append(_of_projector(caplog))
        ledger.reachable(True)
    _until(projector.leading.is_set)
    stop.set()
    thread.join()
    assert [len(outage) for outage in logged] == [1, 1]


def _of_projector(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [words for words in caplog.messages if words.startswith("projector: ")]


def test_rebuild_goes_on_beside_writers_readers_and_the_leader(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    for _ in range(50):
        world.payment(booking)
    stop, writing = Event(), Event()
    projector = Projector(world.database("finance_projector"))
    counted: list[int] = []

    def write() -> None:
        database = world.database()
        while not writing.is_set():
            with database.write() as connection:
                _pay(connection, booking)

    def read() -> None:
        reader = world.database("finance_owner")
        while not writing.is_set():
            with reader.read() as connection:
                counted.append(connection.execute(text("SELECT count(*) FROM finance.payment")).scalar_one())

    leading = Thread(target=projector.run, args=(stop,))
    leading.start()
    _until(lambda: world.value("SELECT count(*) FROM finance.payment") == 50)
    others = [Thread(target=write), Thread(target=read)]
    for other in others:
        other.start()
    for _ in range(3):
        assert rebuild(world.database("finance_owner")) >= 50
    writing.set()
    for other in others:
        other.join()
    _until(lambda: world.value("SELECT count(*) FROM finance.payment_change") == 0)
    stop.set()
    leading.join()
    assert counted == sorted(counted), "a reader saw fewer payments than before: a half-made read model"
    assert min(counted) >= 50
    assert world.value("SELECT epoch FROM finance.feed") == 4
    assert verify(world.database("finance_owner")).differences == ()


def test_a_standby_office_of_the_same_cluster_minds_its_own_database(world: World) -> None:
    """Advisory locks belong to one database, so two databases on one server have a leader each."""
    stop, projector = Event(), Projector(world.database("finance_projector"))
    thread = Thread(target=projector.run, args=(stop,))
    with world.server_database("postgres").engine.connect() as elsewhere:
        elsewhere.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LEADER_LOCK})
        thread.start()
        _until(projector.leading.is_set)
    stop.set()
    thread.join()
    assert not projector.leading.is_set()
