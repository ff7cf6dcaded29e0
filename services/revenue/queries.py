"""The SQL behind the Revenue page. Roll-ups answer; payments are touched only for a running hour, or a part of one day.

Every query names the fleet. `Source` decides once where a filter's sums stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Select,
    Text,
    any_,
    case,
    cast,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy import union_all as together

from services.database.tables import payment, revenue_daily, revenue_totals
from services.domain.payment import NOBODY
from services.payments.taken import taken_between
from services.revenue.figures import Dimension, RevenueFilter

DIMENSIONS: tuple[Dimension, ...] = ("route", "vehicle", "driver", "method")
SUMS = ("taken", "taken_count", "refunded", "refunded_count")
_T, _D, _P = revenue_totals.c, revenue_daily.c, payment.c
_MIDNIGHT = time.min


@dataclass(frozen=True, slots=True)
class Source:
    """Where a filter's sums stand: in `revenue_totals` under one dimension's members, or (None) only in `revenue_daily`."""

    wanted: RevenueFilter
    dimension: str | None
    members: tuple[str, ...]

    @staticmethod
    def of(wanted: RevenueFilter) -> Source:
        """The cheapest place that answers exactly."""
        chosen = {name: values for name, values in _chosen(wanted).items() if values}
        if not chosen:
            return Source(wanted, "", ("",))
        if len(chosen) == 1:
            (name, values), *_ = chosen.items()
            return Source(wanted, name, values)
        return Source(wanted, None, ())

    @property
    def whole(self) -> bool:
        """Whether the whole fleet is asked for."""
        return self.dimension == ""


def by_day(source: Source, days: Iterable[date]) -> Select[Any]:
    """(day, currency, sums): a row for each of these days that had traffic."""
    if source.dimension is None:
        return _of_daily(source, days, _D.day)
    return _of_totals(source.wanted, source.dimension, source.members, days)


def members_by_day(source: Source, dimension: Dimension, days: Iterable[date]) -> Select[Any]:
    """(day, member, currency, sums): a row for each route, vehicle, driver or method that had traffic on one of these days."""
    if source.whole or source.dimension == dimension:
        members = () if source.whole else source.members
        return _of_totals(source.wanted, dimension, members, days, _T.member)
    member = _D.method if dimension == "method" else cast(_D[f"{dimension}_id"], Text)
    return _of_daily(source, days, _D.day, member.label("member"))


def parts(source: Source, first: date, last: date) -> Select[Any]:
    """(dimension, member, currency, sums) of every route, vehicle, driver and method over whole days."""
    if not source.whole:
        booked = select(revenue_daily).where(*_in_daily(source), _D.day.between(first, last))
        return _sets(booked.subquery().c)
    months, days = _months_and_days(first, last)
    rows = together(
        *(
            select(_T.dimension, _T.member, _T.currency, *(getattr(_T, name) for name in SUMS)).where(
                _T.fleet_id == source.wanted.fleet_id,
                _T.dimension == dimension,
                _T.grain == grain,
                _T.start == any_(literal(starts, ARRAY(DateTime))),
            )
            for dimension in DIMENSIONS
            for grain, starts in (("month", months), ("day", days))
            if starts
        )
    ).subquery()
    return select(rows.c.dimension, rows.c.member, rows.c.currency, *_summed(rows.c)).group_by(
        rows.c.dimension, rows.c.member, rows.c.currency
    )


def hours(source: Source, day: date, before: int) -> Select[Any]:
    """(dimension, member, currency, sums) of the whole fleet's day until its hour `before`; '' is the fleet itself."""
    start = datetime.combine(day, _MIDNIGHT)
    return (
        select(_T.dimension, _T.member, _T.currency, *_summed(_T))
        .where(
            _T.fleet_id == source.wanted.fleet_id,
            _T.dimension.in_(("", *DIMENSIONS)),
            _T.grain == "hour",
            _T.start >= start,
            _T.start < start + timedelta(hours=before),
        )
        .group_by(_T.dimension, _T.member, _T.currency)
    )


def moments(source: Source, since: datetime, until: datetime, day: date) -> Select[Any]:
    """(dimension, member, currency, sums) of what was booked on `day` from `since` until before `until`, from the payments."""
    fleet, narrowed = _P.fleet_id == source.wanted.fleet_id, _conditions(source.wanted, _P)
    columns = (_P.route_id, _P.vehicle_id, _P.driver_id, _P.method, _P.currency)
    booked_at = func.coalesce(_P.refunded_at, _P.updated_at)
    nothing = literal(0)
    rows = together(
        select(*columns, _P.amount.label("taken"), literal(1).label("taken_count"), nothing.label("refunded"),
               nothing.label("refunded_count")).where(fleet, *narrowed, taken_between(since, until)),
        select(*columns, nothing, nothing, _P.refunded_amount, literal(1)).where(
            fleet, *narrowed, _P.refunded_day == day, booked_at >= since, booked_at < until),
    ).subquery()  # fmt: skip
    return _sets(rows.c, whole=True)


