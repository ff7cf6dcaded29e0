"""The back-test's bookkeeping: where it starts, what came, and the errors it counts."""

from __future__ import annotations

import numpy as np
import pytest

from services.revenue.forecasting.trials import Trials, came, mean_known, starts_in, tried_ahead

NAN = np.nan


def test_trials_start_weekly_and_every_other_week_in_long_histories() -> None:
    assert starts_in(56) == [28, 35, 42, 49]
    assert starts_in(80)[::6] == [31, 73]
    assert starts_in(400)[-2:] == [386, 393]
    assert starts_in(700)[-2:] == [679, 693]
    assert len(starts_in(1100)) == len(starts_in(400)) == 26
    assert starts_in(700)[0] == 700 - 7 - 25 * 14


def test_each_of_the_judged_days_is_tried_and_then_every_fourth() -> None:
    assert tried_ahead(7).tolist() == list(range(1, 29))
    assert tried_ahead(41)[27:].tolist() == [28, 32, 36, 40]


def test_what_came_is_unknown_ahead_and_before_a_series_settled() -> None:
    values = np.stack([np.arange(60.0), np.where(np.arange(60) < 20, NAN, 1.0)], axis=1)
    following = came(values, [30, 50], np.array([1.0, 10.0, 11.0]))
    assert following[:, :, 0].tolist() == [[30, 39, 40], pytest.approx([50, 59, NAN], nan_ok=True)]
    assert np.isnan(following[0, :, 1]).all()
    assert following[1, 0, 1] == 1.0


def test_errors_are_those_of_the_judged_days() -> None:
    forecast, actual = np.full((2, 44, 2), 3.0), np.full((2, 44, 2), 2.0)
    actual[0, :28, 0], actual[:, 28:] = 7.0, 1e9
    actual[1, :, 1] = NAN
    trials = Trials(tried_ahead(92), forecast, actual)
    assert trials.error.tolist() == [2.5, 1.0]
    assert trials.miss(np.array([1.0, 2.0])).tolist() == [2.5, 1.0]
    assert trials.miss(np.array([2.0, 2.0]))[0] == pytest.approx((17 / 2) ** 0.5)
    assert trials.share.tolist() == [2.5 / 4.5, 0.5]
    assert trials.count.tolist() == [2, 1]


def test_a_share_of_nothing_is_unknown() -> None:
    trials = Trials(tried_ahead(28), np.ones((1, 28, 1)), np.zeros((1, 28, 1)))
    assert np.isnan(trials.share).all()


def test_the_mean_of_what_is_known() -> None:
    assert mean_known(np.array([[1.0, NAN], [3.0, NAN]]), 0) == pytest.approx([2.0, NAN], nan_ok=True)
