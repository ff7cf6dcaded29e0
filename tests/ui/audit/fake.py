"""A trail in memory, told in a few words, whose answers can be held back or fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID
from zoneinfo import ZoneInfo

from services.audit.record import AuditFilter, AuditPage, AuditRecord, Key
from services.audit.verification import AuditVerification, BadRecord, FleetProof
from services.database.cancellation import CancelScope
from services.domain.errors import NotFound, WorkstationError
from services.domain.period import NAIROBI

#: 12:00 in Nairobi.
NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Fleet:
    id: UUID
    zone: ZoneInfo = NAIROBI


FLEET, OTHER_FLEET = Fleet(UUID(int=7)), Fleet(UUID(int=8))


def day_totals(number: int, *, reason: str | None = None, difference: str = "0.00") -> AuditRecord:
    """A day that was reconciled a second time, one minute after the record before."""
    before = {
        "id": "0b5a1a7e-1111-2222-3333-444455556666",
        "reconciliation_date": "2026-11-21",
        "difference": "125.00",
        "status": "open",
        "notes": None,
        "reconciled_at": "2026-11-22T05:00:00+00:00",
        "digest": "ab" * 32,
    }
    after = {**before, "difference": difference, "status": "reconciled", "notes": "<b>seen</b>"}
    at = NOON - timedelta(minutes=1_000 - number)
    key = {"id": before["id"]}
    return AuditRecord(
        FLEET.id,
        number,
        at,
        "test_manager",
        "payment_reconciliation",
        "update",
        key,
        before,
        after,
        reason,
        b"\x01" * 32,
    )


def added(record: AuditRecord) -> AuditRecord:
    """The record as if its row had been new."""
    return replace(record, op="insert", before=None)


def removed(record: AuditRecord) -> AuditRecord:
    """The record as if its row had gone."""
    return replace(record, op="delete", after=None)


@dataclass
class FakeTrail:
    """Records, oldest first; `fault` fails the next answers, `held` keeps the verification waiting."""

    records: list[AuditRecord] = field(default_factory=list)
    fault: WorkstationError | None = None
    bad: BadRecord | None = None
    anchors: int = 0
    page_size: int = 0
    asked: list[AuditFilter] = field(default_factory=list)
    held: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.held.set()

    def page(self, wanted: AuditFilter, after: Key | None = None, limit: int = 200) -> AuditPage:
        self.asked.append(wanted)
        if self.fault is not None:
            raise self.fault
        limit = self.page_size or limit
        found = [
            record
            for record in reversed(self.records)
            if record.fleet_id == wanted.fleet_id
            and record.at in wanted.days
            and (not wanted.who or record.who in wanted.who)
            and (not wanted.kinds or record.kind in wanted.kinds)
            and wanted.text.lower() in f"{record.after} {record.reason}".lower()
            and (after is None or record.number < after.number)
        ]
        more = Key(found[limit - 1].at, found[limit - 1].number) if len(found) > limit else None
        return AuditPage(tuple(found[:limit]), more)

    def record(self, fleet_id: UUID, number: int) -> AuditRecord:
        for record in self.records:
            if (record.fleet_id, record.number) == (fleet_id, number):
                return record
        raise NotFound(f"The audit trail has no record {number:,}.")

    def people(self, fleet_id: UUID) -> list[str]:
        return sorted({record.who for record in self.records if record.fleet_id == fleet_id})

    def verify(self, fleet_id: UUID, progress: Callable[[float], object] | None = None) -> AuditVerification:
        if progress is not None:
            progress(0.5)
        while not self.held.wait(0.01):
            scope = CancelScope.current()
            if scope is not None:
                scope.check()
        if self.fault is not None:
            raise self.fault
        proof = FleetProof(fleet_id, len(self.records), self.anchors, self.bad)
        return AuditVerification((proof,))
