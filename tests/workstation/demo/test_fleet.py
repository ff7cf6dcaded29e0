"""The fleet before its first passenger."""

from __future__ import annotations

import re
from datetime import date, timedelta

from services.domain.phone import local
from workstation.demo.fleet import demo_fleet

FLEET = demo_fleet()


def test_the_fleet_is_always_the_same() -> None:
    assert demo_fleet() == FLEET
    assert FLEET.code == "MSAFIRI"


def test_its_size_and_its_numbers() -> None:
    assert (len(FLEET.routes), len(FLEET.vehicles), len(FLEET.drivers)) == (8, 40, 46)
    assert all(re.fullmatch(r"KD[A-H] \d{3}[A-Z]", vehicle.registration) for vehicle in FLEET.vehicles)
    assert len({vehicle.registration for vehicle in FLEET.vehicles}) == 40
    assert sum(route.share for route in FLEET.routes) == 100


def test_one_paybill_one_shared_till_and_two_tills_of_vehicles() -> None:
    kinds = [(code.kind, code.vehicle_id is not None) for code in FLEET.short_codes]

    assert kinds == [("paybill", False), ("till", False), ("till", True), ("till", True)]
    assert all(re.fullmatch(r"999\d{4}", code.number) for code in FLEET.short_codes)
    own = FLEET.vehicle_tills[0]
    assert FLEET.till_of(own.vehicle_id) == own
    assert FLEET.till_of(FLEET.vehicles[-1].id) is None
    assert FLEET.till_of(None) is None


def test_every_vehicle_has_a_driver_every_day_and_no_driver_two_vehicles() -> None:
    for number in range(14):
        driving = FLEET.drivers_on(date(2026, 9, 21) + timedelta(days=number))
        assert len({driver.id for driver in driving.values()}) == 40


def test_usual_drivers_rest_one_day_a_week_and_relief_drivers_drive_then() -> None:
    weeks = [FLEET.drivers_on(date(2026, 9, 21) + timedelta(days=number)) for number in range(7)]
    shifts = [driver.id for driving in weeks for driver in driving.values()]

    assert {shifts.count(driver.id) for driver in FLEET.drivers[:40]} == {6}
    assert sum(shifts.count(driver.id) for driver in FLEET.drivers[40:]) == 40


def test_every_route_is_served() -> None:
    assert sum(len(FLEET.on_route(route)) for route in FLEET.routes) == 40
    assert all(FLEET.on_route(route) for route in FLEET.routes)


def test_people_of_the_fleet_have_fictional_phones_and_addresses() -> None:
    assert all(local(driver.phone) == driver.phone and driver.phone[4:7] == "000" for driver in FLEET.drivers)
    assert all(staff.email.endswith("@msafiri.example") for staff in FLEET.staff)
