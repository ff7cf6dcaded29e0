"""Which members are believed, and when last year's course and the last week win."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from services.revenue.forecasting.blend import blended
from services.revenue.forecasting.outlook import Outlook
from services.revenue.forecasting.smoothing import Array

FIRST = date(2023, 1, 2)
RNG = np.random.default_rng


def outlook(values: Array, horizon: int = 28) -> Outlook:
    days = [FIRST + timedelta(days=number) for number in range(len(values) + horizon)]
    return blended(values, days, horizon)


def test_noise_about_a_constant_is_forecast_by_its_mean() -> None:
    made = outlook(RNG(1).normal(1, 0.1, (500, 5)))
    assert made.mean == pytest.approx(np.ones((28, 5)), abs=0.06)
    assert not made.naive.any()


def test_a_walk_is_forecast_by_where_it_is() -> None:
    values = np.exp(np.cumsum(RNG(2).normal(0, 0.05, (500, 10)), axis=0))
    made = outlook(values)
    assert np.abs(made.mean[0] / values[-1] - 1).max() < 0.2


def test_a_slope_goes_on() -> None:
    values = (1 + np.arange(500)[:, None] / 500) * RNG(3).lognormal(0, 0.02, (500, 5))
    assert outlook(values).mean[-1] == pytest.approx(np.full(5, 2.05), abs=0.07)


def test_a_year_that_returns_is_followed_half_way() -> None:
    days = np.arange(1000)
    season = 1 + 0.6 * np.maximum(np.sin(2 * np.pi * days / 364), 0)
    values = (season * RNG(4).lognormal(0, 0.05, 1000))[:, None]
    cut = 728  # the season begins
    forecast = outlook(values[:cut], 92).mean[:, 0]
    assert (values[cut - 60 : cut] < 1.2).all()
    assert 1.1 < forecast[-7:].mean() < season[cut + 91]


def test_the_last_week_wins_where_it_is_right() -> None:
    # Each week is drawn anew and lasts for five: nothing but the last week itself foretells the next.
    weeks = np.repeat(RNG(5).lognormal(0, 0.6, (20, 7)), 5, axis=0).reshape(-1, 1)
    made = outlook(weeks)
    assert made.naive.tolist() == [True]
    assert made.mean[:, 0] == pytest.approx(np.tile(weeks[-7:, 0], 4))
    assert made.trials.error == pytest.approx(made.naive_error)


def test_a_series_that_came_to_rest_stays_there() -> None:
    values = RNG(6).lognormal(0, 0.1, (300, 2))
    values[-28:, 0] = 0.0
    made = outlook(values)
    assert made.naive.tolist() == [True, False]
    assert (made.mean[:, 0] == 0).all()


def test_a_sparse_series_keeps_its_mean() -> None:
    rng = RNG(7)
    values = rng.lognormal(0, 0.5, (700, 60)) * (rng.random((700, 60)) < 0.2)
    made = outlook(values)
    assert made.mean.mean() == pytest.approx(values.mean(), rel=0.12)


def test_trials_are_those_of_the_forecast_given() -> None:
    values = RNG(8).lognormal(0, 0.2, (400, 3))
    made = outlook(values, 92)
    assert made.trials.forecast.shape == made.trials.actual.shape == (26, 44, 3)
    assert (made.trials.error < made.naive_error).all()


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.6])
def test_a_week_after_a_break_the_new_level_is_forecast_with_wider_bands(factor: float) -> None:
    values = RNG(9).lognormal(0, 0.15, (500, 20))
    calm = outlook(values)
    values[493:] *= factor
    made = outlook(values)
    assert np.median(made.mean.mean(axis=0)) == pytest.approx(factor, rel=0.15)
    assert (calm.unsettled < 0.05).all()
    assert np.median(made.unsettled) > 0.15


def test_a_walk_does_not_follow_the_year_before() -> None:
    values = np.exp(np.cumsum(RNG(10).normal(0, 0.04, (730, 40)), axis=0))
    values /= values[-365:].mean(axis=0)
    off = np.abs(np.log(outlook(values).mean[-1] / values[-1]))
    assert np.median(off) < 0.05


def test_a_few_weeks_of_a_second_year_prove_no_season() -> None:
    days = np.arange(430)
    dip = 1 - 0.6 * ((days >= 75) & (days < 95))  # comes back within the next four weeks only if years are believed to
    values = (dip * RNG(11).lognormal(0, 0.05, 430))[:, None]
    assert outlook(values).mean == pytest.approx(np.ones((28, 1)), abs=0.1)
