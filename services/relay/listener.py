"""One connection to the relay: what it may hear, what waits for it, and its end when it cannot keep up."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

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
        self._waiting: deque[bytes] = deque()
        self._most = most
        self._task: asyncio.Task[None] | None = None

    def ready(self) -> bool:
        """Whether a frame can be written at once, before none that waits."""
        return not self._waiting and not self.cut and self.connection.transport.get_write_buffer_size() <= _ROOM

    def hold(self, frame: bytes) -> None:
        """Keeps a frame until those before it are gone."""
        if self.cut:
            return
        if len(self._waiting) >= self._most:
            self.close(CloseCode.TRY_AGAIN_LATER, f"too slow: {len(self._waiting)} frames waited")
            return
        self._waiting.append(frame)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())

    async def send(self, frame: bytes) -> None:
        """Writes a frame and waits while the connection is full; raises ConnectionClosed."""
        await self.connection.send(frame, text=True)

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
            self.connection.transport.abort()

    async def _write(self) -> None:
        try:
            while self._waiting:
                # It leaves the queue only once it is written: until then nothing may overtake it.
                await self.send(self._waiting[0])
                self._waiting.popleft()
        except ConnectionClosed:
            self._waiting.clear()


def tell(listeners: Iterable[Listener], frame: bytes) -> None:
    """Hands one encoded frame to many, never waiting for any."""
    ready: list[Listener] = []
    busy: list[Listener] = []
    for listener in listeners:
        (ready if listener.ready() else busy).append(listener)
    broadcast((listener.connection for listener in ready), frame, text=True)
    for listener in busy:
        listener.hold(frame)
