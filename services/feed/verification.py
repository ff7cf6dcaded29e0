"""Proves the read model and the roll-ups against the booking system's tables, and makes them anew."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.database.tables import metadata, payment
from services.domain.payment import NOBODY
from services.feed.names import SOURCES
from services.feed.rollups import (
    PAYMENT_TOTALS,
    REBUILD_LOCK,
    REVENUE_DAILY,
    REVENUE_TOTALS,
    ROLLUPS,
    Rollup,
    begin_feeds,
    summed,
)

#: Differences of one table that are listed, at most.
MOST_SHOWN = 1_000
_COLUMNS = tuple(column.name for column in payment.columns)
#: What verify says reaches terminals, logs and other programs; of these it says only whether they are there and differ.
_PRIVATE = frozenset({"passenger", "phone", "passenger_shown", "phone_shown", "search"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not what it must be: `ours` and `theirs` as text, '' where the row is missing."""

    table: str
    id: str
    ours: str
    theirs: str

    def as_json(self) -> dict[str, str]:
        """The stable shape that other programs read."""
        return {"table": self.table, "id": self.id, "ours": self.ours, "theirs": self.theirs}


@dataclass(frozen=True, slots=True)
class Verification:
    """How many payments were compared, and every difference (at most 1,000 of each table are listed)."""

    payments: int
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, object]:
        """The stable shape that other programs read."""
        return {"payments": self.payments, "differences": [d.as_json() for d in self.differences]}


# What changed within the last minute and is still noted is on its way, not wrong: for those payments our row stands on both
# sides. Older notes mean that nobody projects, and then the difference is said.
_DUE = """
SELECT id FROM finance.payment WHERE booking_id::text IN (
    SELECT source_id FROM finance.payment_change WHERE source = 'booking' AND at > clock_timestamp() - interval '1 minute')
UNION
SELECT source_id::uuid FROM finance.payment_change WHERE source = 'payment' AND at > clock_timestamp() - interval '1 minute'"""
_THEIRS = f"""
SELECT {", ".join(_COLUMNS)} FROM finance.payment_source WHERE id NOT IN ({_DUE})
UNION ALL SELECT {", ".join(_COLUMNS)} FROM finance.payment WHERE id IN ({_DUE})"""

_NOBODY = f"'{NOBODY}'::uuid"
#: The SQL of revenue_daily as it must be, from the booking system's tables.
RAW_REVENUE = f"""
SELECT p.fleet_id, e.day, coalesce(p.route_id, {_NOBODY}) AS route_id, coalesce(p.vehicle_id, {_NOBODY}) AS vehicle_id,
       coalesce(p.driver_id, {_NOBODY}) AS driver_id, p.method, p.currency, {summed(REVENUE_DAILY.sums)}
FROM ({_THEIRS}) p
CROSS JOIN LATERAL finance.revenue_entries('UTC', p.taken_day, p.created_at, p.amount,
                                           p.refunded_day, p.created_at, p.refunded_amount) e
GROUP BY 1, 2, 3, 4, 5, 6, 7"""


def verify(database: Database) -> Verification:
    """Recomputes names, payments and revenue_daily from the booking system's tables and compares every column; the totals
    are compared with the payments that they count.

    Sees one moment, also while payments go on: what was noted in the last minute and not yet projected is passed over.
    """
    with database.read() as connection:
        payments = connection.execute(text("SELECT count(*) FROM public.payment_transactions")).scalar_one()
        found = [difference for name, source in SOURCES.items() for difference in _compare(connection, name, source)]
        found += _compare(connection, "payment", _THEIRS)
        found += _compare_sums(connection, REVENUE_DAILY, RAW_REVENUE)
        found += _compare_sums(connection, PAYMENT_TOTALS, "TABLE finance.payment_totals_source")
        found += _compare_sums(connection, REVENUE_TOTALS, "TABLE finance.revenue_totals_source")
        found += _parked(connection)
    return Verification(payments, tuple(found))


def rebuild(database: Database) -> int:
    """Makes names, read model and roll-up anew from the booking system's tables; returns the number of payments.

    Acts as finance_owner. A back office may run and the booking system go on writing: the leader pauses between two batches,
    readers see the old rows until the new ones are committed, and what commits meanwhile is projected afterwards. Events stay;
    every fleet's epoch moves on, so that clients reload.
    """
    with database.faults_in_words(), database.engine.connect() as holder, holder.begin():
        # Held by a transaction of its own: the rebuild's snapshot must begin after the last batch has committed.
        holder.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": REBUILD_LOCK})
        with database.write(isolation="REPEATABLE READ") as connection:
            return _rebuild(connection)


