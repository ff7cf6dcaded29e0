"""The processes of the relay's benchmark: our relay, its peers, and a thousand listeners that check what they get."""

from __future__ import annotations

import asyncio
import json
import resource
import secrets
import select
import socket
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from websockets.asyncio.server import Server, ServerConnection, broadcast, serve

from services.database.engine import Database
from services.relay import doors
from services.relay.messages import Position, decode_hello
from services.relay.reading import FeedReader
from services.relay.server import RelayServer

_HINT_SECONDS = 0.01


# The servers ------------------------------------------------------------------------------------------------------------------


async def ours(url: str, _fleet: str) -> None:
    """Our relay, told by a projector after every batch."""
    with closing(_database(url)) as database:
        relay = RelayServer(database, "127.0.0.1", 0)
        await relay.start()
        print(relay.url, flush=True)
        ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        while not ended.done():
            await asyncio.sleep(_HINT_SECONDS)
            relay.hint()
        await relay.stop()


async def everyone(url: str, fleet: str, known: str, rate: str) -> None:
    """`websockets.broadcast` as its documentation shows it: one event a message, compression off."""
    with closing(_database(url)) as database:
        events = _events(database, fleet, int(known))
    connections: set[ServerConnection] = set()

    async def welcome(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"type":"welcome"}')
        connections.add(connection)
        await connection.wait_closed()

    async with serve(welcome, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        _tell_address(server)
        await asyncio.to_thread(sys.stdin.readline)
        began = time.monotonic()
        for number, event in enumerate(events):
            await asyncio.sleep(max(0.0, began + number / float(rate) - time.monotonic()))
            broadcast(connections, event)
        await asyncio.to_thread(sys.stdin.read)


async def replay(url: str, fleet: str) -> None:
    """The usual way to resume: the same door, then what was missed, event by event, from memory."""
    with closing(_database(url)) as database:
        events = _events(database, fleet, 0)

        async def resume(connection: ServerConnection) -> None:
            hello = decode_hello(await connection.recv())
            await asyncio.to_thread(doors.consume_ticket, database, hello.ticket)
            await connection.send('{"type":"welcome"}')
            for event in events[hello.positions[UUID(fleet)].seq :]:
                await connection.send(event)
            await connection.wait_closed()

        async with serve(resume, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
            _tell_address(server)
            await asyncio.to_thread(sys.stdin.read)


def _database(url: str) -> Database:
    return Database(url, role="finance_relay", pool_size=3)


def _events(database: Database, fleet: str, known: int) -> tuple[str, ...]:
    found = FeedReader(database, 1_000_000).between(UUID(fleet), Position(1, known), 1_000_000)
    return found or ()


def _tell_address(server: Server) -> None:
    print(f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}", flush=True)


# The listeners ----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Listener:
    """One bare connection: how far it has heard, and the bytes of a frame that is not whole yet."""

    socket: socket.socket
    known: int
    welcomed: bool = False
    rest: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a frame holds: events `first`…`last` (none: 0 and 0)."""

    first: int
    last: int
    welcome: bool


class _Crowd:
    """All listeners, in one loop over bare sockets."""

    def __init__(self, known: int, until: int) -> None:
        self._known, self._until = known, until
        self._poll = select.epoll()
        self._listeners: dict[int, _Listener] = {}
        self._buffer = bytearray(1 << 20)
        self._decoded: dict[bytes, _Content] = {}
        self.events = 0
        self.heard: dict[int, list[float]] = {}
        """When everybody heard the first, the middle and the last event of each frame, on the clock of the day."""

    def join(self, url: str, hello: bytes) -> None:
        """One more listener."""
        address = urlsplit(url)
        connection = socket.create_connection((address.hostname, address.port), 30)
        connection.sendall(_upgrade(address.netloc) + _masked(hello))
        reply = b""
        while b"\r\n\r\n" not in reply:
            reply += connection.recv(1)
        if not reply.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(f"no websocket: {reply.decode()}")
        connection.setblocking(False)
        self._listeners[connection.fileno()] = _Listener(connection, self._known)
        self._poll.register(connection.fileno(), select.EPOLLIN)

    def hear(self, *, welcome_only: bool) -> None:
        """Returns once everybody was welcomed, or has everything."""
        while any(not one.welcomed if welcome_only else one.known < self._until for one in self._listeners.values()):
            for number, _ in self._poll.poll(30) or self._silence():
                self._receive(self._listeners[number])

    def _silence(self) -> list[tuple[int, int]]:
        raise RuntimeError(f"nothing came any more; known: {sorted({one.known for one in self._listeners.values()})}")

    def _receive(self, listener: _Listener) -> None:
        size = listener.socket.recv_into(self._buffer)
        if not size:
            raise RuntimeError("a listener was cut off")
        data: bytes | bytearray = bytes(memoryview(self._buffer)[:size])
        if listener.rest:
            listener.rest += data
            data = listener.rest
        taken = 0
        for start, end, packed in _frames(data):
            self._take(listener, bytes(data[start:end]), packed)
            taken = end
        listener.rest = bytearray(data[taken:])

    def _take(self, listener: _Listener, frame: bytes, packed: bool) -> None:
        content = self._decoded.get(frame)
        if content is None:
            if len(self._decoded) > 5_000:
                self._decoded.clear()
            content = self._decoded[frame] = _content(frame, packed)
        if content.last:
            if content.first != listener.known + 1:
                raise AssertionError(f"expected event {listener.known + 1}, got {content.first}")
            listener.known = content.last
            self.events += content.last - content.first + 1
            now = round(time.time(), 4)
            for seq in (content.first, (content.first + content.last) // 2, content.last):
                self.heard.setdefault(seq, []).append(now)
        listener.welcomed |= content.welcome

    def told(self) -> dict[str, object]:
        """What the listeners got."""
        (last,) = {one.known for one in self._listeners.values()}
        return {
            "listeners": len(self._listeners),
            "first": self._known + 1,
            "last": last,
            "events": self.events,
            "heard": list(self.heard.items()),
        }


def _frames(data: bytes | bytearray) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is compressed of every whole frame."""
    at, total = 0, len(data)
    while at + 2 <= total:
        size, start = data[at + 1] & 127, at + 2
        if size >= 126:
            width = 2 if size == 126 else 8
            start += width
            if start > total:
                return
            size = int.from_bytes(data[start - width : start], "big")
        if start + size > total:
            return
        yield start, start + size, bool(data[at] & 0x40)
        at = start + size


def _content(frame: bytes, packed: bool) -> _Content:
    value = json.loads(zlib.decompressobj(-15).decompress(frame + b"\x00\x00\xff\xff") if packed else frame)
    events = value["events"] if value.get("type") == "events" else [value] if "seq" in value else []
    if not events:
        return _Content(0, 0, value.get("type") == "welcome")
    seqs = [event["seq"] for event in events]
    if seqs != list(range(seqs[0], seqs[-1] + 1)):
        raise AssertionError(f"not in order: {seqs}")
    if any(event["after"]["status"] != "completed" for event in events):
        raise AssertionError("an event lacks what it must tell")
    return _Content(seqs[0], seqs[-1], False)


def _upgrade(host: str) -> bytes:
    return (
        f"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    ).encode()


def _masked(text: bytes) -> bytes:
    mask = secrets.token_bytes(4)
    body = bytes(byte ^ mask[number % 4] for number, byte in enumerate(text))
    return b"\x81\xfe" + len(text).to_bytes(2, "big") + mask + body


def listeners() -> None:
    """Joins them all, says so, and says what they got once everybody has everything."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    asked = json.loads(sys.stdin.readline())
    crowd = _Crowd(asked["known"], asked["until"])
    for ticket in asked["tickets"]:
        position = {asked["fleet"]: [1, asked["known"]]}
        crowd.join(asked["url"], json.dumps({"type": "hello", "ticket": ticket, "positions": position}).encode())
    crowd.hear(welcome_only=True)
    print("welcome", flush=True)
    crowd.hear(welcome_only=False)
    print(json.dumps(crowd.told()), flush=True)
    sys.stdin.read()


def main(side: str, *arguments: str) -> None:
    """One side, until its standard input ends."""
    if side == "listeners":
        listeners()
    elif side == "ours":
        asyncio.run(ours(*arguments))
    elif side == "broadcast":
        asyncio.run(everyone(*arguments))
    else:
        asyncio.run(replay(*arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
