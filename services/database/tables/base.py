"""What every table of ours is made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Numeric, Uuid, text
from sqlalchemy.types import TypeEngine

metadata = MetaData(schema="finance")

NOW = text("now()")
NEW_ID = text("gen_random_uuid()")
PERSON = text("finance.person()")


def required(name: str, kind: TypeEngine[Any], **options: Any) -> Column[Any]:
    """A column that is never null."""
    return Column(name, kind, nullable=False, **options)


def key(name: str, kind: TypeEngine[Any], **options: Any) -> Column[Any]:
    """A column of the primary key."""
    return Column(name, kind, primary_key=True, **options)


def uuid() -> Uuid[Any]:
    """An id."""
    return Uuid()


def money() -> Numeric[Any]:
    """An amount in the fleet's currency."""
    return Numeric(14, 2)


def instant() -> DateTime:
    """A moment, with its zone."""
    return DateTime(timezone=True)
