"""Payments as a page asks for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.sql.elements import SQLCoreOperations

from services.database.engine import Database
from services.database.tables import driver, fleet, payment, route, vehicle
from services.domain.period import Days, today
from services.payments.filters import PaymentFilter, status_group
from services.payments.queries import page_query, position_query, rows_query, summary_query
from services.payments.row import Key, Names, Page, PaymentRow, Position
from services.payments.summary import Cell, Figures, Summary


class PaymentService:
    """Reads the read model with the rights of the database's login; a fleet it may not see is simply empty."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: PaymentFilter, after: Key | None = None, limit: int = 200) -> Page:
        """The next `limit` payments under the filter, newest first, and how far the feed had come."""
        with self._database.read() as connection:
            position = _position(connection, wanted.fleet_id)
            rows = tuple(PaymentRow(*row) for row in connection.execute(page_query(wanted, after, limit + 1)))
        shown = rows[:limit]
        more = Key.of(shown[-1]) if len(rows) > limit else None
        return Page(shown, more, position)

    def rows(self, wanted: PaymentFilter, ids: Collection[UUID]) -> list[PaymentRow]:
        """Those payments of `ids` that pass the filter, newest first."""
        if not ids:
            return []
        with self._database.read() as connection:
            return [PaymentRow(*row) for row in connection.execute(rows_query(wanted, ids))]

    def summary(self, wanted: PaymentFilter, now: datetime) -> Summary:
        """The figures under the filter; for a filter on today also yesterday's up to the same clock time."""
        with self._database.read() as connection:
            position = _position(connection, wanted.fleet_id)
            currency = connection.execute(
                select(fleet.c.currency).where(fleet.c.fleet_id == wanted.fleet_id)
            ).scalar_one_or_none()
            cells, foreign, oldest = _cells(connection, wanted, currency or "KES")
            yesterday = _yesterday(connection, wanted, now, currency or "KES")
        return Summary(position, cells, currency or "KES", foreign, yesterday, now, oldest)

    def names(self, fleet_id: UUID) -> Names:
        """The fleet's routes, vehicles and drivers, each by its name."""
        with self._database.read() as connection:
            return Names(
                routes=_by_id(connection, fleet_id, route.c.route_id, route.c.name),
                vehicles=_by_id(connection, fleet_id, vehicle.c.vehicle_id, vehicle.c.registration),
                drivers=_by_id(connection, fleet_id, driver.c.driver_id, driver.c.full_name),
            )

    def methods(self, fleet_id: UUID) -> list[str]:
        """The payment methods that the fleet has ever seen, most used first."""
        query = text(
            "SELECT method FROM finance.revenue_daily WHERE fleet_id = :fleet GROUP BY method ORDER BY sum(taken_count) DESC"
        )
        with self._database.read() as connection:
            return list(connection.execute(query, {"fleet": fleet_id}).scalars())


def _position(connection: Connection, fleet_id: UUID) -> Position:
    found = connection.execute(position_query(fleet_id)).one_or_none()
    return Position(*found) if found else Position(0, 0)


def _cells(
    connection: Connection, wanted: PaymentFilter, currency: str
) -> tuple[dict[Cell, Figures], int, datetime | None]:
    cells: dict[Cell, Figures] = {}
    foreign = 0
    waiting: list[datetime] = []
    for row in connection.execute(summary_query(wanted)).mappings():
        if row["currency"] != currency:
            foreign += row["count"]
            continue
        cell = (int(row["hour"]), status_group(row["status"]), row["code"])
        cells[cell] = cells.get(cell, Figures()).plus(row["count"], row["amount"], row["refunded"])
        if row["oldest_pending"] is not None:
            waiting.append(row["oldest_pending"])
    return cells, foreign, min(waiting, default=None)


def _yesterday(
    connection: Connection, wanted: PaymentFilter, now: datetime, currency: str
) -> dict[str, Figures] | None:
    day = today(wanted.days.zone, now)
    if wanted.days.first != day or wanted.days.last != day:
        return None
    before = replace(wanted, days=Days(day - timedelta(days=1), day - timedelta(days=1), wanted.days.zone))
    clock = now.astimezone(wanted.days.zone).replace(tzinfo=None) - timedelta(days=1)
    totals: dict[str, Figures] = {}
    query = summary_query(before).where(payment.c.created_at < clock.replace(tzinfo=wanted.days.zone))
    for row in connection.execute(query).mappings():
        if row["currency"] == currency:
            group = status_group(row["status"])
            totals[group] = totals.get(group, Figures()).plus(row["count"], row["amount"], row["refunded"])
    return totals


def _by_id(
    connection: Connection, fleet_id: UUID, key: SQLCoreOperations[UUID], name: SQLCoreOperations[str]
) -> dict[UUID, str]:
    query = select(key, name).where(text("fleet_id = :fleet")).order_by(name)
    return {row[0]: row[1] for row in connection.execute(query, {"fleet": fleet_id})}
