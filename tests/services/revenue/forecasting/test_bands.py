"""Bands as wide as the back-test's errors say, and sums that know whether errors keep to one side."""

from __future__ import annotations

import numpy as np
import pytest

from services.revenue.forecasting.bands import Widths, widths
from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trials import Trials, tried_ahead

AHEAD = tried_ahead(92)
RNG = np.random.default_rng


def trials(errors: Array, level: float = 1.0) -> Trials:
    """Trials of a constant forecast that missed by `errors` (starts, ahead, series)."""
    forecast = np.full_like(errors, level)
    return Trials(AHEAD, forecast, forecast + errors)


def settled(mean: Array, tried: Trials) -> Widths:
    """The widths where no level broke."""
    return widths(mean, tried, np.zeros(mean.shape[1]))


def test_normal_errors_give_normal_bands() -> None:
    half = settled(np.ones((92, 30)), trials(RNG(1).normal(0, 0.1, (26, len(AHEAD), 30))))
    assert half.within80.mean() == pytest.approx(0.128, rel=0.08)
    assert half.within95.mean() == pytest.approx(0.196, rel=0.15)
    assert half.spread.mean() == pytest.approx(0.1, rel=0.08)
    assert half.alike.max() < 0.1


def test_errors_that_keep_to_one_side_are_alike() -> None:
    whole_start = RNG(2).normal(0, 0.1, (26, 1, 4)) * np.ones((1, len(AHEAD), 1))
    assert settled(np.ones((92, 4)), trials(whole_start)).alike == pytest.approx(np.ones(4))


def test_bands_widen_with_the_days_ahead_and_never_narrow() -> None:
    growing = RNG(3).normal(0, 0.1, (26, len(AHEAD), 5)) * np.sqrt(AHEAD)[None, :, None]
    shrinking = growing[:, ::-1]
    for errors, least in ((growing, 3.0), (shrinking, 1.0)):
        half = settled(np.ones((92, 5)), trials(errors))
        assert (np.diff(half.within80, axis=0) >= 0).all()
        assert (half.within80[-1] / half.within80[0]).min() >= least


def test_larger_days_have_wider_bands() -> None:
    mean = np.ones((92, 1))
    mean[5] = 3.0
    half = settled(mean, trials(RNG(4).normal(0, 0.1, (26, len(AHEAD), 1))))
    assert half.within80[5, 0] > 1.8 * half.within80[4, 0]


def test_few_starts_make_bands_cautious() -> None:
    errors = RNG(5).normal(0, 0.1, (26, len(AHEAD), 40))
    few = errors.copy()
    few[:-3] = np.nan
    assert (
        settled(np.ones((92, 40)), trials(few)).within95.mean()
        > 1.5 * settled(np.ones((92, 40)), trials(errors)).within95.mean()
    )


def test_far_days_that_no_start_reached_grow_from_the_near_ones() -> None:
    errors = RNG(6).normal(0, 0.1, (26, len(AHEAD), 2))
    errors[:, 28:] = np.nan
    half = settled(np.ones((92, 2)), trials(errors))
    assert (half.within80[-1] > 1.1 * half.within80[20]).all()


def test_a_horizon_shorter_than_what_was_tried() -> None:
    half = settled(np.ones((3, 2)), trials(RNG(7).normal(0, 0.1, (26, len(AHEAD), 2))))
    assert half.within80.shape == (3, 2)


def test_a_week_tried_says_nothing_of_months() -> None:
    week = np.arange(1.0, 8)
    ones = np.ones((3, 7, 2))
    half = settled(np.ones((92, 2)), Trials(week, ones, ones + RNG(8).normal(0, 0.1, (3, 7, 2))))
    assert half.alike.tolist() == [0.2, 0.2]
    assert half.within80.shape == (92, 2)


def test_without_any_trial_there_is_no_width() -> None:
    half = settled(np.ones((92, 1)), trials(np.full((26, len(AHEAD), 1), np.nan)))
    assert (half.within80 == 0).all()
    assert half.alike.tolist() == [0.2]


def test_a_level_that_broke_lately_is_less_sure_and_errs_to_one_side() -> None:
    tried = trials(RNG(9).normal(0, 0.1, (26, len(AHEAD), 2)))
    half = widths(np.ones((92, 2)), tried, np.array([0.0, 0.2]))
    usual = settled(np.ones((92, 2)), tried)
    for broken, calm in ((half.within80, usual.within80), (half.within95, usual.within95), (half.spread, usual.spread)):
        assert broken[:, 0] == pytest.approx(calm[:, 0])
        assert broken[:, 1] == pytest.approx(1.4**0.5 * calm[:, 1])
    assert half.alike[0] == usual.alike[0]
    assert half.alike[1] == pytest.approx((usual.alike[1] + 0.4) / 1.4)
