"""Schema finance as SQLAlchemy Core tables, for composed queries. The migrations make them; a test holds the two together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.types import TypeEngine

metadata = MetaData(schema="finance")


def _required(name: str, kind: TypeEngine[Any], **options: Any) -> Column[Any]:
    return Column(name, kind, nullable=False, **options)


def _key(name: str, kind: TypeEngine[Any], **options: Any) -> Column[Any]:
    return Column(name, kind, primary_key=True, **options)


def _uuid() -> Uuid[Any]:
    return Uuid()


def _money() -> Numeric[Any]:
    return Numeric(14, 2)


def _instant() -> DateTime:
    return DateTime(timezone=True)


_NOW = text("now()")
_NEW_ID = text("gen_random_uuid()")
_PERSON = text("finance.person()")

fleet_member = Table(
    "fleet_member",
    metadata,
    _key("fleet_id", _uuid()),
    _key("login", Text()),
    _required("person_id", _uuid(), server_default=_NEW_ID),
    _required("role", Text()),
    _key("valid_from", _instant(), server_default=_NOW),
    Column("valid_to", _instant()),
    CheckConstraint("role IN ('viewer', 'manager', 'approver')"),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from"),
)

fleet = Table(
    "fleet",
    metadata,
    _key("fleet_id", _uuid()),
    _required("code", Text()),
    _required("name", Text()),
    _required("timezone", Text()),
    _required("currency", Text()),
)
route = Table(
    "route",
    metadata,
    _key("fleet_id", _uuid()),
    _key("route_id", _uuid()),
    _required("name", Text()),
    Column("origin", Text()),
    Column("destination", Text()),
)
vehicle = Table(
    "vehicle",
    metadata,
    _key("fleet_id", _uuid()),
    _key("vehicle_id", _uuid()),
    _required("registration", Text()),
    Column("capacity", Integer()),
)
driver = Table(
    "driver",
    metadata,
    _key("fleet_id", _uuid()),
    _key("driver_id", _uuid()),
    _required("full_name", Text()),
)
till = Table(
    "till",
    metadata,
    _key("fleet_id", _uuid()),
    _key("short_code", Text()),
    _required("kind", Text()),
    Column("vehicle_id", _uuid()),
)

payment_change = Table(
    "payment_change",
    metadata,
    Column("seq", BigInteger(), Identity(always=True), primary_key=True),
    _required("source", Text()),
    _required("source_id", Text()),
    Column("booking_id", _uuid()),
    _required("op", Text()),
    Column("status", Text()),
    Column("amount", _money()),
    Column("refunded_amount", _money()),
    Column("result_code", Text()),
    _required("at", _instant(), server_default=text("clock_timestamp()")),
)
payment_change_parked = Table(
    "payment_change_parked",
    metadata,
    _key("seq", BigInteger(), autoincrement=False),
    _required("source", Text()),
    _required("source_id", Text()),
    _required("error", Text()),
    _required("parked_at", _instant(), server_default=_NOW),
)

payment = Table(
    "payment",
    metadata,
    _key("fleet_id", _uuid()),
    _key("id", _uuid()),
    _required("booking_id", _uuid()),
    _required("booking_reference", Text()),
    Column("route_id", _uuid()),
    Column("vehicle_id", _uuid()),
    Column("driver_id", _uuid()),
    Column("passenger", Text()),
    Column("phone", Text()),
    Column("passenger_shown", Text()),
    Column("phone_shown", Text()),
    _required("amount", _money()),
    _required("amount_cents", BigInteger()),
    _required("currency", Text()),
    _required("method", Text()),
    _required("status", Text()),
    Column("receipt", Text()),
    Column("checkout_request_id", Text()),
    Column("short_code", Text()),
    Column("result_code", Text()),
    Column("failure_reason", Text()),
    _required("refunded_amount", _money()),
    _required("created_at", _instant()),
    Column("completed_at", _instant()),
    Column("refunded_at", _instant()),
    _required("updated_at", _instant()),
    _required("created_day", Date()),
    Column("taken_day", Date()),
    Column("refunded_day", Date()),
    _required("search", TSVECTOR()),
)
Index("payment_by_time", payment.c.fleet_id, payment.c.created_at.desc(), payment.c.id.desc())
Index("payment_by_status", payment.c.fleet_id, payment.c.status, payment.c.created_at.desc(), payment.c.id.desc())
Index("payment_by_route", payment.c.fleet_id, payment.c.route_id, payment.c.created_at.desc(), payment.c.id.desc())
Index("payment_by_vehicle", payment.c.fleet_id, payment.c.vehicle_id, payment.c.created_at.desc(), payment.c.id.desc())
Index(
    "payment_by_amount",
    payment.c.fleet_id,
    payment.c.amount_cents.desc(),
    payment.c.created_at.desc(),
    payment.c.id.desc(),
)
Index("payment_by_taken_day", payment.c.fleet_id, payment.c.taken_day, payment.c.method)
Index(
    "payment_by_refunded_day",
    payment.c.fleet_id,
    payment.c.refunded_day,
    postgresql_where=payment.c.refunded_day.is_not(None),
)
Index("payment_by_receipt", payment.c.fleet_id, payment.c.receipt)
Index("payment_by_reference", payment.c.fleet_id, payment.c.booking_reference)
Index("payment_by_booking", payment.c.booking_id)
Index("payment_by_id", payment.c.id, unique=True)
Index("payment_by_search", payment.c.search, postgresql_using="gin")

revenue_daily = Table(
    "revenue_daily",
    metadata,
    _key("fleet_id", _uuid()),
    _key("day", Date()),
    _key("route_id", _uuid()),
    _key("vehicle_id", _uuid()),
    _key("driver_id", _uuid()),
    _key("method", Text()),
    _key("currency", Text()),
    _required("taken", _money()),
    _required("taken_count", BigInteger()),
    _required("refunded", _money()),
    _required("refunded_count", BigInteger()),
)

feed = Table(
    "feed",
    metadata,
    _key("fleet_id", _uuid()),
    _required("epoch", BigInteger()),
    _required("last_seq", BigInteger()),
)
payment_event = Table(
    "payment_event",
    metadata,
    _key("fleet_id", _uuid()),
    _key("seq", BigInteger(), autoincrement=False),
    _required("kind", Text()),
    Column("payment_id", _uuid()),
    _required("at", _instant()),
    Column("before", JSONB()),
    Column("after", JSONB()),
    CheckConstraint("kind IN ('payment', 'booking', 'removed', 'names')"),
)
Index("payment_event_by_payment", payment_event.c.fleet_id, payment_event.c.payment_id, payment_event.c.seq)
projector = Table(
    "projector",
    metadata,
    _key("only_row", Boolean(), server_default=text("true")),
    _required("leader", Text()),
    _required("beat_at", _instant()),
    Column("oldest_at", _instant()),
    CheckConstraint("only_row"),
)
relay = Table(
    "relay",
    metadata,
    _key("url", Text()),
    _required("beat_at", _instant(), server_default=_NOW),
)
relay_ticket = Table(
    "relay_ticket",
    metadata,
    _key("ticket_hash", LargeBinary()),
    _required("login", Text()),
    _required("operator", Boolean()),
    _required("expires_at", _instant()),
)

statement = Table(
    "statement",
    metadata,
    _key("fleet_id", _uuid()),
    _key("id", _uuid(), server_default=_NEW_ID),
    _required("short_code", Text()),
    _required("layout", Text()),
    _required("file_name", Text()),
    _required("sha256", Text()),
    Column("holder", Text()),
    _required("first_day", Date()),
    _required("last_day", Date()),
    _required("covered_from", _instant()),
    _required("covered_to", _instant()),
    Column("opening_balance", _money()),
    Column("closing_balance", _money()),
    _required("total_paid_in", _money()),
    _required("total_withdrawn", _money()),
    _required("rows", Integer()),
    _required("imported", Integer()),
    _required("duplicates", Integer()),
    _required("rejected", Integer()),
    _required("controls", JSONB()),
    _required("balance_chain", JSONB()),
    _required("imported_by", Text(), server_default=_PERSON),
    _required("imported_at", _instant(), server_default=_NOW),
)
Index("statement_by_days", statement.c.fleet_id, statement.c.short_code, statement.c.first_day, statement.c.last_day)
statement_line = Table(
    "statement_line",
    metadata,
    _key("fleet_id", _uuid()),
    _key("id", _uuid(), server_default=_NEW_ID),
    _required("statement_id", _uuid()),
    _required("row", Integer()),
    _required("short_code", Text()),
    _required("receipt", Text()),
    _required("leg", Text()),
    _required("occurrence", Integer()),
    _required("kind", Text()),
    _required("status", Text()),
    _required("completed_at", _instant()),
    Column("initiated_at", _instant()),
    _required("day", Date()),
    Column("paid_in", _money()),
    Column("withdrawn", _money()),
    Column("balance", _money()),
    _required("details", Text()),
    Column("reason_type", Text()),
    Column("other_party", Text()),
    Column("linked_receipt", Text()),
    Column("account", Text()),
    _required("currency", Text()),
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
    _key("fleet_id", _uuid()),
    _key("statement_id", _uuid()),
    _key("row", Integer(), autoincrement=False),
    _key("field", Text()),
    _required("reason", Text()),
    _required("raw", Text()),
    ForeignKeyConstraint(["fleet_id", "statement_id"], ["finance.statement.fleet_id", "finance.statement.id"]),
)

payment_reconciliation = Table(
    "payment_reconciliation",
    metadata,
    _key("id", _uuid(), server_default=_NEW_ID),
    _required("reconciliation_date", Date()),
    _key("fleet_id", _uuid()),
    _required("system_total", _money()),
    _required("mpesa_total", _money()),
    _required("difference", _money()),
    _required("status", Text()),
    Column("reconciled_by", Text()),
    Column("reconciled_at", _instant()),
    Column("notes", Text()),
    _required("created_at", _instant(), server_default=_NOW),
    CheckConstraint("status IN ('no_statement', 'open', 'reconciled', 'signed_off')"),
    UniqueConstraint("fleet_id", "reconciliation_date"),
)
reconciliation_match = Table(
    "reconciliation_match",
    metadata,
    _key("fleet_id", _uuid()),
    _key("id", _uuid(), server_default=_NEW_ID),
    _required("day", Date()),
    _required("state", Text()),
    Column("pass", Text(), nullable=False, key="pass_"),
    _required("score", Numeric(4, 3)),
    _required("reasons", ARRAY(Text())),
    _required("matched_by", Text(), server_default=_PERSON),
    _required("matched_at", _instant(), server_default=_NOW),
    CheckConstraint("state IN ('matched', 'undone')"),
)
Index("reconciliation_match_by_day", reconciliation_match.c.fleet_id, reconciliation_match.c.day)
match_payment = Table(
    "match_payment",
    metadata,
    _key("fleet_id", _uuid()),
    _key("payment_id", _uuid()),
    _required("match_id", _uuid()),
    ForeignKeyConstraint(
        ["fleet_id", "match_id"], ["finance.reconciliation_match.fleet_id", "finance.reconciliation_match.id"]
    ),
)
Index("match_payment_by_match", match_payment.c.fleet_id, match_payment.c.match_id)
match_line = Table(
    "match_line",
    metadata,
    _key("fleet_id", _uuid()),
    _key("line_id", _uuid()),
    _required("match_id", _uuid()),
    ForeignKeyConstraint(
        ["fleet_id", "match_id"], ["finance.reconciliation_match.fleet_id", "finance.reconciliation_match.id"]
    ),
    ForeignKeyConstraint(["fleet_id", "line_id"], ["finance.statement_line.fleet_id", "finance.statement_line.id"]),
)
Index("match_line_by_match", match_line.c.fleet_id, match_line.c.match_id)
reconciliation_exception = Table(
    "reconciliation_exception",
    metadata,
    _key("fleet_id", _uuid()),
    _key("id", _uuid(), server_default=_NEW_ID),
    _required("day", Date()),
    _required("name", Text()),
    Column("payment_id", _uuid()),
    Column("line_id", _uuid()),
    _required("amount", _money()),
    _required("detail", Text()),
    _required("found_at", _instant(), server_default=_NOW),
    CheckConstraint("payment_id IS NOT NULL OR line_id IS NOT NULL"),
)
Index(
    "reconciliation_exception_by_day",
    reconciliation_exception.c.fleet_id,
    reconciliation_exception.c.day,
    reconciliation_exception.c.name,
)

revenue_analytics = Table(
    "revenue_analytics",
    metadata,
    _key("id", _uuid(), server_default=_NEW_ID),
    _key("fleet_id", _uuid()),
    _required("period_type", Text()),
    _required("period_start", Date()),
    _required("period_end", Date()),
    _required("total_revenue", _money()),
    _required("transaction_count", Integer()),
    Column("average_transaction", _money()),
    _required("revenue_by_route", JSONB(), server_default=text("'[]'")),
    _required("revenue_by_vehicle", JSONB(), server_default=text("'[]'")),
    _required("revenue_by_driver", JSONB(), server_default=text("'[]'")),
    _required("revenue_by_payment_method", JSONB(), server_default=text("'[]'")),
    _required("calculated_at", _instant(), server_default=_NOW),
    CheckConstraint("period_type IN ('daily', 'weekly', 'monthly')"),
    UniqueConstraint("fleet_id", "period_type", "period_start"),
)
payment_alerts = Table(
    "payment_alerts",
    metadata,
    _key("id", _uuid(), server_default=_NEW_ID),
    _key("fleet_id", _uuid()),
    _required("alert_type", Text()),
    _required("alert_name", Text()),
    _required("conditions", JSONB()),
    _required("notification_methods", ARRAY(Text()), server_default=text("'{}'")),
    _required("recipients", ARRAY(_uuid()), server_default=text("'{}'")),
    _required("is_active", Boolean(), server_default=text("true")),
    _required("created_at", _instant(), server_default=_NOW),
)

# The audit trail (0004)
audit_record = Table(
    "audit_record",
    metadata,
    _key("fleet_id", _uuid()),
    _key("number", BigInteger(), autoincrement=False),
    _required("at", _instant()),
    _required("who", Text()),
    _required("table_name", Text()),
    _required("op", Text()),
    _required("row_key", JSONB()),
    Column("before", JSONB()),
    Column("after", JSONB()),
    Column("reason", Text()),
    _required("previous", LargeBinary()),
    _required("hash", LargeBinary()),
    CheckConstraint("op IN ('insert', 'update', 'delete')"),
)
Index("audit_record_by_time", audit_record.c.fleet_id, audit_record.c.at.desc(), audit_record.c.number.desc())
audit_head = Table(
    "audit_head",
    metadata,
    _key("fleet_id", _uuid()),
    _required("number", BigInteger()),
    _required("hash", LargeBinary()),
)
audit_pending = Table(
    "audit_pending",
    metadata,
    _key("fleet_id", _uuid()),
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    _required("at", _instant(), server_default=text("clock_timestamp()")),
    _required("who", Text(), server_default=_PERSON),
    _required("table_name", Text()),
    _required("op", Text()),
    _required("row_key", JSONB()),
    Column("before", JSONB()),
    Column("after", JSONB()),
    Column("reason", Text(), server_default=text("finance.reason()")),
)
Index("statement_line_by_statement", statement_line.c.fleet_id, statement_line.c.statement_id)
