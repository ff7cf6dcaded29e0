"""What the page asks for, and of whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Key, Names, Page, PaymentRow, Sort
from services.payments.summary import Summary

#: How many rows are asked for at first, and when the list is scrolled on.
PAGE_ROWS, MORE_ROWS = 200, 400


class Fleet(Protocol):
    """Whose payments are shown; `currency` is the one that is summed."""

    @property
    def id(self) -> UUID:
        """The fleet's id."""
        ...

    @property
    def name(self) -> str:
        """The fleet as people call it."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Where the fleet's days begin and end."""
        ...

    @property
    def currency(self) -> str:
        """Three letters, such as KES."""
        ...


class PaymentSource(Protocol):
    """Answers from the database; every method blocks and may raise a `WorkstationError`."""

    def page(
        self,
        wanted: PaymentFilter,
        after: Key | None = None,
        limit: int = PAGE_ROWS,
        *,
        sort: Sort = NEWEST_FIRST,
        before: Key | None = None,
        counted: bool = False,
    ) -> Page:
        """The `limit` payments below the key `after`, or above `before`, or the first ones, in shown order.

        `counted` below a key that is no payment's own says in `first` how many stand above it.
        """
        ...

    def page_at(self, wanted: PaymentFilter, place: int, limit: int = PAGE_ROWS, *, sort: Sort = NEWEST_FIRST) -> Page:
        """The page that begins at `place` (from 0), its own place in `first`; past the end, the last page."""
        ...

    def rows(self, wanted: PaymentFilter, ids: Collection[UUID]) -> list[PaymentRow]:
        """Those of the payments that pass the filter, search included; in any order."""
        ...

    def summary(self, wanted: PaymentFilter, now: datetime) -> Summary:
        """The figures under the filter, and those of the same time yesterday where the days are today's."""
        ...

    def names(self, fleet_id: UUID) -> Names:
        """Routes, vehicles and drivers of a fleet."""
        ...

    def methods(self, fleet_id: UUID) -> list[str]:
        """The methods people have paid the fleet by."""
        ...
