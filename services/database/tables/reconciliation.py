"""Days, matches and exceptions."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)

from services.database.tables.base import NEW_ID, NOW, PERSON, instant, key, metadata, money, required, uuid

payment_reconciliation = Table(
    "payment_reconciliation",
    metadata,
    key("id", uuid(), server_default=NEW_ID),
    required("reconciliation_date", Date()),
    key("fleet_id", uuid()),
    required("system_total", money()),
    required("mpesa_total", money()),
    required("difference", money()),
    required("status", Text()),
    Column("reconciled_by", Text()),
    Column("reconciled_at", instant()),
    Column("notes", Text()),
    required("created_at", instant(), server_default=NOW),
    CheckConstraint("status IN ('no_statement', 'open', 'reconciled', 'signed_off')"),
    UniqueConstraint("fleet_id", "reconciliation_date"),
)
reconciliation_match = Table(
    "reconciliation_match",
    metadata,
    key("fleet_id", uuid()),
    key("id", uuid(), server_default=NEW_ID),
    required("day", Date()),
    required("state", Text()),
    Column("pass", Text(), nullable=False, key="pass_"),
    required("score", Numeric(4, 3)),
    required("reasons", ARRAY(Text())),
    required("matched_by", Text(), server_default=PERSON),
    required("matched_at", instant(), server_default=NOW),
    CheckConstraint("state IN ('matched', 'undone')"),
)
Index("reconciliation_match_by_day", reconciliation_match.c.fleet_id, reconciliation_match.c.day)
match_payment = Table(
    "match_payment",
    metadata,
    key("fleet_id", uuid()),
    key("payment_id", uuid()),
    required("match_id", uuid()),
    ForeignKeyConstraint(
        ["fleet_id", "match_id"], ["finance.reconciliation_match.fleet_id", "finance.reconciliation_match.id"]
    ),
)
Index("match_payment_by_match", match_payment.c.fleet_id, match_payment.c.match_id)
match_line = Table(
    "match_line",
    metadata,
    key("fleet_id", uuid()),
    key("line_id", uuid()),
    required("match_id", uuid()),
    ForeignKeyConstraint(
        ["fleet_id", "match_id"], ["finance.reconciliation_match.fleet_id", "finance.reconciliation_match.id"]
    ),
    ForeignKeyConstraint(["fleet_id", "line_id"], ["finance.statement_line.fleet_id", "finance.statement_line.id"]),
)
Index("match_line_by_match", match_line.c.fleet_id, match_line.c.match_id)
reconciliation_exception = Table(
    "reconciliation_exception",
    metadata,
    key("fleet_id", uuid()),
    key("id", uuid(), server_default=NEW_ID),
    required("day", Date()),
    required("name", Text()),
    Column("payment_id", uuid()),
    Column("line_id", uuid()),
    required("amount", money()),
    required("detail", Text()),
    required("found_at", instant(), server_default=NOW),
    CheckConstraint("payment_id IS NOT NULL OR line_id IS NOT NULL"),
)
Index(
    "reconciliation_exception_by_day",
    reconciliation_exception.c.fleet_id,
    reconciliation_exception.c.day,
    reconciliation_exception.c.name,
)
Index(
    "reconciliation_exception_by_payment",
    reconciliation_exception.c.fleet_id,
    reconciliation_exception.c.payment_id,
    postgresql_where=reconciliation_exception.c.payment_id.is_not(None),
)
