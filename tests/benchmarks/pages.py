"""Pages of payments as a viewer under row-level security: the first one of any filter, and one far down the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any

from services.domain.period import NAIROBI, Days
from services.payments.filters import PaymentFilter
from services.payments.row import Page
from tests.benchmarks.asked import Asked, Sides, page_sql, rows, sides, timed
from tests.benchmarks.dataset import datasets
from tests.benchmarks.harness import Contest, Field, Result, p95, written
from tests.benchmarks.invented import DRIVER_IDS, FLEET, ROUTE_IDS, TILL_CODES, VEHICLE_IDS, YEAR

LIMIT = 200
_FAR = 100_000
#: Rows on each of the hundred thousand pages.
_FAR_SIZES = {"100k": 1, "1m": 10, "10m": 100}
_ROUNDS = 15


@dataclass(frozen=True, slots=True)
class _First:
    """The first page of a filter, and its rows' statement alone: no position of the feed, no names."""

    wanted: PaymentFilter
    asked: Asked

    def __str__(self) -> str:
        named = ("statuses", "methods", "routes", "vehicles", "drivers", "tills", "least", "most")
        return f"{self.wanted.days.first}…{self.wanted.days.last} " + ", ".join(
            f"{name}={value}" for name in named if (value := getattr(self.wanted, name))
        )


def filters() -> list[PaymentFilter]:
    """What people ask for: a day, a month and the year, each as it is and narrowed in every way that the page offers."""
    routes, vehicles, drivers = (ids[1:8:6] for ids in (ROUTE_IDS, VEHICLE_IDS, DRIVER_IDS))
    narrowed: list[dict[str, Any]] = [{}]
    narrowed += [{"statuses": frozenset({status})} for status in ("completed", "failed", "refunded", "pending")]
    narrowed += [{"routes": frozenset({route})} for route in routes]
    narrowed += [{"vehicles": frozenset({vehicle})} for vehicle in vehicles]
    narrowed += [{"drivers": frozenset({driver})} for driver in drivers]
    narrowed += [{"routes": frozenset({route}), "statuses": frozenset({"failed"})} for route in routes]
    narrowed += [{"methods": frozenset({method})} for method in ("mpesa", "card")]
    narrowed += [{"tills": frozenset({TILL_CODES[2]})}]
    narrowed += [{"least": Decimal(1000), "most": Decimal(1500)}, {"least": Decimal(5000)}]
    return [replace(PaymentFilter(FLEET, days), **more) for days in _ranges() for more in narrowed]


def _ranges() -> list[Days]:
    day = date(2026, 6, 17)
    return [Days(day, day, NAIROBI), Days(YEAR.last - timedelta(days=29), YEAR.last, NAIROBI), YEAR]


def first_page(size: str) -> list[Result]:
    """The service's first page against the SQL of its rows, prepared, in bare psycopg: the slowest twentieth of each."""
    with datasets(size) as (dataset,), sides(dataset) as both:
        field = Field(
            f"first page of a filter, {size}, {len(filters())} filters",
            [_First(wanted, page_sql(wanted, LIMIT + 1)) for wanted in filters()],
            partial(_service_page, both),
            "the rows' SQL alone, prepared, in bare psycopg",
            partial(_bare_page, both),
            1.3,
            rounds=_ROUNDS,
        )
        return [field.run()]


def _service_page(both: Sides, first: _First) -> tuple[float, object]:
    return _ids(lambda: both.service.page(first.wanted, None, LIMIT))


def _bare_page(both: Sides, first: _First) -> tuple[float, object]:
    seconds, found = timed(lambda: rows(both.viewer, first.asked))
    return seconds, [row[0] for row in found[:LIMIT]]


def growth(small: str, large: str) -> list[Result]:
    """What the same first pages cost with a hundred times the payments."""
    with datasets(small, large) as built:
        costs = []
        for dataset in built:
            with sides(dataset) as both:
                firsts = [_First(wanted, page_sql(wanted, LIMIT + 1)) for wanted in filters()]
                costs.append(median(p95([_service_page(both, one)[0] for one in firsts]) for _ in range(_ROUNDS)))
    first, grown = costs
    ratio = grown / first
    work, peer = f"first page of a filter, {large} payments", f"ours at {small} p95 {written(first)}"
    return [Result(work, f"p95 {written(grown)}", peer, round(ratio, 3), "ours/peer", "≤ 1.3×", ratio <= 1.3)]


def far_page(size: str) -> list[Result]:
    """Page 100,000 of the year, newest first: by its place, and as the one after the page before, against OFFSET."""
    limit = _FAR_SIZES[size]
    place = limit * (_FAR - 1)
    wanted = PaymentFilter(FLEET, YEAR)
    with datasets(size) as (dataset,), sides(dataset) as both:
        peer = partial(_offset_page, both, wanted, limit, place)
        above = both.service.page_at(wanted, place - limit, limit).next
        jump = partial(_ids, lambda: both.service.page_at(wanted, place, limit))
        on = partial(_ids, lambda: both.service.page(wanted, above, limit))
        name = f"page {_FAR:,} of {limit}, {size}"
        return [
            Contest(f"{name}: jump to its place", jump, "OFFSET", peer, "peer/ours", 1_000).run(),
            Contest(f"{name}: from the page above", on, "OFFSET", peer, "peer/ours", 1_000).run(),
        ]


def _ids(read: Callable[[], Page]) -> tuple[float, object]:
    seconds, page = timed(read)
    return seconds, [row.id for row in page.rows]


def _offset_page(both: Sides, wanted: PaymentFilter, limit: int, place: int) -> tuple[float, object]:
    seconds, found = timed(lambda: rows(both.viewer, page_sql(wanted, limit, place)))
    return seconds, [row[0] for row in found]
