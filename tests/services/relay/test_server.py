"""The relay at work: real websockets on loopback, a real database, listeners good and bad."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from services.database.people import end_membership
from services.domain.errors import DatabaseUnreachable
from services.relay import channel as channel_module
from services.relay import hall as hall_module
from services.relay.doors import relay_ticket
from services.relay.messages import Beat, Events, Position, Reload, Welcome
from services.relay.reading import FeedReader
from services.relay.server import Pace
from tests.services.relay.ledger import Ledger, end, frame, joined, plain, relaying, until


async def events_until(connection: ClientConnection, fleet: UUID, last: int) -> list[int]:
    """The numbers of the fleet's events as they come, up to `last`."""
    seqs: list[int] = []
    while not seqs or seqs[-1] < last:
        found = await frame(connection, Events)
        assert isinstance(found, Events)
        seqs += [event.seq for event in found.events if found.fleet == fleet]
    return seqs


def test_events_come_in_order_many_to_a_frame(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet, "viewer")
    ledger.write(fleet, 2)

    async def run() -> None:
        async with relaying(ledger.world) as relay, joined(relay.url, relay_ticket(person)) as connection:
            assert await frame(connection, Welcome) == Welcome({fleet: Position(1, 2)})
            for count in (1, 600, 3):
                await asyncio.to_thread(ledger.write, fleet, count)
            assert await events_until(connection, fleet, 606) == list(range(3, 607))
            assert relay.connections == 1
            await connection.close()
            await until(lambda: relay.connections == 0)

    asyncio.run(run())


def test_a_hint_from_another_thread_publishes_at_once(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)

    async def run() -> None:
        # A tick that never comes: whatever arrives, arrives by the hint.
        async with relaying(ledger.world, tick=3600.0) as relay, joined(relay.url, relay_ticket(person)) as connection:
            await frame(connection, Welcome)
            await asyncio.to_thread(ledger.write, fleet)
            threading.Thread(target=relay.hint).start()
            assert await events_until(connection, fleet, 1) == [1]
        relay.hint()

    asyncio.run(run())


def test_two_fleets_never_hear_each_other(ledger: Ledger) -> None:
    one, two = ledger.fleet("ONE"), ledger.fleet("TWO")
    first, second = ledger.world.person(one, login="first"), ledger.world.person(two, login="second")

    async def run() -> None:
        async with (
            relaying(ledger.world) as relay,
            joined(relay.url, relay_ticket(first)) as hears_one,
            joined(relay.url, relay_ticket(second), {one: Position(1, 0)}) as hears_two,
        ):
            assert await frame(hears_one, Welcome) == Welcome({one: Position(1, 0)})
            assert await frame(hears_two, Welcome) == Welcome({two: Position(1, 0)})
            for _ in range(3):
                await asyncio.to_thread(ledger.write, one)
            await asyncio.to_thread(ledger.write, two)
            assert await events_until(hears_one, one, 3) == [1, 2, 3]
            heard: list[dict[str, Any]] = []
            while not heard or heard[-1]["type"] != "events":
                heard.append(json.loads(await hears_two.recv()))
            assert str(one) not in json.dumps(heard)
            beat = await frame(hears_two, Beat)
            assert isinstance(beat, Beat)
            assert set(beat.fleets) == {two}

    asyncio.run(run())


def test_the_operator_hears_every_fleet(ledger: Ledger) -> None:
    fleets = {ledger.fleet("ONE"), ledger.fleet("TWO")}

    async def run() -> None:
        ticket = relay_ticket(ledger.world.database())
        async with relaying(ledger.world) as relay, joined(relay.url, ticket) as connection:
            welcome = await frame(connection, Welcome)
            assert isinstance(welcome, Welcome)
            assert set(welcome.fleets) == fleets

    asyncio.run(run())


