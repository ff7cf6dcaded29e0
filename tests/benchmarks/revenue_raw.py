"""The Revenue page's figures by adding up payments: the SQL that PostgreSQL and DuckDB both read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from services.domain.period import NAIROBI
from services.revenue.figures import Grain
from tests.benchmarks.invented import FLEET
from tests.benchmarks.revenue_figures import RANGE_SETS, SHOWN_SETS, Counted, Grouped, Keys, Range, of_groups


@dataclass(frozen=True, slots=True)
class Store:
    """Where the payments are added up: runs a statement whose parameters are written `{name}`; `clock` is when one was taken."""

    ask: Callable[[str, Mapping[str, object]], list[tuple[Any, ...]]]
    clock: str = "coalesce(completed_at, created_at) AT TIME ZONE 'Africa/Nairobi'"


#: Groups what was booked in a range by each of the sets.
Group = Callable[[Store, "Wanted", Sequence[Keys]], Grouped]

_KEYS: Final = ("period", "method", "route_id", "vehicle_id", "driver_id", "weekday", "hour")
_PERIODS: Final[dict[Grain, str]] = {
    "daily": "{day}",
    "weekly": "date_trunc('week', {day})::date",
    "monthly": "date_trunc('month', {day})::date",
}
_ENTRIES = """
WITH entry AS (
    SELECT %(taken)s AS period, method, route_id, vehicle_id, driver_id,
           extract(isodow FROM %(clock)s)::int AS weekday, extract(hour FROM %(clock)s)::int AS hour,
           amount AS taken, 1 AS taken_count, 0::numeric AS refunded, 0 AS refunded_count
    FROM finance.payment
    WHERE fleet_id = {fleet} AND taken_day BETWEEN {first} AND {last} AND coalesce(completed_at, created_at) < {until}
      AND currency = 'KES'
    UNION ALL
    SELECT %(refunded)s, method, route_id, vehicle_id, driver_id, NULL, NULL, 0, 0, refunded_amount, 1
    FROM finance.payment
    WHERE fleet_id = {fleet} AND refunded_day BETWEEN {first} AND {last} AND coalesce(refunded_at, updated_at) < {until}
      AND currency = 'KES'
)
"""
_SUMS = "sum(taken), sum(taken_count), sum(refunded), sum(refunded_count)"
_RATES = """
SELECT status, coalesce(result_code, ''), count(*) FROM finance.payment
WHERE fleet_id = {fleet} AND created_at >= {start} AND created_at < {until} AND currency = 'KES'
  AND status IN ('completed', 'refunded', 'partially_refunded', 'failed')
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A range: its days, and in the last of them what happened before `until`."""

    first: date
    last: date
    grain: Grain
    until: datetime

    @staticmethod
    def whole(first: date, last: date, grain: Grain) -> Wanted:
        """All that is booked on these days."""
        return Wanted(first, last, grain, datetime.combine(last + timedelta(days=1), time.min, NAIROBI))

    def entries(self, clock: str) -> str:
        """What was taken and what was refunded, each on its own day."""
        period = _PERIODS[self.grain]
        days = {name: period.format(day=f"{name}_day") for name in ("taken", "refunded")}
        return _ENTRIES % {**days, "clock": clock}

    def values(self) -> dict[str, object]:
        """The parameters of `entries`."""
        return {"fleet": FLEET, "first": self.first, "last": self.last, "until": self.until}


def one_by_one(store: Store, wanted: Wanted, sets: Sequence[Keys]) -> Grouped:
    """A GROUP BY for each part of the page."""

    def asked(keys: Keys) -> list[tuple[Any, ...]]:
        named = ", ".join(keys)
        selected, grouped = (f"{named}, ", f" GROUP BY {named}") if keys else ("", "")
        return store.ask(f"{wanted.entries(store.clock)} SELECT {selected}{_SUMS} FROM entry{grouped}", wanted.values())

    return {keys: asked(keys) for keys in sets}


def in_one_pass(store: Store, wanted: Wanted, sets: Sequence[Keys]) -> Grouped:
    """All of them in one statement, by GROUPING SETS."""
    names = [key for key in _KEYS if any(key in keys for keys in sets)]
    by_mask = {sum(1 << place for place, key in enumerate(reversed(names)) if key not in keys): keys for keys in sets}
    named, written = ", ".join(names), ", ".join(f"({', '.join(keys)})" for keys in sets)
    statement = f"{wanted.entries(store.clock)} SELECT grouping({named}), {named}, {_SUMS} FROM entry GROUP BY GROUPING SETS ({written})"
    found: dict[Keys, list[tuple[Any, ...]]] = {keys: [] for keys in sets}
    for mask, *row in store.ask(statement, wanted.values()):
        keys = by_mask[mask]
        found[keys].append((*(row[names.index(key)] for key in keys), *row[len(names) :]))
    return found


def figures(store: Store, shown: Wanted, before: Wanted, group: Group) -> tuple[Range, Range]:
    """Both ranges' figures."""
    return (
        of_groups(group(store, shown, SHOWN_SETS), _rates(store, shown)),
        of_groups(group(store, before, RANGE_SETS), _rates(store, before)),
    )


def _rates(store: Store, wanted: Wanted) -> Counted:
    start = datetime.combine(wanted.first, time.min, NAIROBI)
    return [
        (status, code, count)
        for status, code, count in store.ask(_RATES, {"fleet": FLEET, "start": start, "until": wanted.until})
    ]
