"""What the fleet earns, rolled up."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables.base import NEW_ID, NOW, PERSON, instant, key, metadata, money, required, uuid

revenue_daily = Table(
    "revenue_daily",
    metadata,
    key("fleet_id", uuid()),
    key("day", Date()),
    key("route_id", uuid()),
    key("vehicle_id", uuid()),
    key("driver_id", uuid()),
    key("method", Text()),
    key("currency", Text()),
    required("taken", money()),
    required("taken_count", BigInteger()),
    required("refunded", money()),
    required("refunded_count", BigInteger()),
)

revenue_totals = Table(
    "revenue_totals",
    metadata,
    key("fleet_id", uuid()),
    key("dimension", Text()),
    key("member", Text()),
    key("grain", Text()),
    key("start", DateTime()),
    key("currency", Text()),
    required("taken", money()),
    required("taken_count", BigInteger()),
    required("refunded", money()),
    required("refunded_count", BigInteger()),
)

Index(
    "revenue_totals_by_start",
    *(revenue_totals.c[name] for name in ("fleet_id", "grain", "start", "dimension", "member", "currency")),
    postgresql_where=func.octet_length(revenue_totals.c.dimension) > 0,
)

revenue_analytics = Table(
    "revenue_analytics",
    metadata,
    key("id", uuid(), server_default=NEW_ID),
    key("fleet_id", uuid()),
    required("period_type", Text()),
    required("period_start", Date()),
    required("period_end", Date()),
    required("total_revenue", money()),
    required("transaction_count", Integer()),
    Column("average_transaction", money()),
    required("revenue_by_route", JSONB(), server_default=text("'[]'")),
    required("revenue_by_vehicle", JSONB(), server_default=text("'[]'")),
    required("revenue_by_driver", JSONB(), server_default=text("'[]'")),
    required("revenue_by_payment_method", JSONB(), server_default=text("'[]'")),
    required("calculated_at", instant(), server_default=NOW),
    CheckConstraint("period_type IN ('daily', 'weekly', 'monthly')"),
    UniqueConstraint("fleet_id", "period_type", "period_start"),
)

revenue_due = Table(
    "revenue_due",
    metadata,
    key("fleet_id", uuid()),
    Column("seq", BigInteger(), Identity(always=True), primary_key=True),
    Column("day", Date()),
)

revenue_forecast = Table(
    "revenue_forecast",
    metadata,
    key("fleet_id", uuid()),
    key("dimension", Text()),
    key("member", Text()),
    required("made_at", instant()),
    required("as_of_day", Date()),
    required("model", Text()),
    required("words", Text()),
    Column("mase", Double()),
    Column("naive_mase", Double()),
    Column("wape", Double()),
    Column("starts", Integer()),
    required("alike", Double()),
    required("days", JSONB()),
    CheckConstraint("dimension IN ('', 'route', 'vehicle')"),
)

revenue_target = Table(
    "revenue_target",
    metadata,
    key("fleet_id", uuid()),
    key("id", uuid(), server_default=NEW_ID),
    required("dimension", Text()),
    required("member", Text()),
    required("from_day", Date()),
    required("per_day", money()),
    required("set_by", Text(), server_default=PERSON),
    required("set_at", instant(), server_default=NOW),
    CheckConstraint("dimension IN ('', 'route', 'vehicle')"),
    CheckConstraint(
        "CASE dimension WHEN '' THEN member = '' ELSE member ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' END"
    ),
    CheckConstraint("per_day > 0"),
    UniqueConstraint("fleet_id", "dimension", "member", "from_day"),
)
