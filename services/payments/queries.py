"""The SQL behind the payments page: every condition names the fleet and stays on leakproof operators where an index matters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.sql.selectable import FromClause

from services.database.tables import driver, feed, payment, route, vehicle
from services.domain.payment import FAILED, PENDING, STATUSES
from services.payments.filters import OTHER, PaymentFilter, Search
from services.payments.row import Key

_P = payment.c
#: What people may read of a payment (passenger and phone only in their masked form), with its names.
ROW = (
    _P.id,
    _P.created_at,
    _P.completed_at,
    func.coalesce(_P.passenger_shown, "").label("passenger"),
    func.coalesce(_P.phone_shown, "").label("phone"),
    _P.route_id,
    func.coalesce(route.c.name, "").label("route"),
    _P.vehicle_id,
    func.coalesce(vehicle.c.registration, "").label("vehicle"),
    _P.driver_id,
    func.coalesce(driver.c.full_name, "").label("driver"),
    _P.method,
    func.coalesce(_P.receipt, "").label("receipt"),
    _P.booking_reference,
    _P.amount,
    _P.refunded_amount,
    _P.currency,
    _P.status,
    _P.result_code,
    func.coalesce(_P.failure_reason, "").label("failure_reason"),
)


def _named() -> FromClause:
    return (
        payment.outerjoin(route, and_(route.c.fleet_id == _P.fleet_id, route.c.route_id == _P.route_id))
        .outerjoin(vehicle, and_(vehicle.c.fleet_id == _P.fleet_id, vehicle.c.vehicle_id == _P.vehicle_id))
        .outerjoin(driver, and_(driver.c.fleet_id == _P.fleet_id, driver.c.driver_id == _P.driver_id))
    )


def page_query(wanted: PaymentFilter, after: Key | None, limit: int) -> Select[Any]:
    """The next rows, newest first: keyset, so that page 100,000 costs what page 1 costs."""
    query = select(*ROW).select_from(_named()).where(*conditions(wanted))
    if after is not None:
        query = query.where(tuple_(_P.created_at, _P.id) < tuple_(literal(after.created_at), literal(after.id)))
    return query.order_by(_P.created_at.desc(), _P.id.desc()).limit(limit)


def rows_query(wanted: PaymentFilter, ids: Collection[UUID]) -> Select[Any]:
    """Those of `ids` that pass the filter."""
    return select(*ROW).select_from(_named()).where(*conditions(wanted), _P.id.in_(ids)).order_by(_P.created_at.desc())


def summary_query(wanted: PaymentFilter) -> Select[Any]:
    """Count, Σ amount and Σ refunded by hour of creation, status, result code of a failure, and currency."""
    hour = func.extract("hour", func.timezone(wanted.days.zone.key, _P.created_at)).label("hour")
    code = case((_P.status == FAILED, func.coalesce(_P.result_code, "")), else_="").label("code")
    return (
        select(
            hour,
            _P.status,
            code,
            _P.currency,
            func.count().label("count"),
            func.sum(_P.amount).label("amount"),
            func.sum(_P.refunded_amount).label("refunded"),
            func.min(case((_P.status == PENDING, _P.created_at))).label("oldest_pending"),
        )
        .where(*conditions(wanted))
        .group_by(hour, _P.status, code, _P.currency)
    )


def position_query(fleet_id: UUID) -> Select[Any]:
    """How far the fleet's feed has come, at the moment of the transaction."""
    return select(feed.c.epoch, feed.c.last_seq).where(feed.c.fleet_id == fleet_id)


def conditions(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    """The filter as SQL."""
    start, end = _span(wanted)
    found: list[ColumnElement[bool]] = [_P.fleet_id == wanted.fleet_id, _P.created_at >= start, _P.created_at < end]
    if wanted.statuses:
        found.append(_status(wanted.statuses))
    for column, values in (
        (_P.method, wanted.methods),
        (_P.route_id, wanted.routes),
        (_P.vehicle_id, wanted.vehicles),
        (_P.driver_id, wanted.drivers),
    ):
        if values:
            found.append(column.in_(values))
    if wanted.hour is not None and len(wanted.days) > 1:
        found.append(func.extract("hour", func.timezone(wanted.days.zone.key, _P.created_at)) == wanted.hour)
    if (sought := Search.parse(wanted.search)) is not None:
        found.append(_P.id.in_(_search(wanted, sought, start, end)))
    return found


def _span(wanted: PaymentFilter) -> tuple[datetime, datetime]:
    """The instants that the filter covers; an hour of a single day is a shorter span, which the index serves."""
    if wanted.hour is None or len(wanted.days) > 1:
        return wanted.days.start, wanted.days.end
    start = datetime.combine(wanted.days.first, time(wanted.hour), wanted.days.zone)
    return start, start + timedelta(hours=1)


def _status(statuses: frozenset[str]) -> ColumnElement[bool]:
    named = _P.status.in_(statuses - {OTHER})
    return or_(named, _P.status.not_in(STATUSES)) if OTHER in statuses else named


def _search(wanted: PaymentFilter, sought: Search, start: datetime, end: datetime) -> Select[Any]:
    words, digits = literal(list(sought.words), ARRAY(Text)), literal(list(sought.digits), ARRAY(Text))
    return select(func.finance.search_payments(wanted.fleet_id, words, digits, start, end))
