"""Alert rules."""

from __future__ import annotations

from sqlalchemy import ARRAY, Boolean, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables.base import NEW_ID, NOW, instant, key, metadata, required, uuid

payment_alerts = Table(
    "payment_alerts",
    metadata,
    key("id", uuid(), server_default=NEW_ID),
    key("fleet_id", uuid()),
    required("alert_type", Text()),
    required("alert_name", Text()),
    required("conditions", JSONB()),
    required("notification_methods", ARRAY(Text()), server_default=text("'{}'")),
    required("recipients", ARRAY(uuid()), server_default=text("'{}'")),
    required("is_active", Boolean(), server_default=text("true")),
    required("created_at", instant(), server_default=NOW),
)
