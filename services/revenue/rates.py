"""How many payments succeeded, and why the others failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from services.domain.payment import FAILED, TAKEN
from services.domain.period import Days
from services.payments import totals
from services.payments.cells import cells_statement
from services.payments.filters import PaymentFilter
from services.payments.statement import Statement
from services.revenue.asking import Answer, Round, Rows
from services.revenue.figures import Rates, RevenueFilter, Span
from services.revenue.pieces import Clock, Piece, counted, listed, pieces

_DAY: Final = timedelta(days=1)
#: Statements with the places of the spans that they count for: rows of (status, code, currency, a number for each place).
_Asked = Iterator[tuple[Statement, Sequence[int]]]


def ask_rates(together: Round, wanted: RevenueFilter, spans: Sequence[Span], currency: str) -> Answer[list[Rates]]:
    """The payments created in each of the spans, in the fleet's currency, by the status they have now."""
    served = totals.served(_created(wanted, wanted.days.first, wanted.days.last))
    asked = list(_by_totals(wanted, spans) if served else _one_by_one(wanted, spans))

    def read(found: Sequence[Rows]) -> list[Rates]:
        numbers: list[dict[tuple[str, str], int]] = [{} for _ in spans]
        for (_, places), rows in zip(asked, found, strict=True):
            for status, code, of, *counts in rows:
                for place, count in zip(places, counts, strict=True):
                    if of == currency and count:
                        numbers[place][status, code] = numbers[place].get((status, code), 0) + count
        return [_rates(each) for each in numbers]

    return together.ask([statement for statement, _ in asked], read)


def _rates(numbers: dict[tuple[str, str], int]) -> Rates:
    reasons = {code: count for (status, code), count in numbers.items() if status == FAILED}
    succeeded = sum(count for (status, _), count in numbers.items() if status in TAKEN)
    return Rates(succeeded, sum(reasons.values()), reasons)


def _by_totals(wanted: RevenueFilter, spans: Sequence[Span]) -> _Asked:
    """All whole hours from the totals, the running one from the payments."""
    zone = wanted.days.zone
    if held := pieces(spans, zone):
        yield _of_pieces(wanted, held), range(len(spans))
    for place, span in enumerate(spans):
        if span.until is not None and (clock := Clock.of(span.until, zone)).in_hour:
            running = replace(_created(wanted, clock.day, clock.day), hour=clock.hour)
            yield _numbers(cells_statement(running, span.until)), [place]


def _of_pieces(wanted: RevenueFilter, held: Sequence[Piece]) -> Statement:
    made = Statement(wanted.fleet_id)
    narrowed = totals.narrowed(_created(wanted, wanted.days.first, wanted.days.last), made)
    counts = ", ".join(counted("payments", "bigint", place) for place in range(len(held[0].counts)))
    made.text = f"""
        SELECT status, code, currency, {counts}
        FROM {listed(made, held)},
             LATERAL (SELECT status, code, currency, sum(payments) AS payments FROM finance.payment_totals t
                      WHERE {narrowed} AND t.grain = CASE piece.grain WHEN 'month' THEN 'month' ELSE 'day' END
                        AND t.start >= piece.since::date AND t.start < (piece.until + interval '23 hours')::date
                        AND (piece.grain <> 'hour' OR t.hour >= extract(hour FROM piece.since)
                             AND t.hour < extract(epoch FROM piece.until - piece.since::date) / 3600)
                      GROUP BY status, code, currency) AS cell
        GROUP BY status, code, currency"""
    return made


def _one_by_one(wanted: RevenueFilter, spans: Sequence[Span]) -> _Asked:
    for place, span in enumerate(spans):
        last = span.last if span.until is None else span.last - _DAY
        if last >= span.first:
            yield _numbers(cells_statement(_created(wanted, span.first, last))), [place]
        if span.until is not None:
            day = Clock.of(span.until, wanted.days.zone).day
            yield _numbers(cells_statement(_created(wanted, day, day), span.until)), [place]


def _numbers(cells: Statement) -> Statement:
    cells.text = f"""
        SELECT status, code, currency, sum(count)::bigint
        FROM ({cells.text}) AS cell (hour, status, code, currency, count) GROUP BY status, code, currency"""
    return cells


def _created(wanted: RevenueFilter, first: date, last: date) -> PaymentFilter:
    return PaymentFilter(
        wanted.fleet_id,
        Days(first, last, wanted.days.zone),
        routes=wanted.routes,
        vehicles=wanted.vehicles,
        drivers=wanted.drivers,
        methods=wanted.methods,
    )
