"""What relay and client say to each other: JSON texts, one frame each.

The client speaks once, within seconds: `hello` with its single-use ticket and what it already knows. The relay answers
`welcome` and then sends `events` (numbered without gaps per fleet and epoch), `reload` (what you know no longer leads to the
present) and, about every second, a `beat`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, make_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.feed.event import Json, Kind, PaymentEvent, PaymentState, event_from_json
from services.feed.event import Position as Position

HELLO_LIMIT: Final = 64 * 1024
"""The longest frame, in bytes, that a relay takes from a client."""
FRAME_LIMIT: Final = 8 * 1024 * 1024
"""The longest frame, in bytes, that a client takes from a relay."""
FRAME_EVENTS: Final = 250
"""The most events in one frame, so that no listener's screen stalls on one."""

_TICKET = re.compile(r"[0-9A-Za-z]{16,128}")
_BIGINT = 2**63
_Count = Annotated[int, msgspec.Meta(ge=0, le=_BIGINT - 1)]


class NotAFrame(ValueError):
    """A text that is no frame of this protocol; says what was expected."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who asks (a ticket from `finance.issue_relay_ticket()`) and how far the fleets are known to it."""

    ticket: str
    positions: Mapping[UUID, Position]


@dataclass(frozen=True, slots=True)
class Welcome:
    """The fleets that will be heard, and where each one stands."""

    fleets: Mapping[UUID, Position]


@dataclass(frozen=True, slots=True)
class Events:
    """The events `first`…`last` of one fleet, all of them, in order."""

    fleet: UUID
    epoch: int
    first: int
    last: int
    events: tuple[PaymentEvent, ...]


@dataclass(frozen=True, slots=True)
class Reload:
    """Read the fleet again: events continue after `position`."""

    fleet: UUID
    position: Position
    why: str


@dataclass(frozen=True, slots=True)
class Beat:
    """How long, in seconds, the oldest unpublished change has waited (None: no projector ever ran), and where the fleets stand."""

    behind: float | None
    fleets: Mapping[UUID, Position]


Frame = Welcome | Events | Reload | Beat


def encode_hello(hello: Hello) -> str:
    """The client's first frame."""
    return _dumps({"type": "hello", "ticket": hello.ticket, "positions": _written(hello.positions)})


def encode_welcome(fleets: Mapping[UUID, Position]) -> bytes:
    """The relay's first frame."""
    return _dumps({"type": "welcome", "fleets": _written(fleets)}).encode()


def encode_events(fleet: UUID, epoch: int, first: int, events: Sequence[str]) -> bytes:
    """The frame of the events `first`, first + 1, …, each already the JSON object that `event_from_json` reads."""
    head = f'{{"type":"events","fleet":"{fleet}","epoch":{epoch},"first":{first},"last":{first + len(events) - 1},"events":['
    return f"{head}{','.join(events)}]}}".encode()


def encode_reload(fleet: UUID, position: Position, why: str) -> bytes:
    """The frame that asks to read a fleet again."""
    return _dumps(
        {"type": "reload", "fleet": str(fleet), "epoch": position.epoch, "seq": position.seq, "why": why}
    ).encode()


def encode_beat(behind: float | None, fleets: Mapping[UUID, Position]) -> bytes:
    """The frame that says the relay lives; `behind` in seconds, to the millisecond."""
    shown = None if behind is None else round(behind, 3)
    return _dumps({"type": "beat", "behind": shown, "fleets": _written(fleets)}).encode()


def decode_hello(text: str | bytes) -> Hello:
    """The hello behind a client's first frame; NotAFrame for anything else, however hostile."""
    value = _object(text)
    ticket = value.get("ticket")
    if value.get("type") != "hello" or not isinstance(ticket, str) or not _TICKET.fullmatch(ticket):
        raise NotAFrame("expected a hello with a ticket")
    return Hello(ticket, _positions(value.get("positions", {})))