def test_beats_say_how_far_behind(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)

    async def run() -> None:
        async with relaying(ledger.world) as relay, joined(relay.url, relay_ticket(person)) as connection:
            assert await frame(connection, Beat) == Beat(None, {fleet: Position(1, 0)})
            await asyncio.to_thread(ledger.beat, 90.0)
            while (found := await frame(connection, Beat)) and isinstance(found, Beat) and found.behind is None:
                pass
            assert isinstance(found, Beat)
            assert (found.behind or 0) >= 90

    asyncio.run(run())


# Resuming -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [5_000, 4])
def test_who_was_away_resumes_from_memory_or_from_the_database(
    ledger: Ledger, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hall_module, "_KEPT", kept)
    monkeypatch.setattr(channel_module, "FRAME_EVENTS", 5)
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            async with joined(relay.url, relay_ticket(person)) as connection:
                await frame(connection, Welcome)
                await asyncio.to_thread(ledger.write, fleet, 30)
                await events_until(connection, fleet, 30)
            async with joined(relay.url, relay_ticket(person), {fleet: Position(1, 7)}) as connection:
                assert await events_until(connection, fleet, 30) == list(range(8, 31))
                await asyncio.to_thread(ledger.write, fleet)
                assert await events_until(connection, fleet, 31) == [31]

    asyncio.run(run())


def test_a_relay_that_just_started_resumes_from_the_database(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 700)

    async def run() -> None:
        async with (
            relaying(ledger.world) as relay,
            joined(relay.url, relay_ticket(person), {fleet: Position(1, 1)}) as connection,
        ):
            assert await events_until(connection, fleet, 700) == list(range(2, 701))

    asyncio.run(run())


@pytest.mark.parametrize("known", [Position(9, 3), Position(1, 2), Position(0, 0)])
def test_who_cannot_resume_is_told_to_reload(ledger: Ledger, known: Position) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 20)

    async def run() -> None:
        async with (
            relaying(ledger.world, retained=10) as relay,
            joined(relay.url, relay_ticket(person), {fleet: known}) as connection,
        ):
            reload = await frame(connection, Reload)
            assert isinstance(reload, Reload)
            assert (reload.fleet, reload.position) == (fleet, Position(1, 20))
            await asyncio.to_thread(ledger.write, fleet)
            assert await events_until(connection, fleet, 21) == [21]

    asyncio.run(run())


def test_events_that_are_gone_mean_reload(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 20)
    ledger.world.run("DELETE FROM finance.payment_event WHERE seq < 15")

    async def run() -> None:
        async with (
            relaying(ledger.world) as relay,
            joined(relay.url, relay_ticket(person), {fleet: Position(1, 3)}) as connection,
        ):
            reload = await frame(connection, Reload)
            assert isinstance(reload, Reload)
            assert reload.position == Position(1, 20)

    asyncio.run(run())


def test_who_is_ahead_of_a_late_relay_is_left_alone(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 3)

    async def run() -> None:
        async with (
            relaying(ledger.world) as relay,
            joined(relay.url, relay_ticket(person), {fleet: Position(1, 5)}) as connection,
        ):
            await frame(connection, Welcome)
            await asyncio.to_thread(ledger.write, fleet, 4)
            assert await events_until(connection, fleet, 7) == [4, 5, 6, 7]

    asyncio.run(run())


def test_a_rebuild_reaches_everybody_as_reload(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)

    async def run() -> None:
        async with relaying(ledger.world) as relay, joined(relay.url, relay_ticket(person)) as connection:
            await frame(connection, Welcome)
            await asyncio.to_thread(ledger.stand, fleet, 2, 50)
            reload = await frame(connection, Reload)
            assert isinstance(reload, Reload)
            assert (reload.position, reload.why) == (Position(2, 50), "the figures were rebuilt")

    asyncio.run(run())


