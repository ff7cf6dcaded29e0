"""The figures under a filter: from the totals where they serve it, otherwise from the payments themselves; the same either way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.domain.payment import PENDING
from services.domain.period import Days, today
from services.feed.event import Position
from services.payments import totals
from services.payments.filters import PaymentFilter, status_group
from services.payments.paging import asked
from services.payments.queries import oldest_pending_statement, summary_statement
from services.payments.search import found_totals_statement
from services.payments.summary import Cell, Figures, Summary
from services.payments.totals import Total


def summary_of(
    connection: Connection, wanted: PaymentFilter, now: datetime, position: Position, currency: str
) -> Summary:
    """The summary in the connection's transaction; yesterday's figures only where the days are today's."""
    found, oldest = _found(connection, wanted, currency)
    cells: dict[Cell, Figures] = {}
    foreign: dict[Cell, int] = {}
    for total in found:
        cell = (total.hour, status_group(total.status), total.code)
        if total.currency == currency:
            cells[cell] = cells.get(cell, Figures()).plus(total.count, total.amount, total.refunded)
        else:
            foreign[cell] = foreign.get(cell, 0) + total.count
    yesterday = _yesterday(connection, wanted, now, currency)
    return Summary(position, cells, currency, foreign, yesterday, now, oldest, _of(connection, wanted, found))


def _found(connection: Connection, wanted: PaymentFilter, currency: str) -> tuple[list[Total], datetime | None]:
    """The counted payments, and when the oldest pending one in the currency was created."""
    if wanted.sought is not None:
        rows = asked(connection, found_totals_statement(wanted))
        waiting = [
            oldest for *_, in_currency, _, _, _, oldest in rows if oldest is not None and in_currency == currency
        ]
        return _totals(rows), min(waiting, default=None)
    found = counted(connection, wanted)
    if not any(total.status == PENDING and total.currency == currency for total in found):
        return found, None
    oldest = asked(connection, oldest_pending_statement(wanted, currency))
    return found, oldest[0][0] if oldest else None


def counted(connection: Connection, wanted: PaymentFilter) -> list[Total]:
    """The figures under a filter that searches nothing: from the totals where they serve it, otherwise one by one."""
    if totals.served(wanted):
        return totals.totals(connection, wanted)
    return _totals(asked(connection, summary_statement(wanted)))


def _totals(rows: Iterable[Any]) -> list[Total]:
    return [
        Total(int(hour), status, code, currency, count, amount, refunded)
        for hour, status, code, currency, count, amount, refunded, *_ in rows
    ]


def _of(connection: Connection, wanted: PaymentFilter, found: Iterable[Total]) -> int | None:
    """All payments of the days; None where the days are not those of creation."""
    if wanted.basis != "created":
        return None
    if wanted.narrowed:
        found = totals.totals(connection, PaymentFilter(wanted.fleet_id, wanted.days))
    return sum(total.count for total in found)


def _yesterday(
    connection: Connection, wanted: PaymentFilter, now: datetime, currency: str
) -> dict[str, Figures] | None:
    zone = wanted.days.zone
    day = today(zone, now)
    if wanted.basis != "created" or wanted.days != Days(day, day, zone):
        return None
    before = replace(wanted, days=Days(day - timedelta(days=1), day - timedelta(days=1), zone))
    clock = (now.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)).replace(tzinfo=zone)
    groups: dict[str, Figures] = {}
    for total in counted_until(connection, before, clock):
        if total.currency == currency:
            group = status_group(total.status)
            groups[group] = groups.get(group, Figures()).plus(total.count, total.amount, total.refunded)
    return groups


def counted_until(connection: Connection, wanted: PaymentFilter, clock: datetime) -> list[Total]:
    """A day's payments up to a clock time: its whole hours from the totals, the running one from the payments."""
    if wanted.sought is not None:
        return _totals(asked(connection, found_totals_statement(wanted, clock)))
    if not totals.served(wanted):
        return _totals(asked(connection, summary_statement(wanted, clock)))
    whole = [total for total in totals.totals(connection, wanted) if total.hour < clock.hour]
    if wanted.hour not in (None, clock.hour):
        return whole
    running = replace(wanted, hour=clock.hour)
    return whole + _totals(asked(connection, summary_statement(running, clock)))
