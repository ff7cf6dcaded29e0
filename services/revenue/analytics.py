"""Rows of finance.revenue_analytics: days, weeks (from Monday) and months, calculated anew when one of their days has changed.

The database marks changed days in finance.revenue_due. A mark commits with its change, so whoever takes the mark sees the change,
and a change that commits later leaves a mark of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, text
from sqlalchemy.dialects.postgresql import insert

from services.database.engine import Database
from services.database.tables import revenue_analytics
from services.domain.money import stated
from services.domain.payment import NOBODY
from services.payments.naming import read_names
from services.payments.row import Names
from services.revenue.books import Members
from services.revenue.figures import Dimension, Grain, Totals
from services.revenue.periods import natural
from services.revenue.service import currency_of, labelled

_GRAINS: Final[tuple[Grain, ...]] = ("daily", "weekly", "monthly")
_COLUMNS: Final[Mapping[Dimension, str]] = {
    "route": "revenue_by_route",
    "vehicle": "revenue_by_vehicle",
    "driver": "revenue_by_driver",
    "method": "revenue_by_payment_method",
}
#: Days that are calculated in one transaction, at most.
_TOGETHER: Final = 62

# One back office calculates at a time; READ COMMITTED, so that what follows the lock sees what its last holder committed.
_LOCK = text("SELECT pg_try_advisory_xact_lock(7261202605)")
_SPREAD = text("""
WITH whole AS (DELETE FROM finance.revenue_due WHERE day IS NULL RETURNING fleet_id)
INSERT INTO finance.revenue_due (fleet_id, day)
SELECT fleet_id, day FROM finance.revenue_daily WHERE fleet_id IN (SELECT fleet_id FROM whole)
UNION
SELECT fleet_id, period_start FROM finance.revenue_analytics
WHERE period_type = 'daily' AND fleet_id IN (SELECT fleet_id FROM whole)
""")
_TAKE = text("""
WITH next AS (
    SELECT fleet_id FROM finance.revenue_due WHERE seq <= :until ORDER BY seq LIMIT 1
),
days AS (                           -- the newest first: people look at them
    SELECT DISTINCT d.fleet_id, d.day FROM finance.revenue_due d JOIN next ON next.fleet_id = d.fleet_id
    WHERE d.seq <= :until ORDER BY d.day DESC LIMIT :most
)
DELETE FROM finance.revenue_due d USING days
WHERE d.fleet_id = days.fleet_id AND d.day = days.day AND d.seq <= :until
RETURNING d.fleet_id, d.day
""")
# Every period's sums, all together (dimension '') and by member, in one statement: they are of one moment.
_SUMS = text("""
SELECT p.place, CASE grouping(d.route_id, d.vehicle_id, d.driver_id, d.method)
                WHEN 7 THEN 'route' WHEN 11 THEN 'vehicle' WHEN 13 THEN 'driver' WHEN 14 THEN 'method' ELSE '' END AS dimension,
       coalesce(d.route_id::text, d.vehicle_id::text, d.driver_id::text, d.method, '') AS member,
       sum(d.taken), sum(d.taken_count)::bigint, sum(d.refunded), sum(d.refunded_count)::bigint
