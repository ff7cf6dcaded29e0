"""Copies the booking system's names (fleets, routes, vehicles, drivers, tills) and tells each fleet that they changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from services.database.tables import metadata

# A zone that PostgreSQL does not know would stop every day's sum of the fleet; Nairobi stands in and `verify` says so.
_ZONE = "CASE WHEN EXISTS (SELECT 1 FROM pg_timezone_names z WHERE z.name = f.timezone) THEN f.timezone ELSE 'Africa/Nairobi' END"

#: SELECTs of each copy from the booking system: what the copies must be, also for `verify` and `rebuild`.
SOURCES = {
    "fleet": f"SELECT f.id AS fleet_id, f.code, f.name, {_ZONE} AS timezone, f.currency FROM public.fleets f",
    "route": "SELECT fleet_id, id AS route_id, name, origin, destination FROM public.routes",
    "vehicle": "SELECT fleet_id, id AS vehicle_id, registration, capacity FROM public.vehicles",
    "driver": "SELECT fleet_id, id AS driver_id, full_name FROM public.drivers",
    "till": "SELECT fleet_id, shortcode AS short_code, kind, vehicle_id FROM public.shortcodes",
}
_KEYS = {"fleet": "fleet_id", "route": "route_id", "vehicle": "vehicle_id", "driver": "driver_id", "till": "short_code"}


@dataclass(frozen=True, slots=True)
class Named:
    """Notes taken from the inbox and events written."""

    notes: int
    events: int


def project_names(connection: Connection) -> Named:
    """Drains the notes on names and copies what they point at; fleets that were never noted are copied too."""
    notes = connection.execute(
        text(
            "DELETE FROM finance.payment_change WHERE source NOT IN ('payment', 'booking') RETURNING source, source_id"
        )
    ).all()
    noted: dict[str, set[str]] = {name: set() for name in SOURCES}
    for source, source_id in notes:
        noted[source].add(source_id)
    noted["fleet"].update(_unknown_fleets(connection))
    fleets = {fleet for name, ids in noted.items() if ids for fleet in _copy(connection, name, sorted(ids))}
    for fleet in noted["fleet"]:
        connection.execute(
            text(
                "INSERT INTO finance.feed (fleet_id, epoch, last_seq, timezone) SELECT fleet_id, 1, 0, timezone FROM finance.fleet"
                " WHERE fleet_id::text = :fleet ON CONFLICT DO NOTHING"
            ),
            {"fleet": fleet},
        )
    return Named(len(notes), sum(_tell(connection, fleet) for fleet in sorted(fleets)))


def _unknown_fleets(connection: Connection) -> list[str]:
    found = connection.execute(
        text("SELECT id::text FROM public.fleets WHERE id NOT IN (SELECT fleet_id FROM finance.fleet)")
    )
    return list(found.scalars())


def _copy(connection: Connection, name: str, ids: list[str]) -> set[str]:
    """Makes the copies of `ids` equal to their source; returns the fleets concerned."""
    key = _KEYS[name]
    parameters = {"ids": ids}
    gone = connection.execute(
        text(
            f"DELETE FROM finance.{name} c WHERE c.{key}::text = ANY (:ids) AND NOT EXISTS"
            f" (SELECT 1 FROM ({SOURCES[name]}) s WHERE s.{key} = c.{key} AND s.fleet_id = c.fleet_id)"
            " RETURNING fleet_id::text"
        ),
        parameters,
    )
    fleets = set(gone.scalars())
    conflict = "fleet_id" if name == "fleet" else f"fleet_id, {key}"
    columns = [column.name for column in metadata.tables[f"finance.{name}"].columns]
    assigned = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in ("fleet_id", key))
    kept = connection.execute(
        text(
            f"INSERT INTO finance.{name} ({', '.join(columns)}) SELECT {', '.join(columns)} FROM ({SOURCES[name]}) s"
            f" WHERE s.{key}::text = ANY (:ids) ON CONFLICT ({conflict}) DO UPDATE SET {assigned} RETURNING fleet_id::text"
        ),
        parameters,
    )
    return fleets | set(kept.scalars())


def _tell(connection: Connection, fleet: str) -> int:
    return connection.execute(
        text(
            "WITH numbered AS (UPDATE finance.feed SET last_seq = last_seq + 1 WHERE fleet_id = CAST(:fleet AS uuid)"
            " RETURNING fleet_id, last_seq)"
            " INSERT INTO finance.payment_event (fleet_id, seq, kind, at) SELECT fleet_id, last_seq, 'names', now() FROM numbered"
        ),
        {"fleet": fleet},
    ).rowcount
