"""One record of the trail as people look at it: who did what to which row, and what the row was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from services.domain.money import shown
from services.domain.period import Days

Op = Literal["insert", "update", "delete"]

#: What people filter by: a name, the words for it, and the tables behind it. Every other table is of kind 'other'.
KINDS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "import": ("Imports", frozenset({"statement"})),
    "match": ("Matches", frozenset({"reconciliation_match", "match_line", "match_payment"})),
    "day": ("Reconciled days", frozenset({"payment_reconciliation"})),
    "rule": ("Alert rules", frozenset({"payment_alerts"})),
    "target": ("Revenue targets", frozenset({"revenue_target"})),
    "view": ("Shared views", frozenset({"saved_view"})),
    "member": ("Members", frozenset({"fleet_member"})),
    "reveal": ("Names shown", frozenset({"payment_reveal"})),
}
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A record; `number` counts from 1 within its fleet, `key` is the row's primary key without the fleet."""

    fleet_id: UUID
    number: int
    at: datetime
    who: str
    table: str
    op: Op
    key: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str | None
    hash: bytes

    @property
    def payment_id(self) -> UUID | None:
        """The one payment that the record is about; None where it is about none, or several."""
        several = (self.after or {}).get("payment_ids")
        named = several if isinstance(several, list) else [self.key.get("payment_id")]
        try:
            return UUID(str(named[0])) if len(named) == 1 else None
        except ValueError:
            return None

    @property
    def kind(self) -> str:
        """The kind people filter by."""
        return next((kind for kind, (_, tables) in KINDS.items() if self.table in tables), OTHER)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A fleet's records done within `days`, narrowed by what is set; an empty set means any."""

    fleet_id: UUID
    days: Days
    who: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    text: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but the days is set."""
        return bool(self.who or self.kinds or self.text.strip())


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended: the next one holds what was done before."""

    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Records, newest first; `more` is where the next page begins, None at the end."""

    records: tuple[AuditRecord, ...]
    more: Key | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a row: its values as text ('' where it is absent or null), and whether they differ."""

    field: str
    before: str
    after: str
    changed: bool


def changes(record: AuditRecord) -> tuple[Change, ...]:
    """Every field of the record's row, in the order of their names but those that changed first."""
    before, after = record.before or {}, record.after or {}
    rows = [_change(name, before, after) for name in sorted({*before, *after} - {"fleet_id"})]
    return tuple(sorted(rows, key=lambda row: not row.changed))


def _change(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    return Change(name, _written(before.get(name)), _written(after.get(name)), before.get(name) != after.get(name))


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal) and value.as_tuple().exponent == -2:
        return shown(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_written(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_written(part)}" for name, part in value.items())
    return str(value)