def test_a_fleet_that_was_never_numbered_begins_with_a_reload(ledger: Ledger) -> None:
    fleet = ledger.fleet(numbered=False)
    person = ledger.world.person(fleet)

    async def run() -> None:
        async with relaying(ledger.world) as relay, joined(relay.url, relay_ticket(person)) as connection:
            assert await frame(connection, Welcome) == Welcome({fleet: Position(0, 0)})
            await asyncio.to_thread(ledger.begin, fleet)
            reload = await frame(connection, Reload)
            assert isinstance(reload, Reload)
            assert reload.position == Position(1, 0)

    asyncio.run(run())


# Who is turned away ---------------------------------------------------------------------------------------------------------


def test_a_ticket_opens_once(ledger: Ledger) -> None:
    person = ledger.world.person(ledger.fleet())

    async def run() -> None:
        ticket = relay_ticket(person)
        async with relaying(ledger.world) as relay, joined(relay.url, ticket) as connection:
            await frame(connection, Welcome)
            async with joined(relay.url, ticket) as again:
                assert await end(again) == (1008, "the ticket is unknown, used or expired")
            await frame(connection, Beat)

    asyncio.run(run())


def test_unknown_and_expired_tickets_are_refused(ledger: Ledger) -> None:
    person = ledger.world.person(ledger.fleet())

    async def run() -> None:
        expired = relay_ticket(person)
        ledger.world.run("UPDATE finance.relay_ticket SET expires_at = now() - interval '1 second'")
        async with relaying(ledger.world) as relay:
            for ticket in (expired, "0" * 64):
                async with joined(relay.url, ticket) as connection:
                    assert await end(connection) == (1008, "the ticket is unknown, used or expired")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("first", "code", "why"),
    [
        (None, 1008, "no hello in time"),
        ("{}", 1008, "expected a hello with a ticket"),
        (b"\x00\xff", 1008, "expected JSON"),
        ("x" * 65_537, 1009, ""),
    ],
)
def test_who_does_not_say_hello_is_cut_off(ledger: Ledger, first: str | bytes | None, code: int, why: str) -> None:
    async def run() -> None:
        async with relaying(ledger.world) as relay, plain(relay.url) as connection:
            if first is not None:
                await connection.send(first)
            found, reason = await end(connection)
            assert found == code
            assert why in reason

    asyncio.run(run())


def test_who_leaves_before_hello_leaves_nothing_behind(ledger: Ledger) -> None:
    async def run() -> None:
        async with relaying(ledger.world) as relay:
            async with plain(relay.url):
                await until(lambda: relay.connections == 1)
            await until(lambda: relay.connections == 0)

    asyncio.run(run())


def test_who_keeps_talking_is_cut_off(ledger: Ledger) -> None:
    person = ledger.world.person(ledger.fleet())

    async def run() -> None:
        pace = Pace(hello=5, beat=0.1, messages=5)
        async with (
            relaying(ledger.world, pace=pace) as relay,
            joined(relay.url, relay_ticket(person)) as connection,
        ):
            for _ in range(20):
                await connection.send("anything")
            assert await end(connection) == (1008, "too many messages")

    asyncio.run(run())


def test_a_foreign_page_cannot_connect_but_a_named_one_can(ledger: Ledger) -> None:
    person = ledger.world.person(ledger.fleet())

    async def run() -> None:
        async with relaying(ledger.world, origins=("https://finance.example",)) as relay:
            with pytest.raises(InvalidStatus) as refused:
                async with plain(relay.url, origin=Origin("https://elsewhere.example")):
                    pytest.fail("a foreign page was let in")
            assert refused.value.response.status_code == 403
            async with plain(relay.url, origin=Origin("https://finance.example")) as connection:
                await connection.send(json.dumps({"type": "hello", "ticket": relay_ticket(person)}))
                await frame(connection, Welcome)

    asyncio.run(run())


