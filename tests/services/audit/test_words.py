"""A record in the words of the finance office, and its fields side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.audit.record import AuditRecord, Change, Op, changes
from services.audit.words import act

Row = dict[str, Any]


def record(
    table: str, op: Op, before: Row | None = None, after: Row | None = None, key: Row | None = None
) -> AuditRecord:
    at = datetime(2026, 9, 22, 6, 0, tzinfo=UTC)
    return AuditRecord(UUID(int=1), 7, at, "test_manager", table, op, key or {"id": "x"}, before, after, None, b"h")


FILE: Row = {"file_name": "ORG_9990001.csv", "imported": 1117, "rejected": 0}
DAY: Row = {"reconciliation_date": "2026-11-22", "difference": Decimal("-2550.00"), "status": "open"}
MATCH: Row = {"day": "2026-11-22", "pass": "receipt", "state": "matched", "receipts": ["A1", "A2", "A3"]}
MEMBER: Row = {"login": "demo_viewer", "role": "viewer", "valid_to": None}
TARGET: Row = {"dimension": "", "member": "", "per_day": Decimal("550000.00"), "from_day": "2026-11-23"}
VIEW: Row = {"name": "Month end", "owner": "test_manager", "shared": False}
RULE: Row = {"alert_name": "Many failures", "is_active": True}


@pytest.mark.parametrize(
    ("told", "what", "details"),
    [
        (record("statement", "insert", None, FILE), "Imported statement", "ORG_9990001.csv · 1,117 lines"),
        (
            record("statement", "insert", None, {**FILE, "imported": 1, "rejected": 2}),
            "Imported statement",
            "ORG_9990001.csv · 1 line · 2 rejected",
        ),
        (record("statement", "insert", None, {}), "Imported statement", ""),
        (
            record("revenue_target", "insert", None, TARGET),
            "Set revenue target",
            "550,000.00 a day from 23 Nov 2026 · fleet",
        ),
        (
            record("revenue_target", "delete", {**TARGET, "dimension": "route", "member": "00f6d2f9-1111"}),
            "Cleared revenue target",
            "550,000.00 a day from 23 Nov 2026 · route 00f6d2f9",
        ),
        (
            record("statement", "update", FILE, {**FILE, "digest": "d"}),
            "Changed statement",
            "ORG_9990001.csv · its lines",
        ),
        (record("statement", "update", FILE, {**FILE, "imported": 1}), "Changed statement", "ORG_9990001.csv"),
        (record("statement", "delete", FILE), "Removed statement", "ORG_9990001.csv"),
        (
            record("reconciliation_match", "insert", None, MATCH),
            "Matched",
            "3 lines: A1, A2, A3 · 22 Nov 2026 · by receipt",
        ),
        (
            record("reconciliation_match", "insert", None, {**MATCH, "receipts": ["A1", "A2", "A3", "A4"], "pass": ""}),
            "Matched",
            "4 lines: A1, A2, A3 … · 22 Nov 2026",
        ),
        (
            record("reconciliation_match", "insert", None, {"day": "soon"}),
            "Matched",
            "0 lines · soon",
        ),
        (record("reconciliation_match", "update", MATCH, {**MATCH, "state": "undone"}), "Undid match", "22 Nov 2026"),
        (record("reconciliation_match", "update", MATCH, MATCH), "Changed match", "22 Nov 2026"),
        (record("reconciliation_match", "delete", MATCH), "Removed match", "22 Nov 2026"),
        (record("match_line", "delete", {"line_id": "l", "match_id": "m"}), "Freed line", "l, match m"),
        (record("match_payment", "insert", None, {"payment_id": "p", "match_id": "m"}), "Added payment", "p, match m"),
        (
            record("payment_reconciliation", "insert", None, DAY),
            "Reconciled",
            "22 Nov 2026: difference −2,550.00, open",
        ),
        (
            record("payment_reconciliation", "update", DAY, {**DAY, "status": "signed_off"}),
            "Signed off",
            "22 Nov 2026: difference −2,550.00, signed off",
        ),
        (
            record("payment_reconciliation", "update", {**DAY, "status": "signed_off"}, {**DAY, "difference": "?"}),
            "Reopened",
            "22 Nov 2026: difference ?, open",
        ),
        (record("payment_reconciliation", "delete", DAY), "Removed reconciliation", "22 Nov 2026"),
        (record("fleet_member", "insert", None, MEMBER), "Added member", "made demo_viewer viewer"),
        (
            record("fleet_member", "update", MEMBER, {**MEMBER, "valid_to": "2026-11-22T10:00:00+00:00"}),
            "Ended membership",
            "demo_viewer, viewer until now",
        ),
        (record("fleet_member", "update", MEMBER, MEMBER), "Changed member", "demo_viewer, viewer"),
        (record("fleet_member", "delete", MEMBER), "Removed member", "demo_viewer, viewer"),
        (record("payment_alerts", "insert", None, RULE), "Added alert rule", "Many failures"),
        (
            record("payment_alerts", "update", RULE, {**RULE, "is_active": False}),
            "Changed alert rule",
            "Many failures, switched off",
        ),
        (record("payment_alerts", "delete", {**RULE, "is_active": False}), "Removed alert rule", "Many failures"),
        (record("payment_reveal", "insert", None, {"payment_id": "p"}), "Saw name and phone", "payment p"),
        (record("saved_view", "insert", None, {**VIEW, "shared": True}), "Shared view", "“Month end”"),
        (record("saved_view", "update", VIEW, {**VIEW, "name": "June"}), "Renamed view", "“June” · before “Month end”"),
        (record("saved_view", "update", VIEW, {**VIEW, "shared": True}), "Shared view", "“Month end”"),
        (
            record("saved_view", "update", {**VIEW, "shared": True}, {**VIEW, "name": "June"}),
            "Stopped sharing view",
            "“June” · before “Month end”",
        ),
        (record("saved_view", "update", VIEW, VIEW), "Changed view", "“Month end”"),
        (record("saved_view", "delete", VIEW), "Deleted view", "“Month end”"),
        (record("saved_view", "delete", {**VIEW, "owner": "jane"}), "Deleted view", "“Month end” · kept by jane"),
        (record("relay_ticket", "insert", None, {}, {"owner": "a", "name": "b"}), "Added relay ticket", "a, b"),
    ],
)
def test_an_act_in_words(told: AuditRecord, what: str, details: str) -> None:
    said = act(told)
    assert (said.what, said.details) == (what, details)


def test_fields_side_by_side_what_changed_first() -> None:
    before = {"fleet_id": "f", "b": None, "a": 1, "score": Decimal("0.970"), "total": Decimal("1250.00"), "on": True}
    after = {**before, "b": ["x", "y"], "on": False, "conditions": {"rate": Decimal("0.2")}}
    assert changes(record("x", "update", before, after)) == (
        Change("b", "", "x, y", True),
        Change("conditions", "", "rate: 0.2", True),
        Change("on", "yes", "no", True),
        Change("a", "1", "1", False),
        Change("score", "0.970", "0.970", False),
        Change("total", "1,250.00", "1,250.00", False),
    )


def test_the_one_payment_that_a_record_is_about() -> None:
    one, two = UUID(int=1), UUID(int=2)
    told = {
        one: (
            record("payment_reveal", "insert", None, {}, {"payment_id": str(one)}),
            record("match_payment", "delete", {}, None, {"payment_id": str(one)}),
            record("reconciliation_match", "insert", None, {"payment_ids": [str(one)]}),
        ),
        None: (
            record("reconciliation_match", "insert", None, {"payment_ids": [str(one), str(two)]}),
            record("reconciliation_match", "insert", None, {"payment_ids": []}),
            record("statement", "delete", FILE),
            record("payment_reveal", "insert", None, {}, {"payment_id": "changed by hand"}),
        ),
    }
    assert all(said.payment_id == payment for payment, records in told.items() for said in records)


def test_kinds() -> None:
    assert [record(table, "insert").kind for table in ("statement", "match_line", "nothing_known")] == [
        "import",
        "match",
        "other",
    ]
