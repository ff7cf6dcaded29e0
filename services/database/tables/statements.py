"""M-Pesa statements and their lines."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKeyConstraint, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables.base import NEW_ID, NOW, PERSON, instant, key, metadata, money, required, uuid

statement = Table(
    "statement",
    metadata,
    key("fleet_id", uuid()),
    key("id", uuid(), server_default=NEW_ID),
    required("short_code", Text()),
    required("layout", Text()),
    required("file_name", Text()),
    required("sha256", Text()),
    Column("holder", Text()),
    required("first_day", Date()),
    required("last_day", Date()),
    required("covered_from", instant()),
    required("covered_to", instant()),
    Column("opening_balance", money()),
    Column("closing_balance", money()),
    required("total_paid_in", money()),
    required("total_withdrawn", money()),
    required("rows", Integer()),
    required("imported", Integer()),
    required("duplicates", Integer()),
    required("rejected", Integer()),
    required("controls", JSONB()),
    required("balance_chain", JSONB()),
    required("imported_by", Text(), server_default=PERSON),
    required("imported_at", instant(), server_default=NOW),
)
Index("statement_by_days", statement.c.fleet_id, statement.c.short_code, statement.c.first_day, statement.c.last_day)
statement_line = Table(
    "statement_line",
    metadata,
    key("fleet_id", uuid()),
    key("id", uuid(), server_default=NEW_ID),
    required("statement_id", uuid()),
    required("row", Integer()),
    required("short_code", Text()),
    required("receipt", Text()),
    required("leg", Text()),
    required("occurrence", Integer()),
    required("kind", Text()),
    required("status", Text()),
    required("completed_at", instant()),
    Column("initiated_at", instant()),
    required("day", Date()),
    Column("paid_in", money()),
    Column("withdrawn", money()),
    Column("balance", money()),
    required("details", Text()),
    Column("reason_type", Text()),
    Column("other_party", Text()),
    Column("linked_receipt", Text()),
    Column("account", Text()),
    required("currency", Text()),
    ForeignKeyConstraint(["fleet_id", "statement_id"], ["finance.statement.fleet_id", "finance.statement.id"]),
)
Index(
    "statement_line_identity",
    statement_line.c.fleet_id,
    statement_line.c.short_code,
    statement_line.c.receipt,
    statement_line.c.leg,
    statement_line.c.completed_at,
    text("coalesce(paid_in, 0)"),
    text("coalesce(withdrawn, 0)"),
    statement_line.c.occurrence,
    unique=True,
)
Index("statement_line_by_day", statement_line.c.fleet_id, statement_line.c.day, statement_line.c.kind)
Index("statement_line_by_receipt", statement_line.c.fleet_id, statement_line.c.receipt)
Index(
    "statement_line_by_linked_receipt",
    statement_line.c.fleet_id,
    statement_line.c.linked_receipt,
    postgresql_where=statement_line.c.linked_receipt.is_not(None),
)
statement_rejection = Table(
    "statement_rejection",
    metadata,
    key("fleet_id", uuid()),
    key("statement_id", uuid()),
    key("row", Integer(), autoincrement=False),
    key("field", Text()),
    required("reason", Text()),
    required("raw", Text()),
    ForeignKeyConstraint(["fleet_id", "statement_id"], ["finance.statement.fleet_id", "finance.statement.id"]),
)
Index("statement_line_by_statement", statement_line.c.fleet_id, statement_line.c.statement_id)
