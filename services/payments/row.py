"""A payment as a line of the grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
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
        )


@dataclass(frozen=True, slots=True)
class Key:
    """Where a keyset page continues: after this payment, newest first."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """Rows newest first; `next` continues, or is None at the end."""

    rows: tuple[PaymentRow, ...]
    next: Key | None
    position: Position


@dataclass(frozen=True, slots=True)
class Names:
    """A fleet's names by id, for filters and cells."""

    routes: dict[UUID, str]
    vehicles: dict[UUID, str]
    drivers: dict[UUID, str]
