"""The live feed in a real event loop of Qt, over a real websocket to a relay that says what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import qasync
from PySide6.QtWidgets import QApplication
from websockets.asyncio.server import ServerConnection, serve

from services.feed.event import PaymentEvent
from services.relay.client import FeedState
from services.relay.messages import (
    Position,
    decode_hello,
    encode_beat,
    encode_events,
    encode_reload,
    encode_welcome,
)
from ui.live import LiveFeed, LiveState, in_words

FLEET = UUID(int=7)


class Seen:
    """Everything a live feed signalled, in order."""

    def __init__(self, feed: LiveFeed) -> None:
        self.all: list[tuple[str, Any]] = []
        feed.events.connect(lambda events: self.all.append(("events", events)))
        feed.reload_wanted.connect(lambda fleet: self.all.append(("reload", fleet)))
        feed.state_changed.connect(lambda state: self.all.append(("state", state)))

    def of(self, kind: str) -> list[Any]:
        """The signals of one kind."""
        return [value for name, value in self.all if name == kind]

    @property
    def seqs(self) -> list[int]:
        """The numbers of all events, as they came."""
        return [event.seq for batch in self.of("events") for event in batch]


def under_qt(app: QApplication, work: Callable[[], Awaitable[None]]) -> None:
    """Runs the work on the loop that the desktop uses."""
    loop = qasync.QEventLoop(app)
    with loop:
        loop.run_until_complete(work())


def event(seq: int) -> str:
    return (
        f'{{"seq":{seq},"kind":"names","payment_id":null,"at":"2026-09-22T06:00:00+00:00","before":null,"after":null}}'
    )


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def with_relay(
    talk: Callable[[ServerConnection], Awaitable[None]], check: Callable[[LiveFeed, Seen], Awaitable[None]]
) -> None:
    """A relay that talks after the hello, a live feed that listens to it, and the checks."""

    async def handle(connection: ServerConnection) -> None:
        decode_hello(await connection.recv())
        await connection.send(encode_welcome({FLEET: Position(1, 0)}))
        await talk(connection)
        await connection.wait_closed()

    async with serve(handle, "127.0.0.1", 0, compression=None, close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        feed = LiveFeed(lambda: f"ws://127.0.0.1:{port}", lambda: "0" * 64)
        seen = Seen(feed)
        feed.start()
        try:
            await check(feed, seen)
        finally:
            await feed.stopped()


def test_a_flood_of_frames_comes_in_few_signals_and_nothing_is_lost(qapp: QApplication) -> None:
    async def talk(connection: ServerConnection) -> None:
        for seq in range(1, 501):
            await connection.send(encode_events(FLEET, 1, seq, [event(seq)]))
        await connection.send(encode_beat(0.2, {FLEET: Position(1, 500)}))

    async def check(feed: LiveFeed, seen: Seen) -> None:
        feed.start()
        await until(lambda: len(seen.seqs) == 500)
        assert seen.seqs == list(range(1, 501))
        assert len(seen.of("events")) < 100
        assert all(isinstance(one, PaymentEvent) for one in seen.of("events")[0])
        await until(lambda: feed.state == LiveState("ok", "live · 0.2 s behind"))
        assert [state.words for state in seen.of("state")] == ["connecting…", "live · 0.2 s behind"]
        assert seen.of("reload") == [FLEET]

    under_qt(qapp, lambda: with_relay(talk, check))


def test_events_before_a_reload_come_before_it(qapp: QApplication) -> None:
    async def talk(connection: ServerConnection) -> None:
        for seq in (1, 2):
            await connection.send(encode_events(FLEET, 1, seq, [event(seq)]))
        await connection.send(encode_reload(FLEET, Position(2, 0), "rebuilt"))
        await connection.send(encode_events(FLEET, 2, 1, [event(1)]))

    async def check(_feed: LiveFeed, seen: Seen) -> None:
        await until(lambda: len(seen.seqs) == 3)
        told = [name if name == "reload" else [one.seq for one in value] for name, value in seen.all if name != "state"]
        assert told == ["reload", [1], [2], "reload", [1]]

    under_qt(qapp, lambda: with_relay(talk, check))


def test_a_lost_relay_is_said_and_sought_again(qapp: QApplication) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send(encode_beat(0.0, {FLEET: Position(1, 0)}))
        await connection.close(1001, "the relay was stopped")

    async def check(_feed: LiveFeed, seen: Seen) -> None:
        await until(lambda: [state.words for state in seen.of("state")].count("live · 0.0 s behind") == 2)
        assert LiveState("bad", "reconnecting…", "the relay was stopped") in seen.of("state")

    under_qt(qapp, lambda: with_relay(talk, check))


def test_stopping_ends_the_signals_and_starting_again_resumes(qapp: QApplication) -> None:
    connections: list[ServerConnection] = []

    async def talk(connection: ServerConnection) -> None:
        connections.append(connection)
        await connection.send(encode_beat(0.0, {FLEET: Position(1, 0)}))

    async def check(feed: LiveFeed, seen: Seen) -> None:
        await until(lambda: feed.state.kind == "ok")
        await feed.stopped()
        assert seen.of("state")[-1] == LiveState("off", "not connected")
        await feed.stopped()
        feed.start()
        await until(lambda: feed.state.kind == "ok")
        assert len(connections) == 2
        assert seen.of("reload") == [FLEET]

    under_qt(qapp, lambda: with_relay(talk, check))


def test_a_bug_is_shown_and_reported(qapp: QApplication) -> None:
    reported: list[dict[str, Any]] = []

    def bug() -> str:
        raise KeyError("no such thing")

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context))
        feed = LiveFeed(bug, lambda: "")
        feed.start()
        await until(lambda: feed.state.kind == "bad")
        assert feed.state.detail == "'no such thing'"
        assert isinstance(reported[0]["exception"], KeyError)

    under_qt(qapp, run)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        (FeedState("connecting"), "busy", "connecting…"),
        (FeedState("live", behind=0.04), "ok", "live · 0.0 s behind"),
        (FeedState("live", behind=12.3), "busy", "12 s behind"),
        (FeedState("live", behind=600), "busy", "10 min behind"),
        (FeedState("live"), "busy", "waiting for the back office"),
        (FeedState("reconnecting", reason="gone"), "bad", "reconnecting…"),
        (FeedState("stopped"), "off", "not connected"),
    ],
)
def test_states_in_words(state: FeedState, kind: str, words: str) -> None:
    shown = in_words(state)
    assert (shown.kind, shown.words) == (kind, words)
