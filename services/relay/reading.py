"""What the relay reads from the database: where each fleet's feed stands, the new events, how far behind the projector is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.relay.messages import Position

POLL_EVENTS = 2_000
"""The most events of one fleet that one reading brings; the rest comes with the next."""
BEAT_SECONDS = 3.0
"""A projector that has not beaten for this long counts as stopped, and what it has not published as waiting since then."""

# The texts that go into frames are made by the server, so that no event is ever decoded on its way.
_EVENT = (
    "json_build_object('seq', e.seq, 'kind', e.kind, 'payment_id', e.payment_id, 'at', e.at,"
    " 'before', e.before, 'after', e.after)::text"
)
_FEED = text("SELECT fleet_id, epoch, last_seq FROM finance.feed")
_NEW = text(
    f"SELECT k.fleet_id, e.seq, {_EVENT} FROM unnest(CAST(:fleets AS uuid[]), CAST(:seqs AS bigint[])) AS k(fleet_id, seq)"
    " CROSS JOIN LATERAL (SELECT * FROM finance.payment_event p WHERE p.fleet_id = k.fleet_id AND p.seq > k.seq"
    " ORDER BY p.seq LIMIT :most) e ORDER BY k.fleet_id, e.seq"
)
# What waited when the projector last beat; the note itself has usually been published since.
_LAG = text(
    "SELECT greatest(extract(epoch FROM beat_at - oldest_at), 0)::float8, extract(epoch FROM clock_timestamp() - beat_at)::float8"
    " FROM finance.projector"
)
_EPOCH = text("SELECT epoch FROM finance.feed WHERE fleet_id = :fleet")


@dataclass(frozen=True, slots=True)
class Step:
    """A fleet moved on to `position` by `events` (texts, contiguous); `why` is set where it jumped instead and must be read again."""

    fleet: UUID
    position: Position
    events: tuple[str, ...] = ()
    why: str = ""


class FeedReader:
    """Reads the feed of all fleets; every method is one transaction that sees one moment, and blocks."""

    def __init__(self, database: Database, retained: int) -> None:
        self._database = database
        self._retained = retained

    def steps(self, known: Mapping[UUID, Position]) -> tuple[Step, ...]:
        """What happened since `known`; a fleet that is not in it begins where it stands."""
        with self._database.read() as connection:
            stands = {row[0]: Position(row[1], row[2]) for row in connection.execute(_FEED)}
            moved = {fleet: at for fleet, at in stands.items() if known.get(fleet) != at}
            behind = {fleet: known[fleet].seq for fleet, at in moved.items() if self._leads_to(known.get(fleet), at)}
            fresh = _new_events(connection, behind, POLL_EVENTS) if behind else {}
        steps = [_step(fleet, known.get(fleet), at, fresh.get(fleet)) for fleet, at in moved.items()]
        gone = [Step(fleet, Position(0, 0), why="the feed was removed") for fleet in known if fleet not in stands]
        return (*steps, *(step for step in gone if known[step.fleet] != step.position))

    def _leads_to(self, known: Position | None, at: Position) -> bool:
        return known is not None and known.epoch == at.epoch and 0 < at.seq - known.seq <= self._retained

    def between(self, fleet: UUID, known: Position, most: int) -> tuple[str, ...] | None:
        """Up to `most` events (texts) that follow `known`; None where they are gone or the epoch is another."""
        with self._database.read() as connection:
            epoch = connection.execute(_EPOCH, {"fleet": fleet}).scalar()
            found = _new_events(connection, {fleet: known.seq}, most).get(fleet, [])
        return _contiguous(known.seq, found) if epoch == known.epoch else None

    def lag(self) -> float | None:
        """Seconds that the oldest noted change has waited to be published; None where no projector ever ran."""
        with self._database.read() as connection:
            row = connection.execute(_LAG).one_or_none()
        if row is None:
            return None
        waited, beat = row
        return float((waited or 0.0) + (beat if beat > BEAT_SECONDS else 0.0))


def _new_events(connection: Connection, after: Mapping[UUID, int], most: int) -> dict[UUID, list[tuple[int, str]]]:
    found: dict[UUID, list[tuple[int, str]]] = {}
    asked = {"fleets": list(after), "seqs": list(after.values()), "most": most}
    for fleet, seq, event in connection.execute(_NEW, asked):
        found.setdefault(fleet, []).append((seq, event))
    return found


def _step(fleet: UUID, known: Position | None, at: Position, found: list[tuple[int, str]] | None) -> Step:
    if known is None:
        return Step(fleet, at)
    events = _contiguous(known.seq, found) if found is not None else None
    if events:
        return Step(fleet, Position(at.epoch, known.seq + len(events)), events)
    if known.epoch != at.epoch:
        return Step(fleet, at, why="the figures were rebuilt" if known.epoch else "the first payments arrived")
    return Step(fleet, at, why="too much happened at once" if at.seq > known.seq else "the feed was set back")


def _contiguous(after: int, found: list[tuple[int, str]]) -> tuple[str, ...] | None:
    if [seq for seq, _ in found] != list(range(after + 1, after + 1 + len(found))):
        return None
    return tuple(event for _, event in found)
