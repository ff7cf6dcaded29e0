"""Payments as a page asks for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from services.database.engine import Database
from services.database.tables import payment_totals
from services.payments import paging
from services.payments.counting import summary_of
from services.payments.filters import PaymentFilter
from services.payments.naming import NameBook, Named, read_names
from services.payments.paging import asked
from services.payments.queries import page_statement, rows_statement, standing_statement
from services.payments.row import NEWEST_FIRST, Key, Lettering, Names, Page, PaymentRow, Position, Sort, rows_made
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
    ) -> Page:
        """The `limit` payments under the filter below the key `after`, or above `before`, or the first ones, in shown order."""
        if before is not None:
            if after is not None:
                raise ValueError("a page lies below a key or above one, not both")
            return _turned(self._page(wanted, before, limit, sort.reversed))
        return self._page(wanted, after, limit, sort)

    def page_at(self, wanted: PaymentFilter, place: int, limit: int = 200, *, sort: Sort = NEWEST_FIRST) -> Page:
        """The page that begins at `place` (from 0) and says so in `first`; nearer the end than `limit`, the last full page."""
        with self._database.read() as connection:
            position, names = self._standing(connection, wanted.fleet_id)
            held = paging.counted(connection, wanted)
            first = max(0, min(place, held - limit))
            rows = rows_made(paging.placed(connection, wanted, sort, first, limit), names)
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
        with self._database.read() as connection:
            epoch, seq, _, currency = asked(connection, standing_statement(wanted.fleet_id))[0]
            return summary_of(connection, wanted, now, _position(epoch, seq), currency or "KES")

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
                rows = self._made(wanted.fleet_id, found)
                return _cut(rows, limit, _position(*found[0][-3:-1]), after)
        with self._database.read() as connection:
            position, names = self._standing(connection, wanted.fleet_id)
            rows = rows_made(paging.walked(connection, wanted, sort, after, limit + 1), names)
        return _cut(rows, limit, position, after)

    def _made(self, fleet_id: UUID, found: Sequence[Any]) -> list[PaymentRow]:
        """Rows with the names that hold at the moment of the query, of which `with_position` tells."""
        if not found:
            return []
        epoch, _, named = found[0][-3:]
        names = self._names.known(fleet_id, (epoch, named))
        if names is None:
            with self._database.read() as connection:
                names = self._learned(connection, fleet_id, (epoch, named))
        return rows_made(found, names)

    def _standing(self, connection: Connection, fleet_id: UUID) -> tuple[Position, Lettering]:
        epoch, seq, named, _ = asked(connection, standing_statement(fleet_id))[0]
        names = self._names.known(fleet_id, (epoch, named))
        return _position(epoch, seq), names or self._learned(connection, fleet_id, (epoch, named))

    def _learned(self, connection: Connection, fleet_id: UUID, named: Named) -> Lettering:
        return self._names.learn(fleet_id, named, read_names(connection, fleet_id))


def _position(epoch: int | None, seq: int | None) -> Position:
    return Position(epoch or 0, seq or 0)


def _cut(rows: list[PaymentRow], limit: int, position: Position, after: Key | None) -> Page:
    shown = tuple(rows[:limit])
    above = Key.of(shown[0]) if shown and after is not None else None
    return Page(shown, Key.of(shown[-1]) if len(rows) > limit else None, position, above)


def _turned(page: Page) -> Page:
    """A page that was walked from its lower end."""
    return Page(page.rows[::-1], page.previous, page.position, page.next)
