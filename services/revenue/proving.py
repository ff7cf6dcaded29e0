"""Proves finance.revenue_analytics against the booking system's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from services.database.engine import Database
from services.domain.payment import NOBODY
from services.feed.verification import MOST_SHOWN, RAW_REVENUE, Difference


@dataclass(frozen=True, slots=True)
class AnalyticsProof:
    """What is not as it must be (at most 1,000 sums); and how many periods are not either, but wait to be calculated anew."""

    differences: tuple[Difference, ...]
    waiting: int


_TOLD: Final = (
    "concat_ws(', ', 'revenue ' || {0}.revenue, {0}.transactions || ' payments', 'average ' || round({0}.average, 2))"
)
_DIFFERENT: Final = text(f"""
WITH raw AS (
    SELECT r.fleet_id, k.kind, k.first,
           CASE grouping(r.route_id, r.vehicle_id, r.driver_id, r.method)
               WHEN 7 THEN 'route' WHEN 11 THEN 'vehicle' WHEN 13 THEN 'driver' WHEN 14 THEN 'method' ELSE '' END AS dimension,
           coalesce(r.route_id::text, r.vehicle_id::text, r.driver_id::text, r.method, '') AS member,
           sum(r.taken) - sum(r.refunded) AS revenue, sum(r.taken_count)::bigint AS transactions,
           CASE WHEN grouping(r.route_id, r.vehicle_id, r.driver_id, r.method) = 15
                THEN round(sum(r.taken) / nullif(sum(r.taken_count), 0), 2) END AS average
    FROM ({RAW_REVENUE}) r
    JOIN finance.fleet f ON f.fleet_id = r.fleet_id AND f.currency = r.currency
    CROSS JOIN LATERAL (VALUES ('daily', r.day), ('weekly', date_trunc('week', r.day::timestamp)::date),
                               ('monthly', date_trunc('month', r.day::timestamp)::date)) AS k(kind, first)
    GROUP BY r.fleet_id, k.kind, k.first, GROUPING SETS ((), (r.route_id), (r.vehicle_id), (r.driver_id), (r.method))
    HAVING sum(r.taken_count) <> 0 OR sum(r.refunded_count) <> 0
),
kept AS (
    SELECT fleet_id, period_type AS kind, period_start AS first, '' AS dimension, '' AS member,
           total_revenue AS revenue, transaction_count::bigint AS transactions, average_transaction AS average
    FROM finance.revenue_analytics
    UNION ALL
    SELECT a.fleet_id, a.period_type, a.period_start, d.dimension, coalesce(part ->> 'id', '{NOBODY}'),
           sum((part ->> 'revenue')::numeric), sum((part ->> 'transactions')::bigint)::bigint, NULL
    FROM finance.revenue_analytics a
    CROSS JOIN LATERAL (VALUES ('route', a.revenue_by_route), ('vehicle', a.revenue_by_vehicle), ('driver', a.revenue_by_driver),
                               ('method', a.revenue_by_payment_method)) AS d(dimension, parts)
    CROSS JOIN LATERAL jsonb_array_elements(d.parts) AS part
    GROUP BY 1, 2, 3, 4, 5
),
different AS (
    SELECT fleet_id, kind, first, dimension, member, {_TOLD.format("o")} AS ours, {_TOLD.format("t")} AS theirs,
           EXISTS (              -- a changed day leaves its mark until it has been calculated
               SELECT FROM finance.revenue_due due
               WHERE due.fleet_id = coalesce(o.fleet_id, t.fleet_id)
                 AND (due.day IS NULL OR CASE kind WHEN 'daily' THEN due.day
                                         WHEN 'weekly' THEN date_trunc('week', due.day::timestamp)::date
                                         ELSE date_trunc('month', due.day::timestamp)::date END = first)) AS waits
    FROM kept o FULL JOIN raw t USING (fleet_id, kind, first, dimension, member)
    WHERE (o.revenue, o.transactions, o.average) IS DISTINCT FROM (t.revenue, t.transactions, t.average)
),
listed AS (
    SELECT * FROM different WHERE NOT waits ORDER BY fleet_id, first, kind, dimension, member LIMIT :most
)
SELECT waiting.periods, d.first IS NOT NULL,
       concat_ws(' ', coalesce(f.code, d.fleet_id::text), d.kind, d.first, nullif(d.dimension, ''),
                 CASE WHEN d.member = '{NOBODY}' THEN 'none' ELSE coalesce(r.name, v.registration, p.full_name, nullif(d.member, '')) END),
       d.ours, d.theirs
FROM (SELECT count(DISTINCT (fleet_id, kind, first)) FILTER (WHERE waits) AS periods FROM different) waiting
LEFT JOIN listed d ON true
LEFT JOIN finance.fleet f ON f.fleet_id = d.fleet_id
LEFT JOIN finance.route r ON r.fleet_id = d.fleet_id AND d.dimension = 'route' AND r.route_id::text = d.member
LEFT JOIN finance.vehicle v ON v.fleet_id = d.fleet_id AND d.dimension = 'vehicle' AND v.vehicle_id::text = d.member
LEFT JOIN finance.driver p ON p.fleet_id = d.fleet_id AND d.dimension = 'driver' AND p.driver_id::text = d.member
ORDER BY d.fleet_id, d.first, d.kind, d.dimension, d.member
""")


def prove_analytics(database: Database) -> AnalyticsProof:
    """Sums every day, week and month of the booking system's payments anew, by route, vehicle, driver and method too.

    Acts as finance_owner and sees one moment; periods with a changed day that waits for the back office are only counted.
    """
    with database.read() as connection:
        rows = connection.execute(_DIFFERENT, {"most": MOST_SHOWN}).all()
    differences = (Difference("revenue_analytics", *told) for _, there, *told in rows if there)
    return AnalyticsProof(tuple(differences), rows[0].periods)
