"""The roll-ups: sums that the projector keeps by differences, and that can be made anew from the read model."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Table, text

from services.database.tables import payment_totals, revenue_daily, revenue_totals
from services.domain.payment import NOBODY

#: Held shared by each batch of the projector, exclusively while payments or totals are made anew: the leader pauses for it.
REBUILD_LOCK = 7_261_202_603


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table whose key says what is summed; `<its name>_source` in SQL, or `source`, is what it must be.

    `spread` is the FROM clause that spreads what a batch changed (CTEs `counted` and `booked`) over the table's keys.
    """

    table: Table
    source: str
    spread: str

    @property
    def name(self) -> str:
        """The table's name within schema finance."""
        return self.table.name

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that say what is summed."""
        return tuple(column.name for column in self.table.primary_key.columns)

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns that are sums."""
        return tuple(column.name for column in self.table.columns if not column.primary_key)

    def apply(self, returning: str = "1") -> str:
        """The SQL that adds a batch's differences; what cancels out touches no row."""
        keys = ", ".join(self.keys)
        return f"""
    INSERT INTO finance.{self.name} AS r ({keys}, {", ".join(self.sums)})
    SELECT {keys}, {summed(self.sums)}
    FROM {self.spread}
    GROUP BY {keys}
    {changed(self.sums)}
    ON CONFLICT ({keys}) DO UPDATE SET {", ".join(f"{name} = r.{name} + excluded.{name}" for name in self.sums)}
    RETURNING {returning}"""

    def fill(self, connection: Connection, fleet_id: UUID | None = None) -> None:
        """Makes the rows anew from the read model, those of one fleet or all, neighbours by key on the same pages."""
        columns, keys = ", ".join((*self.keys, *self.sums)), ", ".join(self.keys)
        of_fleet = "" if fleet_id is None else " WHERE fleet_id = :fleet"
        parameters = {} if fleet_id is None else {"fleet": fleet_id}
        connection.execute(text(f"DELETE FROM finance.{self.name}{of_fleet}"), parameters)
        connection.execute(_SUM_MANY)
        # OFFSET 0 keeps the order out of the sums, for which it would sort every payment.
        made = f"SELECT {columns} FROM finance.{self.source}{of_fleet} OFFSET 0"
        ordered = f"SELECT {columns} FROM ({made}) AS made ORDER BY {keys}"
        connection.execute(text(f"INSERT INTO finance.{self.name} ({columns}) {ordered}"), parameters)
        connection.execute(text("SET LOCAL enable_sort = on"))


# The planner takes the groups for few and would sort every row that goes into them. A caller's larger work_mem stays.
_SUM_MANY = text(
    "SELECT set_config('enable_sort', 'off', true), set_config('work_mem', greatest("
    "pg_size_bytes(current_setting('work_mem')), pg_size_bytes('128MB')) / 1024 || 'kB', true)"
)


def summed(sums: tuple[str, ...]) -> str:
    """The SQL that sums the columns, each under its own name."""
    return ", ".join(f"sum({name}) AS {name}" for name in sums)


def changed(sums: tuple[str, ...]) -> str:
    """The SQL that leaves out what cancels out."""
    return f"HAVING {' OR '.join(f'sum({name}) <> 0' for name in sums)}"


REVENUE_DAILY = Rollup(revenue_daily, "revenue_source", "booked")
PAYMENT_TOTALS = Rollup(
    payment_totals,
    "payment_totals_source",
    "counted c CROSS JOIN LATERAL finance.payment_dimensions(c.route_id, c.method) d"
    " CROSS JOIN LATERAL finance.payment_grains(c.clock) g"
    " CROSS JOIN LATERAL (SELECT extract(hour FROM c.clock)::smallint) h(hour)",
)
REVENUE_TOTALS = Rollup(
    revenue_totals,
    "revenue_totals_source",
    "booked b CROSS JOIN LATERAL finance.revenue_dimensions(b.route_id, b.vehicle_id, b.driver_id, b.method) d"
    " CROSS JOIN LATERAL finance.revenue_grains(b.clock) g",
)
ROLLUPS = (REVENUE_DAILY, PAYMENT_TOTALS, REVENUE_TOTALS)

_COUNTED = ("payments", "amount", "refunded")
_ENTERED = ("taken", "taken_count", "refunded", "refunded_count")
_MEMBERS = ", ".join(f"coalesce(c.{name}, '{NOBODY}') AS {name}" for name in ("route_id", "vehicle_id", "driver_id"))


