"""The relay's client: hears the fleets of one person for as long as it runs, over any number of connections, without a hole."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from ssl import SSLCertVerificationError, SSLContext
from typing import Literal
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, InvalidURI, WebSocketException

from services.domain.errors import RelayUnreachable, WorkstationError
from services.feed.event import PaymentEvent
from services.relay.messages import (
    FRAME_LIMIT,
    Beat,
    Events,
    Hello,
    NotAFrame,
    Reload,
    Welcome,
    decode_frame,
    encode_hello,
)
from services.relay.track import Hole, Track

# The library's own debug lines would hold tickets.
_wire_log = logging.getLogger(f"{__name__}.wire")
_wire_log.setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class FeedState:
    """How the live feed stands: `behind` in seconds while live (None: no projector ever ran), `reason` while reconnecting."""

    kind: Literal["connecting", "live", "reconnecting", "stopped"]
    behind: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to open a connection, without any frame before it counts as lost, and at most between two attempts."""

    opening: float = 5.0
    silence: float = 5.0
    longest_pause: float = 5.0


class RelayClient:
    """Calls `on_events` with new events (one fleet, in order), `on_reload` with a fleet to read again, `on_state` with each state.

    `address` and `ticket` are asked before every connection, in a thread, because they ask the database. The callbacks run
    on the loop of `run`. A fleet that is heard for the first time is reported to `on_reload` once its events flow, so that what is
    read then and the events together leave nothing out; events that the reading already holds must be skipped by their `seq`.
    """

    def __init__(
        self,
        address: Callable[[], str],
        ticket: Callable[[], str],
        on_events: Callable[[tuple[PaymentEvent, ...]], None],
        on_reload: Callable[[UUID], None],
        on_state: Callable[[FeedState], None],
        *,
        ssl: SSLContext | None = None,
        patience: Patience = Patience(),
    ) -> None:
        self._address, self._ticket = address, ticket
        self._on_events, self._on_reload, self._on_state = on_events, on_reload, on_state
        self._ssl = ssl
        self._patience = patience
        self._track = Track()
        self._failed = 0

    async def run(self) -> None:
        """Listens until cancelled; every fault but a bug means another attempt."""
        self._on_state(FeedState("connecting"))
        try:
            while True:
                reason = await self._listen_once()
                self._on_state(FeedState("reconnecting", reason=reason))
                await asyncio.sleep(self._pause())
        finally:
            self._on_state(FeedState("stopped"))

    async def _listen_once(self) -> str:
        """One connection, from its opening to its end; returns why it ended."""
        try:
            url = await asyncio.to_thread(self._address)
            ticket = await asyncio.to_thread(self._ticket)
            async with self._connection(url) as connection:
                await connection.send(encode_hello(Hello(ticket, self._track.positions)))
                return await self._hear(connection)
        except WorkstationError as error:
            return str(error)
        except ConnectionClosed as error:
            return _why_closed(error)
        except InvalidStatus as error:
            return f"the relay refused the connection (HTTP {error.response.status_code})"
        except SSLCertVerificationError:
            return "the relay's certificate is not trusted"
        except (OSError, WebSocketException):
            return "the relay does not answer"
        except (Hole, NotAFrame) as error:
            return str(error)

    def _connection(self, url: str) -> connect:
        try:
            return connect(
                url,
                ssl=self._ssl if url.startswith("wss:") else None,
                # Each message by itself, as the relay packs it once for everybody.
                compression="deflate",
                max_size=FRAME_LIMIT,
                open_timeout=self._patience.opening,
                close_timeout=1,
                # As the database, the relay is reached directly.
                proxy=None,
                user_agent_header=None,
                logger=_wire_log,
            )
        except InvalidURI as error:
            raise RelayUnreachable(f"The relay's address “{url}” is not a ws:// or wss:// address.") from error

    async def _hear(self, connection: ClientConnection) -> str:
        while True:
            try:
                async with asyncio.timeout(self._patience.silence):
                    text = await connection.recv()
            except TimeoutError:
                return "the relay fell silent"
            frame = decode_frame(text)
            if frame is not None:
                self._take(frame)

    def _take(self, frame: Welcome | Events | Reload | Beat) -> None:
        if isinstance(frame, Events):
            if events := self._track.take(frame):
                self._on_events(events)
        elif isinstance(frame, Beat):
            self._track.check(frame)
            self._failed = 0
            self._on_state(FeedState("live", behind=frame.behind))
        elif isinstance(frame, Reload):
            self._track.reload(frame)
            self._on_reload(frame.fleet)
        else:
            for fleet in self._track.welcome(frame):
                self._on_reload(fleet)

    def _pause(self) -> float:
        # Jitter, because everybody lost the same relay at the same moment.
        self._failed += 1
        return min(self._patience.longest_pause, 0.1 * 2.0 ** min(self._failed, 10)) * random.uniform(0.5, 1.0)


def _why_closed(error: ConnectionClosed) -> str:
    if error.rcvd is None:
        return "the connection to the relay was lost"
    return error.rcvd.reason or f"the relay closed the connection (code {error.rcvd.code})"
