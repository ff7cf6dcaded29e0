"""Everybody who listens, by fleet: joins a listener to its channels without a hole, and moves the channels on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from services.relay.channel import Between, Channel
from services.relay.listener import Listener, tell
from services.relay.messages import Position, encode_beat, encode_reload, encode_welcome
from services.relay.reading import Step
from services.relay.wire import Wire

_KEPT = 5_000
"""Events of one fleet that stay in memory; older ones are read again."""
_NOTHING = Position(0, 0)


class Hall:
    """Belongs to the loop that the relay runs on. `between` reads older events; `retained` is how far back it pays to resume."""

    def __init__(self, between: Between, retained: int) -> None:
        self._between = between
        self._retained = retained
        self._channels: dict[UUID, Channel] = {}
        self.listeners: set[Listener] = set()

    @property
    def positions(self) -> Mapping[UUID, Position]:
        """Where every fleet stands for those who listen."""
        return MappingProxyType({fleet: channel.position for fleet, channel in self._channels.items()})

    def publish(self, steps: Iterable[Step]) -> None:
        """Moves fleets on; a fleet that was unknown begins where it stands."""
        for step in steps:
            channel = self._channels.get(step.fleet)
            if channel is None:
                self._channels[step.fleet] = Channel(step.fleet, step.position, min(_KEPT, self._retained))
            else:
                channel.publish(step)

    def beat(self, behind: float | None) -> None:
        """Tells everybody that the relay lives, one encoding for those who hear the same fleets."""
        alike: dict[frozenset[UUID], list[Listener]] = {}
        for listener in self.listeners:
            alike.setdefault(frozenset(listener.fleets), []).append(listener)
        for fleets, listeners in alike.items():
            stand = {fleet: self._channels[fleet].position for fleet in sorted(fleets)}
            tell(listeners, Wire(encode_beat(behind, stand)))

    async def join(self, listener: Listener, known: Mapping[UUID, Position]) -> None:
        """Welcomes the listener and brings it from what it knows to the present, fleet by fleet."""
        channels = [self._channel(fleet) for fleet in sorted(listener.identity.fleets)]
        self.listeners.add(listener)
        listener.tell(Wire(encode_welcome({channel.fleet: channel.position for channel in channels})))
        # Who knows nothing of a fleet takes the welcome's position, so these must listen before anything else can happen.
        for channel in channels:
            if channel.fleet not in known:
                self._listen(listener, channel)
        for channel in channels:
            if channel.fleet in known:
                await self._resume(listener, channel, known[channel.fleet])

    def leave(self, listener: Listener) -> None:
        """Nothing more is sent to the listener."""
        self.listeners.discard(listener)
        for fleet in listener.fleets:
            self._channels[fleet].listeners.discard(listener)
        listener.fleets.clear()

    def _channel(self, fleet: UUID) -> Channel:
        if fleet not in self._channels:
            self.publish((Step(fleet, _NOTHING),))
        return self._channels[fleet]

    @staticmethod
    def _listen(listener: Listener, channel: Channel) -> None:
        channel.listeners.add(listener)
        listener.fleets.add(channel.fleet)

    async def _resume(self, listener: Listener, channel: Channel, known: Position) -> None:
        """From here to `_listen` nothing may be awaited once memory reaches back far enough: that is what leaves no hole."""
        while self._resumable(channel, known) and known.seq + 1 < channel.oldest:
            found = await channel.older(known, self._between)
            if found is None:
                known = _NOTHING
                break
            wire, known = found
            await listener.send(wire)
        if listener.cut:
            return
        if self._resumable(channel, known):
            for wire in channel.since(known.seq):
                listener.tell(wire)
        elif known != channel.position:
            listener.tell(Wire(encode_reload(channel.fleet, channel.position, "you were away too long")))
        self._listen(listener, channel)

    def _resumable(self, channel: Channel, known: Position) -> bool:
        # A listener may be ahead of a relay that reads a late replica; what it knows already it will drop.
        return known.epoch == channel.position.epoch and channel.position.seq - known.seq <= self._retained
