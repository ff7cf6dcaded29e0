"""Lasting jumps are found, and chance, growth, rain and closed days are not taken for them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trend import trend, weekday_changes

FIRST = date(2025, 1, 6)
RNG = np.random.default_rng
PATTERN = np.resize([0.9, 0.95, 1.0, 1.05, 1.3, 1.1, 0.7], 365)


def takings(seed: int, deviation: float = 0.1) -> Array:
    return np.array(40_000 * PATTERN * RNG(seed).lognormal(0, deviation, 365))


@pytest.mark.parametrize("ratio", [0.7, 1.3])
@pytest.mark.parametrize("at", [60, 200, 345])
def test_a_jump_is_found_on_its_day(ratio: float, at: int) -> None:
    amounts = takings(1) * np.where(np.arange(365) >= at, ratio, 1.0)
    (change,) = trend(amounts, FIRST).changes
    assert abs((change.day - FIRST).days - at) <= 2
    assert change.ratio == pytest.approx(ratio, rel=0.07)
    assert change.weekday is None


def test_chance_makes_no_changes() -> None:
    for seed in range(25):
        assert trend(takings(seed, 0.3), FIRST).changes == ()


def test_neighbours_that_err_alike_make_hardly_any() -> None:
    found = 0
    for seed in range(25):
        wander = np.convolve(RNG(seed).normal(0, 0.1, 369), np.ones(5) / 5**0.5, mode="valid")
        found += len(trend(takings(seed, 0.05) * np.exp(wander), FIRST).changes)
    assert found <= 2


def test_steady_growth_is_no_change_and_shows_in_the_line() -> None:
    made = trend(takings(2) * np.exp(np.arange(365) / 365), FIRST)
    assert made.changes == ()
    assert made.line[-1] / made.line[0] == pytest.approx(np.e, rel=0.15)


def test_the_line_is_even_and_does_not_follow_an_outlier() -> None:
    amounts = takings(3, 0.05)
    usual = trend(amounts, FIRST).line
    amounts[180] *= 30
    assert np.ptp(usual) / np.mean(usual) < 0.15
    assert trend(amounts, FIRST).line[180] == pytest.approx(usual[180], rel=0.1)


def test_closed_sundays_and_unknown_days_hold_no_line_back() -> None:
    amounts = takings(4, 0.05)
    amounts[6::7] = 0.0
    amounts[100:110] = np.nan
    made = trend(amounts, FIRST)
    assert made.changes == ()
    assert np.ptp(made.line) / np.mean(made.line) < 0.2


def test_a_sparse_or_short_series_has_a_line_and_no_claims() -> None:
    hired = takings(5) * (RNG(5).random(365) < 0.25)
    assert trend(hired, FIRST).changes == ()
    assert 0.5 < np.mean(trend(hired, FIRST).line) / np.mean(hired) < 1.5
    short = np.concatenate([np.full(10, 10.0), np.full(10, 99.0)])
    assert trend(short, FIRST).changes == ()


def test_nothing_taken_is_a_line_of_nothing() -> None:
    assert trend(np.zeros(40), FIRST).line == (0.0,) * 40
    assert trend([], FIRST).line == ()
    assert trend([np.nan] * 3, FIRST).changes == ()


def test_one_weekday_that_jumps_is_named() -> None:
    amounts = takings(6, 0.06)
    saturdays = (np.arange(365) % 7 == 5) & (np.arange(365) >= 250)
    amounts[saturdays] *= 1.5
    (change,) = weekday_changes(amounts, FIRST)
    assert (change.weekday, change.day) == (5, FIRST + timedelta(days=250))
    assert change.ratio == pytest.approx(1.5, rel=0.1)


def test_weekdays_that_only_jump_along_are_not_named() -> None:
    found = 0
    for seed in range(20):
        found += len(weekday_changes(takings(seed) * np.where(np.arange(365) >= 200, 1.4, 1.0), FIRST))
    assert found <= 1
    assert weekday_changes(takings(1)[:60], FIRST) == ()
