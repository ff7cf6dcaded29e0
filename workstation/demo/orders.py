"""Who wants to travel, and how they mean to pay: bookings before any money moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import Final
from uuid import UUID

from services.domain.payment import MPESA
from services.domain.period import NAIROBI, day_of
from workstation.demo.fleet import Driver, Fleet, Route, ShortCode, Vehicle
from workstation.demo.names import Person, international, person, spelled
from workstation.demo.rows import BookingRow, PaymentRow
from workstation.demo.shape import is_holiday

#: How the references of planned bookings begin; those of live traffic begin otherwise.
PLANNED: Final = "BK"

_METHODS: Final = (MPESA, "cash", "card", "airtel_money")
_METHOD_SHARES: Final = (82, 93, 98, 100)  # cumulative
_PASSENGERS: Final = 12_000
_LONG: Final = Decimal(400)
_TEN: Final = Decimal(10)
_NOTHING: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Order:
    """A booking that waits for its payment; `short_code` is asked when the method is M-Pesa."""

    booking: BookingRow
    method: str
    payer: Person
    short_code: ShortCode

    def asked(self, payment_id: UUID, at: datetime) -> PaymentRow:
        """The pending payment as it is first written."""
        mpesa = self.method == MPESA
        return PaymentRow(
            id=payment_id,
            booking_id=self.booking.id,
            amount=self.booking.fare,
            currency="KES",
            payment_method=self.method,
            status="pending",
            transaction_id=None,
            checkout_request_id=None,
            shortcode=self.short_code.number if mpesa else None,
            phone_number=international(self.payer.phone) if self.method in (MPESA, "airtel_money") else None,
            result_code=None,
            failure_reason=None,
            refunded_amount=_NOTHING,
            created_at=at,
            completed_at=None,
            refunded_at=None,
            updated_at=at,
        )


class Orders:
    """Draws the orders of one day from a random source; the same draws give the same orders."""

    def __init__(self, fleet: Fleet, day: date) -> None:
        self.day = day
        self._fleet = fleet
        self._drivers: dict[UUID, Driver] = fleet.drivers_on(day)
        self._shares = list(accumulate(route.share for route in fleet.routes))
        self._serving = {route.id: fleet.on_route(route) for route in fleet.routes}
        # Long journeys cost more on Fridays and before a holiday.
        self._dear = day.weekday() == 4 or is_holiday(day + timedelta(days=1))

    def draw(self, rng: Random, booking_id: UUID, reference: str, at: datetime) -> Order:
        """An ordinary order of that instant; one in seventy has no vehicle yet."""
        route = rng.choices(self._fleet.routes, cum_weights=self._shares)[0]
        vehicle = rng.choice(self._serving[route.id]) if rng.random() > 0.015 else None
        passenger = int(rng.random() ** 1.6 * _PASSENGERS)
        somebody = person(passenger)
        booking = BookingRow(
            id=booking_id,
            fleet_id=self._fleet.id,
            reference=reference,
            route_id=route.id,
            vehicle_id=vehicle.id if vehicle else None,
            driver_id=self._drivers[vehicle.id].id if vehicle else None,
            passenger_name=somebody.name,
            passenger_phone=spelled(somebody.phone, passenger // 100),
            fare=self._fare(rng, route),
            status="pending",
            travel_at=_departure(rng, at),
            created_at=at,
            updated_at=at,
        )
        method = rng.choices(_METHODS, cum_weights=_METHOD_SHARES)[0]
        payer = somebody if rng.random() > 0.04 else person(passenger + 1)
        return Order(booking, method, payer, self._short_code(rng, vehicle))

    def on_the_paybill(self, order: Order, rng: Random) -> Order:
        """The same order paid by M-Pesa through the paybill, for a seat in a vehicle that is known."""
        booking = order.booking
        vehicle = rng.choice(self._serving[booking.route_id])
        if booking.vehicle_id is None:
            booking = booking._replace(vehicle_id=vehicle.id, driver_id=self._drivers[vehicle.id].id)
        return Order(booking, MPESA, order.payer, self._fleet.paybill)

    def _fare(self, rng: Random, route: Route) -> Decimal:
        seats = rng.choices((1, 2, 3), cum_weights=(90, 98, 100))[0]
        fare = route.fare
        if self._dear and fare >= _LONG:
            fare = (fare * Decimal("1.2") / _TEN).quantize(Decimal(1)) * _TEN
        return (fare * seats).quantize(_NOTHING)

    def _short_code(self, rng: Random, vehicle: Vehicle | None) -> ShortCode:
        own = self._fleet.till_of(vehicle.id) if vehicle else None
        if own and rng.random() < 0.6:
            return own
        return self._fleet.paybill if rng.random() < 0.7 else self._fleet.shared_till


def _departure(rng: Random, at: datetime) -> datetime:
    leaves = at + timedelta(minutes=rng.randrange(10, 75), days=1 if rng.random() < 0.1 else 0)
    return leaves.replace(second=0, microsecond=0)


def reference_of(at: datetime, number: int) -> str:
    """What passengers type as account number: 'BKG3250017', different for every number of every day."""
    # The third letter counts tens of thousands, so that the digits stay four.
    block, rest = divmod(number, 10_000)
    return f"{PLANNED}{chr(ord('G') + block)}{days_since_start(day_of(at, NAIROBI))}{rest:04d}"


def days_since_start(day: date) -> int:
    """Days since the fleet began to take bookings by phone."""
    return (day - date(2026, 1, 1)).days
