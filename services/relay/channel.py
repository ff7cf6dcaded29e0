"""One fleet as the relay sends it: where it stands, its newest events ready to be joined into frames, who listens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from uuid import UUID

from services.relay.listener import Listener, tell
from services.relay.messages import FRAME_EVENTS, Position, encode_events, encode_reload
from services.relay.reading import Step
from services.relay.wire import Wire

_KEPT_FRAMES = 16
"""Positions whose way on is kept: who lost the same relay knows about the same."""

Between = Callable[[UUID, Position, int], Awaitable[tuple[str, ...] | None]]


class Channel:
    """Belongs to the loop that the relay runs on; `kept` is how many events stay in memory."""

    def __init__(self, fleet: UUID, position: Position, kept: int) -> None:
        self.fleet = fleet
        self.position = position
        self.listeners: set[Listener] = set()
        self._ring: deque[str] = deque(maxlen=kept)
        self._joined: dict[int, tuple[Wire, ...]] = {}
        self._read: dict[Position, tuple[Wire, Position]] = {}
        self._reading = asyncio.Lock()

    @property
    def oldest(self) -> int:
        """The first event that is in memory; the next one to come where none is."""
        return self.position.seq - len(self._ring) + 1

    def publish(self, step: Step) -> None:
        """Moves on and tells everybody who listens."""
        before, self.position = self.position, step.position
        self._joined.clear()
        if not step.events:
            self._ring.clear()
            self._read.clear()
            why = step.why or "the first payments arrived"
            tell(self.listeners, Wire(encode_reload(self.fleet, self.position, why)))
            return
        self._ring.extend(step.events)
        for frame in self._frames(before.seq + 1, step.events):
            tell(self.listeners, frame)

    def since(self, seq: int) -> tuple[Wire, ...]:
        """Frames of everything after `seq`, which must be in memory; made once for all who return at the same moment."""
        if seq not in self._joined:
            if len(self._joined) >= _KEPT_FRAMES:
                self._joined.clear()
            self._joined[seq] = tuple(self._frames(seq + 1, tuple(islice(self._ring, seq + 1 - self.oldest, None))))
        return self._joined[seq]

    async def older(self, known: Position, between: Between) -> tuple[Wire, Position] | None:
        """The frame that follows `known` and where it leads, read by `between`; None where there is no way.

        After a relay's end everybody asks for the same at once: one reads, the others find it read.
        """
        async with self._reading:
            if known not in self._read:
                events = self._reached(known, await between(self.fleet, known, FRAME_EVENTS) or ())
                if not events:
                    return None
                if len(self._read) >= _KEPT_FRAMES:
                    self._read.clear()
                wire = Wire(encode_events(self.fleet, known.epoch, known.seq + 1, events))
                self._read[known] = wire, Position(known.epoch, known.seq + len(events))
            return self._read[known]

    def _reached(self, known: Position, events: tuple[str, ...]) -> tuple[str, ...]:
        # The database may be ahead of the channel, which is going to publish the rest.
        ahead = self.position.seq - known.seq if known.epoch == self.position.epoch else 0
        return events[: max(0, ahead)]

    def _frames(self, first: int, events: tuple[str, ...]) -> Iterator[Wire]:
        for start in range(0, len(events), FRAME_EVENTS):
            part = events[start : start + FRAME_EVENTS]
            yield Wire(encode_events(self.fleet, self.position.epoch, first + start, part))
