"""The figures above the grid over the whole year, against adding up its payments."""

from __future__ import annotations

from services.payments.filters import PaymentFilter, status_group
from services.payments.summary import Summary
from tests.benchmarks.asked import Asked, Sides, rows, sides, timed
from tests.benchmarks.dataset import datasets
from tests.benchmarks.harness import Contest, Result
from tests.benchmarks.invented import FLEET, NOW, YEAR

_RAW = """
SELECT extract(hour FROM created_at AT TIME ZONE 'Africa/Nairobi')::int AS hour, status,
       CASE WHEN status = 'failed' THEN coalesce(result_code, '') ELSE '' END AS code, count(*), sum(amount), sum(refunded_amount)
FROM finance.payment
WHERE fleet_id = %(fleet)s AND created_at >= %(start)s AND created_at < %(end)s AND currency = 'KES'
GROUP BY 1, 2, 3
"""


def dashboard(size: str) -> list[Result]:
    """Tiles and hours of every payment of the fleet, against GROUP BY over them under the same login."""
    wanted = PaymentFilter(FLEET, YEAR)
    with datasets(size) as (dataset,), sides(dataset) as both:

        def ours() -> tuple[float, object]:
            seconds, summary = timed(lambda: both.service.summary(wanted, NOW))
            return seconds, _figures(summary)

        rounds = 5
        work = f"tiles and hours of the whole year, {size}"
        return [Contest(work, ours, "GROUP BY over the payments", lambda: _raw(both), "peer/ours", 1_000, rounds).run()]


def _figures(summary: Summary) -> object:
    return {cell: (found.count, found.amount, found.refunded) for cell, found in summary.cells.items()}


def _raw(both: Sides) -> tuple[float, object]:
    asked = Asked(_RAW, {"fleet": FLEET, "start": YEAR.start, "end": YEAR.end})
    seconds, found = timed(lambda: rows(both.viewer, asked))
    return seconds, {(hour, status_group(status), code): tuple(figures) for hour, status, code, *figures in found}
