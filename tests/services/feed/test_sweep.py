"""What capture missed while it was away is found, noted and repaired; what is merely on its way is left alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Event, Thread
from uuid import UUID

import pytest
from sqlalchemy import text

from services.feed.capture import WATCHED
from services.feed.projector import Projector
from services.feed.sweep import Sweeping, Swept, sweep
from services.feed.verification import verify
from tests.world import World

_EVENTS = "SELECT count(*) FROM finance.payment_event"


@contextmanager
def triggers_disabled(world: World) -> Iterator[None]:
    for watched in WATCHED:
        world.run(f"ALTER TABLE public.{watched.table} DISABLE TRIGGER USER")
    yield
    for watched in WATCHED:
        world.run(f"ALTER TABLE public.{watched.table} ENABLE TRIGGER USER")


@contextmanager
def inbox_dropped(world: World) -> Iterator[None]:
    """The table is gone for a while and comes back as the migration made it."""
    world.run("CREATE TABLE finance.kept (LIKE finance.payment_change INCLUDING ALL)")
    world.run("DROP TABLE finance.payment_change")
    yield
    with world.database().write() as connection:
        connection.execute(text("ALTER TABLE finance.kept OWNER TO finance_owner"))
        connection.execute(text("GRANT SELECT, INSERT, DELETE ON finance.kept TO finance_projector"))
        connection.execute(text("ALTER TABLE finance.kept RENAME TO payment_change"))


def swept(world: World) -> Swept:
    return sweep(world.database("finance_projector"))


def differences(world: World) -> int:
    return len(verify(world.database("finance_owner")).differences)


def test_nothing_to_do_when_all_is_well(world: World) -> None:
    booking = world.booking(world.fleet())
    for status in ("pending", "completed", "failed"):
        world.payment(booking, status=status)
    world.project()
    assert swept(world) == Swept(compared=3, missing=0, repaired=0)
    assert world.value("SELECT count(*) FROM finance.payment_change") == 0


@pytest.mark.parametrize("away", [triggers_disabled, inbox_dropped])
def test_what_happened_while_capture_was_away_is_repaired(
    world: World, away: Callable[[World], AbstractContextManager[None]]
) -> None:
    fleet = world.fleet()
    booking, other = world.booking(fleet), world.booking(fleet)
    same, changed, gone, moved = (
        world.payment(booking, status="pending"),
        world.payment(booking, status="pending"),
        world.payment(booking),
        world.payment(other),
    )
    world.project()
    with away(world):
        new = world.payment(booking, "750.00")
        world.change(changed, status="completed")
        world.run("DELETE FROM public.payment_transactions WHERE id = :id", id=gone)
        world.run("UPDATE public.bookings SET vehicle_id = :v WHERE id = :b", v=world.vehicle(fleet), b=other)
    assert world.project() == 0
    assert differences(world) != 0
    events = world.value("SELECT max(seq) FROM finance.payment_event")
    assert swept(world) == Swept(compared=4, missing=5, repaired=5)  # four payments and the vehicle's name
    world.project()
    assert differences(world) == 0
    told = {
        (kind, payment)
        for kind, payment in _rows(world, f"SELECT kind, payment_id FROM finance.payment_event WHERE seq > {events}")
    }
    assert told == {
        ("names", None),
        ("payment", new),
        ("payment", changed),
        ("removed", gone),
        ("payment", moved),
    }
    assert ("payment", same) not in told
    assert swept(world).missing == 0


def _rows(world: World, sql: str) -> list[tuple[str, UUID | None]]:
    with world.database().read() as connection:
        return [(str(kind), payment) for kind, payment in connection.execute(text(sql))]


def test_what_is_noted_is_on_its_way_and_left_alone(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    waiting = world.payment(booking)
    world.project()
    world.change(waiting, status="refunded", refunded_amount=600)
    world.run("UPDATE public.bookings SET driver_id = :d WHERE id = :b", d=world.driver(fleet), b=booking)
    world.payment(booking)
    before = world.value("SELECT count(*) FROM finance.payment_change")
    assert swept(world) == Swept(compared=2, missing=0, repaired=0)
    assert world.value("SELECT count(*) FROM finance.payment_change") == before


def test_a_fleet_that_nobody_noted_comes_with_its_payments(world: World) -> None:
    with triggers_disabled(world):
        fleet = world.fleet()
        world.till(fleet)
        world.payment(world.booking(fleet))
    assert swept(world).repaired == 3
    world.project()
    assert differences(world) == 0


def test_what_was_set_aside_waits_until_the_booking_system_changes_it(world: World) -> None:
    broken = world.payment(world.booking(world.fleet()), "NaN")
    world.project()
    assert world.value("SELECT count(*) FROM finance.payment_change_parked") == 1
    assert swept(world) == Swept(compared=1, missing=1, repaired=0)
    with triggers_disabled(world):
        world.change(broken, amount=600)
    assert swept(world) == Swept(compared=1, missing=1, repaired=1)
    world.project()
    assert world.value("SELECT amount FROM finance.payment") == 600


def test_beside_live_traffic_it_finds_nothing(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    payments = [world.payment(booking, status="pending") for _ in range(20)]
    world.project()
    stop, written = Event(), Event()
    projector = Projector(world.database("finance_projector"))
    leading = Thread(target=projector.run, args=(stop,))

    def write() -> None:
        for turn in range(8):
            for payment in payments:
                world.change(payment, status=("completed", "failed")[turn % 2], amount=100 + turn)
            world.payment(booking)
        written.set()

    writing = Thread(target=write)
    leading.start()
    writing.start()
    found: list[Swept] = []
    while not written.is_set() or len(found) < 4:
        found.append(swept(world))
    writing.join()
    stop.set()
    leading.join()
    world.project()
    assert {(one.missing, one.repaired) for one in found} == {(0, 0)}
    assert differences(world) == 0
    assert world.value(_EVENTS + " WHERE kind = 'payment'") == 20 + 8 * 21


def test_two_sweeps_at_once_note_a_payment_once(world: World) -> None:
    booking = world.booking(world.fleet())
    world.project()
    with triggers_disabled(world):
        world.payment(booking)
    found: list[Swept] = []
    both = [Thread(target=lambda: found.append(swept(world))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(one.repaired for one in found) == [0, 1]


def test_sweeping_tells_what_it_found_and_outlives_a_missing_inbox(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    booking = world.booking(world.fleet())
    world.project()
    with triggers_disabled(world):
        world.payment(booking)
    stop = Event()
    sweeping = Thread(target=Sweeping(world.database("finance_projector"), every_seconds=0.02).run, args=(stop,))
    with caplog.at_level(logging.INFO, logger="services.feed.sweep"):
        sweeping.start()
        _until(lambda: "never noted: 0" in caplog.text)
        with inbox_dropped(world):
            _until(lambda: "sweep: The database" in caplog.text)
        heard = len(caplog.records)
        _until(lambda: any("compared" in record.message for record in caplog.records[heard:]))
        stop.set()
        sweeping.join()
    # Twice: the note that the first one left went with the inbox.
    said = "sweep: payments compared: 1, never noted: 1, noted now: 1"
    assert [record.levelname for record in caplog.records if record.message == said] == ["WARNING"] * 2


def _until(condition: Callable[[], bool]) -> None:
    waited = Event()
    for _ in range(2_000):
        if condition():
            return
        waited.wait(0.01)
    raise AssertionError("it did not happen")
