"""kill -9 at random points in live traffic, import and reconciliation; and connections cut at a random byte.

What was acknowledged is there, nothing is there in part, nothing twice, and the audit trail holds. An importer that commits line by
line, and a book that counts a change before its commit was answered, must fail the same judgement.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest

from services.audit.verification import verify as verify_audit
from services.database.engine import Database
from services.domain.errors import RelayUnreachable
from services.feed.verification import verify
from services.relay.doors import relay_ticket
from tests.faults.booking import Booked, State, Verdict, Writer, judge, payments
from tests.faults.client import PAID, morning, receipt
from tests.faults.clients import Client, Imports, judge_imports
from tests.faults.conftest import Report
from tests.faults.ground import Ground, Offices, through, until
from tests.faults.proxy import CutProxy
from tests.faults.subscriber import Audience, Subscriber

_SEND_MONEY = (
    "INSERT INTO public.payment_transactions (booking_id, amount, payment_method, status, transaction_id, shortcode,"
    " checkout_request_id, created_at, completed_at)"
    " SELECT b.id, 600, 'mpesa', 'completed', p.receipt, '9990001', 'statement', p.at, p.at"
    " FROM unnest(%s::text[], %s::timestamptz[]) WITH ORDINALITY AS p(receipt, at, n)"
    " JOIN (SELECT id, row_number() OVER () AS n FROM public.bookings) b ON b.n = 1 + p.n %% 50"
)


@dataclass(frozen=True, slots=True)
class Blows:
    """How many kills of each, and how many cuts."""

    clients: int = 0
    offices: int = 0
    postmasters: int = 0
    cuts: int = 0
    days: int = 400
    """For so many days there are payments before their statements come."""

    def order(self, dice: Random) -> list[str]:
        """The kills in random order."""
        found = ["client"] * self.clients + ["office"] * self.offices + ["postmaster"] * self.postmasters
        dice.shuffle(found)
        return found


@dataclass(frozen=True, slots=True)
class Scene:
    """A database in full work: writers book, a client imports and reconciles, back offices project, a subscriber listens."""

    ground: Ground
    offices: Offices
    writers: list[Writer]
    client: Client
    subscriber: Subscriber

    def settle(self) -> list[Booked]:
        """Ends the writers and the client, and waits until the subscriber has heard everything that was booked."""
        books = [writer.stop() for writer in self.writers]
        self.client.kill()
        until(lambda: self.offices.ready, what="the back offices")
        until(lambda: self.ground.value("SELECT count(*) FROM finance.payment_change") == 0, what="an empty inbox")
        events = "SELECT coalesce(max(seq), 0) FROM finance.payment_event"
        until(lambda: self.subscriber.last == self.ground.value(events), what="the arrival of the last event")
        return books


@dataclass(frozen=True, slots=True)
class Doors:
    """Where everybody comes in: URLs of the database, and how the subscriber finds a relay."""

    writers: Callable[[], psycopg.Connection[tuple[object, ...]]]
    client: str
    offices: str
    relay: Callable[[Offices], str]


@contextmanager
def at_work(ground: Ground, fleet: UUID, bookings: list[UUID], folder: Path, doors: Doors) -> Iterator[Scene]:
    listener = Database(doors.client, pool_size=2)
    offices = Offices(ground, doors.offices)
    client = Client(doors.client, fleet, folder)
    writers = [Writer(doors.writers, bookings, seed, pause=0.02) for seed in range(3)]
    subscriber = Subscriber(lambda: doors.relay(offices), lambda: relay_ticket(listener))
    try:
        until(lambda: offices.ready, what="the start of the back offices")
        with Audience(subscriber):
            until(lambda: subscriber.reloads, what="the start of the subscriber")
            client.start()
            for writer in writers:
                writer.start()
            yield Scene(ground, offices, writers, client, subscriber)
    finally:
        for writer in writers:
            writer.stop()
        client.kill()
        offices.close()
        listener.close()


def _prepared(ground: Ground, name: str, days: int = 10) -> tuple[UUID, list[UUID]]:
    """A fleet whose payments of many days are known before their statements come."""
    ground.begin(name)
    fleet, bookings = ground.fleet(50)
    lines = [(receipt(day, place), morning(day)) for day in range(days) for place in range(PAID)]
    with ground.connect() as connection:
        connection.execute(_SEND_MONEY, ([one for one, _ in lines], [at for _, at in lines]))
    ground.drain()
    return fleet, bookings


def _judged(scene: Scene, books: list[Booked]) -> tuple[Verdict, Imports, int]:
    """The verdict on bookings and imports, and how many records the audit holds; read model, feed and trail must be true."""
    ground = scene.ground
    with ground.connect() as connection:
        found = payments(connection, "public.payment_transactions")
        assert payments(connection, "finance.payment") == found
    assert _told(scene.subscriber, found) == found
    assert scene.subscriber.misfits == 0
    owner = Database(ground.url, role="finance_owner")
    differences, trail = verify(owner).differences, verify_audit(owner)
    owner.close()
    assert differences == ()
    assert trail.first_bad == ()
    verdict, imports = judge(books, found), judge_imports(ground, scene.client)
    assert scene.subscriber.heard == verdict.changes
    assert scene.client.failures == []
    assert set(scene.offices.statuses) <= {2}, "a back office ended by a bug"
    return verdict, imports, trail.records


def _told(subscriber: Subscriber, found: dict[UUID, State]) -> dict[UUID, State]:
    return {payment: state for payment, state in subscriber.state().items() if payment in found}


@pytest.mark.parametrize(
    "blows",
    [
        pytest.param(Blows(clients=2, offices=1, postmasters=1), id="small"),
        pytest.param(Blows(clients=90, offices=70, postmasters=40, days=6_000), id="full", marks=pytest.mark.slow),
    ],
)
def test_what_is_killed_leaves_nothing_half_done(ground: Ground, blows: Blows, tmp_path: Path, report: Report) -> None:
    fleet, bookings = _prepared(ground, f"killed_{blows.clients}", blows.days)
    doors = Doors(ground.connect, ground.person(fleet, "crash_manager"), ground.url, lambda offices: offices.address())
    dice = Random(11)
    with at_work(ground, fleet, bookings, tmp_path, doors) as scene:
        until(lambda: scene.client.done["reconciled"], what="the first reconciliation")
        for blow in blows.order(dice):
            time.sleep(dice.uniform(0.05, 1.0))
            _strike(scene, blow, dice)
        until(lambda: len(scene.client.done["reconciled"]) > 1, what="another reconciliation")
        books = scene.settle()
        verdict, imports, records = _judged(scene, books)
    report(
        "kill -9",
        blows=f"{blows.clients} clients, {blows.offices} back offices, {blows.postmasters} postmasters",
        acknowledged=f"{verdict.acknowledged} changes, {imports.acknowledged} imports and days",
        lost=verdict.lost + imports.lost,
        partial=verdict.partial + imports.partial,
        duplicated=imports.duplicated,
        audit=f"verified, {records}",
        notes=f"commits without an answer {sum(len(book.doubts) for book in books)}",
    )
    assert (verdict.lost, verdict.partial) == (0, 0)
    assert (imports.lost, imports.partial, imports.duplicated) == (0, 0, 0)
    assert verdict.acknowledged > 0 and imports.acknowledged > 0


def _strike(scene: Scene, blow: str, dice: Random) -> None:
    if blow == "client":
        until(lambda: scene.client.at_work, what="the client's work")
        time.sleep(dice.uniform(0.0, 0.4))
        scene.client.kill()
        scene.client.start()
    elif blow == "office":
        scene.offices.tend()
        scene.offices.kill_any(dice)
    else:
        scene.ground.kill_postmaster()
    scene.offices.tend()


@pytest.mark.parametrize(
    "blows",
    [
        pytest.param(Blows(cuts=28), id="small"),
        pytest.param(Blows(cuts=1_000, days=4_000), id="full", marks=pytest.mark.slow),
    ],
)
def test_what_is_cut_leaves_nothing_half_done(ground: Ground, blows: Blows, tmp_path: Path, report: Report) -> None:
    fleet, bookings = _prepared(ground, f"cut_{blows.cuts}", blows.days)
    dice, share = Random(13), blows.cuts // 4
    with ExitStack() as stack:

        def proxy(target: Callable[[], tuple[str, int]], shortest: int, longest: int) -> CutProxy:
            return stack.enter_context(CutProxy(target, Random(dice.random()), share, shortest, longest))

        def server() -> tuple[str, int]:
            return "127.0.0.1", ground.server.port

        for_writers, for_client, for_offices = (
            proxy(server, 400, 20_000),
            proxy(server, 400, 300_000),
            proxy(server, 2_000, 300_000),
        )
        current: list[Offices] = []
        for_relay = proxy(lambda: _relay(current), 300, 60_000)
        writer_url = ground.role("cut_writer", "pg_read_all_data", "pg_write_all_data")
        office_url = ground.role("cut_office", "finance_projector", "finance_relay", "finance_viewer")

        def relay(offices: Offices) -> str:
            current[:] = [offices]
            return f"ws://127.0.0.1:{for_relay.port}"

        doors = Doors(
            lambda: psycopg.connect(through(writer_url, for_writers.port).replace("+psycopg", ""), connect_timeout=5),
            through(ground.person(fleet, "cut_manager"), for_client.port),
            through(office_url, for_offices.port),
            relay,
        )
        proxies = (for_writers, for_client, for_offices, for_relay)
        with at_work(ground, fleet, bookings, tmp_path, doors) as scene:
            until(lambda: _cut(scene, proxies, blows.cuts), 600, "the last cut")
            until(lambda: len(scene.client.done["reconciled"]) > 1, what="another reconciliation")
            books = scene.settle()
            verdict, imports, records = _judged(scene, books)
            control = sum(payment not in verdict.state for book in books for payment in book.hasty)
        cuts = sum(one.cuts for one in proxies)
    report(
        "cut connections",
        blows=f"{for_writers.cuts} writers, {for_client.cuts} clients, {for_offices.cuts} back offices, {for_relay.cuts} relays",
        acknowledged=f"{verdict.acknowledged} changes, {imports.acknowledged} imports and days",
        lost=verdict.lost + imports.lost,
        partial=verdict.partial + imports.partial,
        duplicated=imports.duplicated,
        audit=f"verified, {records}",
        notes=f"commits without an answer {sum(len(book.doubts) for book in books)}; control acknowledged early: {control} lost",
    )
    assert cuts >= blows.cuts
    assert (verdict.lost, verdict.partial) == (0, 0)
    assert (imports.lost, imports.partial, imports.duplicated) == (0, 0, 0)
    assert verdict.acknowledged > 0 and imports.acknowledged > 0
    assert control > 0


def _relay(offices: list[Offices]) -> tuple[str, int]:
    try:
        address = urlsplit(offices[0].address())
    except RelayUnreachable as error:
        raise ConnectionRefusedError(str(error)) from error
    return str(address.hostname), int(address.port or 0)


def _cut(scene: Scene, proxies: tuple[CutProxy, ...], cuts: int) -> bool:
    scene.offices.tend()
    return sum(one.cuts for one in proxies) >= cuts


def test_the_control_that_commits_line_by_line_is_found_out(ground: Ground, tmp_path: Path) -> None:
    fleet, _ = _prepared(ground, "line_by_line")
    client = Client(ground.person(fleet, "naive_manager"), fleet, tmp_path, naive=True)
    client.start()
    until(lambda: client.done["line"], what="the first line")
    client.kill()
    assert judge_imports(ground, client).partial > 0
