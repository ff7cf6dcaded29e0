"""A fleet's names, read once and again when one of them has changed."""

from __future__ import annotations

from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, String, cast, func, literal, null, select, union_all

from services.database.tables import driver, route, till, vehicle
from services.payments.row import Lettering, Names

#: The epoch of a fleet's feed and the last of its events that says that a name has changed.
Named = tuple[int, int | None]


class NameBook:
    """Remembers each fleet's names with the event that last changed one; many threads may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[UUID, tuple[Named, Lettering]] = {}

    def known(self, fleet_id: UUID, named: Named) -> Lettering | None:
        """The names as they were after that event; None where they are not known or another event's."""
        with self._lock:
            found = self._known.get(fleet_id)
        return found[1] if found is not None and found[0] == named else None

    def learn(self, fleet_id: UUID, named: Named, names: Names) -> Lettering:
        """Keeps names that were read at or after that event."""
        lettering = Lettering.of(names)
        with self._lock:
            self._known[fleet_id] = (named, lettering)
        return lettering


def read_names(connection: Connection, fleet_id: UUID) -> Names:
    """Routes, vehicles, drivers and tills of the fleet, each by its name."""
    names = Names({}, {}, {}, {})
    for kind, id_, code, name in connection.execute(_names_query(fleet_id)):
        if kind == "till":
            names.tills[code] = name
        else:
            {"route": names.routes, "vehicle": names.vehicles, "driver": names.drivers}[kind][id_] = name
    return names


def _names_query(fleet_id: UUID) -> Select[Any]:
    no_code, no_id = cast(null(), String), cast(null(), route.c.route_id.type)
    tables = (
        (route.c.fleet_id, literal("route"), route.c.route_id, no_code, route.c.name),
        (vehicle.c.fleet_id, literal("vehicle"), vehicle.c.vehicle_id, no_code, vehicle.c.registration),
        (driver.c.fleet_id, literal("driver"), driver.c.driver_id, no_code, driver.c.full_name),
        (
            till.c.fleet_id,
            literal("till"),
            no_id,
            till.c.short_code,
            func.initcap(till.c.kind) + " " + till.c.short_code,
        ),
    )
    named = union_all(
        *(
            select(kind.label("kind"), id_.label("id"), code.label("code"), name.label("name")).where(fleet == fleet_id)
            for fleet, kind, id_, code, name in tables
        )
    ).subquery()
    return select(named.c.kind, named.c.id, named.c.code, named.c.name).order_by(named.c.kind, named.c.name)
