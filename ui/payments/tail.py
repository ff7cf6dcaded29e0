"""The latest events of a feed, kept so that an answer from the database can be brought up to the moment.

A query sees the feed up to some position, and its answer arrives after more has happened. What happened in between is
here; where it no longer is, the question must be asked again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from services.feed.event import PaymentEvent

KEPT = 10_000


class Tail:
    """The last events, in order and without a hole."""

    def __init__(self, kept: int = KEPT) -> None:
        self._events: deque[PaymentEvent] = deque(maxlen=kept)

    def add(self, events: Iterable[PaymentEvent]) -> tuple[PaymentEvent, ...]:
        """Takes events as they come and returns those not seen before; after a hole, what was kept is forgotten."""
        fresh: list[PaymentEvent] = []
        for event in events:
            last = self._events[-1].seq if self._events else event.seq - 1
            if event.seq <= last:
                continue
            if event.seq > last + 1:
                self._events.clear()
            self._events.append(event)
            fresh.append(event)
        return tuple(fresh)

    @property
    def last(self) -> int:
        """The number of the last event; 0 where there is none."""
        return self._events[-1].seq if self._events else 0

    def since(self, seq: int) -> tuple[PaymentEvent, ...] | None:
        """What happened after `seq`; None when some of it is not kept."""
        if self._events and self._events[0].seq > seq + 1:
            return None
        return tuple(event for event in self._events if event.seq > seq)

    def clear(self) -> None:
        """Forgets everything, because the feed begins anew."""
        self._events.clear()
