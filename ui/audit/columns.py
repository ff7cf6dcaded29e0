"""The columns of the trail."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.audit.record import AuditRecord
from services.audit.words import Act, act
from services.domain.period import NAIROBI
from ui.grid import Column

NOTHING = "—"


@dataclass(slots=True)
class Reading:
    """Where times are read; changes with the fleet."""

    clock: Callable[[], datetime]
    zone: ZoneInfo = NAIROBI

    def moment(self, at: datetime) -> str:
        """'22 Nov 2026 14:05:11'."""
        here = at.astimezone(self.zone)
        return f"{here.day} {here:%b %Y %H:%M:%S}"

    def whole(self, at: datetime) -> str:
        """'2026-11-22 14:05:11', which stays sortable and a time wherever it is pasted."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def shortly(self, at: datetime) -> str:
        """'22 Nov 14:05:11' this year, '22 Nov 2025 14:05' of another."""
        here = at.astimezone(self.zone)
        this_year = here.year == self.clock().astimezone(self.zone).year
        return f"{here.day} {here:%b %H:%M:%S}" if this_year else f"{here.day} {here:%b %Y %H:%M}"


@dataclass(frozen=True, slots=True)
class TrailRow:
    """A record and its words."""

    record: AuditRecord
    act: Act

    @staticmethod
    def of(record: AuditRecord) -> TrailRow:
        """The row that tells a record."""
        return TrailRow(record, act(record))

    @property
    def id(self) -> Hashable:
        """What tells this row from every other."""
        return self.record.number


def trail_columns(reading: Reading) -> tuple[Column[TrailRow], ...]:
    """What a row of the trail says."""
    return (
        Column(
            "time", "Time", 132, lambda row: reading.shortly(row.record.at), tone="muted",
            copied=lambda row: reading.whole(row.record.at),
        ),
        Column("who", "Who", 128, lambda row: row.record.who),
        Column("what", "What", 158, lambda row: row.act.what, tone="strong"),
        Column(
            "details", "Details", 220, lambda row: row.act.details, stretch=True,
            hint=lambda row: row.act.details, private=True,
        ),
        Column(
            "reason", "Reason", 140, lambda row: row.record.reason or NOTHING, tone="muted",
            hint=lambda row: row.record.reason or "",
        ),
        Column(
            "number", "No.", 62, lambda row: f"{row.record.number:,}", align="right", tone="faint",
            tooltip="The record's place in the chain of this fleet",
        ),
    )  # fmt: skip
