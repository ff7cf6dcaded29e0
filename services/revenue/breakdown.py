"""Breakdowns: what each route, vehicle, driver and method took and gave back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.domain.payment import NOBODY
from services.payments.statement import Statement
from services.revenue.figures import Dimension, Span
from services.revenue.pieces import Clock, Piece, counted, listed, midnight, pieces
from services.revenue.source import COLUMNS, DIMENSIONS, SUMMED, SUMS, TYPES, Source

_DAY: Final = timedelta(days=1)


def parts(source: Source, spans: Sequence[Span], dimensions: Sequence[Dimension]) -> list[tuple[Statement, list[int]]]:
    """Statements with the places of the spans that they add to.

    Each finds (dimension, member, the sums of the first of its spans, of the second …); the rows of all of them are added up.
    """
    zone = source.wanted.days.zone
    clocks = [(Clock.of(span.until, zone), place) for place, span in enumerate(spans) if span.until is not None]
    if source.whole:
        held = pieces(spans, zone)
        found = [(_of_pieces(source, held, dimensions), list(range(len(spans))))] if held else []
        return found + [
            (_of_moments(source, clock.began, clock, dimensions), [place]) for clock, place in clocks if clock.in_hour
        ]
    # The totals by hour name one dimension; a part of the fleet has few payments in one day.
    days = [(span if span.until is None else Span(span.first, span.last - _DAY), at) for at, span in enumerate(spans)]
    return [
        *((_of_days(source, span, dimensions), [place]) for span, place in days if span.first <= span.last),
        *(
            (_of_moments(source, midnight(clock.day).replace(tzinfo=zone), clock, dimensions), [place])
            for clock, place in clocks
        ),
    ]


def _of_pieces(source: Source, wanted: Sequence[Piece], dimensions: Sequence[Dimension]) -> Statement:
    made = source.begun()
    sums = ", ".join(
        counted(name, kind, place)
        for place in range(len(wanted[0].counts))
        for name, kind in zip(SUMS, TYPES, strict=True)
    )
    of = (
        "octet_length(dimension) > 0"
        if len(dimensions) == len(DIMENSIONS)
        else f"dimension = ANY ({made.apart(list(dimensions))}::text[])"
    )
    made.text = f"""
        SELECT dimension, member, {sums}
        FROM {listed(made, wanted)},
             LATERAL (SELECT dimension, member, {", ".join(f"sum({name}) AS {name}" for name in SUMS)}
                      FROM finance.revenue_totals t
                      WHERE t.fleet_id = %(fleet)s AND t.grain = piece.grain AND t.start >= piece.since AND t.start < piece.until
                        AND {of} AND currency = {made.apart(source.currency)}
                      GROUP BY dimension, member) AS booked
        GROUP BY dimension, member"""
    return made


def _of_days(source: Source, span: Span, dimensions: Sequence[Dimension]) -> Statement:
    made = source.begun()
    days = f"day BETWEEN {made.apart(span.first)} AND {made.apart(span.last)}"
    made.text = _sets(f"{source.daily(made)} AND {days} AND currency = {made.apart(source.currency)}", dimensions)
    return made


def _of_moments(source: Source, since: datetime, clock: Clock, dimensions: Sequence[Dimension]) -> Statement:
    made = source.begun()
    made.text = _sets(source.moments(made, since, clock), dimensions)
    return made


def _sets(table: str, dimensions: Sequence[Dimension]) -> str:
    """Sums of a table by each dimension at once, each row saying of which."""
    columns = [COLUMNS[name] for name in dimensions]
    # GROUPING(column) is 0 where it was grouped by.
    dimension = " ".join(f"WHEN grouping({COLUMNS[name]}) = 0 THEN '{name}'" for name in dimensions)
    shown = [name if name == "method" else f"coalesce({name}::text, '{NOBODY}')" for name in columns]
    member = " ".join(f"WHEN grouping({one}) = 0 THEN {told}" for one, told in zip(columns, shown, strict=True))
    sets = ", ".join(f"({column})" for column in columns)
    return f"SELECT CASE {dimension} END, CASE {member} END, {SUMMED} FROM {table} GROUP BY GROUPING SETS ({sets})"
