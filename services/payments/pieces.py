"""A range of days as the totals keep it: whole years, whole months, and the days that remain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

from services.domain.period import Days
from services.payments.statement import Statement

Grain = Literal["year", "month", "day"]
_PAID: Final = """
    SELECT start FROM finance.payment_totals
    WHERE fleet_id = %(fleet)s AND dimension = '' AND member = '' AND grain = 'day' AND"""


def pieces(days: Days, made: Statement) -> str:
    """The range as a query for (grain, since, until): all pieces of a grain that begin from `since` until before `until`.

    The range first grows over the days around it that hold no payment of the fleet, as far as the years of its ends go. So the year
    in which a fleet began, or the running one, is a single piece. The statement finds these days in the moment in which it adds up.
    """
    return f"""
        SELECT piece.grain, piece.since, piece.until
        FROM ({_grown(days, made)}) AS grown,
             LATERAL (SELECT {_from("since", "month")} AS month, {_from("since", "year")} AS year,
                             {_to("until", "month")} AS month_end, {_to("until", "year")} AS year_end) AS edge,
             LATERAL (VALUES ('day', since, least(month, until)),
                             ('month', month, least(year, month_end)),
                             ('year', year, year_end),
                             ('month', greatest(year, year_end), month_end),
                             ('day', greatest(month, month_end), until)) AS piece (grain, since, until)
        WHERE piece.since < piece.until"""


def single_days(days: Days, weekdays: Iterable[int], made: Statement) -> str:
    """The range's days that fall on these weekdays (1 Monday), in the form of `pieces`: larger ones mix weekdays."""
    first, last = _day(days.first, made), _day(days.last, made)
    return f"""
        SELECT 'day' AS grain, at::date AS since, at::date + 1 AS until
        FROM generate_series({first}::timestamp, {last}::timestamp, interval '1 day') AS at
        WHERE extract(isodow FROM at) = ANY ({made.fixed(sorted(weekdays))})"""


def _grown(days: Days, made: Statement) -> str:
    first, last = _day(days.first, made), _day(days.last, made)
    return f"""
        SELECT greatest({_to(first, "year")}, ({_PAID} start < {first} ORDER BY start DESC LIMIT 1) + 1) AS since,
               least({_from(f"({last} + 1)", "year")}, ({_PAID} start > {last} ORDER BY start LIMIT 1)) AS until
        OFFSET 0"""


def _day(day: date, made: Statement) -> str:
    return f"{made.fixed(day)}::date"


def _from(day: str, unit: str) -> str:
    """The first month or year that begins on the day or after it."""
    return f"date_trunc('{unit}', {day} - 1 + interval '1 {unit}')::date"


def _to(day: str, unit: str) -> str:
    """The beginning of the day's month or year."""
    return f"date_trunc('{unit}', {day}::timestamp)::date"
