"""What has been heard of one fleet's feed, for bringing answers up to the moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from services.feed.event import PaymentEvent, Position
from ui.payments.tail import Tail


class Feed:
    """The tail of a fleet's feed. A new `run` begins where the numbers do, or where something may have been missed.

    `began_anew` is called when an answer shows that the feed was rebuilt.
    """

    def __init__(self, began_anew: Callable[[], None]) -> None:
        self._began_anew = began_anew
        self._tail = Tail()
        self._epoch = 0
        self.heard: int | None = None
        """How far the feed was heard, or is known from an answer; None while that is not known."""
        self.run = 1
        self.live = True
        """Whether events come in now; while they do not, nothing that was left can be called up to date."""

    def hear(self, events: Iterable[PaymentEvent], fleet: UUID) -> tuple[PaymentEvent, ...]:
        """Takes events as they come and returns those of the fleet that were not heard before."""
        fresh = self._tail.add(event for event in events if event.fleet_id == fleet)
        if fresh:
            self.heard = fresh[-1].seq
        return fresh

    def known_up_to(self, seq: int) -> None:
        """An answer holds everything up to here."""
        self.heard = max(self.heard or 0, seq)

    def since(self, position: Position) -> tuple[PaymentEvent, ...] | None:
        """What happened after an answer; None when some of it was missed."""
        if position.epoch != self._epoch:
            # The feed was rebuilt: its numbers begin anew, and what was kept of the old ones means nothing.
            known, self._epoch = self._epoch, position.epoch
            if known:
                self.begin_anew()
                self._epoch = position.epoch
                self._began_anew()
        return self._tail.since(position.seq)

    def since_seq(self, seq: int) -> tuple[PaymentEvent, ...] | None:
        """What happened after a number of the present run; None when some of it is not kept."""
        return self._tail.since(seq)

    def since_left(self, run: int, seq: int) -> tuple[PaymentEvent, ...] | None:
        """What happened since something was left in a run of the feed; None where that is not certain."""
        # An answer that is ahead of the feed knows of events that may never come.
        complete = max(seq, self._tail.last) >= (self.heard or 0)
        return self._tail.since(seq) if self.live and run == self.run and complete else None

    def begin_anew(self) -> None:
        """Forgets everything that was heard."""
        self._tail.clear()
        self._epoch, self.heard = 0, None
        self.run += 1
