"""Matches of a payment that were undone, as the trail tells them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.audit.record import AuditRecord
from services.payments.steps import Step


def undone_matches(records: Iterable[AuditRecord]) -> tuple[Step, ...]:
    """A step for each match that the payment was freed from; `status` is left to the story."""
    told = tuple(records)
    receipts = {
        str(record.key.get("id")): _receipts(record) for record in told if record.table == "reconciliation_match"
    }
    return tuple(_step(record, receipts) for record in told if (record.table, record.op) == ("match_payment", "delete"))


def _step(record: AuditRecord, receipts: dict[str, str]) -> Step:
    lines = receipts.get(str((record.before or {}).get("match_id")), "")
    return Step(record.at, "unmatched", "", "Match undone", " · ".join(_details(record, lines)))


def _details(record: AuditRecord, lines: str) -> Iterator[str]:
    if lines:
        yield f"Statement line {lines}"
    yield f"by {record.who}"
    if record.reason:
        yield record.reason


def _receipts(record: AuditRecord) -> str:
    return ", ".join(str(receipt) for receipt in (record.after or {}).get("receipts") or ())
