"""Names, the inbox, the read model and the feed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from services.database.tables.base import NOW, instant, key, metadata, money, required, uuid

fleet = Table(
    "fleet",
    metadata,
    key("fleet_id", uuid()),
    required("code", Text()),
    required("name", Text()),
    required("timezone", Text()),
    required("currency", Text()),
)
route = Table(
    "route",
    metadata,
    key("fleet_id", uuid()),
    key("route_id", uuid()),
    required("name", Text()),
    Column("origin", Text()),
    Column("destination", Text()),
)
vehicle = Table(
    "vehicle",
    metadata,
    key("fleet_id", uuid()),
    key("vehicle_id", uuid()),
    required("registration", Text()),
    Column("capacity", Integer()),
)
driver = Table(
    "driver",
    metadata,
    key("fleet_id", uuid()),
    key("driver_id", uuid()),
    required("full_name", Text()),
)
till = Table(
    "till",
    metadata,
    key("fleet_id", uuid()),
    key("short_code", Text()),
    required("kind", Text()),
    Column("vehicle_id", uuid()),
)

payment_change = Table(
    "payment_change",
    metadata,
    Column("seq", BigInteger(), Identity(always=True), primary_key=True),
    required("source", Text()),
    required("source_id", Text()),
    Column("booking_id", uuid()),
    required("op", Text()),
    Column("status", Text()),
    Column("amount", money()),
    Column("refunded_amount", money()),
    Column("result_code", Text()),
    required("at", instant(), server_default=text("clock_timestamp()")),
)
payment_change_parked = Table(
    "payment_change_parked",
    metadata,
    key("seq", BigInteger(), autoincrement=False),
    required("source", Text()),
    required("source_id", Text()),
    required("error", Text()),
    required("parked_at", instant(), server_default=NOW),
)

payment = Table(
    "payment",
    metadata,
    key("fleet_id", uuid()),
    key("id", uuid()),
    required("booking_id", uuid()),
    required("booking_reference", Text()),
    Column("route_id", uuid()),
    Column("vehicle_id", uuid()),
    Column("driver_id", uuid()),
    Column("passenger", Text()),
    Column("phone", Text()),
    Column("passenger_shown", Text()),
    Column("phone_shown", Text()),
    required("amount", money()),
    required("amount_cents", BigInteger()),
    required("currency", Text()),
    required("method", Text()),
    required("status", Text()),
    Column("receipt", Text()),
    Column("checkout_request_id", Text()),
    Column("short_code", Text()),
    Column("result_code", Text()),
    Column("failure_reason", Text()),
    required("refunded_amount", money()),
    required("created_at", instant()),
    Column("completed_at", instant()),
    Column("refunded_at", instant()),
    required("updated_at", instant()),
    required("created_day", Date()),
    Column("taken_day", Date()),
    Column("refunded_day", Date()),
    required("search", TSVECTOR()),
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
Index("payment_by_driver", payment.c.fleet_id, payment.c.driver_id, payment.c.created_at.desc(), payment.c.id.desc())
Index("payment_by_method", payment.c.fleet_id, payment.c.method, payment.c.created_at.desc(), payment.c.id.desc())
Index(
    "payment_by_till",
    payment.c.fleet_id,
    # In the server's own lines, which is how the chain is compared with this.
    text("\nCASE\n    WHEN short_code IS NULL THEN ''::text\n    ELSE short_code\nEND"),
    payment.c.created_at.desc(),
    payment.c.id.desc(),
)
Index(
    "payment_by_reason",
    payment.c.fleet_id,
    text("\nCASE\n    WHEN result_code IS NULL THEN ''::text\n    ELSE result_code\nEND"),
    payment.c.created_at.desc(),
    payment.c.id.desc(),
    postgresql_where=payment.c.status == "failed",
)
Index(
    "payment_by_taken_day",
    payment.c.fleet_id,
    payment.c.taken_day,
    payment.c.created_at.desc(),
    payment.c.id.desc(),
    postgresql_where=payment.c.taken_day.is_not(None),
)
Index(
    "payment_by_refunded_day",
    payment.c.fleet_id,
    payment.c.refunded_day,
    payment.c.created_at.desc(),
    payment.c.id.desc(),
    postgresql_where=payment.c.refunded_day.is_not(None),
)
Index("payment_by_receipt", payment.c.fleet_id, payment.c.receipt)
Index("payment_by_reference", payment.c.fleet_id, payment.c.booking_reference)
Index("payment_by_booking", payment.c.booking_id)
Index("payment_by_id", payment.c.id, unique=True)
Index("payment_by_search", payment.c.search, postgresql_using="gin")
Index(
    "payment_by_taken_at",
    payment.c.fleet_id,
    payment.c.completed_at,
    payment.c.created_at,
    postgresql_where=payment.c.taken_day.is_not(None),
)

payment_totals = Table(
    "payment_totals",
    metadata,
    key("fleet_id", uuid()),
    key("dimension", Text()),
    key("member", Text()),
    key("grain", Text()),
    key("start", Date()),
    key("hour", SmallInteger(), autoincrement=False),
    key("status", Text()),
    key("code", Text()),
    key("currency", Text()),
    required("payments", BigInteger()),
    required("amount", money()),
    required("refunded", money()),
)

feed = Table(
    "feed",
    metadata,
    key("fleet_id", uuid()),
    required("epoch", BigInteger()),
    required("last_seq", BigInteger()),
    required("timezone", Text(), server_default=text("'Africa/Nairobi'")),
)
payment_event = Table(
    "payment_event",
    metadata,
    key("fleet_id", uuid()),
    key("seq", BigInteger(), autoincrement=False),
    required("kind", Text()),
    Column("payment_id", uuid()),
    required("at", instant()),
    Column("before", JSONB()),
    Column("after", JSONB()),
    CheckConstraint("kind IN ('payment', 'booking', 'removed', 'names')"),
)
Index("payment_event_by_payment", payment_event.c.fleet_id, payment_event.c.payment_id, payment_event.c.seq)
Index(
    "payment_event_by_names",
    payment_event.c.fleet_id,
    payment_event.c.seq,
    postgresql_where=payment_event.c.kind == "names",
)
projector = Table(
    "projector",
    metadata,
    key("only_row", Boolean(), server_default=text("true")),
    required("leader", Text()),
    required("beat_at", instant()),
    Column("oldest_at", instant()),
    CheckConstraint("only_row"),
)
relay = Table(
    "relay",
    metadata,
    key("url", Text()),
    required("beat_at", instant(), server_default=NOW),
)
relay_ticket = Table(
    "relay_ticket",
    metadata,
    key("ticket_hash", LargeBinary()),
    required("login", Text()),
    required("operator", Boolean()),
    required("expires_at", instant()),
)
