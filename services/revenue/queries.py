"""The SQL behind the Revenue page. Roll-ups answer; payments are touched only for a running hour, or a part of one day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from services.payments.statement import Statement
from services.revenue.figures import Dimension, Span
from services.revenue.pieces import Clock, midnight
from services.revenue.source import SUMMED, SUMS, Source

_DAY: Final = timedelta(days=1)


def by_day(source: Source, spans: Iterable[Span]) -> Statement:
    """(day, currency, sums): a row for each day of these spans that had traffic, and each currency."""
    made = source.begun()
    table, day = source.booked(made, "day")
    made.text = f"""
        SELECT {day}::date, currency, {SUMMED} FROM {_runs(made, spans)},
             LATERAL (SELECT * FROM {table} AND {day} >= run.since AND {day} < run.until OFFSET 0) AS booked
        GROUP BY {day}, currency"""
    return made


def members_by_day(source: Source, dimension: Dimension, spans: Iterable[Span]) -> Statement:
    """(day, member, sums): a row for each route, vehicle, driver or method that had traffic on a day of these spans."""
    made = source.begun()
    table, day, member = source.members_of(made, dimension)
    made.text = f"""
        SELECT {day}::date, {member}, {SUMMED} FROM {_runs(made, spans)},
             LATERAL (SELECT * FROM {table} AND {day} >= run.since AND {day} < run.until OFFSET 0) AS booked
        WHERE currency = {made.apart(source.currency)} GROUP BY {day}, {member}"""
    return made


def members_by_period(source: Source, dimension: Dimension, span: Span, starts: Sequence[date]) -> Statement:
    """(number of the period, 1 for the first; member, sums) over whole days; each period lasts until the next one starts."""
    made = source.begun()
    table, day, member = source.members_of(made, dimension)
    period = f"width_bucket({day}, {made.apart([midnight(start) for start in starts])}::timestamp[])"
    made.text = f"""
        SELECT {period}, {member}, {SUMMED} FROM {table} AND {_between(made, day, span)}
        AND currency = {made.apart(source.currency)} GROUP BY 1, 2"""
    return made


def part_of_day(source: Source, clock: Clock) -> Statement:
    """(sums): one row of all that was booked on the clock's day before its moment."""
    made = source.begun()
    since, kept = midnight(clock.day), ""
    if source.dimension is not None:
        cut = since + timedelta(hours=clock.hour)
        table, start = source.booked(made, "hour")
        kept = f"""
            SELECT {", ".join(SUMS)} FROM {table} AND {start} >= {made.apart(since)} AND {start} < {made.apart(cut)}
            AND currency = {made.apart(source.currency)} UNION ALL"""
    began = clock.began if source.dimension is not None else midnight(clock.day).replace(tzinfo=source.wanted.days.zone)
    made.text = (
        f"SELECT {SUMMED} FROM ({kept} SELECT {', '.join(SUMS)} FROM {source.moments(made, began, clock)}) AS booked"
    )
    return made


def by_hour_of_week(source: Source, span: Span) -> Statement:
    """(hour of the week, 0 for Thursday's first; taken, taken_count) over whole days."""
    made = source.begun()
    if source.dimension is None:
        zone = made.apart(source.wanted.days.zone.key)
        clock = f"timezone({zone}, coalesce(completed_at, created_at))"
        sums = "sum(amount), count(*)"
        days = f"taken_day BETWEEN {made.apart(span.first)} AND {made.apart(span.last)}"
        table = f"finance.payment WHERE fleet_id = %(fleet)s AND {days}{source.narrowed(made, 'IS NULL')}"
    else:
        table, clock = source.booked(made, "hour")
        sums = "sum(taken), sum(taken_count)::bigint"
        table += f" AND {_between(made, clock, span)}"
    made.text = f"""
        SELECT floor(date_part('epoch', {clock}) / 3600)::bigint %% 168, {sums} FROM {table}
        AND currency = {made.apart(source.currency)} GROUP BY 1"""
    return made


def names(source: Source) -> Statement:
    """(dimension, id, name) of every route, vehicle and driver."""
    made = source.begun()
    tables = (("route", "name"), ("vehicle", "registration"), ("driver", "full_name"))
    made.text = " UNION ALL ".join(
        f"SELECT '{table}', {table}_id, {name} FROM finance.{table} WHERE fleet_id = %(fleet)s"
        for table, name in tables
    )
    return made


def _runs(made: Statement, spans: Iterable[Span]) -> str:
    """The days of the spans as runs that do not overlap, each from `since` until before `until`."""
    runs: list[tuple[date, date]] = []
    for span in sorted(spans, key=lambda span: span.first):
        after = span.last + _DAY
        if runs and span.first <= runs[-1][1]:
            runs[-1] = runs[-1][0], max(after, runs[-1][1])
        else:
            runs.append((span.first, after))
    since, until = (made.apart([midnight(run[end]) for run in runs]) for end in (0, 1))
    return f"unnest({since}::timestamp[], {until}::timestamp[]) AS run (since, until)"


def _between(made: Statement, column: str, span: Span) -> str:
    return f"{column} >= {made.apart(midnight(span.first))} AND {column} < {made.apart(midnight(span.last) + _DAY)}"
