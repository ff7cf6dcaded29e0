"""A small TCP proxy that cuts connections in the middle of a byte stream."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import Thread
from types import TracebackType


@dataclass(slots=True)
class _Purse:
    """How many bytes a connection may still carry, both ways together; None: any number."""

    left: int | None


class CutProxy:
    """Forwards connections on loopback to `target()`, and cuts each after a random number of bytes until `most` were cut.

    `shortest` and `longest` are bytes; lengths between them are equally likely on a logarithmic scale, so that handshakes, single
    statements and long streams are all met.
    """

    def __init__(
        self, target: Callable[[], tuple[str, int]], dice: Random, most: int, shortest: int, longest: int
    ) -> None:
        self._target, self._dice, self._most = target, dice, most
        self._range = (math.log(shortest), math.log(longest))
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="proxy")
        self._connections: set[asyncio.Task[None]] = set()
        self.cuts = 0
        self.port = 0

    def __enter__(self) -> CutProxy:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        if self._connections:
            await asyncio.wait(self._connections)
        await asyncio.sleep(0)  # transports close in the loop's next turn

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served in a task")
        self._connections.add(task)
        try:
            await self._forward(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # either side may end at any moment, and so may the test
        finally:
            writer.transport.abort()
            self._connections.discard(task)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target())
        purse = _Purse(int(math.exp(self._dice.uniform(*self._range))) if self.cuts < self._most else None)
        ways = [
            asyncio.create_task(self._carry(reader, far_writer, purse)),
            asyncio.create_task(self._carry(far_reader, writer, purse)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            far_writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, purse: _Purse) -> None:
        try:
            while data := await reader.read(16_384):
                if purse.left is not None and len(data) >= purse.left:
                    writer.write(data[: purse.left])
                    self.cuts += 1
                    return
                if purse.left is not None:
                    purse.left -= len(data)
                writer.write(data)
                await writer.drain()
        except OSError:
            return  # the other side is gone, and so is this connection
