"""The audit trail."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables.base import PERSON, instant, key, metadata, required, uuid

audit_record = Table(
    "audit_record",
    metadata,
    key("fleet_id", uuid()),
    key("number", BigInteger(), autoincrement=False),
    required("at", instant()),
    required("who", Text()),
    required("table_name", Text()),
    required("op", Text()),
    required("row_key", JSONB()),
    Column("before", JSONB()),
    Column("after", JSONB()),
    Column("reason", Text()),
    required("previous", LargeBinary()),
    required("hash", LargeBinary()),
    CheckConstraint("op IN ('insert', 'update', 'delete')"),
    Index(
        "audit_record_by_payment",
        text("(row_key ->> 'payment_id')"),
        postgresql_where=text("row_key ->> 'payment_id' IS NOT NULL"),
    ),
    Index(
        "audit_record_by_matched",
        text("(after -> 'payment_ids')"),
        postgresql_using="gin",
        postgresql_where=text("table_name = 'reconciliation_match' AND op = 'insert'"),
    ),
)
Index("audit_record_by_time", audit_record.c.fleet_id, audit_record.c.at.desc(), audit_record.c.number.desc())
audit_head = Table(
    "audit_head",
    metadata,
    key("fleet_id", uuid()),
    required("number", BigInteger()),
    required("hash", LargeBinary()),
)
audit_pending = Table(
    "audit_pending",
    metadata,
    key("fleet_id", uuid()),
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    required("at", instant(), server_default=text("clock_timestamp()")),
    required("who", Text(), server_default=PERSON),
    required("table_name", Text()),
    required("op", Text()),
    required("row_key", JSONB()),
    Column("before", JSONB()),
    Column("after", JSONB()),
    Column("reason", Text(), server_default=text("finance.reason()")),
)
