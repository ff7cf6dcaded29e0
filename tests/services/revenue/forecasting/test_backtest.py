"""Forecasts judged by days they did not see: better than the last week, and bands that hold."""

from __future__ import annotations

from datetime import date
from statistics import mean

import numpy as np
import pytest

from services.revenue.forecasting.backtest import backtest, score
from services.revenue.forecasting.forecast import forecast
from services.revenue.forecasting.result import Forecast, ForecastDay

FIRST = date(2024, 9, 2)
RNG = np.random.default_rng


def test_a_score_by_hand() -> None:
    before = np.tile([1.0, 2, 3, 4, 5, 6, 7], 2) + np.repeat([0.0, 2.0], 7)  # the usual step is 2
    days = tuple(ForecastDay(FIRST, 5.0, 4.0, 6.0, 2.0, 8.0, 1.0) for _ in range(3))
    made = Forecast(days, "blend", None, "")
    found = score(4, 14, made, before, np.array([5.5, 8.0, np.nan]))
    assert (found.series, found.cut) == (4, 14)
    assert found.mase == pytest.approx((0.5 + 3) / 2 / 2)
    assert found.naive_mase == pytest.approx((2.5 + 4) / 2 / 2)
    assert found.wape == pytest.approx(3.5 / 13.5)
    assert (found.within80, found.within95) == (0.5, 1.0)


def test_what_cannot_be_divided_is_unknown() -> None:
    made = forecast(np.full(30, 7.0), FIRST, 2)
    found = score(0, 30, made, np.full(30, 7.0), np.zeros(2))
    assert np.isnan([found.mase, found.naive_mase, found.wape]).all()


def test_the_future_is_not_read() -> None:
    history = RNG(1).lognormal(0, 0.2, (3, 300))
    changed = history.copy()
    changed[:, 250:] *= 7
    seen, other = (
        backtest(each, FIRST, [200], 28) for each in (history, np.where(np.arange(300) >= 228, 9.0, history))
    )
    assert seen == other
    assert backtest(changed, FIRST, [222], 28) == backtest(history, FIRST, [222], 28)


def test_series_without_enough_history_have_no_score() -> None:
    history = RNG(2).lognormal(0, 0.2, (2, 60))
    history[1, :25] = 0.0
    assert [found.series for found in backtest(history, FIRST, [30], 14)] == [0]


def test_structure_is_learnt_and_bands_hold() -> None:
    days = 428
    pattern = np.resize([1.0, 1, 1, 1.05, 1.3, 1.1, 0.7], days)
    walk = np.cumsum(RNG(3).normal(0, 0.01, (30, days)), axis=1)
    history = 1000 * pattern * np.exp(walk) * RNG(4).lognormal(0, 0.1, (30, days))
    found = backtest(history, FIRST, [344, 400], 28)
    assert mean(each.mase for each in found) < 0.85 * mean(each.naive_mase for each in found)
    assert mean(each.within80 for each in found) == pytest.approx(0.80, abs=0.05)
    assert mean(each.within95 for each in found) == pytest.approx(0.95, abs=0.03)
