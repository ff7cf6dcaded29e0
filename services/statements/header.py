"""What stands above a statement's columns: whose account, which period, which figures it must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from services.statements import cells
from services.statements.line import Rejected
from services.statements.reading import Record


@dataclass(frozen=True, slots=True)
class StatementHeader:
    """The preamble of a statement; absent statements are '' or None, amounts KES as written, times Nairobi's."""

    holder: str = ""
    short_code: str | None = None
    account: str = ""
    period_from: datetime | None = None
    period_to: datetime | None = None
    operator: str = ""
    reported_at: datetime | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    available: Decimal | None = None
    total_paid_in: Decimal | None = None
    total_withdrawn: Decimal | None = None


_FIELDS: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    "account holder": ("holder", cells.text),
    "short code": ("short_code", cells.short_code),
    "account": ("account", cells.text),
    "from": ("period_from", cells.first_instant),
    "to": ("period_to", cells.last_instant),
    "operator": ("operator", cells.text),
    "date of report": ("reported_at", cells.last_instant),
    "opening balance": ("opening", cells.amount),
    "closing balance": ("closing", cells.amount),
    "available balance": ("available", cells.amount),
    "total paid in": ("total_paid_in", cells.amount),
    "total withdrawn": ("total_withdrawn", cells.amount),
}
_LABELS: Final = frozenset({*_FIELDS, "time period", "organization"})


def read_header(records: Iterable[Record]) -> tuple[StatementHeader, tuple[Rejected, ...]]:
    """The preamble's statements by label, wherever they stand; those that cannot be read are returned as rejected."""
    found: dict[str, Any] = {}
    rejected = []
    for record in records:
        if record.fault:
            rejected.append(Rejected(record.row, "", record.fault, record.raw))
        for label, cell in _pairs(record):
            if label not in _FIELDS:
                continue
            name, read = _FIELDS[label]
            try:
                found.setdefault(name, read(cell))
            except ValueError as error:
                rejected.append(Rejected(record.row, label.capitalize(), str(error), record.raw))
    return StatementHeader(**found), tuple(rejected)


def _pairs(record: Record) -> Iterator[tuple[str, str]]:
    label = ""
    for cell in record.cells:
        start, colon, rest = cell.partition(":")
        word = " ".join(start.casefold().split())
        if word in _LABELS and (colon or word in {"from", "to"}):
            label = word
            if rest.strip():
                yield label, rest
                label = ""
        elif label and cell.strip():
            yield label, cell
            label = ""
