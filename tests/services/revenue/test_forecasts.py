"""Forecasts as the back office keeps them: of whom, from which days, when they are made anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.revenue import forecasts
from services.revenue.analytics import refresh_analytics
from services.revenue.forecasting.forecast import HORIZON, forecast
from services.revenue.forecasts import KeptForecast, keep_forecasts, read_forecast
from services.revenue.targets import Scope
from tests.world import World

#: Ten in the morning in Nairobi.
NOW = datetime(2026, 9, 22, 7, 0, tzinfo=UTC)
YESTERDAY = date(2026, 9, 21)
_DAYS = 70


def amount(ago: int) -> int:
    """What was taken so many days ago: a weekly rhythm."""
    return 1000 + 100 * ((YESTERDAY - timedelta(days=ago)).weekday())


@pytest.fixture
def fleet(world: World) -> UUID:
    """Ten weeks of takings, all of one vehicle and route, and some of today."""
    fleet = world.fleet()
    booking = world.booking(fleet, route_id=world.route(fleet), vehicle_id=world.vehicle(fleet))
    world.run(
        "INSERT INTO public.payment_transactions (id, booking_id, amount, payment_method, status, created_at, completed_at,"
        " updated_at) SELECT gen_random_uuid(), :booking, 1000 + 100 * (extract(isodow FROM day) - 1), 'mpesa', 'completed', day, day,"
        " day FROM generate_series(:now - interval '70 days', :now, interval '1 day') day",
        booking=booking, now=NOW,
    )  # fmt: skip
    world.project()
    refresh_analytics(world.database("finance_projector"))
    world.run("UPDATE finance.revenue_analytics SET calculated_at = :at", at=NOW - timedelta(hours=1))
    return fleet


def made(world: World, now: datetime = NOW) -> int:
    return keep_forecasts(world.database("finance_projector"), now)


def read(world: World, fleet: UUID, scope: Scope = "", member: UUID | None = None) -> KeptForecast | None:
    with world.database().read() as connection:
        return read_forecast(connection, fleet, scope, member)


def member(world: World, fleet: UUID, table: str) -> UUID:
    return UUID(str(world.value(f"SELECT {table}_id FROM finance.{table} WHERE fleet_id = :fleet", fleet=fleet)))


def test_it_is_what_the_finished_days_say(world: World, fleet: UUID) -> None:
    assert made(world) == 3
    kept = read(world, fleet)
    assert kept is not None and (kept.as_of_day, kept.made_at) == (YESTERDAY, NOW)
    expected = forecast([amount(ago) for ago in reversed(range(_DAYS))], YESTERDAY - timedelta(days=_DAYS - 1), HORIZON)
    assert (kept.forecast.model, kept.forecast.words) == (expected.model, expected.words)
    assert kept.forecast.error == expected.error
    assert [day.day for day in kept.forecast.days] == [day.day for day in expected.days]
    assert [day.high95 for day in kept.forecast.days] == pytest.approx([d.high95 for d in expected.days], abs=0.01)
    assert kept.forecast.by_month()[0].mean == pytest.approx(expected.by_month()[0].mean, abs=1)
    for scope in ("route", "vehicle"):
        of_member = read(world, fleet, scope, member(world, fleet, scope))
        assert of_member is not None and of_member.forecast == kept.forecast


def test_what_has_none_is_read_as_none_and_a_new_fleet_is_told_why(world: World, fleet: UUID) -> None:
    assert read(world, fleet) is None
    young = world.fleet("TWIGA")
    world.project()
    made(world)
    kept = read(world, young)
    assert kept is not None and (kept.forecast.days, kept.forecast.error) == ((), None)
    assert kept.forecast.words == "Nothing was taken yet."
    assert read(world, young, "route", member(world, fleet, "route")) is None


def test_members_read_their_own_fleets_forecast(world: World, fleet: UUID) -> None:
    made(world)
    world.fleet("TWIGA")
    world.project()
    stranger = world.person(UUID(str(world.value("SELECT fleet_id FROM finance.fleet WHERE code = 'TWIGA'"))), "viewer")
    viewer = world.person(fleet, "viewer", "mtazamaji")
    for person, sees in ((viewer, True), (stranger, False)):
        with person.read() as connection:
            assert (read_forecast(connection, fleet, "", None) is not None) is sees


def test_it_is_made_again_when_the_day_has_turned(world: World, fleet: UUID) -> None:
    assert (made(world), made(world)) == (3, 0)
    before_midnight = datetime(2026, 9, 22, 20, 59, tzinfo=UTC)
    assert made(world, before_midnight) == 0
    assert made(world, before_midnight + timedelta(minutes=1)) == 3
    kept = read(world, fleet)
    assert kept is not None and kept.as_of_day == date(2026, 9, 22)


def test_days_that_changed_wait_for_six_hours(world: World, fleet: UUID) -> None:
    made(world)
    soon, later = NOW + timedelta(hours=5), NOW + timedelta(hours=6, minutes=1)
    assert made(world, later) == 0
    changed = (
        "UPDATE finance.revenue_analytics SET calculated_at = :at WHERE period_type = 'daily' AND period_start = :day"
    )
    world.run(changed, at=NOW + timedelta(hours=1), day=YESTERDAY + timedelta(days=1))
    assert made(world, later) == 0  # today is not learnt from
    world.run(changed, at=NOW + timedelta(hours=1), day=YESTERDAY - timedelta(days=30))
    assert (made(world, soon), made(world, later)) == (0, 3)


def test_only_the_fleets_own_currency_is_forecast_and_nobody_is_nobody(world: World, fleet: UUID) -> None:
    unattributed = world.booking(fleet)
    world.payment(unattributed, "500.00", created_at=NOW - timedelta(days=2))
    world.project()
    assert made(world) == 3
    world.run("UPDATE public.fleets SET currency = 'USD' WHERE id = :fleet", fleet=fleet)
    world.project()
    world.run("DELETE FROM finance.revenue_forecast")
    assert made(world) == 1
    kept = read(world, fleet)
    assert kept is not None and kept.forecast.model == "none"


def test_a_member_without_history_is_forgotten(world: World, fleet: UUID) -> None:
    made(world)
    vehicle = member(world, fleet, "vehicle")
    world.run("UPDATE public.bookings SET vehicle_id = NULL")
    world.project()
    assert made(world, NOW + timedelta(days=1)) == 3
    assert read(world, fleet, "vehicle", vehicle) is not None  # days of zeros are days
    world.run("DELETE FROM finance.revenue_totals WHERE dimension = 'vehicle' AND member = :id", id=str(vehicle))
    assert made(world, NOW + timedelta(days=2)) == 2
    assert read(world, fleet, "vehicle", vehicle) is None


def test_one_back_office_forecasts_at_a_time(world: World, fleet: UUID) -> None:
    with world.database("finance_projector").write() as other:
        assert other.execute(forecasts._LOCK).scalar_one()
        assert made(world) == 0
    assert made(world) == 3
