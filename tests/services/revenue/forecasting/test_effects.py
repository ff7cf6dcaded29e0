"""Holidays and pay days found where they are, and not where they are not."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from services.revenue.forecasting.calendar import month_part, special
from services.revenue.forecasting.effects import calendar_effects
from services.revenue.forecasting.smoothing import Array

FIRST = date(2023, 1, 2)
DAYS = [FIRST + timedelta(days=number) for number in range(900)]
KNOWN = 800


def noisy(seed: int, deviation: float = 0.1, series: int = 1) -> Array:
    return np.random.default_rng(seed).lognormal(0, deviation, (KNOWN, series))


def test_a_holiday_effect_is_found_and_foretold() -> None:
    values = noisy(1)
    quiet = [number for number, day in enumerate(DAYS[:KNOWN]) if special(day) == "national day"]
    values[quiet] *= 0.5
    factors = calendar_effects(values, DAYS)[:, 0]
    ahead = [number for number, day in enumerate(DAYS) if number >= KNOWN and special(day) == "national day"]
    assert ahead
    assert factors[quiet + ahead] == pytest.approx(0.53, abs=0.06)


def test_month_ends_are_found() -> None:
    values = noisy(2)
    ends = np.array([month_part(day) == 0 for day in DAYS])
    values[ends[:KNOWN]] *= 1.4
    ordinary = np.array([not special(day) for day in DAYS])
    factors = calendar_effects(values, DAYS)[:, 0]
    assert factors[ends & ordinary] == pytest.approx(1.4, abs=0.1)
    assert np.abs(np.log(factors[~ends & ordinary])).max() < 0.06


def test_noise_is_hardly_believed() -> None:
    factors = calendar_effects(noisy(3, 0.25, series=40), DAYS)
    assert np.abs(np.log(factors)).mean() < 0.01


def test_one_occurrence_is_believed_only_if_it_stands_out() -> None:
    values = noisy(4, 0.1, series=2)[:300]
    easter = DAYS.index(date(2023, 4, 9))
    values[easter] = [1.12, 0.2]
    factors = calendar_effects(values, DAYS)
    following = DAYS.index(date(2024, 3, 31))
    assert factors[following, 0] == pytest.approx(1.0, abs=0.1)
    assert factors[following, 1] < 0.4


def test_a_sparse_series_and_a_young_one_have_no_effects() -> None:
    rng = np.random.default_rng(5)
    values = noisy(5, series=2)
    values[:, 0] *= rng.random(KNOWN) < 0.2
    values[:-50, 1] = np.nan
    values[-1] = 9.0
    assert (calendar_effects(values, DAYS) == 1.0).all()
