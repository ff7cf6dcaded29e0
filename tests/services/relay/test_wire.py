"""One message for everybody: what goes over the wire is what any websocket library reads, made once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from websockets.asyncio.client import connect
from websockets.extensions import ClientExtensionFactory
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from services.relay.doors import relay_ticket
from services.relay.messages import Events, Hello, Position, Welcome, encode_hello
from services.relay.publishing import breather
from services.relay.reading import FeedReader
from services.relay.server import RelayServer
from services.relay.wire import Wire
from tests.services.relay.ledger import Ledger, frame, relaying


def test_each_form_is_made_once() -> None:
    wire = Wire(b'{"type":"events"}' * 200)
    assert wire.plain is wire.plain and wire.packed is wire.packed
    assert len(wire.packed) < len(wire.plain) / 10


def test_short_messages_go_plain() -> None:
    wire = Wire(b'{"type":"beat"}')
    assert wire.packed is wire.plain == b'\x81\x0f{"type":"beat"}'


async def _heard(relay: RelayServer, ticket: str, fleet: UUID, *packers: ClientExtensionFactory) -> tuple[int, bool]:
    """How many events come in the first frame, and whether packing was agreed on."""
    options = {"compression": None, "extensions": packers or None, "proxy": None, "max_size": 2**24}
    async with connect(relay.url, **options) as connection:  # type: ignore[arg-type]
        await connection.send(encode_hello(Hello(ticket, {fleet: Position(1, 0)})))
        assert isinstance(await frame(connection, Welcome), Welcome)
        events = await frame(connection, Events)
        assert isinstance(events, Events)
        return len(events.events), bool(connection.protocol.extensions)


@pytest.mark.parametrize(
    ("packers", "agreed"),
    [
        ((), False),
        ((ClientPerMessageDeflateFactory(),), True),
        ((ClientPerMessageDeflateFactory(server_max_window_bits=10),), True),
    ],
    ids=["plain", "packed", "small window"],
)
def test_every_listener_reads_it(ledger: Ledger, packers: tuple[ClientExtensionFactory, ...], agreed: bool) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 200)

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            assert await _heard(relay, relay_ticket(person), fleet, *packers) == (200, agreed)

    asyncio.run(run())


def test_who_returns_together_is_read_for_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = ledger.fleet()
    person = ledger.world.person(fleet)
    ledger.write(fleet, 100)
    tickets = [relay_ticket(person) for _ in range(12)]
    asked: list[Position] = []
    between = FeedReader.between

    def noted(reader: FeedReader, of: UUID, known: Position, most: int) -> tuple[str, ...] | None:
        asked.append(known)
        return between(reader, of, known, most)

    monkeypatch.setattr(FeedReader, "between", noted)

    async def run() -> None:
        async with relaying(ledger.world) as relay:
            heard = await asyncio.gather(*(_heard(relay, ticket, fleet) for ticket in tickets))
            assert heard == [(100, False)] * len(tickets)

    asyncio.run(run())
    assert asked == [Position(1, 0)]


@pytest.mark.parametrize(("busy", "seconds"), [(0.0, 0.0), (0.0004, 0.0), (0.002, 0.012), (0.5, 0.05)])
def test_the_longer_it_takes_to_tell_everybody_the_more_is_told_at_once(busy: float, seconds: float) -> None:
    assert breather(busy) == pytest.approx(seconds)
