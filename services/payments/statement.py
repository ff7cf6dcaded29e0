"""A statement in the making, and what it finds: text for the driver, since a page is found faster than SQLAlchemy would compose it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import Connection

from services.database.engine import fetched


@dataclass(slots=True)
class Statement:
    """Text as the driver takes it, and the values of its placeholders; `fleet` is one of them.

    The server keeps the plan of a text it sees often. With placeholders that is a plan for any values, so what decides the plan
    stands in the text itself: always what is rare here and common there (`fixed`), and with `exact` everything. A text without any
    placeholder is planned once; with some, the server plans it five times before it keeps what it made.
    """

    fleet_id: UUID
    text: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    exact: bool = False

    def __post_init__(self) -> None:
        self.values["fleet"] = self.fleet_id

    @property
    def written(self) -> str:
        """The text as it is sent."""
        return self.text.replace("%(fleet)s", self.fixed(self.fleet_id)) if self.exact else self.text

    def of(self, value: object) -> str:
        """The value as `exact` wants it."""
        return self.fixed(value) if self.exact else self.apart(value)

    def apart(self, value: object) -> str:
        """A placeholder for the value; what was typed goes no other way, since texts stand in logs."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def fixed(self, value: object) -> str:
        """The value itself."""
        return sql.Literal(value).as_string().replace("%", "%%")


def asked(connection: Connection, made: Statement) -> Sequence[Sequence[Any]]:
    """What the statement finds."""
    return fetched(connection, made.written, made.values)
