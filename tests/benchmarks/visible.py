"""New payments made visible: through the booking tables and the projector, against materialised views made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Final

from services.domain.period import NAIROBI, Days
from services.feed.rollups import PAYMENT_TOTALS, REVENUE_TOTALS
from services.revenue.figures import RevenueFilter, Totals
from services.revenue.service import RevenueService
from tests.benchmarks.asked import Bare, Sides, sides, timed
from tests.benchmarks.dataset import datasets
from tests.benchmarks.harness import Result, written
from tests.benchmarks.invented import FLEET, NOW, YEAR
from tests.benchmarks.visitors import Visitors

_NEW: Final = 1_000
_ROUNDS: Final = 3
_OTHERS: Final = (PAYMENT_TOTALS, REVENUE_TOTALS)
#: The goal is one of the largest size: a payment's way is as long however many there are. It is for all that the page reads: what one
#: view shows is only a part of it.
_GOALS: Final = {"10m": 200.0}
_TODAY: Final = RevenueFilter(FLEET, Days(YEAR.last, YEAR.last, NAIROBI))
_SCHEMA = "bench_views"
# The sums of revenue_daily under the same key, as SQL writes them down most simply.
_BY_DAY = f"""
CREATE MATERIALIZED VIEW {_SCHEMA}.by_day AS
SELECT day, route_id, vehicle_id, driver_id, method, currency,
       sum(taken) AS taken, sum(taken_count) AS taken_count, sum(refunded) AS refunded, sum(refunded_count) AS refunded_count
FROM (SELECT taken_day AS day, route_id, vehicle_id, driver_id, method, currency,
             amount AS taken, 1 AS taken_count, 0::numeric AS refunded, 0 AS refunded_count
      FROM finance.payment WHERE taken_day IS NOT NULL
      UNION ALL
      SELECT refunded_day, route_id, vehicle_id, driver_id, method, currency, 0, 0, refunded_amount, 1
      FROM finance.payment WHERE refunded_day IS NOT NULL) entry
GROUP BY 1, 2, 3, 4, 5, 6
WITH NO DATA
"""
_SUMS = "sum(taken), sum(taken_count), sum(refunded), sum(refunded_count)"
_OF_DAY = f"SELECT {_SUMS} FROM {_SCHEMA}.by_day WHERE day = %(day)s AND currency = 'KES'"
_OF_TOTALS = f"""
SELECT {_SUMS} FROM {_SCHEMA}.{REVENUE_TOTALS.name}
WHERE dimension = '' AND grain = 'day' AND start = %(day)s AND currency = 'KES'
"""


@dataclass(frozen=True, slots=True)
class _Round:
    """Seconds of our steps, and of the daily view made anew and looked at."""

    booked: float
    projected: float
    shown: float
    refreshed: float

    @property
    def ours(self) -> float:
        return self.booked + self.projected + self.shown


def visible(size: str) -> list[Result]:
    """Books a thousand payments of the last hour in each round; at the end none of them was ever there."""
    with (
        datasets(size) as (dataset,),
        sides(dataset) as both,
        Visitors.in_dataset(dataset) as visitors,
        _views(both.operator),
    ):
        rounds = [_round(both, visitors) for _ in range(_ROUNDS)]
        totals = _other_totals(both)
    work = f"{_NEW:,} new payments in the day's report, {size}"
    ours = _said(rounds)
    daily = median(one.refreshed for one in rounds)
    by_day = f"REFRESH MATERIALIZED VIEW, revenue by day, route, vehicle, driver and method {written(daily)}"
    every = f"REFRESH of that and of the two other totals that the page reads, as such views {written(daily + totals)}"
    ours_alone = median(one.ours for one in rounds)
    return [
        _row(work, ours, by_day, median(one.refreshed / one.ours for one in rounds), None),
        _row(work, ours, every, (daily + totals) / ours_alone, _GOALS.get(size)),
    ]


def _row(work: str, ours: str, peer: str, ratio: float, goal: float | None) -> Result:
    wanted = "stated" if goal is None else f"≥ {goal:g}×"
    return Result(work, ours, peer, round(ratio, 1), "peer/ours", wanted, goal is None or ratio >= goal)


def _said(rounds: list[_Round]) -> str:
    steps = ", ".join(
        f"{name} {written(median(getattr(one, name) for one in rounds))}" for name in ("booked", "projected", "shown")
    )
    return f"{written(median(one.ours for one in rounds))} ({steps})"


def _round(both: Sides, visitors: Visitors) -> _Round:
    before = _report(both)
    booked, _ = timed(lambda: visitors.book(_NEW))
    projected, _ = timed(visitors.project)
    shown, after = timed(lambda: _report(both))
    if after.taken_count != before.taken_count + _NEW:
        raise AssertionError(f"{before} became {after} by {_NEW} payments")
    refreshed, theirs = timed(lambda: _refreshed(both.operator, ["by_day"], _OF_DAY))
    _same(after, theirs)
    return _Round(booked, projected, shown, refreshed)


def _other_totals(both: Sides) -> float:
    """Seconds for the other totals that our projector has kept in the same time, as its refill makes them; once: it takes long."""
    both.operator.execute("SET enable_sort = off")
    seconds, theirs = timed(lambda: _refreshed(both.operator, [rollup.name for rollup in _OTHERS], _OF_TOTALS))
    _same(_report(both), theirs)
    return seconds


def _same(ours: Totals, theirs: Totals) -> None:
    if ours != theirs:
        raise AssertionError(f"ours shows {ours}, the materialised view {theirs}")


def _report(both: Sides) -> Totals:
    return RevenueService(both.database).report(_TODAY, NOW).total


def _refreshed(operator: Bare, views: list[str], look: str) -> Totals:
    for view in views:
        operator.execute(f"REFRESH MATERIALIZED VIEW {_SCHEMA}.{view}")
    row = operator.execute(look, {"day": YEAR.last}).fetchone()
    assert row is not None
    return Totals(*row)


@contextmanager
def _views(operator: Bare) -> Iterator[None]:
    """The peers' views, with as much memory for their groups as they can use."""
    operator.execute("SET work_mem = '512MB'")
    operator.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
    operator.execute(f"CREATE SCHEMA {_SCHEMA}")
    try:
        operator.execute(_BY_DAY)
        for rollup in _OTHERS:
            operator.execute(
                f"CREATE MATERIALIZED VIEW {_SCHEMA}.{rollup.name} AS SELECT * FROM finance.{rollup.source} WITH NO DATA"
            )
        yield
    finally:
        operator.execute(f"DROP SCHEMA {_SCHEMA} CASCADE")
