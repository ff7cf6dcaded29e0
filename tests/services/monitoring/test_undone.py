"""Undone matches as steps of a story."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.audit.record import AuditRecord, Op
from services.monitoring.undone import undone_matches

AT = datetime(2026, 9, 22, 6, 0, tzinfo=UTC)


def record(table: str, op: Op, reason: str | None = None, **values: Any) -> AuditRecord:
    told: dict[str, Any] = {"key": {}, "before": None, "after": None, **values}
    return AuditRecord(UUID(int=1), 7, AT, "jane", table, op, told["key"], told["before"], told["after"], reason, b"h")


def test_only_what_freed_the_payment_is_a_step() -> None:
    made = record("reconciliation_match", "insert", key={"id": "m"}, after={"receipts": ["UIM1", "UIM2"]})
    freed = record("match_payment", "delete", "the wrong bus", before={"match_id": "m"})
    (step,) = undone_matches([freed, made, record("match_payment", "insert"), record("payment_reveal", "insert")])
    assert (step.at, step.kind, step.words) == (AT, "unmatched", "Match undone")
    assert step.detail == "Statement line UIM1, UIM2 · by jane · the wrong bus"


def test_a_match_that_the_trail_does_not_know_is_told_without_its_lines() -> None:
    (step,) = undone_matches([record("match_payment", "delete", before={"match_id": "m"})])
    assert step.detail == "by jane"
