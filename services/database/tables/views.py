"""Filters that people keep by name."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables.base import NEW_ID, NOW, PERSON, instant, key, metadata, required, uuid

saved_view = Table(
    "saved_view",
    metadata,
    key("fleet_id", uuid()),
    key("id", uuid(), server_default=NEW_ID),
    required("page", Text()),
    required("name", Text()),
    required("owner", Text(), server_default=PERSON),
    required("shared", Boolean(), server_default=text("false")),
    required("definition", JSONB()),
    required("created_at", instant(), server_default=NOW),
    required("updated_at", instant(), server_default=NOW),
    CheckConstraint("page ~ '^[a-z_]{1,40}$'"),
    CheckConstraint("name = btrim(name) AND length(name) BETWEEN 1 AND 80"),
    CheckConstraint("jsonb_typeof(definition) = 'object' AND octet_length(definition::text) <= 65536"),
    UniqueConstraint("fleet_id", "page", "owner", "name"),
)
