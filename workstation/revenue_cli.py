"""`workstation revenue`: what a fleet earned, by day, week or month, and what it may expect."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal

import typer

from services.database.engine import Database
from services.database.fleets import fleet_by_code
from services.database.schema import require_current
from services.domain.errors import NotUnderstood
from services.domain.money import shown
from services.domain.period import Days
from services.revenue.figures import Dimension, Grain, RevenueFilter
from services.revenue.listing import Listing, Row, listing
from workstation.backoffice import required_url

WeekStart = Literal["monday", "sunday", "saturday"]
_WEEK_STARTS: Final[dict[WeekStart, int]] = {"monday": 0, "sunday": 6, "saturday": 5}
_HEAD = ("period", "", "revenue", "taken", "refunded", "payments", "previous", "change", "growth", "")


def revenue(
    context: typer.Context,
    fleet: Annotated[str, typer.Option("--fleet", help="The fleet's code, e.g. MSAFIRI.")],
    period: Annotated[Grain, typer.Option("--period", help="What one row covers.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, included.")],
    by: Annotated[Dimension | None, typer.Option("--by", help="A row for each of these in a period.")] = None,
    week_start: Annotated[WeekStart, typer.Option("--week-start", help="The weekday on which weeks begin.")] = "monday",
    as_json: Annotated[bool, typer.Option("--json", help="Print the stable JSON form.")] = False,
) -> None:
    """Revenue of a range, each period against the same part of the one before it; and the periods to come."""
    if last < first:
        raise NotUnderstood(f"--to {last:%Y-%m-%d} lies before --from {first:%Y-%m-%d}. Give the earlier day first.")
    with closing(Database(required_url(context.obj), pool_size=1)) as database:
        require_current(database)
        found = fleet_by_code(database, fleet)
        days = Days(first.date(), last.date(), found.zone)
        wanted = RevenueFilter(found.id, days, period, week_start=_WEEK_STARTS[week_start])
        listed = listing(database, found, wanted, datetime.now(UTC), by)
    if as_json:
        print(json.dumps(listed.as_json()))
    else:
        _print(listed, found.currency)


def _print(listed: Listing, currency: str) -> None:
    if not listed.rows:
        print("The range lies in the future: nothing was earned in it yet.")
    else:
        _print_table([_HEAD, *(_cells(row) for row in listed.rows)])
        print(f"Amounts in {currency}. A running period is compared with the same part of the one before it.")
    for expected in listed.forecast:
        band = f"{shown(expected.low)} to {shown(expected.high)} in 8 of 10"
        print(f"expected from {expected.first}: {shown(expected.revenue)} ({band})")


def _cells(row: Row) -> tuple[str, ...]:
    period = f"{row.first}" if row.first == row.last else f"{row.first} to {row.last}"
    sums = (row.totals.revenue, row.totals.taken, row.totals.refunded)
    partial = "partial" if row.partial else ""
    change = (shown(row.previous.revenue), shown(row.change), _ratio(row.growth), partial)
    return period, row.label, *map(shown, sums), f"{row.totals.taken_count:,}", *change


def _ratio(growth: Decimal | None) -> str:
    return "–" if growth is None else f"{shown(growth * 100, decimals=1)} %"


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Words to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        cells += [cell.rjust(width) for cell, width in zip(row[2:-1], widths[2:-1], strict=True)]
        print("  ".join([*cells, row[-1]]).rstrip())
