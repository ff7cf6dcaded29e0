"""Puts the capture triggers on the booking system's tables: copies only, in a transaction of its own that waits for nobody long."""

from __future__ import annotations

from dataclasses import dataclass

import stamina
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.database.engine import Database

_ROWS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


@dataclass(frozen=True, slots=True)
class Watched:
    """A table of the booking system and the function that notes its changes under `source`."""

    table: str
    function: str
    source: str


WATCHED = (
    Watched("payment_transactions", "note_payment_change", "payment"),
    Watched("bookings", "note_booking_change", "booking"),
    Watched("fleets", "note_name_change", "fleet"),
    Watched("routes", "note_name_change", "route"),
    Watched("vehicles", "note_name_change", "vehicle"),
    Watched("drivers", "note_name_change", "driver"),
    Watched("shortcodes", "note_till_change", "till"),
)


def install_capture(database: Database) -> None:
    """Installs or renews the triggers, one table a transaction.

    Each waits at most a second for its table's lock, so that a busy booking system is never queued behind us, and is tried again.
    `database` connects as the login that owns the booking system's tables.
    """
    for watched in WATCHED:
        _install(database, watched)


@stamina.retry(on=OperationalError, attempts=20, wait_initial=0.2, wait_max=3.0)
def _install(database: Database, watched: Watched) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        # A trigger's creator must be allowed to execute its function; nobody else is.
        for event, rows in _ROWS.items():
            connection.execute(text(trigger_sql(watched, event, rows)))


def trigger_sql(watched: Watched, event: str, rows: str) -> str:
    """CREATE TRIGGER for one table and one event (transition tables allow no more than one)."""
    return (
        f"CREATE OR REPLACE TRIGGER finance_note_{event.lower()} AFTER {event} ON public.{watched.table}"
        f" REFERENCING {rows} TABLE AS noted FOR EACH STATEMENT"
        f" EXECUTE FUNCTION finance.{watched.function}('{event[0]}', '{watched.source}')"
    )


def capture_installed(database: Database) -> bool:
    """Whether every trigger is in place and enabled."""
    with database.read() as connection:
        found = connection.execute(
            text(
                "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'finance\\_note\\_%' AND tgenabled <> 'D'"
                " AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
            )
        ).scalar_one()
    return bool(found == len(WATCHED) * len(_ROWS))
