"""What a client knows: per fleet a position, moved only by the very next events, so that no hole and no repeat gets past it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from services.feed.event import PaymentEvent
from services.relay.messages import Beat, Events, Position, Reload, Welcome


class Hole(Exception):
    """Events are missing between what is known and what came; resume from the known position."""


class Track:
    """The positions of one client over all its connections."""

    def __init__(self) -> None:
        self._known: dict[UUID, Position] = {}

    @property
    def positions(self) -> Mapping[UUID, Position]:
        """How far each fleet is known."""
        return MappingProxyType(self._known)

    def welcome(self, frame: Welcome) -> tuple[UUID, ...]:
        """Takes the fleets that will be heard; returns those to read (again): the new ones and the lost ones."""
        new = [fleet for fleet in frame.fleets if fleet not in self._known]
        lost = [fleet for fleet in self._known if fleet not in frame.fleets]
        for fleet in new:
            self._known[fleet] = frame.fleets[fleet]
        for fleet in lost:
            del self._known[fleet]
        return (*new, *lost)

    def take(self, frame: Events) -> tuple[PaymentEvent, ...]:
        """The events that are new, in order, () when all are known; Hole when some before them never came."""
        known = self._known.get(frame.fleet)
        if known is None or frame.epoch != known.epoch or frame.first > known.seq + 1:
            raise Hole(f"expected event {known.seq + 1 if known else 1} of fleet {frame.fleet}, got {frame.first}")
        fresh = frame.events[known.seq + 1 - frame.first :]
        if fresh:
            self._known[frame.fleet] = Position(frame.epoch, frame.last)
        return fresh

    def reload(self, frame: Reload) -> None:
        """Takes the position that the relay names; the fleet must be read again."""
        self._known[frame.fleet] = frame.position

    def check(self, beat: Beat) -> None:
        """Hole where the relay already sent more than is known."""
        for fleet, sent in beat.fleets.items():
            known = self._known.get(fleet)
            if known is None or known.epoch != sent.epoch or known.seq < sent.seq:
                raise Hole(
                    f"the relay stands at event {sent.seq} of fleet {fleet}, known is {known.seq if known else 0}"
                )