def by_weekday_and_hour(source: Source, first: date, last: date) -> Select[Any]:
    """(ISO weekday, hour, currency, taken, taken_count)."""
    if source.dimension is None:
        zone = source.wanted.days.zone.key
        clock = func.timezone(zone, func.coalesce(_P.completed_at, _P.created_at))
        keys = func.extract("isodow", clock).label("weekday"), func.extract("hour", clock).label("hour")
        return (
            select(*keys, _P.currency, func.sum(_P.amount).label("taken"), func.count().label("taken_count"))
            .where(_P.fleet_id == source.wanted.fleet_id, _P.taken_day.between(first, last))
            .where(*_conditions(source.wanted, _P))
            .group_by(*keys, _P.currency)
        )
    keys = func.extract("isodow", _T.start).label("weekday"), func.extract("hour", _T.start).label("hour")
    return (
        select(*keys, _T.currency, func.sum(_T.taken).label("taken"), func.sum(_T.taken_count).label("taken_count"))
        .where(*_in_totals(source.wanted, source.dimension, source.members), _T.grain == "hour", _between(first, last))
        .group_by(*keys, _T.currency)
    )


def _chosen(wanted: RevenueFilter) -> dict[str, tuple[str, ...]]:
    return {
        "route": tuple(sorted(map(str, wanted.routes))),
        "vehicle": tuple(sorted(map(str, wanted.vehicles))),
        "driver": tuple(sorted(map(str, wanted.drivers))),
        "method": tuple(sorted(wanted.methods)),
    }


def _in_totals(wanted: RevenueFilter, dimension: str, members: Iterable[str]) -> list[ColumnElement[bool]]:
    found = [_T.fleet_id == wanted.fleet_id, _T.dimension == dimension]
    if members := list(members):
        found.append(_T.member == any_(literal(members, ARRAY(Text))))
    return found


def _between(first: date, last: date) -> ColumnElement[bool]:
    start = datetime.combine(first, _MIDNIGHT)
    return (_T.start >= start) & (_T.start < datetime.combine(last + timedelta(days=1), _MIDNIGHT))


def _conditions(wanted: RevenueFilter, columns: Any) -> list[ColumnElement[bool]]:
    """The narrowing, on payments (null where there is none) or on revenue_daily (the nil uuid)."""
    found: list[ColumnElement[bool]] = []
    for name, values in (("route_id", wanted.routes), ("vehicle_id", wanted.vehicles), ("driver_id", wanted.drivers)):
        if not values:
            continue
        column = getattr(columns, name)
        named = column.in_(sorted(values))
        found.append(named | column.is_(None) if NOBODY in values else named)
    if wanted.methods:
        found.append(columns.method.in_(sorted(wanted.methods)))
    return found


def _in_daily(source: Source) -> list[ColumnElement[bool]]:
    return [_D.fleet_id == source.wanted.fleet_id, *_conditions(source.wanted, _D)]


def _of_daily(source: Source, days: Iterable[date], *keys: ColumnElement[Any]) -> Select[Any]:
    of_days = _D.day == any_(literal(list(days), ARRAY(Date)))
    return select(*keys, _D.currency, *_summed(_D)).where(*_in_daily(source), of_days).group_by(*keys, _D.currency)


def _of_totals(
    wanted: RevenueFilter, dimension: str, members: Iterable[str], days: Iterable[date], *keys: ColumnElement[Any]
) -> Select[Any]:
    of_days = _T.start == any_(literal([datetime.combine(day, _MIDNIGHT) for day in days], ARRAY(DateTime)))
    return (
        select(cast(_T.start, Date).label("day"), *keys, _T.currency, *_summed(_T))
        .where(*_in_totals(wanted, dimension, members), _T.grain == "day", of_days)
        .group_by(_T.start, *keys, _T.currency)
    )


def _sets(c: Any, *, whole: bool = False) -> Select[Any]:
    """Sums of these columns by each dimension at once, each row saying of which; '' with `whole` for all together."""
    columns = {"route": c.route_id, "vehicle": c.vehicle_id, "driver": c.driver_id, "method": c.method}
    sets = [tuple_(column, c.currency) for column in columns.values()]
    if whole:
        sets.append(tuple_(c.currency))
    by = func.grouping(*columns.values())
    # GROUPING() has a bit for each dimension, set where it was not grouped by.
    bits = {name: 0b1111 ^ (0b1000 >> place) for place, name in enumerate(columns)}
    dimension = case(*((by == bit, name) for name, bit in bits.items()), else_="")
    member = case(
        *(
            (by == bits[name], column if name == "method" else func.coalesce(cast(column, Text), str(NOBODY)))
            for name, column in columns.items()
        ),
        else_="",
    )
    return select(dimension.label("dimension"), member.label("member"), c.currency, *_summed(c)).group_by(
        func.grouping_sets(*sets)
    )


def _summed(columns: Any) -> list[ColumnElement[Any]]:
    return [func.sum(getattr(columns, name)).label(name) for name in SUMS]


def _months_and_days(first: date, last: date) -> tuple[list[datetime], list[datetime]]:
    """Whole months of the range, and the days that remain, by their first moments."""
    months: list[datetime] = []
    days: list[datetime] = []
    at = first
    while at <= last:
        next_month = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
        if at.day == 1 and next_month - timedelta(days=1) <= last:
            months.append(datetime.combine(at, _MIDNIGHT))
            at = next_month
        else:
            days.append(datetime.combine(at, _MIDNIGHT))
            at += timedelta(days=1)
    return months, days
