"""The client over whatever happens to it: restarts, silence, nonsense, a database that goes away."""

from __future__ import annotations

import asyncio
import random
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from websockets.asyncio.server import ServerConnection, serve

from services.domain.errors import RelayUnreachable
from services.relay.client import FeedState, Patience, RelayClient
from services.relay.doors import relay_address
from services.relay.messages import (
    Hello,
    Position,
    decode_hello,
    encode_beat,
    encode_events,
    encode_reload,
    encode_welcome,
)
from tests.services.relay.ledger import Ledger, Listening, relaying, until

FLEET = UUID(int=7)
SHORT = Patience(opening=1, silence=0.3, longest_pause=0.05)


def test_the_client_hears_everything_over_a_restart_of_the_relay(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet, "viewer")
    ledger.write(fleet, 5)
    listening = Listening(lambda: relay_address(person), person)

    async def run() -> None:
        async with listening.running():
            async with relaying(ledger.world):
                await until(lambda: listening.live, "live")
                assert listening.reloads == [fleet]
                await asyncio.to_thread(ledger.write, fleet, 3)
                await until(lambda: listening.seqs(fleet) == [6, 7, 8])
            await until(lambda: not listening.live)
            await asyncio.to_thread(ledger.write, fleet, 400)
            async with relaying(ledger.world):
                await asyncio.to_thread(ledger.write, fleet, 2)
                await until(lambda: listening.seqs(fleet) == list(range(6, 411)), "everything")
        assert listening.reloads == [fleet]

    asyncio.run(run())
    kinds = [state.kind for state in listening.states]
    assert (kinds[0], kinds[-1]) == ("connecting", "stopped")
    assert "the relay was stopped" in {state.reason for state in listening.states}


def test_an_outage_of_the_database_only_delays(ledger: Ledger) -> None:
    """The fault: the server takes no connection to this database and cuts those there are."""
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.beat()
    listening = Listening(lambda: "", person)

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            listening.url = lambda: relay.url
            async with listening.running():
                await until(lambda: listening.live)
                await asyncio.to_thread(ledger.reachable, False)
                await until(lambda: (listening.states[-1].behind or 0) > 0.3, "growing")
                assert listening.live
                await asyncio.to_thread(ledger.reachable, True)
                await asyncio.to_thread(ledger.write, fleet, 2)
                await until(lambda: listening.seqs(fleet) == [1, 2])
                await until(lambda: listening.states[-1].behind == 0.0, "no lag")

    asyncio.run(run())


