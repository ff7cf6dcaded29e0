"""A payment as a line of the grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from services.domain.payment import STATUSES
from services.feed.event import PaymentState
from services.feed.event import Position as Position


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment as shown: names resolved, passenger and phone in their masked form. Amounts in `currency`."""

    id: UUID
    created_at: datetime
    completed_at: datetime | None
    passenger: str
    phone: str
    route_id: UUID | None
    route: str
    vehicle_id: UUID | None
    vehicle: str
    driver_id: UUID | None
    driver: str
    method: str
    receipt: str
    booking_reference: str
    amount: Decimal
    refunded_amount: Decimal
    currency: str
    status: str
    result_code: str | None
    failure_reason: str
    short_code: str | None = None

    @property
    def state(self) -> PaymentState:
        """The part that figures need, comparable with an event's before and after."""
        return PaymentState(
            status=self.status,
            amount=self.amount,
            refunded_amount=self.refunded_amount,
            currency=self.currency,
            method=self.method,
            route_id=self.route_id,
            vehicle_id=self.vehicle_id,
            driver_id=self.driver_id,
            created_at=self.created_at,
            completed_at=self.completed_at,
            result_code=self.result_code,
            short_code=self.short_code,
        )


@dataclass(frozen=True, slots=True)
class Names:
    """A fleet's names by id, for filters and cells; tills by short code ('9990001' → 'Paybill 9990001')."""

    routes: dict[UUID, str]
    vehicles: dict[UUID, str]
    drivers: dict[UUID, str]
    tills: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lettering:
    """Names as rows are made with them, by the numbers of their ids: hashing an id itself costs more than the rest of its cell."""

    routes: dict[int, str]
    vehicles: dict[int, str]
    drivers: dict[int, str]

    @staticmethod
    def of(names: Names) -> Lettering:
        """The same names."""
        known = (
            {id_.int: name for id_, name in by_id.items()} for by_id in (names.routes, names.vehicles, names.drivers)
        )
        return Lettering(*known)


#: Takes values without a frozen row's price, a function call for each (ten times that of the row); then it becomes one.
_Open = make_dataclass("_Open", [(made.name, made.type) for made in fields(PaymentRow)], slots=True)


def rows_made(found: Iterable[Sequence[Any]], names: Lettering) -> list[PaymentRow]:
    """Rows from what `queries.ROW` selects, in its order; what a tuple carries behind that is passed over."""
    routes, vehicles, drivers = names.routes.get, names.vehicles.get, names.drivers.get
    rows: list[PaymentRow] = []
    for values in found:
        (
            id_, created_at, completed_at, passenger, phone, route_id, vehicle_id, driver_id, method, receipt, reference,
            amount, refunded_amount, currency, status, result_code, failure_reason, short_code,
        ) = values[:18]  # fmt: skip
        row = _Open(
            id_, created_at, completed_at, passenger or "", phone or "",
            route_id, routes(route_id.int, "") if route_id else "",
            vehicle_id, vehicles(vehicle_id.int, "") if vehicle_id else "",
            driver_id, drivers(driver_id.int, "") if driver_id else "",
            method, receipt or "", reference, amount, refunded_amount, currency, status, result_code, failure_reason or "",
            short_code,
        )  # fmt: skip
        row.__class__ = PaymentRow
        rows.append(row)
    return rows


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of the rows. Ascending is the exact reverse of descending, and any two rows can be told apart.

    Descending: 'time' newest first; 'amount' largest first, whatever the currency, and among equals newest first; 'status' as
    statuses are shown (completed, pending, failed, …), then unknown ones by their names from A to Z, newest first in each.
    """

    column: Literal["time", "amount", "status"] = "time"
    descending: bool = True

    @property
    def reversed(self) -> Sort:
        """The same order from its other end."""
        return Sort(self.column, not self.descending)


NEWEST_FIRST = Sort()


@dataclass(frozen=True, slots=True)
class Key:
    """Where a keyset page continues, in every order: what tells a payment's place."""

    created_at: datetime
    id: UUID
    amount: Decimal
    status: str

    @staticmethod
    def of(row: PaymentRow) -> Key:
        """The place of a payment."""
        return Key(row.created_at, row.id, row.amount, row.status)


def sort_key(sort: Sort) -> Callable[[PaymentRow | Key], tuple[Any, ...]]:
    """What the order compares, the same as in SQL: the list is `sorted(rows, key=sort_key(sort), reverse=sort.descending)`."""
    return _KEYS[sort.column]


def status_place(status: str) -> tuple[int, tuple[int, ...]]:
    """Where a status stands in the order of 'status', the greatest first."""
    if status in STATUSES:
        return -STATUSES.index(status), ()
    # From A to Z where the greatest comes first: letters negated, and a shorter word before those that it begins.
    return -len(STATUSES), (*(-ord(letter) for letter in status), 1)


_KEYS: dict[str, Callable[[PaymentRow | Key], tuple[Any, ...]]] = {
    "time": lambda row: (row.created_at, row.id),
    "amount": lambda row: (row.amount, row.created_at, row.id),
    "status": lambda row: (*status_place(row.status), row.created_at, row.id),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in shown order. `next` continues below and `previous` above, each None at its end; both None without rows.

    `first` is the place (from 0) of the first row among all that match, where that was asked for; otherwise None.
    """

    rows: tuple[PaymentRow, ...]
    next: Key | None
    position: Position
    previous: Key | None = None
    first: int | None = None
