"""What the Revenue page shows, as plain values, so that three ways of finding it can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from services.domain.payment import FAILED, TAKEN
from services.revenue.figures import Rates, RevenueReport, Totals
from services.revenue.source import DIMENSIONS

#: By what an answer is grouped, and its groups: the values grouped by, then the four sums.
Keys = tuple[str, ...]
Grouped = Mapping[Keys, Sequence[tuple[Any, ...]]]
#: Payments by status and result code.
Counted = Sequence[tuple[str, str, int]]

COLUMNS: Final = {"route": "route_id", "vehicle": "vehicle_id", "driver": "driver_id", "method": "method"}
RANGE_SETS: Final[tuple[Keys, ...]] = ((), ("period",), *((column,) for column in COLUMNS.values()))
"""What is asked of both ranges: the total, the chart's points, the breakdowns."""
SHOWN_SETS: Final[tuple[Keys, ...]] = (*RANGE_SETS, ("period", "method"), ("weekday", "hour"))
"""What is asked of the shown range: also the methods over time and the heat map."""
_NOTHING = Totals()


@dataclass(frozen=True, slots=True)
class Range:
    """One range's figures; without its ids, methods over time and heat map where they are not shown."""

    total: Totals
    points: list[Totals]
    parts: dict[tuple[str, str], Totals]
    rates: tuple[int, dict[str, int]]
    methods: dict[tuple[date, str], Totals]
    heat: dict[tuple[int, int], tuple[Decimal, int]]


def of_report(report: RevenueReport) -> tuple[Range, Range]:
    """The shown range and the one before, from the service's answer."""
    parts = [(name, part) for name in DIMENSIONS for part in report.parts[name]]
    shown = Range(
        report.total,
        [row.totals for row in report.periods if row.totals != _NOTHING],
        {(name, part.key): part.totals for name, part in parts if part.totals != _NOTHING},
        _of_rates(report.rates),
        {
            (row.span.first, method): totals
            for row, methods in zip(report.periods, report.method_periods, strict=True)
            for method, totals in methods.items()
        },
        {
            (weekday, hour): (cell.taken, cell.taken_count)
            for weekday, hours in enumerate(report.heat, 1)
            for hour, cell in enumerate(hours)
            if cell.taken_count
        },
    )
    before = Range(
        report.before,
        [totals for totals in report.aligned if totals != _NOTHING],
        {(name, part.key): part.before for name, part in parts if part.before not in (None, _NOTHING)},
        _of_rates(report.rates_before),
        {},
        {},
    )
    return shown, before


def of_groups(grouped: Grouped, counted: Counted) -> Range:
    """A range's figures from raw groups."""
    return Range(
        next((_totals(row) for row in grouped[()] if row[1]), _NOTHING),
        [_totals(row) for row in sorted(grouped["period",], key=lambda row: row[0])],
        {
            (name, "" if row[0] is None else str(row[0])): _totals(row)
            for name, column in COLUMNS.items()
            for row in grouped[column,]
        },
        (
            sum(count for status, _, count in counted if status in TAKEN),
            {code: count for status, code, count in counted if status == FAILED},
        ),
        {(row[0], row[1]): _totals(row) for row in grouped.get(("period", "method"), ())},
        # What was refunded stands at no hour.
        {(row[0], row[1]): (row[2], row[3]) for row in grouped.get(("weekday", "hour"), ()) if row[0] is not None},
    )


def _totals(row: tuple[Any, ...]) -> Totals:
    return Totals(*row[-4:])


def _of_rates(rates: Rates) -> tuple[int, dict[str, int]]:
    return rates.succeeded, rates.reasons