def decode_frame(text: str | bytes) -> Frame | None:
    """The frame behind a relay's text, None for a type that a newer relay may know; NotAFrame where it makes no sense."""
    if _begins_events(text) and (frame := _usual_events(text)) is not None:
        return frame
    value = _object(text)
    kind = value.get("type")
    if kind == "events":
        return _events(value)
    if kind == "welcome":
        return Welcome(_positions(value.get("fleets")))
    if kind == "reload":
        return Reload(
            _uuid(value.get("fleet")), _position([value.get("epoch"), value.get("seq")]), str(value.get("why"))
        )
    if kind == "beat":
        return Beat(_seconds(value.get("behind")), _positions(value.get("fleets")))
    return None


class _UsualEvent(msgspec.Struct, frozen=True, gc=False):
    seq: int
    kind: Kind
    payment_id: UUID | None
    at: datetime
    before: PaymentState | None
    after: PaymentState | None


class _UsualEvents(msgspec.Struct, frozen=True):
    fleet: UUID
    epoch: _Count
    first: _Count
    last: _Count
    events: list[_UsualEvent]


#: Takes values without a frozen event's price, a function call for each (three times that of the event); then it becomes one.
_OpenEvent = make_dataclass("_OpenEvent", [(made.name, made.type) for made in fields(PaymentEvent)], slots=True)
_USUAL: Final = msgspec.json.Decoder(_UsualEvents)
_EVENTS_TEXT: Final = '{"type":"events",'
_EVENTS_BYTES: Final = _EVENTS_TEXT.encode()


def _begins_events(text: str | bytes) -> bool:
    return text.startswith(_EVENTS_TEXT) if isinstance(text, str) else text.startswith(_EVENTS_BYTES)


def _usual_events(text: str | bytes) -> Events | None:
    """Events as the relay writes them, read in one go; None for everything that is read with more care, and refused in words."""
    try:
        frame = _USUAL.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    listed = frame.events
    if [one.seq for one in listed] != list(range(frame.first, frame.last + 1)):
        return None
    return Events(frame.fleet, frame.epoch, frame.first, frame.last, _events_made(frame.fleet, listed))


def _events_made(fleet: UUID, listed: list[_UsualEvent]) -> tuple[PaymentEvent, ...]:
    events: list[PaymentEvent] = []
    for one in listed:
        event = _OpenEvent(fleet, one.seq, one.kind, one.payment_id, one.at, one.before, one.after)
        event.__class__ = PaymentEvent
        events.append(event)
    return tuple(events)


def _events(value: Json) -> Events:
    fleet = _uuid(value.get("fleet"))
    epoch, first, last = (_count(value.get(name)) for name in ("epoch", "first", "last"))
    listed = value.get("events")
    if not isinstance(listed, list):
        raise NotAFrame("expected a list of events")
    try:
        events = tuple(event_from_json(fleet, one) for one in listed)
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        raise NotAFrame(f"an event of fleet {fleet} cannot be read: {error!r}") from error
    if [event.seq for event in events] != list(range(first, last + 1)):
        raise NotAFrame(f"expected the events {first} to {last} of fleet {fleet}, each once and in order")
    return Events(fleet, epoch, first, last, events)


def _object(text: str | bytes) -> Json:
    try:
        value = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotAFrame("expected JSON") from error
    if not isinstance(value, dict):
        raise NotAFrame("expected a JSON object")
    return value


def _positions(value: object) -> dict[UUID, Position]:
    if not isinstance(value, dict):
        raise NotAFrame("expected positions by fleet")
    return {_uuid(fleet): _position(position) for fleet, position in value.items()}


def _position(value: object) -> Position:
    if not isinstance(value, list) or len(value) != 2:
        raise NotAFrame("expected a position [epoch, seq]")
    return Position(_count(value[0]), _count(value[1]))


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _BIGINT:
        raise NotAFrame("expected a whole number, not negative")
    return value


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise NotAFrame("expected seconds")
    return float(value)


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise NotAFrame("expected a fleet's id") from error


def _written(fleets: Mapping[UUID, Position]) -> dict[str, list[int]]:
    return {str(fleet): [position.epoch, position.seq] for fleet, position in fleets.items()}


def _dumps(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))
