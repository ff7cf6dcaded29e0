"""The relay's server: takes listeners in at the door, keeps their memberships true, and is found by its address."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLContext
from typing import TypeVar
from uuid import UUID

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.typing import Origin

from services.database.engine import Database
from services.relay import doors
from services.relay.hall import Hall
from services.relay.listener import Identity, Listener
from services.relay.messages import HELLO_LIMIT, Hello, NotAFrame, Position, decode_hello
from services.relay.publishing import PASSING, Publisher
from services.relay.reading import FeedReader
from services.relay.wire import PACKING

_log = logging.getLogger(__name__)
# The library's own debug lines would hold tickets.
_wire_log = logging.getLogger(f"{__name__}.wire")
_wire_log.setLevel(logging.INFO)

_STOPPED = "the relay was stopped"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the relay waits for what, in seconds, and how many messages a second it takes from a listener."""

    hello: float = 5.0
    beat: float = 1.0
    recheck: float = 30.0
    announce: float = 5.0
    retry: float = 2.0
    messages: int = 10


class RelayServer:
    """Publishes the feed of `database` (acting as finance_relay) to websockets at `host` and `port` (0: any free one).

    `tick`: seconds between two polls. `retained`: how many events back a listener may resume. `queue_frames`: frames that may
    wait for a slow listener. `origins`: pages that may connect from a browser. `announce_url`: the address that people's
    computers reach, where it is not `url`. `replica`: events are read there instead; tickets are always the primary's.
    """

    def __init__(
        self,
        database: Database,
        host: str,
        port: int,
        *,
        tick: float = 0.02,
        retained: int = 50_000,
        queue_frames: int = 256,
        max_connections: int = 2_000,
        origins: Sequence[str] = (),
        announce_url: str | None = None,
        replica: Database | None = None,
        ssl: SSLContext | None = None,
        pace: Pace = Pace(),
    ) -> None:
        self._database = database
        self._host, self._port, self._ssl = host, port, ssl
        self._tick = tick
        self._queue_frames = queue_frames
        self._max_connections = max_connections
        self._origins = (None, *(Origin(origin) for origin in origins))
        self._announce_url = announce_url
        self._pace = pace
        self._reader = FeedReader(replica or database, retained)
        self._hall = Hall(self._between, retained)
        self._connections = 0
        self._url = ""
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """Where it listens, ws:// or wss://; '' before start()."""
        return self._url

    @property
    def connections(self) -> int:
        """How many connections are open, with or without a ticket."""
        return self._connections

    async def start(self) -> None:
        """Begins to listen and to publish; OSError where the port is taken. The database need not answer yet."""
        pace = self._pace
        self._publisher = Publisher(self._reader, self._hall, tick=self._tick, beat=pace.beat, retry=pace.retry)
        self._threads = ThreadPoolExecutor(4, "relay-door")
        self._server = await self._listen()
        self._url = self._own_url()
        self._loop = asyncio.get_running_loop()
        works = (self._publisher.publish, self._publisher.beat, self._recheck, self._announce)
        self._tasks = [asyncio.create_task(work()) for work in works]

    async def watch(self) -> None:
        """Returns when the relay was stopped; raises the bug that ended a part of it."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not task.cancelled():
                task.result()

    async def stop(self) -> None:
        """Tells everybody, takes the address back, and ends; does nothing where it does not run."""
        if self._loop is None:
            return
        self._loop = None
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for listener in self._hall.listeners:
            listener.close(CloseCode.GOING_AWAY, _STOPPED)
        self._server.close(code=CloseCode.GOING_AWAY, reason=_STOPPED)
        await self._server.wait_closed()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.retry):
                await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
                await self._publisher.close()
                await asyncio.to_thread(self._withdraw)

    def hint(self) -> None:
        """Something was published: look now. From any thread, at any time."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop was closed since
                loop.call_soon_threadsafe(self._publisher.hinted.set)

    # The door -----------------------------------------------------------------------------------------------------------------

    async def _listen(self) -> Server:
        return await serve(
            self._serve,
            self._host,
            self._port,
            ssl=self._ssl,
            origins=self._origins,
            compression=None,
            extensions=[PACKING],
            max_size=HELLO_LIMIT,
            max_queue=4,
            open_timeout=self._pace.hello,
            close_timeout=2,
            process_request=self._refuse_when_full,
            server_header=None,
            logger=_wire_log,
        )

    def _own_url(self) -> str:
        port = next(iter(self._server.sockets)).getsockname()[1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'wss' if self._ssl else 'ws'}://{host}:{port}"

    def _refuse_when_full(self, connection: ServerConnection, _request: Request) -> Response | None:
        if self._connections < self._max_connections:
            return None
        return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "The relay is full.\n")

    async def _serve(self, connection: ServerConnection) -> None:
        self._connections += 1
        try:
            hello = await self._hello(connection)
            identity = await self._admit(connection, hello) if hello else None
            if hello and identity:
                await self._attend(Listener(connection, identity, self._queue_frames), hello)
        except ConnectionClosed as error:
            _log.debug("relay: a connection ended: %s", error)
        finally:
            self._connections -= 1

    async def _hello(self, connection: ServerConnection) -> Hello | None:
        try:
            async with asyncio.timeout(self._pace.hello):
                return decode_hello(await connection.recv())
        except TimeoutError:
            await connection.close(CloseCode.POLICY_VIOLATION, "no hello in time")
        except NotAFrame as error:
            await connection.close(CloseCode.POLICY_VIOLATION, str(error))
        return None

    async def _admit(self, connection: ServerConnection, hello: Hello) -> Identity | None:
        try:
            identity = await self._at_the_door(lambda: doors.consume_ticket(self._database, hello.ticket))
            async with asyncio.timeout(self._pace.hello):
                await self._publisher.started.wait()
        except (TimeoutError, *PASSING) as error:
            _log.warning("relay: nobody can be let in: %s", error)
            await connection.close(CloseCode.TRY_AGAIN_LATER, "the database does not answer")
            return None
        if identity is None:
            await connection.close(CloseCode.POLICY_VIOLATION, "the ticket is unknown, used or expired")
        return identity

    async def _attend(self, listener: Listener, hello: Hello) -> None:
        try:
            await self._hall.join(listener, hello.positions)
            await self._hear_out(listener)
        except PASSING as error:
            _log.warning("relay: a listener cannot resume: %s", error)
            listener.close(CloseCode.TRY_AGAIN_LATER, "the database does not answer")
        finally:
            self._hall.leave(listener)
            await listener.finished()

    async def _hear_out(self, listener: Listener) -> None:
        """Nothing is expected any more; what comes all the same is counted, and too much of it ends the connection."""
        since, heard = time.monotonic(), 0
        async for _ in listener.connection:
            now = time.monotonic()
            since, heard = (since, heard + 1) if now - since < 1 else (now, 1)
            if heard > self._pace.messages:
                listener.close(CloseCode.POLICY_VIOLATION, "too many messages")

    # What goes on ---------------------------------------------------------------------------------------------------------------

    async def _recheck(self) -> None:
        """Who lost or won a fleet is cut off at once; the next welcome says what there is to hear."""
        while True:
            await asyncio.sleep(self._pace.recheck)
            try:
                await self._recheck_once()
            except PASSING as error:
                _log.warning("relay: memberships could not be checked: %s", error)

    async def _recheck_once(self) -> None:
        people = {(listener.identity.login, listener.identity.operator) for listener in self._hall.listeners}
        if not people:
            return
        fleets = await self._at_the_door(lambda: doors.memberships(self._database, people))
        for listener in list(self._hall.listeners):
            mine = listener.identity
            if fleets.get((mine.login, mine.operator), mine.fleets) != mine.fleets:
                self._hall.leave(listener)
                listener.close(CloseCode.SERVICE_RESTART, "your fleets have changed")

    async def _announce(self) -> None:
        while True:
            try:
                await self._at_the_door(lambda: doors.announce(self._database, self._announce_url or self._url))
            except PASSING as error:
                _log.debug("relay: the address could not be announced: %s", error)
            await asyncio.sleep(self._pace.announce)

    def _withdraw(self) -> None:
        try:
            doors.withdraw(self._database, self._announce_url or self._url)
        except PASSING as error:
            _log.warning("relay: the address could not be taken back and lapses by itself: %s", error)

    async def _between(self, fleet: UUID, known: Position, most: int) -> tuple[str, ...] | None:
        return await self._at_the_door(lambda: self._reader.between(fleet, known, most))

    async def _at_the_door(self, work: Callable[[], _T]) -> _T:
        """The result of blocking work, done in one of few threads, so that a rush never takes all the database's connections."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
