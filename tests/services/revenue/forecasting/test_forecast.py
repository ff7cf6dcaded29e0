"""The door: whatever history comes, a forecast that can be shown, or the reason why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.revenue.forecasting.forecast import HORIZON, MOST, forecast, forecast_many
from services.revenue.forecasting.result import Forecast
from services.revenue.forecasting.smoothing import Array

FIRST = date(2025, 1, 6)
RNG = np.random.default_rng


def takings(days: int, seed: int = 1, series: int = 1) -> Array:
    """Daily amounts with a weekday pattern (series, days)."""
    pattern = np.resize([1.0, 1, 1, 1.05, 1.3, 1.1, 0.7], days)
    return np.array(40_000 * pattern * RNG(seed).lognormal(0, 0.1, (series, days)))


def means(made: Forecast) -> list[float]:
    return [day.mean for day in made.days]


def test_the_days_ahead_follow_the_history() -> None:
    made = forecast(takings(200)[0], FIRST)
    assert [day.day for day in made.days] == [FIRST + timedelta(days=200 + number) for number in range(HORIZON)]
    assert made.model == "blend"
    assert made.error is not None
    assert made.error.mase < made.error.naive_mase
    assert made.words.startswith("Blend of models, error ±")


@pytest.mark.parametrize("days", [0, 1, 13])
def test_too_little_history_says_so(days: int) -> None:
    made = forecast(takings(days)[0], FIRST)
    assert (made.days, made.model, made.error) == ((), "none", None)
    assert made.words == (
        f"Too little history for a forecast: {days} of at least 14 days." if days else "Nothing was taken yet."
    )


def test_days_before_the_first_takings_are_no_history() -> None:
    late = np.concatenate([np.zeros(400), takings(10)[0]])
    assert forecast(late, FIRST).words == "Too little history for a forecast: 10 of at least 14 days."
    assert forecast(np.zeros(400), FIRST).words == "Nothing was taken yet."


@pytest.mark.parametrize(("days", "model"), [(14, "seasonal_naive"), (40, "weekday_means"), (56, "blend")])
def test_the_method_grows_with_the_history(days: int, model: str) -> None:
    assert forecast(takings(days, seed=3)[0], FIRST).model == model


def test_company_changes_nothing() -> None:
    ages = [14, 30, 55, 56, 90, 200, 400, 599, 600, 900]
    together = np.zeros((len(ages), 900))
    for row, age in enumerate(ages):
        together[row, 900 - age :] = takings(age, seed=age)[0]
    for made, age, history in zip(forecast_many(together, FIRST, 28), ages, together, strict=True):
        alone = forecast(history[900 - age :], FIRST + timedelta(days=900 - age), 28)
        assert means(made) == pytest.approx(means(alone), rel=1e-9), age
        assert replace(made, days=(), alike=0.0, error=None) == replace(alone, days=(), alike=0.0, error=None)


def test_only_the_last_three_years_are_read() -> None:
    recent = takings(MOST, seed=4)[0]
    longer = np.concatenate([takings(300, seed=5)[0] * 9, recent])
    assert means(forecast(longer, FIRST, 7)) == means(forecast(recent, FIRST + timedelta(days=300), 7))


def test_a_thousand_times_the_money_is_a_thousand_times_the_forecast() -> None:
    history = takings(300)[0]
    small, large = forecast(history, FIRST, 28), forecast(1000 * history, FIRST, 28)
    assert means(large) == pytest.approx([1000 * mean for mean in means(small)])
    assert large.words == small.words


def test_closed_sundays_stay_closed() -> None:
    history = takings(300)[0]
    history[6::7] = 0.0
    sundays = [day for day in forecast(history, FIRST, 28).days if day.day.weekday() == 6]
    assert max(day.mean for day in sundays) < 1_000


def test_a_constant_is_forecast_exactly_and_without_doubt() -> None:
    made = forecast(np.full(200, 500.0), FIRST, 28)
    assert means(made) == pytest.approx([500.0] * 28)
    assert made.days[0].high95 - made.days[0].low95 < 1.0


def test_unknown_days_are_not_empty_days() -> None:
    history = takings(300)[0]
    unknown, empty = history.copy(), history.copy()
    unknown[100::9], empty[100::9] = np.nan, 0.0
    usual = sum(means(forecast(history, FIRST, 28)))
    assert sum(means(forecast(unknown, FIRST, 28))) == pytest.approx(usual, rel=0.03)
    assert sum(means(forecast(empty, FIRST, 28))) < 0.97 * usual


def test_a_bus_off_the_road_for_four_weeks() -> None:
    history = takings(300)[0]
    history[-28:] = 0.0
    made = forecast(history, FIRST, 28)
    assert made.words == "Nothing was taken in the last four weeks, and nothing is expected."
    assert set(means(made)) == {0.0}
    assert made.days[0].high95 > 0  # it may come back


def test_holidays_reach_into_the_forecast() -> None:
    first = date(2023, 1, 2)
    history = takings(760, seed=6)[0]
    christmas = [n for n in range(760) if (day := first + timedelta(days=n)).month == 12 and day.day == 25]
    until = christmas[-1] - 10
    history[christmas] *= 0.2
    made = {day.day: day.mean for day in forecast(history[:until], first, 28).days}
    holiday = first + timedelta(days=christmas[-1])
    assert made[holiday] < 0.7 * made[holiday - timedelta(days=7)]


def test_leap_days_are_days_like_others() -> None:
    first = date(2024, 2, 29) - timedelta(days=200)
    made = forecast(takings(195)[0], first, 10)
    assert [day.day for day in made.days][4:7] == [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]


@pytest.mark.parametrize("wrong", [np.array([[1.0, np.inf]]), np.array([1.0, 2.0])])
def test_what_cannot_be_forecast_is_refused(wrong: Array) -> None:
    with pytest.raises(ValueError, match="finite amounts"):
        forecast_many(wrong, FIRST)
    with pytest.raises(ValueError, match="horizon"):
        forecast_many(np.ones((1, 30)), FIRST, 0)


def test_no_series_no_forecast() -> None:
    assert forecast_many(np.zeros((0, 100)), FIRST) == ()


amounts = st.one_of(st.just(0.0), st.just(np.nan), st.floats(-100.0, 1e7), st.sampled_from([1.0, 40_000.0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(amounts, max_size=130), st.integers(1, 40))
def test_any_history_gives_ordered_finite_days_or_a_reason(history: list[float], horizon: int) -> None:
    made = forecast(np.array(history, dtype=np.float64), FIRST, horizon)
    assert made.words
    assert len(made.days) == (0 if made.model == "none" else horizon)
    for day in made.days:
        assert 0 <= day.low95 <= day.low80 <= day.mean <= day.high80 <= day.high95 < np.inf
        assert 0 <= day.spread < np.inf
    if made.days:
        total = made.total(made.days[0].day, made.days[-1].day)
        assert 0 <= total.low95 <= total.low80 <= total.mean <= total.high80 <= total.high95
