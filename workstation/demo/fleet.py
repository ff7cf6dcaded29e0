"""Msafiri Express: routes, vehicles, drivers, office people and M-Pesa short codes, always the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Final, Literal
from uuid import UUID, uuid5

from workstation.demo.names import person

_NAMESPACE: Final = UUID("6d736166-6972-4520-8078-707265737300")
_CODE: Final = "MSAFIRI"

# origin, destination, fare in KES, share of the passengers, vehicles, seats
_ROUTES: Final = (
    ("Nairobi", "Thika", 150, 34, 11, 33),
    ("Nairobi", "Nakuru", 500, 16, 6, 14),
    ("Nairobi", "Machakos", 250, 14, 6, 33),
    ("Nairobi", "Naivasha", 300, 12, 5, 14),
    ("Nairobi", "Nyeri", 450, 8, 4, 14),
    ("Nakuru", "Eldoret", 600, 7, 3, 14),
    ("Nairobi", "Mombasa", 1500, 5, 3, 51),
    ("Nairobi", "Kisumu", 1200, 4, 2, 51),
)
_RELIEF_DRIVERS: Final = 6
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Route:
    """A route, its ordinary fare in KES and its share of all passengers in per cent."""

    id: UUID
    name: str
    origin: str
    destination: str
    fare: Decimal
    share: int


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle and the route it serves."""

    id: UUID
    registration: str
    capacity: int
    route: Route


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver; the phone in local form."""

    id: UUID
    full_name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody in the office."""

    id: UUID
    full_name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class ShortCode:
    """A number that collects for the fleet; a till with a vehicle is that vehicle's own."""

    number: str
    kind: Literal["paybill", "till"]
    vehicle_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything that stands before the first passenger comes."""

    id: UUID
    code: str
    name: str
    timezone: str
    currency: str
    routes: tuple[Route, ...]
    vehicles: tuple[Vehicle, ...]
    drivers: tuple[Driver, ...]
    staff: tuple[Staff, ...]
    paybill: ShortCode
    shared_till: ShortCode
    vehicle_tills: tuple[ShortCode, ...]

    @property
    def short_codes(self) -> tuple[ShortCode, ...]:
        """All numbers that collect: the paybill, the shared till, the vehicles' own."""
        return (self.paybill, self.shared_till, *self.vehicle_tills)

    def on_route(self, route: Route) -> tuple[Vehicle, ...]:
        """The vehicles that serve a route."""
        return tuple(vehicle for vehicle in self.vehicles if vehicle.route is route)

    def till_of(self, vehicle_id: UUID | None) -> ShortCode | None:
        """The vehicle's own till, or None."""
        return next((till for till in self.vehicle_tills if till.vehicle_id == vehicle_id), None)

    def drivers_on(self, day: date) -> dict[UUID, Driver]:
        """Who drives which vehicle that day: everybody has one day off a week, then a relief driver drives."""
        usual = len(self.vehicles)
        return {
            vehicle.id: self.drivers[usual + place // _WEEK if place % _WEEK == day.weekday() else place]
            for place, vehicle in enumerate(self.vehicles)
        }


def demo_fleet() -> Fleet:
    """The demo's fleet; its ids never change, so that a second start recognises its own work."""
    fleet_id = uuid5(_NAMESPACE, _CODE)
    routes = tuple(_route(fleet_id, *words[:4]) for words in _ROUTES)
    vehicles = _vehicles(fleet_id, routes)
    own_tills = (vehicles[0], vehicles[11])
    return Fleet(
        id=fleet_id,
        code=_CODE,
        name="Msafiri Express",
        timezone="Africa/Nairobi",
        currency="KES",
        routes=routes,
        vehicles=vehicles,
        drivers=tuple(_driver(fleet_id, number) for number in range(len(vehicles) + _RELIEF_DRIVERS)),
        staff=tuple(_staff(fleet_id, number) for number in range(3)),
        paybill=ShortCode("9994120", "paybill"),
        shared_till=ShortCode("9990010", "till"),
        vehicle_tills=tuple(ShortCode(f"999002{n}", "till", own.id) for n, own in enumerate(own_tills, start=1)),
    )


def _route(fleet_id: UUID, origin: str, destination: str, fare: int, share: int) -> Route:
    name = f"{origin} – {destination}"
    return Route(
        uuid5(fleet_id, f"route/{name}"), name, origin, destination, Decimal(fare).quantize(Decimal("0.01")), share
    )


def _vehicles(fleet_id: UUID, routes: tuple[Route, ...]) -> tuple[Vehicle, ...]:
    rng = Random(_CODE)
    serving = [(route, words[5]) for route, words in zip(routes, _ROUTES, strict=True) for _ in range(words[4])]
    plates: list[str] = []
    while len(plates) < len(serving):
        plate = f"KD{rng.choice('ABCDEFGH')} {rng.randrange(1, 1000):03d}{rng.choice('ABCDEFGHJKLMNPQRSTUVWXYZ')}"
        if plate not in plates:
            plates.append(plate)
    return tuple(
        Vehicle(uuid5(fleet_id, f"vehicle/{plate}"), plate, seats, route)
        for plate, (route, seats) in zip(plates, serving, strict=True)
    )


def _driver(fleet_id: UUID, number: int) -> Driver:
    somebody = person(70_000 + number * 101)
    return Driver(uuid5(fleet_id, f"driver/{number}"), somebody.name, somebody.phone)


def _staff(fleet_id: UUID, number: int) -> Staff:
    somebody = person(80_000 + number * 103)
    email = f"{somebody.name.lower().replace(' ', '.')}@msafiri.example"
    return Staff(uuid5(fleet_id, f"staff/{number}"), somebody.name, email, somebody.phone)