def test_a_full_relay_says_so(ledger: Ledger) -> None:
    async def run() -> None:
        async with relaying(ledger.world, max_connections=1, pace=Pace(hello=20)) as relay, plain(relay.url):
            await until(lambda: relay.connections == 1)
            with pytest.raises(InvalidStatus) as refused:
                async with plain(relay.url):
                    pytest.fail("one too many was let in")
            assert refused.value.response.status_code == 503

    asyncio.run(run())


@pytest.mark.parametrize("wakes", [True, False])
def test_a_slow_listener_is_cut_off_and_nobody_else_notices(
    ledger: Ledger, wakes: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "services.relay.listener")
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)

    async def run() -> None:
        async with (
            relaying(ledger.world, queue_frames=20) as relay,
            joined(relay.url, relay_ticket(person)) as good,
            joined(relay.url, relay_ticket(person)) as slow,
        ):
            await frame(good, Welcome)
            await frame(slow, Welcome)
            slow.transport.pause_reading()
            heard = 0
            while "too slow" not in caplog.text:
                await asyncio.to_thread(ledger.write, fleet, 2_000)
                heard += 2_000
                assert (await events_until(good, fleet, heard))[-1] == heard
            if wakes:
                slow.transport.resume_reading()
                assert await end(slow) == (1013, "too slow: 20 frames waited")
            await until(lambda: relay.connections == 1)
            await asyncio.to_thread(ledger.write, fleet, 1)
            assert await events_until(good, fleet, heard + 1) == [heard + 1]

    asyncio.run(run())


def test_a_stalled_listener_does_not_hold_up_the_stop(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 20_000)

    async def run() -> None:
        async with (
            relaying(ledger.world) as relay,
            joined(relay.url, relay_ticket(person), {fleet: Position(1, 0)}) as stalled,
        ):
            await frame(stalled, Welcome)
            stalled.transport.pause_reading()
            await until(lambda: relay.connections == 1)
            await relay.stop()
            assert relay.connections == 0

    asyncio.run(run())


def test_who_comes_while_the_database_is_away_is_told_to_come_again(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    ticket = relay_ticket(ledger.world.person(fleet))

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            await asyncio.to_thread(ledger.reachable, False)
            async with joined(relay.url, ticket) as connection:
                assert await end(connection) == (1013, "the database does not answer")
            # Its address cannot be taken back either, and that does not keep it from stopping.
            await relay.stop()
        await asyncio.to_thread(ledger.reachable, True)

    asyncio.run(run())


def test_who_cannot_be_brought_up_to_date_is_told_to_come_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 5)

    def away(*_: object) -> None:
        raise DatabaseUnreachable("The database does not answer.")

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            with monkeypatch.context() as fault:
                fault.setattr(FeedReader, "between", away)
                async with joined(relay.url, relay_ticket(person), {fleet: Position(1, 1)}) as connection:
                    assert await end(connection) == (1013, "the database does not answer")
            async with joined(relay.url, relay_ticket(person), {fleet: Position(1, 1)}) as connection:
                assert await events_until(connection, fleet, 5) == [2, 3, 4, 5]

    asyncio.run(run())


