"""What the fleet earns, rolled up."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables.base import NEW_ID, NOW, instant, key, metadata, money, required, uuid

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
