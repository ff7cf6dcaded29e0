"""The people of a fleet."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Table, Text

from services.database.tables.base import NEW_ID, NOW, instant, key, metadata, required, uuid

fleet_member = Table(
    "fleet_member",
    metadata,
    key("fleet_id", uuid()),
    key("login", Text()),
    required("person_id", uuid(), server_default=NEW_ID),
    required("role", Text()),
    key("valid_from", instant(), server_default=NOW),
    Column("valid_to", instant()),
    CheckConstraint("role IN ('viewer', 'manager', 'approver')"),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from"),
)
