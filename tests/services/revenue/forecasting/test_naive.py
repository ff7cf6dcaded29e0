"""The last week, usual steps, and series of mostly empty days."""

from __future__ import annotations

import numpy as np
import pytest

from services.revenue.forecasting.naive import filled, judged_by, last_week, sparse, usual_step

NAN = np.nan


def test_unknown_days_are_taken_from_the_week_before() -> None:
    values = np.array([[1.0], [2], [3], [4], [5], [6], [NAN], [NAN], [20], [NAN]])
    assert filled(values)[:, 0].tolist() == [1, 2, 3, 4, 5, 6, 0, 1, 20, 3]


def test_the_last_week_is_repeated_week_after_week() -> None:
    full = np.arange(30.0)[:, None]
    assert last_week(full, 21, np.array([1.0, 7.0, 8.0, 15.0]))[:, 0].tolist() == [14, 20, 14, 14]


def test_the_usual_step_is_between_equal_weekdays() -> None:
    values = np.stack([np.tile([1.0, 2, 3, 4, 5, 6, 7], 3), np.arange(21.0), np.full(21, NAN)], axis=1)
    steps = usual_step(values)
    assert steps[:2].tolist() == [0.0, 7.0]
    assert np.isnan(steps[2])


def test_sparse_is_many_empty_days_but_not_closed_weekdays() -> None:
    rng = np.random.default_rng(1)
    days = np.arange(364)
    hired = (rng.random(364) < 0.4).astype(float)
    closed = (days % 7 != 6).astype(float)
    weekends = np.where(days % 7 >= 5, 1.0, 0.0)
    garage = np.where(rng.random(364) < 0.1, 0.0, 1.0)
    values = np.stack([hired, closed, weekends, garage, np.zeros(364)], axis=1)
    assert sparse(values).tolist() == [True, False, False, False, True]
    assert judged_by(values).tolist() == [2.0, 1.0, 1.0, 1.0, 2.0]


def test_unknown_days_do_not_make_a_series_sparse() -> None:
    values = np.ones((100, 1))
    values[::2] = NAN
    assert not sparse(values).any()
    assert usual_step(values) == pytest.approx(NAN, nan_ok=True)
