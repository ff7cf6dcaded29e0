"""One batch of the feed: drains notes of the inbox into the read model, the roll-ups and the events, in one transaction.

The caller opens the transaction with REPEATABLE READ: notes and booking tables are then seen at one moment (see the room's page).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from services.database.tables import payment
from services.feed.names import project_names
from services.feed.rollups import PAYMENT_TOTALS, REVENUE_DAILY, REVENUE_TOTALS, differences, redate, remove_emptied

_COLUMNS = tuple(column.name for column in payment.columns)
_STATE = (
    "status", "amount", "refunded_amount", "currency", "method", "route_id", "vehicle_id", "driver_id",
    "created_at", "completed_at", "result_code", "short_code",
)  # fmt: skip


def _state(row: str, **replaced: str) -> str:
    """The SQL of an event's state from `row`, some values taken from elsewhere."""
    return f"finance.payment_state({', '.join(replaced.get(name, f'{row}.{name}') for name in _STATE)})"


#: What a note itself says of its payment; the rest of the state is the booking system's row's.
_NOTED = {name: f"n.{name}" for name in ("status", "amount", "refunded_amount", "result_code")}


_PROJECT = text(f"""
WITH touched AS MATERIALIZED (      -- the payments and bookings of the oldest notes …
    SELECT DISTINCT source, source_id
    FROM (SELECT source, source_id FROM finance.payment_change WHERE source IN ('payment', 'booking')
          ORDER BY seq LIMIT :most) oldest
),
drained AS (                        -- … and every note of them
    DELETE FROM finance.payment_change c USING touched t
    WHERE c.source = t.source AND c.source_id = t.source_id
    RETURNING c.seq, c.source, c.source_id::uuid AS source_id, c.op, c.status, c.amount, c.refunded_amount, c.result_code, c.at
),
note AS MATERIALIZED (              -- one line for each event to be
    SELECT seq, 'payment' AS kind, source_id AS payment_id, op, status, amount, refunded_amount, result_code, at
    FROM drained WHERE source = 'payment'
    UNION ALL
    SELECT max(d.seq), 'booking', p.id, 'U', NULL, NULL, NULL, NULL, max(d.at)
    FROM drained d JOIN finance.payment p ON p.booking_id = d.source_id
    WHERE d.source = 'booking' GROUP BY p.id
),
old AS MATERIALIZED (
    SELECT p.*, f.timezone FROM finance.payment p JOIN finance.feed f ON f.fleet_id = p.fleet_id
    WHERE p.id = ANY (ARRAY(SELECT payment_id FROM note))
),
new AS MATERIALIZED (
    SELECT s.*, f.timezone FROM finance.payment_source s JOIN finance.feed f ON f.fleet_id = s.fleet_id
    WHERE s.id = ANY (ARRAY(SELECT payment_id FROM note))
),
stated AS (                         -- the last note of a payment meets the booking system's row as it now is
    SELECT n.*, old.id AS old_id, old.fleet_id AS old_fleet, new.fleet_id AS new_fleet,
           CASE WHEN lead(n.seq) OVER chain IS NULL THEN CASE WHEN new.id IS NOT NULL THEN {_state("new")} END
                WHEN n.op = 'D' THEN NULL
                WHEN new.id IS NOT NULL THEN {_state("new", **_NOTED)}
                ELSE {_state("old", **_NOTED)}
           END AS after,
           CASE WHEN old.id IS NOT NULL THEN {_state("old")} END AS was
    FROM note n LEFT JOIN old ON old.id = n.payment_id LEFT JOIN new ON new.id = n.payment_id
    WHERE old.id IS NOT NULL OR new.id IS NOT NULL
    WINDOW chain AS (PARTITION BY n.payment_id ORDER BY n.kind DESC, n.seq)
),
chained AS (
    SELECT seq, payment_id, at, new_fleet, old_fleet, after, kind,
           CASE WHEN row_number() OVER chain = 1 THEN was ELSE lag(after) OVER chain END AS before,
           row_number() OVER chain AS step
    FROM stated
    WINDOW chain AS (PARTITION BY payment_id ORDER BY kind DESC, seq)
),
happened AS MATERIALIZED (          -- a payment that moved to another fleet leaves the first one
    SELECT seq, step, 0 AS leg, old_fleet AS fleet_id, payment_id, 'removed' AS kind, at, before, NULL::jsonb AS after
    FROM chained WHERE step = 1 AND old_fleet <> new_fleet
    UNION ALL
    SELECT seq, step, 1, coalesce(new_fleet, old_fleet), payment_id, CASE WHEN after IS NULL THEN 'removed' ELSE kind END, at,
           CASE WHEN step = 1 AND old_fleet <> new_fleet THEN NULL ELSE before END, after
    FROM chained
),
numbered AS (
    UPDATE finance.feed f SET last_seq = f.last_seq + c.events
    FROM (SELECT fleet_id, count(*) AS events FROM happened GROUP BY fleet_id) c
    WHERE f.fleet_id = c.fleet_id
    RETURNING f.fleet_id, f.last_seq - c.events AS base
),
told AS (
    INSERT INTO finance.payment_event (fleet_id, seq, kind, payment_id, at, before, after)
    SELECT h.fleet_id, b.base + row_number() OVER (PARTITION BY h.fleet_id ORDER BY h.seq, h.payment_id, h.step, h.leg),
           h.kind, h.payment_id, h.at, h.before, h.after
    FROM happened h JOIN numbered b USING (fleet_id)
    RETURNING 1
),
gone AS (
    DELETE FROM finance.payment p USING old
    WHERE p.fleet_id = old.fleet_id AND p.id = old.id AND NOT EXISTS (SELECT 1 FROM new WHERE new.id = old.id)
),
kept AS (                           -- the key is the id as well, so a payment that changes fleets keeps its row
    INSERT INTO finance.payment ({", ".join(_COLUMNS)})
    SELECT {", ".join(f"new.{name}" for name in _COLUMNS)} FROM new
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "id")}
),
{differences("old", "new")},
daily AS ({REVENUE_DAILY.apply()}
),
revenue AS ({REVENUE_TOTALS.apply()}
),
totals AS ({PAYMENT_TOTALS.apply("r.ctid, r.payments")}
)
SELECT (SELECT count(*) FROM drained) AS drained, (SELECT count(*) FROM told) AS told,
       (SELECT array_agg(ctid::text) FROM totals WHERE payments = 0) AS emptied
""")


@dataclass(frozen=True, slots=True)
class Batch:
    """How many notes were taken from the inbox and how many events came of them."""

    notes: int
    events: int


def project_batch(connection: Connection, most: int) -> Batch:
    """Projects the oldest `most` notes (and all others of the same payments) in the caller's REPEATABLE READ transaction."""
    if connection.execute(text("SELECT seq FROM finance.payment_change ORDER BY seq LIMIT 1")).first() is None:
        return Batch(0, 0)
    named = project_names(connection)
    if named.events:
        redate(connection)
    drained, told, emptied = connection.execute(_PROJECT, {"most": most}).one()
    if emptied:
        remove_emptied(connection, emptied)
    return Batch(named.notes + drained, named.events + told)
