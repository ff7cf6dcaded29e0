"""One fleet as the relay sends it: where it stands, its newest events ready to be joined into frames, who listens."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from services.relay.listener import Listener, tell
from services.relay.messages import FRAME_EVENTS, Position, encode_events, encode_reload
from services.relay.reading import Step


class Channel:
    """Belongs to the loop that the relay runs on; `kept` is how many events stay in memory."""

    def __init__(self, fleet: UUID, position: Position, kept: int) -> None:
        self.fleet = fleet
        self.position = position
        self.listeners: set[Listener] = set()
        self._ring: deque[str] = deque(maxlen=kept)

    @property
    def oldest(self) -> int:
        """The first event that is in memory; the next one to come where none is."""
        return self.position.seq - len(self._ring) + 1

    def publish(self, step: Step) -> None:
        """Moves on and tells everybody who listens."""
        before, self.position = self.position, step.position
        if not step.events:
            self._ring.clear()
            tell(self.listeners, encode_reload(self.fleet, self.position, step.why or "the first payments arrived"))
            return
        self._ring.extend(step.events)
        for frame in self._frames(before.seq + 1, step.events):
            tell(self.listeners, frame)

    def since(self, seq: int) -> Iterator[bytes]:
        """Frames of everything after `seq`, which must be in memory."""
        return self._frames(seq + 1, tuple(islice(self._ring, seq + 1 - self.oldest, None)))

    def _frames(self, first: int, events: tuple[str, ...]) -> Iterator[bytes]:
        for start in range(0, len(events), FRAME_EVENTS):
            yield encode_events(self.fleet, self.position.epoch, first + start, events[start : start + FRAME_EVENTS])
