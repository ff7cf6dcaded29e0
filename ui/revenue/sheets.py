"""The tables below the charts as data for a file: whole, with every member and unrounded amounts."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from services.exporting import Field, Row, Table
from services.revenue.figures import Dimension, Part, PeriodRow, RevenueReport
from services.revenue.vehicle_days import VehicleDay
from ui.revenue.rows import outcome_rows
from ui.revenue.words import compare_words, growth_words, money, partial_words, share_words, span_words, until_words

_SUMS: Final = (
    Field("taken", "Taken", "money", summed=True),
    Field("refunded", "Refunded", "money", summed=True),
    Field("revenue", "Revenue", "money", summed=True),
    Field("payments", "Payments", "integer"),
    Field("average", "Average", "money"),
    Field("before", "Revenue before", "money"),
    Field("growth", "Growth", "ratio"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table and its rows."""

    table: Table
    rows: tuple[Row, ...]


def stamp(report: RevenueReport, fleet: str, narrowed: str, person: str, now: datetime) -> tuple[str, ...]:
    """What a file says of itself: whose revenue of which days, against what, and who wrote it when."""
    zone = report.wanted.days.zone
    days = " ".join(part for part in (span_words(report.span), until_words(report.span, zone)) if part)
    against = f"compared with {span_words(report.before_span)} ({compare_words(report.wanted.compare)})"
    here = now.astimezone(zone)
    start = report.wanted.week_start
    weeks = f"weeks begin on {calendar.day_name[start]}" if start and report.wanted.grain == "weekly" else ""
    said = " · ".join(part for part in (fleet, days, narrowed, against, weeks) if part)
    foreign = f"{report.unsummed:,} payments in other currencies are not summed" if report.unsummed else ""
    by = f"Exported by {person}, " if person else "Exported "
    when = f"{by}{here.day} {here:%b %Y, %H:%M:%S} {here.tzname()}"
    return tuple(part for part in (said, f"Amounts in {report.currency}", foreign, when) if part)


def parts_sheet(report: RevenueReport, dimension: Dimension, said: tuple[str, ...]) -> Sheet:
    """A breakdown with every member."""
    columns = (
        Field("label", dimension.capitalize()),
        *_SUMS,
        Field("share", "Share", "ratio"),
        Field("rank", "Rank", "integer"),
    )
    table = Table(f"Revenue by {dimension}", columns, said, report.wanted.days.zone)
    return Sheet(table, tuple(_part(part) for part in report.parts[dimension]))


def periods_sheet(report: RevenueReport, said: tuple[str, ...]) -> Sheet:
    """The periods, the earliest first."""
    columns = (
        Field("first", "First day", "date"),
        Field("last", "Last day", "date"),
        Field("part", "Not whole"),
        *_SUMS,
    )
    table = Table(f"Revenue {report.wanted.grain}", columns, said, report.wanted.days.zone)
    return Sheet(table, tuple(_period(row, report) for row in report.periods))


def vehicle_days_sheet(days: Sequence[VehicleDay], day: date, report: RevenueReport, said: tuple[str, ...]) -> Sheet:
    """A day's vehicles against what is expected of them."""
    columns = (
        Field("vehicle", "Vehicle"), Field("routes", "Routes"), Field("expected", "Expected", "money"),
        Field("taken", "Taken", "money", summed=True), Field("difference", "Difference", "money"), Field("ratio", "Of expected", "ratio"),
    )  # fmt: skip
    table = Table(f"Vehicle days {day}", columns, (f"Vehicles on {day}", *said), report.wanted.days.zone)
    rows = [(one.vehicle, one.routes, one.expected, one.taken, one.difference, one.ratio) for one in days]
    return Sheet(table, tuple(rows))


def outcomes_sheet(report: RevenueReport, said: tuple[str, ...]) -> Sheet:
    """How payments ended, with the reasons of failures."""
    columns = (
        Field("outcome", "Outcome"), Field("code", "Code"), Field("payments", "Payments", "integer"),
        Field("before", "Before", "integer"), Field("share", "Share", "ratio"),
    )  # fmt: skip
    rows = [
        (f"Failed: {row.label}" if row.kind == "reason" else row.label, row.code, row.count, row.before, row.share)
        for row in outcome_rows(report.rates, report.rates_before)
    ]
    return Sheet(Table("How payments ended", columns, said, report.wanted.days.zone), tuple(rows))


def cells_in_words(sheet: Sheet, row: Row) -> list[str]:
    """A row's cells as they are printed."""
    return [_word(field, value) for field, value in zip(sheet.table.columns, row, strict=True)]


def _part(part: Part) -> Row:
    now, before = part.totals, part.before
    return (
        part.label, now.taken, now.refunded, now.revenue, now.taken_count, now.average,
        None if before is None else before.revenue, part.growth, part.share, part.rank,
    )  # fmt: skip


def _period(row: PeriodRow, report: RevenueReport) -> Row:
    now, before = row.totals, row.before
    return (
        row.span.first, row.span.last, partial_words(row, report.wanted.grain), now.taken, now.refunded, now.revenue,
        now.taken_count, now.average, None if before is None else before.revenue, row.growth,
    )  # fmt: skip


def _word(field: Field, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal) and field.kind == "money":
        return money(value)
    if isinstance(value, Decimal | float) and field.kind == "ratio":
        return growth_words(Decimal(value)) if field.key == "growth" else share_words(value)
    return f"{value:,}" if field.kind == "integer" else str(value)
