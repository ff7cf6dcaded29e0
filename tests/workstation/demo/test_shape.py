"""When people travel."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import mean

import pytest

from workstation.demo.shape import USUAL, bookings_on, hours_of, is_holiday, is_payday, rains

SEED = 2026
DAYS = [date(2026, 1, 5) + timedelta(days=number) for number in range(51 * 7)]


def _mean(days: list[date]) -> float:
    return mean(bookings_on(SEED, day, 1.0) for day in days)


@pytest.mark.parametrize("day", [date(2026, 10, 20), date(2026, 12, 12), date(2026, 4, 3), date(2027, 3, 29)])
def test_kenya_rests_on_its_holidays(day: date) -> None:
    assert is_holiday(day)


def test_a_holiday_on_a_sunday_moves_to_the_next_free_day() -> None:
    assert date(2027, 12, 26).weekday() == 6
    assert is_holiday(date(2027, 12, 27))
    assert not is_holiday(date(2027, 12, 28))
    # 25 December 2033 is a Sunday, and the day after it is a holiday of its own.
    assert is_holiday(date(2033, 12, 27))


def test_a_weekday_without_a_name_is_none() -> None:
    assert not is_holiday(date(2026, 9, 23))
    # Good Friday is no fixed day: the Saturday after it is ordinary.
    assert not is_holiday(date(2026, 4, 4))


@pytest.mark.parametrize(("day", "paid"), [(25, True), (30, True), (1, True), (2, True), (3, False), (24, False)])
def test_payday_runs_over_the_end_of_the_month(day: int, paid: bool) -> None:
    assert is_payday(date(2026, 9, day)) is paid


def test_fridays_are_busy_and_sundays_quiet() -> None:
    fridays, sundays = [d for d in DAYS if d.weekday() == 4], [d for d in DAYS if d.weekday() == 6]

    assert _mean(fridays) > 1.1 * _mean(DAYS) > 1.1 * 1.1 * _mean(sundays)


def test_paydays_holidays_and_rain_show() -> None:
    plain = [d for d in DAYS if not is_holiday(d)]

    assert _mean([d for d in plain if is_payday(d)]) > 1.05 * _mean([d for d in plain if not is_payday(d)])
    assert _mean([d for d in DAYS if is_holiday(d)]) < 0.85 * _mean(plain)
    assert _mean([d for d in plain if rains(SEED, d)]) < 0.95 * _mean([d for d in plain if not rains(SEED, d)])


def test_rain_comes_more_often_in_the_rainy_months() -> None:
    wet = [rains(SEED, d) for d in DAYS if d.month in (4, 11)]
    dry = [rains(SEED, d) for d in DAYS if d.month in (1, 2, 7, 8)]

    assert 0 < mean(dry) < mean(wet) < 1


def test_volume_grows_with_scale_and_never_vanishes() -> None:
    day = date(2026, 9, 23)

    assert bookings_on(SEED, day, 2.0) == pytest.approx(2 * bookings_on(SEED, day, 1.0), abs=2)
    assert bookings_on(SEED, day, 0.0001) == 1
    assert 0.8 * USUAL < _mean(DAYS) < 1.3 * USUAL


def test_the_working_day_has_two_peaks_and_the_weekend_starts_late() -> None:
    friday, saturday = hours_of(SEED, date(2026, 9, 25)), hours_of(SEED, date(2026, 9, 26))

    assert max(range(24), key=lambda hour: friday[hour]) in (7, 8)
    assert friday[17] > 1.5 * friday[12]
    assert saturday[7] < saturday[11] * 1.2
