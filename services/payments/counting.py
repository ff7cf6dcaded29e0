"""The figures under a filter, made of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.domain.period import Days, today
from services.feed.event import Position
from services.payments import totals
from services.payments.cells import cells_statement, summary_statement
from services.payments.filters import PaymentFilter, status_group
from services.payments.statement import asked
from services.payments.summary import Cell, Figures, Summary
from services.payments.totals import Total


def summary_of(connection: Connection, wanted: PaymentFilter, now: datetime) -> Summary:
    """The summary by one statement; where the days are today's, others add the figures of yesterday."""
    found = asked(connection, summary_statement(wanted))
    epoch, seq, currency, of = found[0][:4]
    held = [values[4:] for values in found if values[4] is not None]
    if of is None and wanted.basis == "created":
        of = sum(values[4] for values in held)
    cells, foreign = _by_cell(held, currency)
    waiting = (values[7] for values in held if values[7] is not None and values[3] == currency)
    yesterday = _yesterday(connection, wanted, now, currency) if of_today(wanted, now) else None
    position = Position(epoch or 0, seq or 0)
    return Summary(position, cells, currency, foreign, yesterday, now, min(waiting, default=None), of)


def of_today(wanted: PaymentFilter, now: datetime) -> bool:
    """Whether the days are today's, which are compared with yesterday's."""
    day = today(wanted.days.zone, now)
    return wanted.basis == "created" and wanted.days == Days(day, day, wanted.days.zone)


def counted_until(connection: Connection, wanted: PaymentFilter, clock: datetime) -> list[Total]:
    """A day's payments up to a clock time: its whole hours from the totals, the running one from the payments."""
    if not totals.served(wanted):
        return _totals(asked(connection, cells_statement(wanted, clock)))
    whole = [total for total in totals.totals(connection, wanted) if total.hour < clock.hour]
    if wanted.hour not in (None, clock.hour):
        return whole
    running = replace(wanted, hour=clock.hour)
    return whole + _totals(asked(connection, cells_statement(running, clock)))


def _totals(cells: Iterable[Sequence[Any]]) -> list[Total]:
    return [Total(*values[:7]) for values in cells]


def _by_cell(held: Iterable[Sequence[Any]], currency: str) -> tuple[dict[Cell, Figures], dict[Cell, int]]:
    """Figures in the currency, and how many payments in others, by cell; `held` as the server tells cells."""
    cells: dict[Cell, Figures] = {}
    foreign: dict[Cell, int] = {}
    for hour, status, code, paid_in, count, amount, refunded, _ in held:
        cell = (hour, status_group(status), code)
        if paid_in != currency:
            foreign[cell] = foreign.get(cell, 0) + count
        elif cell in cells:
            cells[cell] = cells[cell].plus(count, amount, refunded)
        else:
            cells[cell] = Figures(count, amount, refunded)
    return cells, foreign


def _yesterday(connection: Connection, wanted: PaymentFilter, now: datetime, currency: str) -> dict[str, Figures]:
    zone = wanted.days.zone
    day = today(zone, now) - timedelta(days=1)
    clock = (now.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)).replace(tzinfo=zone)
    groups: dict[str, Figures] = {}
    for total in counted_until(connection, replace(wanted, days=Days(day, day, zone)), clock):
        if total.currency == currency:
            group = status_group(total.status)
            groups[group] = groups.get(group, Figures()).plus(total.count, total.amount, total.refunded)
    return groups
