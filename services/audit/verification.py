"""Proves the trail: every record's hash, every link, the heads, the anchors, and the lines of every import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text

from services.audit.anchors import Anchor
from services.database.cancellation import CancelScope
from services.database.engine import Database

#: Records of one query: about a tenth of a second, so that progress moves and Cancel is heard.
_CHUNK: Final = 20_000
_STATEMENTS: Final = 20
_BEFORE_ALL: Final = -(2**63)

# Whoever sees every fleet is told of anchored fleets that are gone altogether; a person is told of their own.
_SEES_ALL = text("SELECT current_user = 'finance_owner' OR NOT row_security_active('finance.audit_record')")
_FLEETS = text("""
    SELECT fleet_id FROM finance.fleet UNION SELECT fleet_id FROM finance.audit_head
    UNION SELECT DISTINCT fleet_id FROM finance.audit_record
""")
_HEAD = text("SELECT number, hash FROM finance.audit_head WHERE fleet_id = :fleet")
_SCAN = text("""
    SELECT count(*) AS records, max(number) AS last,
           min(number) FILTER (WHERE number - 1 IS DISTINCT FROM before_number) AS gap,
           min(number) FILTER (WHERE previous IS DISTINCT FROM before_hash) AS unlinked,
           min(number) FILTER (WHERE hash IS DISTINCT FROM finance.audit_hash(fleet_id, number, at, who, table_name, op,
                row_key, before, after, reason, previous)) AS changed
    FROM (
        SELECT r.*, lag(number, 1, :number) OVER w AS before_number, lag(hash, 1, :hash) OVER w AS before_hash
        FROM finance.audit_record r
        WHERE fleet_id = :fleet AND number > :after
        WINDOW w AS (ORDER BY number) ORDER BY number LIMIT :chunk
    ) part
""")
_HASHES = text("SELECT number, hash FROM finance.audit_record WHERE fleet_id = :fleet AND number = ANY(:numbers)")
_IMPORTS = text("""
    SELECT number, id, digest, file_name FROM (
        SELECT DISTINCT ON (row_key ->> 'id') row_key ->> 'id' AS id, number, op, after ->> 'digest' AS digest,
               after ->> 'file_name' AS file_name
        FROM finance.audit_record
        WHERE fleet_id = :fleet AND number < :until AND table_name = 'statement'
        ORDER BY row_key ->> 'id', number DESC
    ) newest WHERE op <> 'delete' ORDER BY number
""")
_DIGESTS = text("""
    SELECT asked.id, finance.statement_digest(:fleet, asked.id::uuid) AS digest FROM unnest(CAST(:ids AS text[])) AS asked(id)
""")

Progress = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """The first record of a fleet that is not what it must be; `why` is a sentence, `missing` says that it is not there."""

    fleet_id: UUID
    number: int
    why: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class FleetProof:
    """What was found of one fleet's trail."""

    fleet_id: UUID
    records: int
    anchors_checked: int
    first_bad: BadRecord | None

    def as_json(self) -> dict[str, object]:
        """The stable shape that other programs read."""
        bad = self.first_bad
        return {
            "fleet_id": str(self.fleet_id),
            "records": self.records,
            "anchors_checked": self.anchors_checked,
            "first_bad": {"number": bad.number, "why": bad.why} if bad else None,
        }


@dataclass(frozen=True, slots=True)
class AuditVerification:
    """What was found, fleet by fleet."""

    fleets: tuple[FleetProof, ...]

    @property
    def records(self) -> int:
        """How many records were read."""
        return sum(proof.records for proof in self.fleets)

    @property
    def anchors_checked(self) -> int:
        """How many anchors were compared."""
        return sum(proof.anchors_checked for proof in self.fleets)

    @property
    def first_bad(self) -> tuple[BadRecord, ...]:
        """The first bad record of each fleet that has one."""
        return tuple(proof.first_bad for proof in self.fleets if proof.first_bad)

    def as_json(self) -> dict[str, object]:
        """The stable shape that other programs read."""
        return {
            "records": self.records,
            "anchors_checked": self.anchors_checked,
            "fleets": [proof.as_json() for proof in self.fleets],
        }


@dataclass(slots=True)
class _Trail:
    """What is known of one fleet's trail while it is read."""

    connection: Connection
    fleet_id: UUID
    head: int
    head_hash: bytes
    records: int = 0
    last: int = 0
    hash: bytes = b""
    faults: list[BadRecord] = field(default_factory=list)

    def blame(self, number: int, why: str, *, missing: bool = False) -> None:
        self.faults.append(BadRecord(self.fleet_id, number, why, missing))

    @property
    def first_bad(self) -> BadRecord | None:
        return min(self.faults, key=lambda fault: fault.number, default=None)


def verify(
    database: Database,
    fleet_ids: Sequence[UUID] | None = None,
    progress: Progress | None = None,
    anchors: Sequence[Anchor] | None = None,
) -> AuditVerification:
    """Proves the trails of `fleet_ids`, or of every fleet that the login sees, as they are at one moment.

    `anchors` are what AnchorFile.read() gave before this call (an anchor noted later may name a record that is not seen yet);
    without them a cut tail whose head was cut too, and a whole rewrite, cannot be found. `progress` hears 0 to 1. The work
    can be cancelled between any two queries, and in them.
    """
    known = anchors or ()
    with database.read() as connection:
        wanted = list(fleet_ids) if fleet_ids is not None else _fleets(connection, known)
        trails = [_begun(connection, fleet_id) for fleet_id in wanted]
        tell = _Told(progress, sum(trail.head for trail in trails))
        proofs = tuple(_prove(trail, [a for a in known if a.fleet_id == trail.fleet_id], tell) for trail in trails)
    tell.end()
    return AuditVerification(proofs)


