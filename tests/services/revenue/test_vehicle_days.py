"""Vehicle-days: expected from route and weekday, the worst first, a running day judged by its elapsed part."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from services.revenue.vehicle_days import VehicleDay, vehicle_days
from tests.world import MORNING, World

TUESDAY = date(2026, 9, 22)
#: The evening of the day after.
LATER = datetime(2026, 9, 23, 15, 0, tzinfo=UTC)


class Matatus:
    """A fleet with two routes; `ran` lets a vehicle take an amount on a route so many weeks ago, at nine unless told."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.fleet = world.fleet()
        self.routes: dict[str, UUID | None] = {name: world.route(self.fleet, name) for name in ("Nakuru", "Thika")}
        self.routes[""] = None
        self.vehicles: dict[str, UUID] = {}

    def ran(self, vehicle: str, amount: str, *, ago: int = 0, route: str = "Nakuru", hour: int = 9) -> None:
        if vehicle and vehicle not in self.vehicles:
            self.vehicles[vehicle] = self.world.vehicle(self.fleet, vehicle)
        booking = self.world.booking(self.fleet, route_id=self.routes[route], vehicle_id=self.vehicles.get(vehicle))
        self.world.payment(booking, amount, created_at=MORNING + timedelta(hours=hour - 9, weeks=-ago))

    def told(self, now: datetime = LATER) -> list[tuple[str, str, Decimal, Decimal | None]]:
        self.world.project()
        return [
            (one.vehicle, one.routes, one.taken, one.expected)
            for one in vehicle_days(self.world.database(), self.fleet, TUESDAY, now)
        ]


@pytest.fixture
def matatus(world: World) -> Matatus:
    return Matatus(world)


def test_a_vehicle_is_held_against_what_its_route_usually_brings(matatus: Matatus) -> None:
    for ago in (1, 2, 8):
        matatus.ran("KDA 1A", "1000.00", ago=ago)
        matatus.ran("KDB 2B", "2000.00", ago=ago)
    matatus.ran("KDB 2B", "9000.00", ago=9)  # longer ago than eight weeks
    matatus.ran("", "5000.00", ago=1)  # nobody's
    matatus.ran("KDA 1A", "1600.00")
    matatus.ran("KDB 2B", "400.00")
    matatus.ran("KDB 2B", "300.00")
    assert matatus.told() == [
        ("KDB 2B", "Nakuru", Decimal("700.00"), Decimal("1500.00")),
        ("KDA 1A", "Nakuru", Decimal("1600.00"), Decimal("1500.00")),
    ]


def test_other_weekdays_and_days_without_takings_say_nothing(matatus: Matatus) -> None:
    matatus.ran("KDA 1A", "1000.00", ago=3)
    matatus.world.payment(matatus.world.booking(matatus.fleet), "9.00", created_at=MORNING - timedelta(days=1))
    matatus.ran("KDA 1A", "1200.00")
    assert matatus.told() == [("KDA 1A", "Nakuru", Decimal("1200.00"), Decimal("1000.00"))]


def test_the_routes_of_a_day_are_added_up_and_an_unknown_one_leaves_nothing_to_expect(matatus: Matatus) -> None:
    matatus.ran("KDA 1A", "1000.00", ago=1)
    matatus.ran("KDA 1A", "300.00", ago=1, route="Thika")
    matatus.ran("KDA 1A", "200.00", route="Thika")
    matatus.ran("KDA 1A", "900.00")
    matatus.ran("KDB 2B", "50.00", route="")
    assert matatus.told() == [
        ("KDA 1A", "Nakuru, Thika", Decimal("1100.00"), Decimal("1300.00")),
        ("KDB 2B", "No route", Decimal("50.00"), None),
    ]


def test_who_ran_on_most_such_weekdays_and_took_nothing_stands_first(matatus: Matatus) -> None:
    for ago in range(1, 5):
        matatus.ran("KDA 1A", "1000.00", ago=ago)
        if ago < 4:
            matatus.ran("KDC 3C", "600.00", ago=ago, route="Thika" if ago == 1 else "Nakuru")
        if ago > 2:
            matatus.ran("KDD 4D", "1000.00", ago=ago)  # half of them: perhaps sold
    matatus.ran("KDA 1A", "1000.00")
    found = matatus.told()
    assert [row[:3] for row in found] == [("KDC 3C", "Thika", Decimal(0)), ("KDA 1A", "Nakuru", Decimal(1000))]
    assert found[0][3] == Decimal("600.00")


def test_a_running_day_is_expected_to_have_what_is_usual_by_now(matatus: Matatus) -> None:
    for ago in (1, 2):
        matatus.ran("KDA 1A", "300.00", ago=ago, hour=6)
        matatus.ran("KDA 1A", "100.00", ago=ago, hour=13)
        matatus.ran("KDA 1A", "600.00", ago=ago, hour=18)
    matatus.ran("KDA 1A", "350.00", hour=6)
    nine_to_two = [(8, "300.00"), (14, "400.00")]
    for clock, expected in nine_to_two:
        now = MORNING + timedelta(hours=clock - 9)
        assert matatus.told(now) == [("KDA 1A", "Nakuru", Decimal("350.00"), Decimal(expected))]
    assert matatus.told()[0][3] == Decimal("1000.00")


def test_a_fleet_that_is_none_has_no_vehicle_days(world: World) -> None:
    assert vehicle_days(world.database(), uuid4(), TUESDAY, LATER) == []


def test_difference_and_ratio_are_of_what_was_expected() -> None:
    short = VehicleDay(uuid4(), "KDA 1A", "Nakuru", Decimal(900), Decimal(1200))
    assert (short.difference, short.ratio) == (Decimal(-300), Decimal("0.75"))
    unknown = VehicleDay(uuid4(), "KDA 1A", "Nakuru", Decimal(900), None)
    assert (unknown.difference, unknown.ratio) == (None, None)
