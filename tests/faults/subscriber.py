"""Subscribers of the live feed: they apply every event to what they know, and count what does not fit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from decimal import Decimal
from types import TracebackType
from uuid import UUID

from services.feed.event import PaymentEvent, PaymentState
from services.relay.client import FeedState, Patience, RelayClient
from tests.faults.booking import State

_AWAY_SECONDS = 3.0
_PATIENCE = Patience(opening=3, silence=4, longest_pause=0.3)


class Subscriber:
    """One listener; starts before the first payment, so that its events are all there is."""

    resumes = True

    def __init__(self, address: Callable[[], str], ticket: Callable[[], str]) -> None:
        self._address, self._ticket = address, ticket
        self._known: dict[UUID, PaymentState] = {}
        self.last = 0
        self.heard = 0
        self.misfits = 0
        """Events that came twice, left a hole, or did not begin where their payment was left."""
        self.reloads = 0
        self.live = False
        self.at = ""
        """Where it listens, or tries to."""

    async def run(self) -> None:
        """Listens until cancelled."""
        await self._client().run()

    def _client(self) -> RelayClient:
        return RelayClient(
            self._find, self._ticket, self._on_events, self._on_reload, self._on_state, patience=_PATIENCE
        )

    def _find(self) -> str:
        self.at = self._address()
        return self.at

    def state(self) -> dict[UUID, State]:
        """Every payment as the events left it."""
        return {payment: (state.status, Decimal(state.amount)) for payment, state in self._known.items()}

    def _on_events(self, events: tuple[PaymentEvent, ...]) -> None:
        for event in events:
            self.misfits += self.last != 0 and event.seq != self.last + 1
            self.last = event.seq
            if event.payment_id is not None:
                self._apply(event.payment_id, event)

    def _apply(self, payment: UUID, event: PaymentEvent) -> None:
        self.heard += 1
        self.misfits += event.before != self._known.get(payment)
        if event.after is None:
            self._known.pop(payment, None)
        else:
            self._known[payment] = event.after

    def _on_reload(self, _fleet: UUID) -> None:
        self.reloads += 1

    def _on_state(self, state: FeedState) -> None:
        self.live = state.kind == "live"


class Forgetful(Subscriber):
    """The broken control: after a lost connection it begins anew with what comes, as if nothing had happened meanwhile."""

    losses = 0

    async def run(self) -> None:
        while True:
            client = asyncio.create_task(self._client().run())
            self._lost = asyncio.Event()
            lost = asyncio.create_task(self._lost.wait())
            try:
                await asyncio.wait((client, lost), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (client, lost):
                    task.cancel()
                await asyncio.wait((client, lost))
            # Longer than a takeover, so that something does happen meanwhile.
            await asyncio.sleep(_AWAY_SECONDS)
            self.losses += 1

    def _on_state(self, state: FeedState) -> None:
        super()._on_state(state)
        if state.kind == "reconnecting":
            self._lost.set()


class Audience:
    """Subscribers at work, in a thread of their own."""

    def __init__(self, *subscribers: Subscriber) -> None:
        self._subscribers = subscribers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="audience")

    def __enter__(self) -> Audience:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        self._main = self._loop.create_task(self._listen())
        self._loop.run_until_complete(self._main)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())

    async def _listen(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for subscriber in self._subscribers:
                    group.create_task(subscriber.run())
        except asyncio.CancelledError:
            return  # the end of the test
