"""Totals of payments by day of creation, read from `finance.payment_totals`: no payment is touched.

Their cells are those of the raw GROUP BY, to the cent: hour of creation, status, result code of a failure, currency. The zone of
the filter's days must be the fleet's, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, ColumnElement, Connection, Date, Select, Subquery, Text, any_, func, literal, or_, select
from sqlalchemy import union_all as together

from services.database.tables import payment, payment_totals
from services.domain.payment import PENDING, STATUSES
from services.payments.filters import OTHER, PaymentFilter, Search
from services.payments.pieces import Piece, pieces

_T = payment_totals.c
_CELL = (_T.hour, _T.status, _T.code, _T.currency)


@dataclass(frozen=True, slots=True)
class Total:
    """Payments that share hour of creation (fleet's clock, 0–23), status as it is, code ('' unless failed) and currency."""

    hour: int
    status: str
    code: str
    currency: str
    count: int
    amount: Decimal
    refunded: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """An hour of the list, from `since` until before `until`; `before` payments stand in front of it, `count` are in it."""

    since: datetime
    until: datetime
    before: int
    count: int


def served(wanted: PaymentFilter) -> bool:
    """Whether the totals answer this filter exactly: days of creation, any statuses and hour, routes or methods (not both)."""
    return (
        wanted.basis == "created"
        and not (wanted.routes and wanted.methods)
        and not (wanted.vehicles or wanted.drivers or wanted.tills)
        and wanted.least is None
        and wanted.most is None
        and Search.parse(wanted.search) is None
    )


def cells_query(wanted: PaymentFilter) -> Select[Any]:
    """(hour, status, code, currency, count, amount, refunded) under a filter that is `served`."""
    found = _rows(wanted, pieces(wanted.days), *_CELL, _T.payments, _T.amount, _T.refunded)
    keys = [found.c[column.name] for column in _CELL]
    return select(
        *keys,
        func.sum(found.c.payments).label("count"),
        func.sum(found.c.amount).label("amount"),
        func.sum(found.c.refunded).label("refunded"),
    ).group_by(*keys)


def totals(connection: Connection, wanted: PaymentFilter) -> list[Total]:
    """What `cells_query` finds."""
    return [
        Total(hour, status, code, currency, int(count), amount, refunded)
        for hour, status, code, currency, count, amount, refunded in connection.execute(cells_query(wanted))
    ]


def counts_by_day(connection: Connection, wanted: PaymentFilter) -> dict[date, int]:
    """How many payments each day holds under a filter that is `served`, oldest first; a day without any is left out."""
    days = _T.start.between(wanted.days.first, wanted.days.last)
    query = select(_T.start, func.sum(_T.payments)).where(*_narrowed(wanted), _T.grain == "day", days)
    found = connection.execute(query.group_by(_T.start).order_by(_T.start))
    return {day: int(count) for day, count in found}


def stretch_at(connection: Connection, wanted: PaymentFilter, place: int, *, descending: bool = True) -> Stretch | None:
    """The hour that holds the payment at `place` (from 0) of the list by time; None past its end.

    For a filter that is `served`. It asks for years, then months, days and hours, so a long range costs little more than a
    short one; what remains is an OFFSET of `place - before` within `count` payments.
    """
    before, day, level = 0, wanted.days.first, _by_piece(connection, wanted, pieces(wanted.days))
    while (held := _holding(level, place - before, descending)) is not None:
        before += held.before
        if isinstance(held.where, int):
            since, until = (_clock(day, hour, wanted.days.zone) for hour in (held.where, held.where + 1))
            return Stretch(since, until, before, held.count)
        day, level = held.where.start, _inside(connection, wanted, held.where)
    return None


def oldest_pending_query(conditions: Iterable[ColumnElement[bool]], currency: str) -> Select[Any]:
    """When the oldest pending payment under these conditions (a filter's, on finance.payment) was created; a row, or none.

    The end of payment_by_status, whatever the range.
    """
    return (
        select(payment.c.created_at)
        .where(*conditions, payment.c.status == PENDING, payment.c.currency == currency)
        .order_by(payment.c.created_at, payment.c.id)
        .limit(1)
    )


def _narrowed(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    """The filter without its days, as conditions on the totals."""
    dimension, members = "", [""]
    if wanted.routes:
        dimension, members = "route", sorted(str(route) for route in wanted.routes)
    elif wanted.methods:
        dimension, members = "method", sorted(wanted.methods)
    found = [
        _T.fleet_id == wanted.fleet_id,
        _T.dimension == dimension,
        _T.member == any_(literal(members, ARRAY(Text))),
    ]
    if wanted.statuses:
        named = _T.status.in_(sorted(wanted.statuses - {OTHER}))
        found.append(or_(named, _T.status.not_in(STATUSES)) if OTHER in wanted.statuses else named)
    if wanted.hour is not None:
        found.append(_T.hour == wanted.hour)
    return found


def _rows(wanted: PaymentFilter, within: Iterable[Piece], *columns: ColumnElement[Any]) -> Subquery:
    """The totals' rows of these pieces, each grain by its own way through the key."""
    starts: dict[str, list[date]] = {}
    for piece in within:
        starts.setdefault(piece.grain, []).append(piece.start)
    narrowed = select(*columns).where(*_narrowed(wanted))
    return together(
        *(
            narrowed.where(_T.grain == grain, _T.start == any_(literal(days, ARRAY(Date))))
            for grain, days in starts.items()
        )
    ).subquery()


@dataclass(frozen=True, slots=True)
class _Held:
    """The piece or hour that holds a place, how many payments come before it on its level, and how many it holds."""

    where: Piece | int
    before: int
    count: int


#: Pieces of a range, or hours of a day, in order of time, with their payments.
_Level = Sequence[tuple[Piece | int, int]]


def _inside(connection: Connection, wanted: PaymentFilter, piece: Piece) -> _Level:
    parts = piece.parts()
    return _by_piece(connection, wanted, parts) if parts else _by_hour(connection, wanted, piece.start)


def _by_piece(connection: Connection, wanted: PaymentFilter, within: Iterable[Piece]) -> _Level:
    rows = _rows(wanted, within, _T.grain, _T.start, _T.payments)
    query = select(rows.c.grain, rows.c.start, func.sum(rows.c.payments)).group_by(rows.c.grain, rows.c.start)
    found = connection.execute(query.order_by(rows.c.start))
    return [(Piece(grain, start), int(count)) for grain, start, count in found]


def _by_hour(connection: Connection, wanted: PaymentFilter, day: date) -> _Level:
    query = select(_T.hour, func.sum(_T.payments)).where(*_narrowed(wanted), _T.grain == "day", _T.start == day)
    found = connection.execute(query.group_by(_T.hour).order_by(_T.hour))
    return [(hour, int(count)) for hour, count in found]


def _holding(level: _Level, place: int, descending: bool) -> _Held | None:
    before = 0
    for where, count in reversed(level) if descending else level:
        if place < before + count:
            return _Held(where, before, count)
        before += count
    return None


def _clock(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The first instant of an hour of the day; hour 24 is the next day's first."""
    return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), zone)
