"""The fleets that a login may see."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.database.engine import Database
from services.database.tables import fleet
from services.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet with its calendar zone and currency."""

    id: UUID
    code: str
    name: str
    zone: ZoneInfo
    currency: str


def fleets(database: Database) -> list[Fleet]:
    """The fleets of the database's login (all of them for the operator), by name."""
    columns = (fleet.c.fleet_id, fleet.c.code, fleet.c.name, fleet.c.timezone, fleet.c.currency)
    with database.read() as connection:
        rows = connection.execute(select(*columns).order_by(fleet.c.name, fleet.c.code)).all()
    return [Fleet(id_, code, name, ZoneInfo(zone), currency) for id_, code, name, zone, currency in rows]


def fleet_by_code(database: Database, code: str) -> Fleet:
    """The fleet with this code; NotFound names the codes that the login may see."""
    mine = fleets(database)
    for found in mine:
        if found.code.casefold() == code.strip().casefold():
            return found
    known = ", ".join(found.code for found in mine) or "none"
    raise NotFound(f"There is no fleet {code!r} for this login. It may see: {known}.")
