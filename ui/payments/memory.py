"""Filtering without a database: the rows that were loaded, for the time in which nothing else is to be had."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.payments.filters import PaymentFilter, Search
from services.payments.row import PaymentRow

_BREAKS = re.compile(r"\s+")


def remembered(rows: Iterable[PaymentRow], narrowed: PaymentFilter) -> list[PaymentRow]:
    """Those of the rows that pass the filter; a search finds names and receipts, the masked phone only by its end."""
    sought = Search.parse(narrowed.search)
    return [row for row in rows if narrowed.holds(row.state) and (sought is None or _found(row, sought))]


def _found(row: PaymentRow, sought: Search) -> bool:
    begins = [*_BREAKS.split(row.passenger.lower()), row.receipt.lower(), row.booking_reference.lower()]
    phone = row.phone.replace(" ", "")
    return all(
        any(begin.startswith(word.lower()) for begin in begins) or (len(word) >= 3 and phone.endswith(word))
        for word in sought.words
    )