FROM unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[])) WITH ORDINALITY AS p(first, last, place)
JOIN finance.revenue_daily d ON d.fleet_id = :fleet AND d.day BETWEEN p.first AND p.last AND d.currency = :currency
GROUP BY GROUPING SETS ((p.place), (p.place, d.route_id), (p.place, d.vehicle_id), (p.place, d.driver_id), (p.place, d.method))
HAVING sum(d.taken_count) <> 0 OR sum(d.refunded_count) <> 0
""")
_REMOVE = text("""
DELETE FROM finance.revenue_analytics a
USING unnest(CAST(:kinds AS text[]), CAST(:firsts AS date[])) AS p(kind, first)
WHERE a.fleet_id = :fleet AND a.period_type = p.kind AND a.period_start = p.first
""")
_INSERT = insert(revenue_analytics).values(calculated_at=func.clock_timestamp())
_KEPT = (*_COLUMNS.values(), "period_end", "total_revenue", "transaction_count", "average_transaction", "calculated_at")
_UPSERT = _INSERT.on_conflict_do_update(
    index_elements=["fleet_id", "period_type", "period_start"],
    set_={name: _INSERT.excluded[name] for name in _KEPT},
)


@dataclass(frozen=True, slots=True)
class _Period:
    """A day, week or month of the calendar."""

    kind: Grain
    first: date
    last: date


def refresh_analytics(database: Database) -> int:
    """Calculates every period with a changed day anew and removes those that became empty; returns how many these were.

    `database` acts as finance_projector. Where another back office is at it, nothing is done: 0.
    """
    made = 0
    until = _marked(database)
    while until is not None and (refreshed := _refresh_some(database, until)):
        made += refreshed
    return made


def _marked(database: Database) -> int | None:
    """The last mark that is there, marks of whole fleets spread over their days; None where there is nothing to do."""
    with database.write() as connection:
        if not connection.execute(_LOCK).scalar_one():
            return None
        connection.execute(_SPREAD)
        found: int | None = connection.execute(text("SELECT max(seq) FROM finance.revenue_due")).scalar_one()
        return found


def _refresh_some(database: Database, until: int) -> int:
    with database.write() as connection:
        if not connection.execute(_LOCK).scalar_one():
            return 0
        taken = connection.execute(_TAKE, {"until": until, "most": _TOGETHER}).all()
        if not taken:
            return 0
        return _calculate(connection, taken[0].fleet_id, {row.day for row in taken})


def _calculate(connection: Connection, fleet_id: UUID, days: Iterable[date]) -> int:
    periods = sorted(
        {_Period(kind, *natural(day, kind)) for day in days for kind in _GRAINS}, key=lambda p: (p.kind, p.first)
    )
    sums = _sums(connection, fleet_id, periods)
    names = read_names(connection, fleet_id)
    rows = [_row(fleet_id, period, sums[period], names) for period in periods if period in sums]
    if rows:
        connection.execute(_UPSERT, rows)
    empty = [period for period in periods if period not in sums]
    kinds, firsts = [period.kind for period in empty], [period.first for period in empty]
    connection.execute(_REMOVE, {"fleet": fleet_id, "kinds": kinds, "firsts": firsts})
    return len(periods)


def _sums(connection: Connection, fleet_id: UUID, periods: list[_Period]) -> dict[_Period, dict[str, Members]]:
    """Each period's sums by dimension and member, '' for all together; periods in which nothing happened are left out."""
    asked = {
        "fleet": fleet_id,
        "currency": currency_of(connection, fleet_id),
        "firsts": [period.first for period in periods],
        "lasts": [period.last for period in periods],
    }
    found: dict[_Period, dict[str, Members]] = {}
    for place, dimension, member, *sums in connection.execute(_SUMS, asked):
        found.setdefault(periods[place - 1], {}).setdefault(dimension, {})[member] = Totals(*sums)
    return found


def _row(fleet_id: UUID, period: _Period, sums: Mapping[str, Members], names: Names) -> dict[str, Any]:
    whole = sums[""][""]
    parts = {column: _parts(dimension, sums.get(dimension, {}), names) for dimension, column in _COLUMNS.items()}
    return {
        "fleet_id": fleet_id,
        "period_type": period.kind,
        "period_start": period.first,
        "period_end": period.last,
        "total_revenue": whole.revenue,
        "transaction_count": whole.taken_count,
        "average_transaction": whole.average,
        **parts,
    }


def _parts(dimension: Dimension, members: Members, names: Names) -> list[dict[str, Any]]:
    """[{"id" (null for none), "label", "revenue", "transactions"}], largest first; amounts with two decimals, as text."""
    return [
        {
            "id": None if member == str(NOBODY) else member,
            "label": labelled(dimension, member, names),
            "revenue": stated(members[member].revenue),
            "transactions": members[member].taken_count,
        }
        for member in sorted(members, key=lambda member: (-members[member].revenue, member))
    ]
