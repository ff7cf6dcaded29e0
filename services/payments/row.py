"""A payment as a line of the grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

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
class Sort:
    """The order of the rows; equal ones newest first, so that any two can be told apart.

    'status' is the order in which statuses are shown (completed, pending, failed, …; others last), reversed when ascending.
    """

    column: Literal["time", "amount", "status"] = "time"
    descending: bool = True


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


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in shown order. `next` continues below and `previous` above, each None at its end.

    `first` is the place (from 0) of the first row among all that match, where the question was for a place; otherwise None.
    """

    rows: tuple[PaymentRow, ...]
    next: Key | None
    position: Position
    previous: Key | None = None
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """A fleet's names by id, for filters and cells; tills by short code ('9990001' → 'Paybill 9990001')."""

    routes: dict[UUID, str]
    vehicles: dict[UUID, str]
    drivers: dict[UUID, str]
    tills: dict[str, str] = field(default_factory=dict)
