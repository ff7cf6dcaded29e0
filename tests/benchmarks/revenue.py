"""The whole Revenue page's data, never cached, against adding up the payments, in PostgreSQL and in DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any

from services.domain.period import NAIROBI, Days
from services.revenue.figures import RevenueFilter
from services.revenue.periods import counterpart, elapsed, range_back
from services.revenue.service import RevenueService
from tests.benchmarks.asked import Asked, Bare, Sides, rows, sides, timed
from tests.benchmarks.columnar import in_duckdb
from tests.benchmarks.dataset import datasets
from tests.benchmarks.harness import Contest, Result, written
from tests.benchmarks.invented import FLEET, NOW, YEAR
from tests.benchmarks.revenue_figures import of_report
from tests.benchmarks.revenue_raw import Group, Store, Wanted, figures, in_one_pass, one_by_one

#: The goal is one of the largest size: sums kept by day cost the same however few payments a day has.
_GOALS = {"10m": 100.0}
_GROWTH = 1.2
_ROUNDS = 3
_WARM = 2
#: Where a peer takes minutes for a year.
_LARGEST = "10m"
_GROWTH_ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Case:
    """What the page is opened on."""

    name: str
    wanted: RevenueFilter

    def ranges(self) -> tuple[Wanted, Wanted]:
        """The shown range, whole, and the one before, as far as the shown one has come."""
        days, grain = self.wanted.days, self.wanted.grain
        back = range_back(days, self.wanted.compare, NOW, self.wanted.week_start)
        before = counterpart(elapsed(days.first, days.last, NOW, NAIROBI), back, NAIROBI)
        whole = Wanted.whole(before.first, before.last, grain)
        return Wanted.whole(days.first, days.last, grain), Wanted(
            before.first, before.last, grain, before.until or whole.until
        )


CASES = (
    Case(
        "42 days against the 42 before",
        RevenueFilter(FLEET, Days(YEAR.last - timedelta(days=41), YEAR.last, NAIROBI)),
    ),
    Case("a year by month", RevenueFilter(FLEET, YEAR, "monthly")),
)


def revenue(size: str) -> list[Result]:
    """Each case against a GROUP BY for each part of the page, against all of them in one pass, and against DuckDB."""
    with datasets(size) as (dataset,), sides(dataset) as both, in_duckdb(both.operator) as duck:
        payments = Store(partial(_asked, both.viewer))
        peers = [
            _Peer("a GROUP BY over the payments for each part", payments, one_by_one, _ROUNDS, _GOALS.get(size)),
            _Peer("the same in one pass, GROUPING SETS", payments, in_one_pass, 1),
            _Peer("DuckDB, in one pass", duck, in_one_pass, _ROUNDS),
        ]
        return [_against(both, case, peer) for case in CASES for peer in peers]


@dataclass(frozen=True, slots=True)
class _Peer:
    """A way of adding up the payments, and how often it is run."""

    name: str
    store: Store
    group: Group
    rounds: int
    goal: float | None = None


def _against(both: Sides, case: Case, peer: _Peer) -> Result:
    service = RevenueService(both.database)
    # The first reports of a connection prepare their statements, as the page's have long done.
    for _ in range(_WARM):
        service.report(case.wanted, NOW)

    def ours() -> tuple[float, object]:
        seconds, report = timed(lambda: service.report(case.wanted, NOW))
        return seconds, of_report(report)

    work = f"revenue page, {both.dataset.size}, {case.name}"
    theirs = partial(timed, partial(figures, peer.store, *case.ranges(), peer.group))
    rounds = 1 if both.dataset.size == _LARGEST and case.wanted.days == YEAR else peer.rounds
    name = peer.name if rounds > 1 else f"{peer.name}, run once,"
    return Contest(work, ours, name, theirs, "peer/ours", peer.goal, rounds).run()


def _asked(connection: Bare, statement: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    return rows(connection, Asked(statement.format(**{name: f"%({name})s" for name in values}), values))


def growth(small: str, large: str) -> list[Result]:
    """What the same pages cost with ten times the payments."""
    with datasets(small, large) as built, sides(built[0]) as first, sides(built[1]) as second:
        return [_grown(case, first, second) for case in CASES]


def _grown(case: Case, small: Sides, large: Sides) -> Result:
    services = [RevenueService(both.database) for both in (small, large)]
    rounds = [[timed(partial(one.report, case.wanted, NOW))[0] for one in services] for _ in range(_GROWTH_ROUNDS)]
    first, grown = (median(column) for column in zip(*rounds, strict=True))
    ratio = median(after / before for before, after in rounds)
    return Result(
        f"revenue page, {large.dataset.size}, {case.name}",
        written(grown),
        f"ours at {small.dataset.size} {written(first)}",
        round(ratio, 3),
        "ours/peer",
        f"≤ {_GROWTH:g}×",
        ratio <= _GROWTH,
    )
