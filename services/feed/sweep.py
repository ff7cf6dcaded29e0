"""Finds what capture did not note while it was away (a trigger switched off, the inbox dropped) and notes it after all.

A note and its change commit together, and so do a note's removal and the row that the projector makes of it. In one snapshot a
payment therefore stands in the read model as the booking system has it, or it is noted: whatever is neither was never noted.
So a sweep beside live traffic finds nothing that is merely on its way.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Event

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from services.database.engine import Database
from services.database.tables import metadata
from services.domain.errors import EnvironmentFault
from services.feed.names import SOURCES

_log = logging.getLogger(__name__)
EVERY_SECONDS = 600.0

# Two sweeps at once would note the same payments twice.
_LOCK = text("SELECT pg_advisory_xact_lock(7261202604)")
# What a fleet's copy must be asks for every zone that PostgreSQL knows, which takes half a second: only where the raw rows differ.
_FLEETS_DIFFER = text("""
WITH theirs AS (SELECT id, code, name, timezone, currency FROM public.fleets),
     ours AS (SELECT fleet_id, code, name, timezone, currency FROM finance.fleet)
SELECT EXISTS ((TABLE theirs EXCEPT TABLE ours) UNION ALL (TABLE ours EXCEPT TABLE theirs))
""")
# The columns that move figures, compared as they are stored: payment_source would compute names and search words of every row.
# What could not be projected as it now stands was set aside; it gets another try when the booking system changes it.
_PAYMENTS = text("""
WITH theirs AS (
    SELECT t.id, t.booking_id, t.status, t.amount, t.refunded_amount, t.result_code, t.updated_at,
           b.fleet_id, b.route_id, b.vehicle_id, b.driver_id
    FROM public.payment_transactions t JOIN public.bookings b ON b.id = t.booking_id
),
wrong AS MATERIALIZED (
    SELECT coalesce(t.id, p.id) AS id, coalesce(t.booking_id, p.booking_id) AS booking_id,
           CASE WHEN t.id IS NULL THEN 'D' ELSE 'U' END AS op, t.status, t.amount, t.refunded_amount, t.result_code, t.updated_at
    FROM theirs t FULL JOIN finance.payment p ON p.id = t.id
    WHERE (t.id, t.status, t.amount, t.refunded_amount, t.updated_at, t.fleet_id, t.route_id, t.vehicle_id, t.driver_id)
          IS DISTINCT FROM
          (p.id, p.status, p.amount, p.refunded_amount, p.updated_at, p.fleet_id, p.route_id, p.vehicle_id, p.driver_id)
),
missing AS MATERIALIZED (
    SELECT w.* FROM wrong w
    WHERE NOT EXISTS (SELECT FROM finance.payment_change c WHERE c.source = 'payment' AND c.source_id = w.id::text)
      AND NOT EXISTS (SELECT FROM finance.payment_change c WHERE c.source = 'booking' AND c.source_id = w.booking_id::text)
),
noted AS (
    INSERT INTO finance.payment_change (source, source_id, booking_id, op, status, amount, refunded_amount, result_code)
    SELECT 'payment', m.id::text, m.booking_id, m.op, m.status, m.amount, m.refunded_amount, m.result_code
    FROM missing m
    WHERE NOT EXISTS (SELECT FROM finance.payment_change_parked k WHERE k.source = 'payment' AND k.source_id = m.id::text
                                                                    AND k.parked_at >= m.updated_at)
    ORDER BY m.updated_at
    RETURNING 1
)
SELECT (SELECT count(*) FROM public.payment_transactions), (SELECT count(*) FROM missing), (SELECT count(*) FROM noted)
""")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many payments were compared, how many were wrong without a note (and names that were), how many were noted now."""

    compared: int
    missing: int
    repaired: int


def sweep(database: Database) -> Swept:
    """Notes every payment, and every name, that our copy shows wrongly and that nobody noted; the projector then repairs it.

    `database` acts as finance_projector. A payment that was set aside because it cannot be projected is missing, not repaired.
    """
    with database.write() as connection:
        connection.execute(_LOCK)
        names = sum(_note_names(connection, source) for source in _sources(connection))
        compared, missing, repaired = connection.execute(_PAYMENTS).one()
    return Swept(compared, names + missing, names + repaired)


def _sources(connection: Connection) -> list[str]:
    fleets_differ = connection.execute(_FLEETS_DIFFER).scalar_one()
    return [source for source in SOURCES if source != "fleet" or fleets_differ]


def _note_names(connection: Connection, source: str) -> int:
    table = metadata.tables[f"finance.{source}"]
    columns = ", ".join(column.name for column in table.columns)
    key = [column.name for column in table.primary_key.columns][-1]
    ours, theirs = f"SELECT {columns} FROM finance.{source}", f"SELECT {columns} FROM ({SOURCES[source]}) s"
    return connection.execute(
        text(
            "INSERT INTO finance.payment_change (source, source_id, op)"
            f" SELECT DISTINCT :source, w.{key}::text, 'U'"
            f" FROM (({ours} EXCEPT {theirs}) UNION ALL ({theirs} EXCEPT {ours})) w"
            " WHERE NOT EXISTS (SELECT FROM finance.payment_change c"
            f" WHERE c.source = :source AND c.source_id = w.{key}::text)"
        ),
        {"source": source},
    ).rowcount


class Sweeping:
    """Sweeps every so often, as long as `run` runs; `database` acts as finance_projector."""

    def __init__(self, database: Database, every_seconds: float = EVERY_SECONDS) -> None:
        self._database = database
        self._every = every_seconds

    def run(self, stop: Event) -> None:
        """Sweeps now and every `every_seconds` until `stop` is set; outlives a database that goes away and comes back."""
        while not stop.is_set():
            try:
                _tell(sweep(self._database))
            except (EnvironmentFault, DBAPIError) as error:
                _log.warning("sweep: %s", error)
            stop.wait(self._every)


def _tell(swept: Swept) -> None:
    level = logging.WARNING if swept.missing else logging.INFO
    _log.log(
        level,
        "sweep: payments compared: %d, never noted: %d, noted now: %d",
        swept.compared, swept.missing, swept.repaired,
    )  # fmt: skip