def test_who_comes_during_an_outage_is_put_off(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    listening = Listening(lambda: "", person)

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            listening.url = lambda: relay.url
            await asyncio.to_thread(ledger.reachable, False)
            async with listening.running():
                await until(lambda: any("does not answer" in state.reason for state in listening.states))
                await asyncio.to_thread(ledger.reachable, True)
                await until(lambda: listening.live)

    asyncio.run(run())


def test_a_rebuild_means_reload_and_goes_on(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    listening = Listening(lambda: relay_address(person), person)

    async def run() -> None:
        async with relaying(ledger.world), listening.running():
            await until(lambda: listening.live)
            await asyncio.to_thread(ledger.stand, fleet, 2, 0)
            await until(lambda: listening.reloads == [fleet, fleet])
            await asyncio.to_thread(ledger.write, fleet, 1)
            await until(lambda: listening.seqs(fleet) == [1])

    asyncio.run(run())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_an_encrypted_relay_is_heard(ledger: Ledger, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=relay",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    subprocess.run(["openssl", *made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    serving, trusting = (
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(cafile=certificate),
    )
    serving.load_cert_chain(certificate, key)
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    trusts = Listening(lambda: relay_address(person), person, ssl=trusting)
    distrusts = Listening(lambda: relay_address(person), person, ssl=ssl.create_default_context())

    async def run() -> None:
        async with relaying(ledger.world, ssl=serving) as relay, trusts.running(), distrusts.running():
            assert relay.url.startswith("wss://")
            await until(lambda: trusts.live)
            await asyncio.to_thread(ledger.write, fleet)
            await until(lambda: trusts.seqs(fleet) == [1])
            await until(
                lambda: any(state.reason == "the relay's certificate is not trusted" for state in distrusts.states)
            )

    asyncio.run(run())


# A relay that misbehaves ------------------------------------------------------------------------------------------------------


def event(seq: int) -> str:
    return (
        f'{{"seq":{seq},"kind":"names","payment_id":null,"at":"2026-09-22T06:00:00+00:00","before":null,"after":null}}'
    )


class Heard:
    """What a client was told by a relay of the test's own."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.reloads: list[UUID] = []
        self.states: list[FeedState] = []
        self.hellos: list[Hello] = []

    @asynccontextmanager
    async def of(self, relay: Callable[[ServerConnection, Hello], object]) -> AsyncIterator[None]:
        """Listens to a relay that does what `relay` does after each hello."""

        async def handle(connection: ServerConnection) -> None:
            self.hellos.append(decode_hello(await connection.recv()))
            if asyncio.iscoroutine(doing := relay(connection, self.hellos[-1])):
                await doing

        async with serve(handle, "127.0.0.1", 0, compression=None, close_timeout=1) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            async with self.at(lambda: f"ws://127.0.0.1:{port}"):
                yield

    @asynccontextmanager
    async def at(self, address: Callable[[], str]) -> AsyncIterator[None]:
        """Listens at an address."""
        client = RelayClient(
            address,
            lambda: "0" * 64,
            lambda events: self.seqs.extend(event.seq for event in events),
            self.reloads.append,
            self.states.append,
            patience=SHORT,
        )
        task = asyncio.create_task(client.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait((task,))

    @property
    def reasons(self) -> set[str]:
        """Why connections ended."""
        return {state.reason for state in self.states if state.kind == "reconnecting"}


@pytest.mark.parametrize("seed", range(3))
def test_a_relay_that_loses_repeats_and_shuffles_frames_is_still_heard_in_order(seed: int) -> None:
    heard = Heard()
    order = random.Random(seed)
    total = 60

    async def relay(connection: ServerConnection, hello: Hello) -> None:
        await connection.send(encode_welcome({FLEET: Position(1, 0)}))
        known = hello.positions.get(FLEET, Position(1, 0)).seq
        pieces = [(first, min(first + 4, total)) for first in range(known + 1, total + 1, 5)]
        pieces += order.sample(pieces, len(pieces) // 2)
        if len(heard.hellos) < 6:
            order.shuffle(pieces)
        else:
            pieces.sort()
        for first, last in pieces:
            await connection.send(encode_events(FLEET, 1, first, [event(seq) for seq in range(first, last + 1)]))
        await connection.send(encode_beat(0.0, {FLEET: Position(1, total)}))
        await connection.wait_closed()

    async def run() -> None:
        async with heard.of(relay):
            await until(lambda: len(heard.seqs) == total and heard.states[-1].kind == "live")

    asyncio.run(run())
    assert heard.seqs == list(range(1, total + 1))


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"nonsense", "expected JSON"),
        (encode_beat(0.0, {FLEET: Position(1, 9)}), "the relay stands at event 9"),
        (encode_events(FLEET, 1, 5, [event(5)]), "expected event 1"),
    ],
)
def test_nonsense_and_holes_mean_another_connection(sent: bytes, reason: str) -> None:
    heard = Heard()

    async def relay(connection: ServerConnection, _hello: Hello) -> None:
        await connection.send(encode_welcome({FLEET: Position(1, 0)}))
        await connection.send(sent)
        await connection.wait_closed()

    async def run() -> None:
        async with heard.of(relay):
            await until(lambda: len(heard.hellos) == 3)
        assert any(reason in found for found in heard.reasons)
        assert heard.seqs == []

    asyncio.run(run())


def test_silence_closing_and_dropping_are_told_apart() -> None:
    heard = Heard()

    async def relay(connection: ServerConnection, _hello: Hello) -> None:
        await connection.send('{"type":"of a newer relay"}')
        if len(heard.hellos) == 1:
            await connection.wait_closed()
        if len(heard.hellos) == 2:
            await connection.close(4000)
        if len(heard.hellos) == 3:
            connection.transport.abort()

    async def run() -> None:
        async with heard.of(relay):
            await until(lambda: len(heard.hellos) == 4)

    asyncio.run(run())
    assert heard.reasons >= {
        "the relay fell silent",
        "the relay closed the connection (code 4000)",
        "the connection to the relay was lost",
    }


def test_reload_moves_the_position_that_the_next_hello_names() -> None:
    heard = Heard()

    async def relay(connection: ServerConnection, _hello: Hello) -> None:
        await connection.send(encode_welcome({FLEET: Position(1, 3)}))
        await connection.send(encode_reload(FLEET, Position(2, 8), "rebuilt"))

    async def run() -> None:
        async with heard.of(relay):
            await until(lambda: len(heard.hellos) >= 2)

    asyncio.run(run())
    assert heard.hellos[1].positions == {FLEET: Position(2, 8)}
    assert heard.reloads[:2] == [FLEET, FLEET]


def test_addresses_that_lead_nowhere() -> None:
    async def no_relay(status: int) -> tuple[int, Callable[[], None]]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1], server.close

    def none() -> str:
        raise RelayUnreachable("No relay is running.")

    async def reasons(address: Callable[[], str]) -> set[str]:
        heard = Heard()
        async with heard.at(address):
            await until(lambda: heard.reasons)
        return heard.reasons

    async def run() -> None:
        assert await reasons(none) == {"No relay is running."}
        assert await reasons(lambda: "http://relay.example") == {
            "The relay's address “http://relay.example” is not a ws:// or wss:// address."
        }
        assert await reasons(lambda: "ws://127.0.0.1:1") == {"the relay does not answer"}
        port, close = await no_relay(503)
        assert await reasons(lambda: f"ws://127.0.0.1:{port}") == {"the relay refused the connection (HTTP 503)"}
        close()

    asyncio.run(run())


def test_a_bug_in_a_callback_is_not_taken_for_a_fault() -> None:
    def bug() -> str:
        raise KeyError("a bug")

    async def run() -> None:
        client = RelayClient(bug, lambda: "", lambda _: None, lambda _: None, lambda _: None, patience=SHORT)
        with pytest.raises(KeyError):
            await client.run()

    asyncio.run(run())