def differences(old: str, new: str) -> str:
    """The SQL of CTEs `counted` and `booked`: what leaves with the rows of `old` and comes with those of `new`.

    Both are rows of finance.payment with their fleet's `timezone`.
    """
    columns = (
        "fleet_id, route_id, vehicle_id, driver_id, method, currency, status, result_code, amount, refunded_amount, created_at,"
        " completed_at, refunded_at, updated_at, taken_day, refunded_day, timezone"
    )
    return f"""
moved AS (
    SELECT -1 AS sign, {columns} FROM {old} UNION ALL SELECT 1, {columns} FROM {new}
),
counted AS MATERIALIZED (           -- payments, by the hour of their creation
    SELECT c.fleet_id, c.route_id, c.method, date_trunc('hour', c.created_at AT TIME ZONE c.timezone) AS clock, c.status,
           CASE c.status WHEN 'failed' THEN coalesce(c.result_code, '') ELSE '' END AS code, c.currency,
           sum(c.sign) AS payments, sum(c.sign * c.amount) AS amount, sum(c.sign * c.refunded_amount) AS refunded
    FROM moved c GROUP BY 1, 2, 3, 4, 5, 6, 7
    HAVING sum(c.sign) <> 0 OR sum(c.sign * c.amount) <> 0 OR sum(c.sign * c.refunded_amount) <> 0
),
booked AS MATERIALIZED (            -- revenue, by the hour in which it was taken or refunded
    SELECT c.fleet_id, e.day, e.clock, {_MEMBERS}, c.method, c.currency,
           {", ".join(f"sum(c.sign * e.{name}) AS {name}" for name in _ENTERED)}
    FROM moved c
    CROSS JOIN LATERAL finance.revenue_entries(c.timezone, c.taken_day, coalesce(c.completed_at, c.created_at), c.amount,
                                               c.refunded_day, coalesce(c.refunded_at, c.updated_at), c.refunded_amount) e
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    HAVING {" OR ".join(f"sum(c.sign * e.{name}) <> 0" for name in _ENTERED)}
)"""


def remove_emptied(connection: Connection, places: list[str]) -> None:
    """Removes rows of payment_totals that the running transaction has just left without payments, by their places (ctid)."""
    query = "DELETE FROM finance.payment_totals WHERE ctid = ANY (CAST(:places AS tid[])) AND payments = 0"
    connection.execute(text(query), {"places": places})


def refill_totals(connection: Connection) -> None:
    """Makes every roll-up anew from finance.payment, for whoever loaded payments in bulk; as finance_owner or operator.

    The projector pauses until the caller's transaction ends. Fleets need their copy in finance.fleet; their feed is begun here.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": REBUILD_LOCK})
    begin_feeds(connection)
    for rollup in ROLLUPS:
        rollup.fill(connection)


def begin_feeds(connection: Connection) -> None:
    """Gives every fleet its feed, and counts its days from now on in the zone that it has."""
    connection.execute(
        text(
            "INSERT INTO finance.feed (fleet_id, epoch, last_seq, timezone) SELECT fleet_id, 1, 0, timezone FROM finance.fleet"
            " ON CONFLICT (fleet_id) DO UPDATE SET timezone = excluded.timezone WHERE feed.timezone <> excluded.timezone"
        )
    )


def redate(connection: Connection) -> None:
    """Counts the payments of fleets whose zone was changed on the days of the new one; their epochs move on."""
    moved = text(
        "SELECT f.fleet_id FROM finance.feed f JOIN finance.fleet n ON n.fleet_id = f.fleet_id WHERE n.timezone <> f.timezone"
    )
    for fleet_id in connection.execute(moved).scalars().all():
        connection.execute(_REDATE, {"fleet": fleet_id})
        for rollup in ROLLUPS:
            rollup.fill(connection, fleet_id)


_REDATE = text("""
WITH moved AS (
    UPDATE finance.feed f SET timezone = n.timezone, epoch = f.epoch + 1
    FROM finance.fleet n WHERE n.fleet_id = f.fleet_id AND f.fleet_id = :fleet
    RETURNING f.fleet_id, f.timezone
)
UPDATE finance.payment p
SET created_day = (p.created_at AT TIME ZONE m.timezone)::date,
    taken_day = CASE WHEN p.taken_day IS NOT NULL
                     THEN (coalesce(p.completed_at, p.created_at) AT TIME ZONE m.timezone)::date END,
    refunded_day = CASE WHEN p.refunded_day IS NOT NULL
                        THEN (coalesce(p.refunded_at, p.updated_at) AT TIME ZONE m.timezone)::date END
FROM moved m WHERE p.fleet_id = m.fleet_id
""")
