"""Where a walk of the list begins: at a bound of the filter or behind a key. Only one of the two may be said.

The server starts at the first bound that it finds. Beside a wider one a key is reached row by row, and page 100,000 costs as much
as all the pages above it.
"""

from __future__ import annotations

from typing import Any, Literal

from services.domain.money import cents
from services.payments.filters import PaymentFilter
from services.payments.row import Key, Sort

#: A bound of a filter, named as the doors that search name it.
Bound = Literal["since", "until", "least", "most"]


def begun(wanted: PaymentFilter, sort: Sort, after: Key | None) -> tuple[Bound | None, Key | None]:
    """The bound that the key makes superfluous, and the key; without the key where the bound makes it superfluous."""
    bound = _first_bound(wanted, sort)
    if after is None or bound is None:
        return None, after
    return (bound, after) if _within(after, wanted, bound) else (None, None)


def simplest(wanted: PaymentFilter, sort: Sort, after: Key | None) -> Sort:
    """The same order by fewer columns, where that is one: among equal amounts the order by amount is that by time."""
    same = sort.column == "amount" and wanted.least is not None and wanted.least == wanted.most
    return Sort("time", sort.descending) if same and (after is None or after.amount == wanted.least) else sort


def columns(sort: Sort) -> tuple[str, ...]:
    """What the order compares; a total order."""
    return ("amount_cents", "created_at", "id") if sort.column == "amount" else ("created_at", "id")


def values(sort: Sort, key: Key) -> tuple[Any, ...]:
    """What it compares of a key."""
    return (cents(key.amount), key.created_at, key.id) if sort.column == "amount" else (key.created_at, key.id)


def ordered(sort: Sort) -> str:
    """The order as SQL."""
    return ", ".join(f"{column} DESC" if sort.descending else column for column in columns(sort))


def _first_bound(wanted: PaymentFilter, sort: Sort) -> Bound | None:
    if sort.column == "amount":
        least, most = wanted.least is not None, wanted.most is not None
        return ("most" if most else None) if sort.descending else ("least" if least else None)
    if wanted.basis != "created":
        return None
    return "until" if sort.descending else "since"


def _within(key: Key, wanted: PaymentFilter, bound: Bound) -> bool:
    since, until = wanted.span
    return {
        "since": lambda: key.created_at >= since,
        "until": lambda: key.created_at < until,
        "least": lambda: wanted.least is not None and key.amount >= wanted.least,
        "most": lambda: wanted.most is not None and key.amount <= wanted.most,
    }[bound]()