def _rebuild(connection: Connection) -> int:
    # DELETE, not TRUNCATE: readers keep their rows, and notes that commit after this snapshot stay for the projector.
    for name in (*SOURCES, "payment", "payment_change_parked", "payment_change"):
        connection.execute(text(f"DELETE FROM finance.{name}"))
    for name, source in SOURCES.items():
        columns = ", ".join(column.name for column in metadata.tables[f"finance.{name}"].columns)
        connection.execute(text(f"INSERT INTO finance.{name} ({columns}) SELECT {columns} FROM ({source}) s"))
    connection.execute(text("UPDATE finance.feed SET epoch = epoch + 1"))
    begin_feeds(connection)
    columns = ", ".join(column.name for column in payment.columns)
    made = connection.execute(
        text(f"INSERT INTO finance.payment ({columns}) SELECT {columns} FROM finance.payment_source")
    ).rowcount
    for rollup in ROLLUPS:
        rollup.fill(connection)
    return made


def _compare(connection: Connection, name: str, source: str) -> list[Difference]:
    table = metadata.tables[f"finance.{name}"]
    columns = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key.columns]
    joined = " AND ".join(f"o.{key} = t.{key}" for key in keys)
    ours, theirs = (f"ROW({', '.join(f'{side}.{column}' for column in columns)})" for side in "ot")
    rows = connection.execute(
        text(
            f"SELECT coalesce(o.{keys[-1]}::text, t.{keys[-1]}::text),"
            f" {_told('o', 'o', columns, keys[-1])}, {_told('t', 'o', columns, keys[-1])}"
            f" FROM finance.{name} o FULL JOIN ({source}) t ON {joined}"
            f" WHERE o.{keys[-1]} IS NULL OR t.{keys[-1]} IS NULL OR {ours} IS DISTINCT FROM {theirs} LIMIT :most"
        ).columns(),
        {"most": MOST_SHOWN},
    )
    return [Difference(name, str(key), str(ours or ""), str(theirs or "")) for key, ours, theirs in rows]


def _told(side: str, beside: str, columns: list[str], key: str) -> str:
    """The SQL of one side's row as text, NULL where it is missing; what is private only as like or unlike that `beside` it."""
    values = [
        f"CASE WHEN {side}.{column} IS NULL THEN NULL WHEN {side}.{column} = {beside}.{column} THEN '•••' ELSE '••• (differs)' END"
        if column in _PRIVATE
        else f"{side}.{column}"
        for column in columns
    ]
    return f"CASE WHEN {side}.{key} IS NOT NULL THEN ROW({', '.join(values)})::text END"


def _compare_sums(connection: Connection, rollup: Rollup, source: str) -> list[Difference]:
    """A roll-up against what it must be; a row of zeros is the same as none. Named are the fleet, the key and what differs."""
    joined = " AND ".join(f"o.{key} = t.{key}" for key in rollup.keys)
    ours, theirs = (f"ROW({', '.join(f'coalesce({side}.{sum_}, 0)' for sum_ in rollup.sums)})" for side in "ot")
    rows = connection.execute(
        text(
            f"SELECT concat_ws(' ', coalesce(f.code, coalesce(o.fleet_id, t.fleet_id)::text), {_named(rollup.keys[1:])}),"
            f" {_differing(rollup.sums, 'o')}, {_differing(rollup.sums, 't')}"
            f" FROM finance.{rollup.name} o FULL JOIN ({source}) t ON {joined}"
            " LEFT JOIN finance.fleet f ON f.fleet_id = coalesce(o.fleet_id, t.fleet_id)"
            f" WHERE {ours} IS DISTINCT FROM {theirs} LIMIT :most"
        ),
        {"most": MOST_SHOWN},
    )
    return [Difference(rollup.name, *row) for row in rows]


def _named(keys: tuple[str, ...]) -> str:
    """The SQL of 'dimension route', 'grain day', …; null for what is empty."""
    return ", ".join(f"'{key} ' || nullif(coalesce(o.{key}::text, t.{key}::text), '')" for key in keys)


def _differing(sums: tuple[str, ...], side: str) -> str:
    """The SQL of one side's 'amount 600.00, …', of the sums that differ."""
    told = (
        f"CASE WHEN coalesce(o.{sum_}, 0) <> coalesce(t.{sum_}, 0) THEN '{sum_} ' || coalesce({side}.{sum_}, 0) END"
        for sum_ in sums
    )
    return f"concat_ws(', ', {', '.join(told)})"


def _parked(connection: Connection) -> list[Difference]:
    rows = connection.execute(
        text("SELECT source, source_id, error FROM finance.payment_change_parked ORDER BY seq LIMIT :most"),
        {"most": MOST_SHOWN},
    )
    return [Difference("payment_change_parked", f"{source} {key}", error, "") for source, key, error in rows]