def _begun(connection: Connection, fleet_id: UUID) -> _Trail:
    head = connection.execute(_HEAD, {"fleet": fleet_id}).one_or_none()
    return _Trail(connection, fleet_id, *((head.number, bytes(head.hash)) if head else (0, b"")))


def _prove(trail: _Trail, anchors: Sequence[Anchor], tell: _Told) -> FleetProof:
    _check_chain(trail, tell)
    _check_head(trail)
    _check_anchors(trail, anchors)
    _check_imports(trail)
    return FleetProof(trail.fleet_id, trail.records, len(anchors), trail.first_bad)


class _Told:
    """Counts records for `progress`, and hears Cancel."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, max(total, 1), 0
        self.add(0)

    def add(self, records: int) -> None:
        _listen()
        self._done += records
        if self._progress is not None:
            self._progress(min(0.99, self._done / self._total))

    def end(self) -> None:
        if self._progress is not None:
            self._progress(1.0)


def _fleets(connection: Connection, anchors: Sequence[Anchor]) -> list[UUID]:
    seen = set(connection.execute(_FLEETS).scalars())
    if connection.execute(_SEES_ALL).scalar_one():
        seen |= {anchor.fleet_id for anchor in anchors}
    return sorted(seen)


def _check_chain(trail: _Trail, tell: _Told) -> None:
    after = _BEFORE_ALL
    while True:
        asked = {"fleet": trail.fleet_id, "after": after, "number": trail.last, "hash": trail.hash, "chunk": _CHUNK}
        part = trail.connection.execute(_SCAN, asked).one()
        if not part.records:
            return
        _blame_chain(trail, part.gap, part.unlinked, part.changed)
        trail.records += part.records
        trail.last = after = part.last
        trail.hash = _hashes(trail, [after])[after]
        tell.add(part.records)


def _blame_chain(trail: _Trail, gap: int | None, unlinked: int | None, changed: int | None) -> None:
    # Of several faults at one record, the first that is told here is the one that is said.
    if gap is not None:
        before = trail.connection.execute(
            text("SELECT coalesce(max(number), 0) FROM finance.audit_record WHERE fleet_id = :fleet AND number < :gap"),
            {"fleet": trail.fleet_id, "gap": gap},
        ).scalar_one()
        trail.blame(before + 1, f"Record {before + 1:,} is missing: after {before:,} comes {gap:,}.", missing=True)
    if changed is not None:
        trail.blame(changed, f"Record {changed:,} is not what was written: its hash does not fit its contents.")
    if unlinked is not None:
        trail.blame(unlinked, f"Record {unlinked:,} does not follow from the record before it.")


def _check_head(trail: _Trail) -> None:
    head, cut = trail.head, trail.last + 1
    if trail.last < head:
        trail.blame(cut, f"Record {cut:,} is missing: the trail is cut off, it had {head:,} records.", missing=True)
    elif trail.last > head:
        trail.blame(head + 1, f"Record {head + 1:,} was never linked: the trail's head is record {head:,}.")
    elif trail.hash != trail.head_hash:
        trail.blame(head, f"Record {head:,} is not the one that the trail's head names.")


def _check_anchors(trail: _Trail, anchors: Sequence[Anchor]) -> None:
    for start in range(0, len(anchors), _CHUNK):
        part = anchors[start : start + _CHUNK]
        found = _hashes(trail, [anchor.number for anchor in part])
        for anchor in part:
            when = f"{anchor.at:%d %b %Y %H:%M} UTC"
            if anchor.number not in found:
                why = f"Record {anchor.number:,} is missing: it was anchored on {when}."
                trail.blame(anchor.number, why, missing=True)
            elif found[anchor.number] != anchor.hash:
                trail.blame(
                    anchor.number,
                    f"Record {anchor.number:,} is not the one that was anchored on {when}: the trail was rewritten.",
                )


def _hashes(trail: _Trail, numbers: list[int]) -> dict[int, bytes]:
    rows = trail.connection.execute(_HASHES, {"fleet": trail.fleet_id, "numbers": numbers})
    return {number: bytes(found) for number, found in rows}


def _check_imports(trail: _Trail) -> None:
    """Compares lines with digests, as far as the chain holds: a digest behind its first bad record proves nothing."""
    until = trail.first_bad.number if trail.first_bad else 2**63 - 1
    imports = trail.connection.execute(_IMPORTS, {"fleet": trail.fleet_id, "until": until}).all()
    for start in range(0, len(imports), _STATEMENTS):
        _listen()
        part = imports[start : start + _STATEMENTS]
        asked = {"fleet": trail.fleet_id, "ids": [row.id for row in part]}
        digests = {row.id: row.digest for row in trail.connection.execute(_DIGESTS, asked)}
        for row in part:
            if row.digest != digests[row.id]:
                trail.blame(
                    row.number, f"The lines of {row.file_name} are not the ones that record {row.number:,} proves."
                )
                return


def _listen() -> None:
    scope = CancelScope.current()
    if scope is not None:
        scope.check()
