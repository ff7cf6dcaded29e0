"""The feed at full strength: concurrent writers, rollbacks, a long foreign transaction, back offices that are killed.

Every committed change reaches every subscriber, once and in order; read model and roll-up equal the booking tables to the cent; a
standby takes over within five seconds. A subscriber that does not resume, and a cursor that reads `seq > last`, must lose.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from random import Random
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest

from services.database.engine import Database
from services.feed.verification import verify
from services.relay.doors import relay_ticket
from tests.faults.booking import State, Writer, judge, payments
from tests.faults.conftest import Report
from tests.faults.ground import Ground, Offices, until
from tests.faults.subscriber import Audience, Forgetful, Subscriber

_TAKEOVER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How hard it comes; `foreign` in seconds, `leaders` and `relays` are killed so often."""

    changes: int
    writers: int
    foreign: float
    leaders: int
    relays: int
    patience: float
    pause: float


SMALL = Scale(changes=1_500, writers=8, foreign=1.0, leaders=1, relays=1, patience=60, pause=0.05)
FULL = Scale(changes=100_000, writers=8, foreign=60, leaders=20, relays=20, patience=600, pause=0.08)


class Cursor:
    """The broken control: follows a table of changes with `seq > last`, as if commits came in the order of their numbers."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._stop = ground, Event()
        self._thread = Thread(target=self._run)
        self.seen = 0
        with ground.connect() as connection:
            connection.execute("CREATE TABLE public.naive (seq bigserial PRIMARY KEY, id uuid NOT NULL)")
            connection.execute(
                "CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN INSERT INTO public.naive (id) VALUES (NEW.id); RETURN NULL; END $$"
            )
            connection.execute(
                "CREATE TRIGGER naive AFTER INSERT OR UPDATE ON public.payment_transactions"
                " FOR EACH ROW EXECUTE FUNCTION public.note()"
            )
        self._thread.start()

    def _run(self) -> None:
        last = 0
        with self._ground.connect() as connection:
            connection.autocommit = True
            while True:
                ending = self._stop.is_set()
                rows = connection.execute(
                    "SELECT seq FROM public.naive WHERE seq > %s ORDER BY seq", (last,)
                ).fetchall()
                self.seen += len(rows)
                last = int(str(rows[-1][0])) if rows else last
                if ending:
                    return
                time.sleep(0.02)

    def close(self) -> int:
        """How many changes it never saw."""
        self._stop.set()
        self._thread.join()
        return int(str(self._ground.value("SELECT count(*) FROM public.naive"))) - self.seen


class Foreign:
    """A transaction of another program: it changes a payment first, and commits when it is told."""

    def __init__(self, ground: Ground, booking: UUID) -> None:
        self._connection = ground.connect()
        self.payment = uuid4()
        self._connection.execute(
            "INSERT INTO public.payment_transactions (id, booking_id, amount, payment_method, status)"
            " VALUES (%s, %s, 1000000, 'bank', 'completed')",
            (self.payment, booking),
        )
        self.began = time.monotonic()

    def commit(self) -> float:
        """Seconds that it was open."""
        self._connection.commit()
        self._connection.close()
        return time.monotonic() - self.began


@pytest.mark.parametrize(
    "scale", [pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.slow)]
)
def test_every_committed_change_reaches_every_subscriber_once(ground: Ground, scale: Scale, report: Report) -> None:
    ground.begin(f"feed_{scale.changes}")
    fleet, bookings = ground.fleet(200)
    person = Database(ground.person(fleet, "feed_listener"), pool_size=4)
    offices, cursor = Offices(ground), Cursor(ground)
    subscribers = [Subscriber(offices.address, lambda: relay_ticket(person)) for _ in range(3)]
    forgetful = Forgetful(offices.address, lambda: relay_ticket(person))
    writers = [Writer(ground.connect, bookings, seed, most=20, pause=scale.pause) for seed in range(scale.writers)]
    try:
        until(lambda: offices.ready and offices.leader(), what="the start of the back offices")
        with Audience(*subscribers, forgetful):
            until(lambda: all(one.live for one in (*subscribers, forgetful)), what="the start of the subscribers")
            foreign = Foreign(ground, bookings[0])
            for writer in writers:
                writer.start()
            takeovers = _kill_them(offices, scale, Random(7), forgetful)
            until(lambda: forgetful.losses and forgetful.live, what="the return of the control")
            until(
                lambda: sum(writer.booked.changes for writer in writers) >= scale.changes,
                scale.patience,
                "all the traffic",
            )
            books = [writer.stop() for writer in writers]
            changes = sum(book.changes for book in books)
            # The foreign transaction is still open, and everything else is there.
            until(
                lambda: all(one.heard == changes for one in subscribers), scale.patience, "the arrival of every change"
            )
            until(lambda: time.monotonic() - foreign.began >= scale.foreign, scale.foreign + 1)
            held = foreign.commit()
            until(lambda: all(one.heard == changes + 1 for one in subscribers), what="the foreign change's arrival")
            until(lambda: forgetful.live)
        found = _found(ground)
        verdict = judge(books, found)
        missed = cursor.close()
        for subscriber in subscribers:
            assert subscriber.state() == found
            assert (subscriber.misfits, subscriber.reloads) == (0, 1)
        assert (verdict.lost, verdict.partial, len(found)) == (
            0,
            0,
            len({id_ for book in books for id_ in book.state}) + 1,
        )
        assert _differences(ground) == ()
        assert ground.value("SELECT count(*) FROM finance.payment_event WHERE kind = 'payment'") == changes + 1
        assert max(takeovers) <= _TAKEOVER_SECONDS
        # The broken controls.
        assert missed > 0
        assert forgetful.heard < changes + 1
        report(
            "feed",
            blows=f"{scale.leaders} leaders, {scale.relays} relays",
            acknowledged=changes + 1,
            lost=verdict.lost,
            partial=verdict.partial,
            duplicated=max(one.heard for one in subscribers) - changes - 1,
            notes=f"takeover ≤ {max(takeovers):.1f} s, foreign transaction {held:.0f} s;"
            f" controls lost: seq > last {missed}, no resume {changes + 1 - forgetful.heard}",
        )
    finally:
        for writer in writers:
            writer.stop()
        offices.close()
        person.close()


def _kill_them(offices: Offices, scale: Scale, dice: Random, listener: Subscriber) -> list[float]:
    """Kills leaders and relays in turn in the middle of the traffic; seconds until another projector led."""
    takeovers = []
    for number in range(max(scale.leaders, scale.relays)):
        time.sleep(dice.uniform(0.1, 0.8))
        if number < scale.relays:
            until(lambda: offices.ready)
            relaying = offices.at(listener.at)
            assert relaying is not None
            offices.kill(relaying)
        if number < scale.leaders:
            until(lambda: offices.ready and offices.leader())
            leader = offices.leader()
            assert leader is not None
            killed = time.monotonic()
            offices.kill(leader)
            until(offices.leader, what="the takeover")
            takeovers.append(time.monotonic() - killed)
    return takeovers


def _found(ground: Ground) -> dict[UUID, State]:
    with ground.connect() as connection:
        theirs = payments(connection, "public.payment_transactions")
        assert theirs == payments(connection, "finance.payment")
    return theirs


def _differences(ground: Ground) -> tuple[object, ...]:
    owner = Database(ground.url, role="finance_owner")
    found = verify(owner).differences
    owner.close()
    return found
