"""The relay's heart: one thread polls the feed, the loop hands on what it found; a database that goes away only slows it."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

from sqlalchemy.exc import OperationalError

from services.domain.errors import WorkstationError
from services.relay.hall import Hall
from services.relay.messages import Position
from services.relay.reading import FeedReader, Step

PASSING = (WorkstationError, OperationalError)
"""What passes by itself: the database is away, busy, being migrated, or a replica cancelled the query."""

_SHARE = 6
_LONGEST_BREATHER = 0.05
_NOTHING_SECONDS = 0.0005
_log = logging.getLogger(__name__)


class Publisher:
    """Brings every change of the feed to the hall. Made on the loop that it runs on; `tick`, `beat` and `retry` in seconds."""

    def __init__(self, reader: FeedReader, hall: Hall, *, tick: float, beat: float, retry: float) -> None:
        self._reader = reader
        self._hall = hall
        self._tick, self._beat, self._retry = tick, beat, retry
        self._thread = ThreadPoolExecutor(1, "relay-poll")
        self._lag: float | None = None
        self._read_at = time.monotonic()
        self._measured_at = self._read_at - beat
        self._busy = 0.0
        self.hinted = asyncio.Event()
        """Set it to poll at once."""
        self.started = asyncio.Event()
        """Set once the feed was read for the first time."""

    async def publish(self) -> None:
        """Polls until cancelled; anything but a passing fault of the database ends it."""
        failed = 0
        while True:
            try:
                await self._round()
            except PASSING as error:
                failed += 1
                if failed == 1:
                    _log.warning("relay: nothing is published until the database answers again: %s", error)
                await asyncio.sleep(pause(failed, self._retry))
                continue
            if failed:
                _log.info("relay: the database answers again")
            failed = 0
            await asyncio.sleep(breather(self._busy))
            await self._rest()

    async def beat(self) -> None:
        """Tells everybody, until cancelled, that the relay lives and how far behind the feed is."""
        while True:
            await asyncio.sleep(self._beat)
            self._hall.beat(self.behind())

    def behind(self) -> float | None:
        """Seconds that the oldest unpublished change has waited; what was known to wait waits on while the database is silent."""
        silent = time.monotonic() - self._read_at
        return self._lag if silent < self._beat else (self._lag or 0.0) + silent

    async def close(self) -> None:
        """Waits for the query that is still under way."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)

    async def _round(self) -> None:
        self.hinted.clear()
        steps = await asyncio.get_running_loop().run_in_executor(self._thread, self._read, self._hall.positions)
        began = time.monotonic()
        self._hall.publish(steps)
        self._read_at = time.monotonic()
        self._busy = self._read_at - began
        self.started.set()

    def _read(self, known: Mapping[UUID, Position]) -> tuple[Step, ...]:
        if time.monotonic() - self._measured_at >= self._beat:
            self._lag = self._reader.lag()
            self._measured_at = time.monotonic()
        return self._reader.steps(known)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._tick):
                await self.hinted.wait()


def breather(busy: float) -> float:
    """Seconds without a poll after one that took `busy` seconds to hand out, so that handing out leaves most of the time free.

    Few listeners cost next to nothing and hear at once; for a thousand, what happens meanwhile goes into one frame.
    """
    return min(_LONGEST_BREATHER, _SHARE * busy) if busy > _NOTHING_SECONDS else 0.0


def pause(attempt: int, longest: float) -> float:
    """Seconds before the next attempt: doubling from 0.1, jittered, at most `longest`."""
    return min(longest, 0.1 * 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)