def test_a_fleet_that_is_slow_to_catch_up_does_not_lose_what_happens_meanwhile(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two pieces of the catching up, more events are published than memory holds."""
    monkeypatch.setattr(hall_module, "_KEPT", 10)
    monkeypatch.setattr(channel_module, "FRAME_EVENTS", 50)
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 100)
    between = FeedReader.between

    def busy(reader: FeedReader, asked: UUID, known: Position, most: int) -> tuple[str, ...] | None:
        if known.seq < 400:
            ledger.write(fleet, 25)
        return between(reader, asked, known, most)

    monkeypatch.setattr(FeedReader, "between", busy)

    async def run() -> None:
        async with (
            relaying(ledger.world) as relay,
            joined(relay.url, relay_ticket(person), {fleet: Position(1, 0)}) as connection,
        ):
            seqs = await events_until(connection, fleet, 100)
            await asyncio.to_thread(ledger.write, fleet, 30)
            total = int(str(ledger.world.value("SELECT last_seq FROM finance.feed")))
            seqs += await events_until(connection, fleet, total)
            assert seqs == list(dict.fromkeys(seqs)) == list(range(1, total + 1))

    asyncio.run(run())


def test_memberships_are_checked_again(ledger: Ledger) -> None:
    one, two = ledger.fleet("ONE"), ledger.fleet("TWO")
    person = ledger.world.person(one, login="moving")

    def move() -> None:
        with ledger.world.database().write() as connection:
            end_membership(connection, one, "moving")

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            async with joined(relay.url, relay_ticket(person)) as connection:
                await frame(connection, Welcome)
                await asyncio.to_thread(ledger.world.person, two, "manager", "moving")
                assert await end(connection) == (1012, "your fleets have changed")
            async with joined(relay.url, relay_ticket(person)) as connection:
                await frame(connection, Welcome)
                await asyncio.to_thread(move)
                assert await end(connection) == (1012, "your fleets have changed")
            async with joined(relay.url, relay_ticket(person)) as connection:
                assert await frame(connection, Welcome) == Welcome({two: Position(1, 0)})

    asyncio.run(run())


# Around it ------------------------------------------------------------------------------------------------------------------


def test_stopping_tells_everybody_and_can_be_repeated(ledger: Ledger) -> None:
    person = ledger.world.person(ledger.fleet())

    async def run() -> None:
        async with relaying(ledger.world) as relay, joined(relay.url, relay_ticket(person)) as connection:
            await frame(connection, Welcome)
            watching = asyncio.create_task(relay.watch())
            await relay.stop()
            await watching
            assert await end(connection) == (1001, "the relay was stopped")

    asyncio.run(run())


def test_a_bug_ends_the_watch(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with relaying(ledger.world) as relay:
            monkeypatch.setattr(hall_module.Hall, "publish", lambda hall, steps: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                await relay.watch()

    asyncio.run(run())


def test_nothing_secret_is_logged(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    person = ledger.world.person(ledger.fleet())
    tickets = [relay_ticket(person), "f" * 64]

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            async with joined(relay.url, tickets[0]) as connection:
                await frame(connection, Beat)
            async with joined(relay.url, tickets[1]) as connection:
                await end(connection)

    caplog.set_level(logging.INFO, "websockets.client")
    asyncio.run(run())
    assert "relay" in caplog.text
    assert not [ticket for ticket in tickets if ticket in caplog.text]


def test_the_address_is_announced_and_taken_back(ledger: Ledger) -> None:
    world = ledger.world
    world.run("INSERT INTO finance.relay (url, beat_at) VALUES ('ws://dead.example', now() - interval '61 seconds')")
    world.run("INSERT INTO finance.relay (url, beat_at) VALUES ('ws://other.example', now())")

    async def run() -> None:
        async with relaying(world) as relay, relaying(world, announce_url="wss://relay.example") as second:
            assert second.url.startswith("ws://127.0.0.1:")
            await until(lambda: urls() == sorted([relay.url, "ws://other.example", "wss://relay.example"]))
            before = world.value("SELECT max(beat_at) FROM finance.relay")
            await until(lambda: world.value("SELECT max(beat_at) FROM finance.relay") != before)

    def urls() -> object:
        return world.value("SELECT array_agg(url ORDER BY url) FROM finance.relay")

    asyncio.run(run())
    assert urls() == ["ws://other.example"]


def test_a_taken_port_is_said_so(ledger: Ledger) -> None:
    async def run() -> None:
        async with relaying(ledger.world) as relay:
            port = int(relay.url.rsplit(":", 1)[1])
            with pytest.raises(OSError, match="in use"):
                async with relaying(ledger.world, port=port):
                    pytest.fail("two relays on one port")

    asyncio.run(run())
