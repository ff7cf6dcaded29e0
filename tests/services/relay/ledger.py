"""A feed written by hand, as the projector writes it, and a person who listens to it: what the relay's tests stand on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from uuid import UUID, uuid4

from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from services.database.engine import Database
from services.feed.event import PaymentEvent
from services.relay.client import FeedState, Patience, RelayClient
from services.relay.doors import relay_ticket
from services.relay.messages import Frame, Hello, Position, decode_frame, encode_hello
from services.relay.server import Pace, RelayServer
from tests.world import World

QUICK = Pace(hello=0.4, beat=0.1, recheck=0.1, announce=0.2, retry=0.2)
_STATE = (
    "jsonb_build_object('status', 'completed', 'amount', '600.00', 'refunded_amount', '0.00', 'currency', 'KES',"
    " 'method', 'mpesa', 'route_id', NULL, 'vehicle_id', NULL, 'driver_id', NULL,"
    " 'created_at', '2026-09-22T06:00:00+00:00', 'completed_at', '2026-09-22T06:00:20+00:00', 'result_code', '0')"
)


class Ledger:
    """Fleets and their numbered events, written under the projector's role."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.projector = world.database("finance_projector")

    def fleet(self, code: str = "MSAFIRI", *, numbered: bool = True) -> UUID:
        """A fleet whose feed stands at (1, 0), or was never numbered."""
        fleet = uuid4()
        self._run(
            "INSERT INTO finance.fleet (fleet_id, code, name, timezone, currency)"
            " VALUES (:fleet, :code, :code, 'Africa/Nairobi', 'KES')",
            fleet=fleet,
            code=code,
        )
        if numbered:
            self.begin(fleet)
        return fleet

    def begin(self, fleet: UUID) -> None:
        """The first row of the fleet's feed."""
        self._run("INSERT INTO finance.feed (fleet_id, epoch, last_seq) VALUES (:fleet, 1, 0)", fleet=fleet)

    def write(self, fleet: UUID, count: int = 1) -> None:
        """`count` more events."""
        self._run(
            "WITH f AS (UPDATE finance.feed SET last_seq = last_seq + :count WHERE fleet_id = :fleet RETURNING last_seq)"
            " INSERT INTO finance.payment_event (fleet_id, seq, kind, payment_id, at, before, after)"
            f" SELECT :fleet, last_seq - :count + n, 'payment', gen_random_uuid(), now(), NULL, {_STATE}"
            " FROM f, generate_series(1, :count) n",
            fleet=fleet,
            count=count,
        )

    def stand(self, fleet: UUID, epoch: int, seq: int) -> None:
        """The feed is set to another position, as a rebuild or a restore does."""
        self._run(
            "UPDATE finance.feed SET epoch = :epoch, last_seq = :seq WHERE fleet_id = :fleet",
            fleet=fleet,
            epoch=epoch,
            seq=seq,
        )

    def beat(self, beat_ago: float = 0.0, waited: float | None = None) -> None:
        """The projector beat so many seconds ago; its oldest note had then waited so long."""
        self._run(
            "INSERT INTO finance.projector (leader, beat_at, oldest_at) SELECT 'test', b, b - make_interval(secs => :waited)"
            " FROM (SELECT clock_timestamp() - make_interval(secs => :ago)) AS t(b)"
            " ON CONFLICT (only_row) DO UPDATE SET beat_at = excluded.beat_at, oldest_at = excluded.oldest_at",
            ago=beat_ago,
            waited=waited,
        )

    def reachable(self, yes: bool) -> None:
        """Lets the server take connections to the test's database, or none, cutting those there are."""
        postgres = Database(self.world.server.operator_url("postgres"))
        with postgres.write() as connection:
            connection.execute(text(f"ALTER DATABASE {self.world.name} ALLOW_CONNECTIONS {'true' if yes else 'false'}"))
        with postgres.write() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND NOT :yes"),
                {"name": self.world.name, "yes": yes},
            )
        postgres.close()
        self.projector.close()

    def _run(self, sql: str, **values: object) -> None:
        with self.projector.write() as connection:
            connection.execute(text(sql), values)


@asynccontextmanager
async def relaying(world: World, **options: object) -> AsyncIterator[RelayServer]:
    """A running relay on loopback, stopped at the end."""
    relay = RelayServer(
        world.database("finance_relay"),
        "127.0.0.1",
        **{"port": 0, "pace": QUICK, **options},  # type: ignore[arg-type]
    )
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()


@dataclass
class Listening:
    """A RelayClient with everything it was told."""

    url: Callable[[], str]
    person: Database
    ssl: SSLContext | None = None
    events: list[PaymentEvent] = field(default_factory=list)
    reloads: list[UUID] = field(default_factory=list)
    states: list[FeedState] = field(default_factory=list)

    def seqs(self, fleet: UUID) -> list[int]:
        """The numbers of the fleet's events, as they came."""
        return [event.seq for event in self.events if event.fleet_id == fleet]

    @property
    def live(self) -> bool:
        """Whether the last state is live."""
        return bool(self.states) and self.states[-1].kind == "live"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Listening]:
        """Listens until the end of the block."""
        client = RelayClient(
            self.url,
            lambda: relay_ticket(self.person),
            self.events.extend,
            self.reloads.append,
            self.states.append,
            ssl=self.ssl,
            patience=Patience(opening=2, silence=1, longest_pause=0.2),
        )
        task = asyncio.create_task(client.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait((task,))
            if not task.cancelled():
                task.result()


async def until(condition: Callable[[], object], what: str = "it") -> None:
    """Waits until the condition holds; fails after a time that is only ever reached when it never would."""
    try:
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"{what} did not happen") from None


@asynccontextmanager
async def joined(
    url: str, ticket: str, positions: dict[UUID, Position] | None = None
) -> AsyncIterator[ClientConnection]:
    """A bare connection that has said hello."""
    async with plain(url) as connection:
        await connection.send(encode_hello(Hello(ticket, positions or {})))
        yield connection


def plain(url: str, **options: object) -> connect:
    """A bare connection that has said nothing."""
    return connect(url, compression=None, max_size=2**24, proxy=None, close_timeout=1, **options)  # type: ignore[arg-type]


async def frame(connection: ClientConnection, kind: type[Frame]) -> Frame:
    """The next frame of the kind."""
    async with asyncio.timeout(20):
        while not isinstance(found := decode_frame(await connection.recv()), kind):
            pass
    return found


async def end(connection: ClientConnection) -> tuple[int, str]:
    """The code and reason with which the other side ends the connection."""
    try:
        async with asyncio.timeout(20):
            while True:
                await connection.recv()
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return closed.rcvd.code, closed.rcvd.reason
