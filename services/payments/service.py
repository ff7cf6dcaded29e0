"""Payments as a page asks for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from services.database.engine import Database
from services.database.tables import payment_totals
from services.payments import paging
from services.payments.counting import of_today, summary_of
from services.payments.filters import PaymentFilter
from services.payments.naming import NameBook, Named, read_names
from services.payments.queries import page_statement, rows_statement, standing_of, standing_statement
from services.payments.row import NEWEST_FIRST, Key, Lettering, Names, Page, PaymentRow, Position, Sort, rows_made
from services.payments.statement import asked
from services.payments.summary import Summary


class PaymentService:
    """Reads the read model with the rights of the database's login; a fleet it may not see is simply empty."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = NameBook()

    def page(
        self,
        wanted: PaymentFilter,
        after: Key | None = None,
        limit: int = 200,
        *,
        sort: Sort = NEWEST_FIRST,
        before: Key | None = None,
        counted: bool = False,
    ) -> Page:
        """The `limit` payments under the filter below the key `after`, or above `before`, or the first ones, in shown order.

        `counted` below a key that is no payment's own says in `first` how many stand above it.
        """
        if counted and after is not None:
            return self._page_counted(wanted, after, limit, sort)
        if before is not None:
            if after is not None:
                raise ValueError("a page lies below a key or above one, not both")
            return _turned(self._page(wanted, before, limit, sort.reversed))
        return self._page(wanted, after, limit, sort)

    def page_at(self, wanted: PaymentFilter, place: int, limit: int = 200, *, sort: Sort = NEWEST_FIRST) -> Page:
        """The page that begins at `place` (from 0) and says so in `first`; nearer the end than `limit`, the last full page."""
        with self._database.read() as connection:
            parts = paging.parts(connection, wanted, sort)
            held = sum(part.held for part in parts)
            first = max(0, min(place, held - limit))
            found = paging.placed(connection, parts, first, limit)
            position, names = self._standing(connection, wanted.fleet_id, found)
        rows = rows_made(found, names)
        above = Key.of(rows[0]) if rows and first else None
        below = Key.of(rows[-1]) if rows and first + len(rows) < held else None
        return Page(tuple(rows), below, position, above, first)

    def every(self, wanted: PaymentFilter, sort: Sort = NEWEST_FIRST, batch: int = 5_000) -> Iterator[list[PaymentRow]]:
        """All payments under the filter in shown order and of one moment, at most `batch` at a time, in constant memory."""
        with self._database.read() as connection:
            names = Lettering.of(read_names(connection, wanted.fleet_id))
            for found in paging.every(connection, wanted, sort, batch):
                yield rows_made(found, names)

    def rows(self, wanted: PaymentFilter, ids: Collection[UUID]) -> list[PaymentRow]:
        """Those payments of `ids` that pass the filter, newest first."""
        if not ids:
            return []
        with self._database.glance() as connection:
            found = asked(connection, rows_statement(wanted, ids))
        return self._made(wanted.fleet_id, found)

    def summary(self, wanted: PaymentFilter, now: datetime) -> Summary:
        """The figures under the filter; for a filter on today also yesterday's up to the same clock time."""
        # What one statement tells is of one moment by itself.
        moment = self._database.read if of_today(wanted, now) else self._database.glance
        with moment() as connection:
            return summary_of(connection, wanted, now)

    def names(self, fleet_id: UUID) -> Names:
        """The fleet's routes, vehicles, drivers and tills, each by its name."""
        with self._database.glance() as connection:
            return read_names(connection, fleet_id)

    def methods(self, fleet_id: UUID) -> list[str]:
        """The payment methods that the fleet has ever seen, most used first."""
        of = payment_totals.c
        query = (
            select(of.member)
            .where(of.fleet_id == fleet_id, of.dimension == "method", of.grain == "year")
            .group_by(of.member)
            .order_by(func.sum(of.payments).desc(), of.member)
        )
        with self._database.glance() as connection:
            return list(connection.execute(query).scalars())

    def _page(self, wanted: PaymentFilter, after: Key | None, limit: int, sort: Sort) -> Page:
        """One row more is asked for than is shown: it says whether there are any behind."""
        if paging.by_one_statement(wanted, sort):
            with self._database.glance() as connection:
                found = asked(connection, page_statement(wanted, sort, after, limit + 1))
            if found:
                return _cut(self._made(wanted.fleet_id, found), limit, standing_of(found).position, after)
        with self._database.read() as connection:
            found = paging.walked(connection, wanted, sort, after, limit + 1)
            position, names = self._standing(connection, wanted.fleet_id, found)
        return _cut(rows_made(found, names), limit, position, after)

    def _page_counted(self, wanted: PaymentFilter, after: Key, limit: int, sort: Sort) -> Page:
        with self._database.read() as connection:
            first = paging.in_front(connection, wanted, sort, after)
            found = paging.walked(connection, wanted, sort, after, limit + 1)
            position, names = self._standing(connection, wanted.fleet_id, found)
        return replace(_cut(rows_made(found, names), limit, position, after), first=first)

    def _made(self, fleet_id: UUID, found: Sequence[Any]) -> list[PaymentRow]:
        """Rows with the names that hold at the moment of the query."""
        if not found:
            return []
        named = standing_of(found).named
        names = self._names.known(fleet_id, named)
        if names is None:
            with self._database.read() as connection:
                names = self._learned(connection, fleet_id, named)
        return rows_made(found, names)

    def _standing(self, connection: Connection, fleet_id: UUID, found: Sequence[Any]) -> tuple[Position, Lettering]:
        """The position that the rows are of, and the names."""
        standing = standing_of(found or asked(connection, standing_statement(fleet_id)))
        names = self._names.known(fleet_id, standing.named)
        return standing.position, names or self._learned(connection, fleet_id, standing.named)

    def _learned(self, connection: Connection, fleet_id: UUID, named: Named) -> Lettering:
        return self._names.learn(fleet_id, named, read_names(connection, fleet_id))


def _cut(rows: list[PaymentRow], limit: int, position: Position, after: Key | None) -> Page:
    shown = tuple(rows[:limit])
    above = Key.of(shown[0]) if shown and after is not None else None
    return Page(shown, Key.of(shown[-1]) if len(rows) > limit else None, position, above)


def _turned(page: Page) -> Page:
    """A page that was walked from its lower end."""
    return Page(page.rows[::-1], page.previous, page.position, page.next)
