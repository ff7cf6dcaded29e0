"""One connection to the relay: what it may hear, what waits for it, and its end when it cannot keep up."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.protocol import State

from services.relay.wire import Wire, unpacks

_ROOM = 64 * 1024
"""Bytes in the socket's own buffer up to which a frame is written at once; more waits in the listener's queue."""
_GOODBYE = 3.0
"""Seconds that a listener has to read what is on its way and the reason of its end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose ticket it was, and the fleets that were theirs when it was looked up."""

    login: str
    operator: bool
    fleets: frozenset[UUID]


class Listener:
    """A connection past its hello. At most `most` frames wait; one more, and it is closed as too slow."""

    def __init__(self, connection: ServerConnection, identity: Identity, most: int) -> None:
        self.connection = connection
        self.identity = identity
        self.fleets: set[UUID] = set()
        self.cut = False
        self._unpacks = unpacks(connection)
        # Kept at hand: `tell` runs tens of thousands of times a second.
        self._protocol, self._transport = connection.protocol, connection.transport
        self._waiting: deque[Wire] = deque()
        self._most = most
        self._task: asyncio.Task[None] | None = None

    def tell(self, wire: Wire) -> None:
        """Hands over a frame and never waits: it is written at once, or kept until those before it are gone."""
        if self.cut or self._protocol.state is not State.OPEN:
            return
        if self._waiting or self._transport.get_write_buffer_size() > _ROOM:
            self._hold(wire)
        else:
            self._put(wire)

    def _put(self, wire: Wire) -> None:
        # Past the library, whose own way serialises, and compresses, the same frame anew for every connection.
        self._transport.write(wire.packed if self._unpacks else wire.plain)

    def _hold(self, wire: Wire) -> None:
        if len(self._waiting) >= self._most:
            self.close(CloseCode.TRY_AGAIN_LATER, f"too slow: {len(self._waiting)} frames waited")
            return
        self._waiting.append(wire)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())

    async def send(self, wire: Wire) -> None:
        """Writes a frame and waits while the connection is full; raises ConnectionClosed."""
        async with self.connection.send_context():
            self._put(wire)

    def close(self, code: CloseCode, reason: str) -> None:
        """Ends the connection with a reason; nothing more is sent to it."""
        if self.cut:
            return
        self.cut = True
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._end(code, reason))

    async def finished(self) -> None:
        """Waits for what is still being written or closed."""
        if self._task is not None:
            await asyncio.wait((self._task,))

    async def _end(self, code: CloseCode, reason: str) -> None:
        _log.info("relay: a listener is cut off: %s", reason)
        try:
            async with asyncio.timeout(_GOODBYE):
                await self.connection.close(code, reason)
        except TimeoutError:
            # Whoever reads nothing cannot read the reason either, and what waits for them is held in memory.
            self._transport.abort()

    async def _write(self) -> None:
        try:
            while self._waiting:
                # It leaves the queue only once it is written: until then nothing may overtake it.
                await self.send(self._waiting[0])
                self._waiting.popleft()
        except ConnectionClosed:
            self._waiting.clear()


def tell(listeners: Iterable[Listener], wire: Wire) -> None:
    """Hands one encoded frame to many, never waiting for any."""
    for listener in listeners:
        listener.tell(wire)
