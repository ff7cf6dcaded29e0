"""Weekday means of a few weeks."""

from __future__ import annotations

import numpy as np
import pytest

from services.revenue.forecasting.short import weekday_means

RNG = np.random.default_rng


def test_weekdays_that_differ_are_forecast_as_they_are() -> None:
    pattern = np.array([1.0, 1, 1, 1, 1.5, 2, 0])
    values = (np.tile(pattern, 6) + RNG(1).normal(0, 0.05, 42) * (np.tile(pattern, 6) > 0))[:, None]
    made = weekday_means(values, 28)
    assert made.mean[:, 0] == pytest.approx(np.tile(pattern, 4), abs=0.1)
    assert not made.naive.any()


def test_weekdays_that_differ_by_chance_are_drawn_together() -> None:
    values = RNG(2).normal(1, 0.2, (42, 20))
    made = weekday_means(values, 7)
    raw = np.stack([values[np.arange(42) % 7 == weekday].mean(axis=0) for weekday in range(7)])
    assert made.mean.std(axis=0).mean() < 0.6 * raw.std(axis=0).mean()


def test_series_may_begin_on_different_days() -> None:
    values = RNG(3).normal(1, 0.1, (42, 2))
    values[:20, 1] = np.nan
    made = weekday_means(values, 14)
    assert made.mean == pytest.approx(np.ones((14, 2)), abs=0.2)
    assert made.trials.count.tolist() == [5, 2]


def test_nothing_is_forecast_below_nothing() -> None:
    values = np.tile([0.0, 0, 0, 0, 0, 0, 3], 4)[:, None]
    assert weekday_means(values, 28).mean.min() >= 0
