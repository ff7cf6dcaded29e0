"""Writes planned days into the booking system's tables, as they stand at an instant; again later, only what is new.

Rows travel by COPY into temporary tables and from there by INSERT … ON CONFLICT: ids follow from the plan, so the same
plan written twice is written once, and a row is only ever moved on to a later state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import Connection, text

from services.database.engine import Database, first_line
from services.domain.errors import DatabaseUnreachable
from services.domain.period import day_of
from workstation.demo.day import AFTERMATH, DayPlan, plan_day
from workstation.demo.fleet import Fleet
from workstation.demo.orders import PLANNED
from workstation.demo.rows import BookingRow, Moment, PaymentRow, state_at


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many bookings and payments were written anew or moved on."""

    bookings: int
    payments: int


def load_history(database: Database, fleet: Fleet, plans: Iterable[DayPlan], until: datetime) -> Loaded:
    """Writes the fleet and everything that happens in `plans` before `until`, in one transaction.

    `database` connects as the owner of the booking system's tables. DatabaseUnreachable where it goes away: nothing is
    left half-written.
    """
    with database.write() as connection:
        write_fleet(connection, fleet)
        raw = _driver(connection)
        try:
            return _load(raw, plans, until)
        except psycopg.OperationalError as error:
            raise DatabaseUnreachable(
                f"The database at {database.address} did not take the demo's history ({first_line(str(error))});"
                " nothing was written. Start the demo again."
            ) from error


def top_up(
    database: Database, fleet: Fleet, seed: int, until: datetime, *, days: int = 60, scale: float = 1.0
) -> Loaded:
    """Brings the history to `until`: `days` whole days before today, and today's part; what is there is left alone.

    A data folder keeps to one `seed` and `scale`; another would add a second history beside the first.
    """
    last = day_of(until, ZoneInfo(fleet.timezone))
    with database.read() as connection:
        known = _known_days(connection, fleet)
    missing = _missing(known, last - timedelta(days=days), last)
    return load_history(database, fleet, (plan_day(seed, fleet, day, scale=scale) for day in missing), until)


def unfinished(plans: Iterable[DayPlan], until: datetime) -> list[Moment]:
    """What is still to come, from `until` on, for bookings made before it; in the order of time."""
    coming = [
        moment
        for plan in plans
        for story in plan.stories
        if story.moments and story.moments[0].at < until
        for moment in story.moments
        if moment.at >= until
    ]
    return sorted(coming, key=lambda moment: moment.at)


def recent_plans(seed: int, fleet: Fleet, until: datetime, *, scale: float = 1.0) -> list[DayPlan]:
    """The plans of the days whose bookings can still change at `until`, today's included."""
    last = day_of(until, ZoneInfo(fleet.timezone))
    return [plan_day(seed, fleet, last - timedelta(days=back), scale=scale) for back in range(AFTERMATH, -1, -1)]


def write_fleet(connection: Connection, fleet: Fleet) -> None:
    """Writes fleet, routes, vehicles, drivers, short codes and office people; those already there stay as they are."""
    for table, rows in _names(fleet):
        columns = ", ".join(rows[0])
        values = ", ".join(f":{column}" for column in rows[0])
        connection.execute(
            text(f"INSERT INTO public.{table} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"), rows
        )


def _names(fleet: Fleet) -> Iterator[tuple[str, list[dict[str, object]]]]:
    of_fleet = {"fleet_id": fleet.id}
    itself = {"id": fleet.id, "code": fleet.code, "name": fleet.name}
    yield "fleets", [{**itself, "timezone": fleet.timezone, "currency": fleet.currency}]
    yield (
        "routes",
        [
            {"id": one.id, **of_fleet, "name": one.name, "origin": one.origin, "destination": one.destination}
            for one in fleet.routes
        ],
    )
    yield (
        "vehicles",
        [
            {"id": one.id, **of_fleet, "registration": one.registration, "capacity": one.capacity}
            for one in fleet.vehicles
        ],
    )
    yield (
        "drivers",
        [{"id": one.id, **of_fleet, "full_name": one.full_name, "phone": one.phone} for one in fleet.drivers],
    )
    yield (
        "shortcodes",
        [
            {"shortcode": one.number, **of_fleet, "kind": one.kind, "vehicle_id": one.vehicle_id}
            for one in fleet.short_codes
        ],
    )
    yield (
        "user_profiles",
        [{"id": one.id, "full_name": one.full_name, "email": one.email, "phone": one.phone} for one in fleet.staff],
    )


def _known_days(connection: Connection, fleet: Fleet) -> tuple[date, date] | None:
    first, last = connection.execute(
        text(
            "SELECT min(created_at), max(created_at) FROM public.bookings"
            " WHERE fleet_id = :fleet AND starts_with(reference, :planned)"
        ),
        {"fleet": fleet.id, "planned": PLANNED},
    ).one()
    zone = ZoneInfo(fleet.timezone)
    return None if first is None else (day_of(first, zone), day_of(last, zone))


def _missing(known: tuple[date, date] | None, first: date, last: date) -> list[date]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if known is None:
        return days
    # The newest days may have been left unfinished; the older ones have nothing to come.
    settled = range(known[0].toordinal(), known[1].toordinal() - AFTERMATH)
    return [day for day in days if day.toordinal() not in settled]


def _load(raw: psycopg.Connection[object], plans: Iterable[DayPlan], until: datetime) -> Loaded:
    _make_room(raw, "bookings")
    _make_room(raw, "payment_transactions")
    for plan in plans:
        states = [state_at(story.moments, until) for story in plan.stories]
        _copy(raw, "bookings", BookingRow._fields, [row for bookings, _ in states for row in bookings])
        _copy(raw, "payment_transactions", PaymentRow._fields, [row for _, payments in states for row in payments])
    return Loaded(_merge(raw, "bookings", BookingRow._fields), _merge(raw, "payment_transactions", PaymentRow._fields))


def _make_room(raw: psycopg.Connection[object], table: str) -> None:
    raw.execute(f"CREATE TEMPORARY TABLE planned_{table} (LIKE public.{table}) ON COMMIT DROP".encode())


def _copy(
    raw: psycopg.Connection[object], table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    with raw.cursor().copy(f"COPY planned_{table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _merge(raw: psycopg.Connection[object], table: str, columns: Sequence[str]) -> int:
    names = ", ".join(columns)
    moved = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns if column != "id")
    return raw.execute(
        f"INSERT INTO public.{table} AS known ({names}) SELECT {names} FROM planned_{table}"
        f" ON CONFLICT (id) DO UPDATE SET {moved} WHERE known.updated_at < EXCLUDED.updated_at".encode()
    ).rowcount


def _driver(connection: Connection) -> psycopg.Connection[object]:
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("a psycopg connection is needed")
    return raw
