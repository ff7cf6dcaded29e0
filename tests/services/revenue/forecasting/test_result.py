"""Sums with their bands, and the sentence beside a forecast."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.revenue.forecasting.result import Accuracy, Forecast, ForecastDay, Span, in_words

FIRST = date(2026, 1, 30)


def made(alike: float, days: int = 40) -> Forecast:
    each = [ForecastDay(FIRST + timedelta(days=n), 100.0, 80.0, 120.0, 60.0, 140.0, 16.0) for n in range(days)]
    return Forecast(tuple(each), "blend", None, "", alike)


def test_a_day_alone_keeps_its_own_bands() -> None:
    assert made(0.3).total(FIRST, FIRST) == Span(FIRST, FIRST, 100, 80, 120, 60, 140)


def test_errors_that_cancel_and_errors_that_add_up() -> None:
    last = FIRST + timedelta(days=3)
    apart, together = made(0.0).total(FIRST, last), made(1.0).total(FIRST, last)
    assert apart.mean == together.mean == 400
    assert apart.high80 - 400 == pytest.approx(1.2816 * 32)
    assert together.high95 - 400 == pytest.approx(1.96 * 64)
    assert together.low80 == pytest.approx(400 - 1.2816 * 64)


def test_a_sum_is_never_below_nothing() -> None:
    day = ForecastDay(FIRST, 1.0, 0.0, 9.0, 0.0, 20.0, 50.0)
    pair = (day, ForecastDay(FIRST + timedelta(days=1), 1.0, 0.0, 9.0, 0.0, 20.0, 50.0))
    total = Forecast(pair, "blend", None, "").total(FIRST, FIRST + timedelta(days=1))
    assert (total.low80, total.low95) == (0.0, 0.0)


def test_months_as_far_as_they_were_forecast() -> None:
    assert [(str(span.first), str(span.last), span.mean) for span in made(0.2).by_month()] == [
        ("2026-01-30", "2026-01-31", 200.0),
        ("2026-02-01", "2026-02-28", 2800.0),
        ("2026-03-01", "2026-03-10", 1000.0),
    ]


@pytest.mark.parametrize(("before", "after"), [(1, 0), (0, 1), (5, -40)])
def test_days_that_were_not_forecast_have_no_sum(before: int, after: int) -> None:
    with pytest.raises(ValueError, match="not all days"):
        made(0.2).total(FIRST - timedelta(days=before), FIRST + timedelta(days=39 + after))


def test_the_sentences() -> None:
    error = Accuracy(mase=0.7, naive_mase=1.05, wape=0.061, starts=26)
    assert in_words("blend", error) == "Blend of models, error ±6.1 % in back-test (last week repeated: ±9.2 %)."
    assert (
        in_words("seasonal_naive", error) == "The last week repeated, which no model beat, error ±6.1 % in back-test."
    )
    assert (
        in_words("weekday_means", None)
        == "Weekday means, under eight weeks of history; too little history for a back-test."
    )
    empty = Accuracy(0.0, 0.0, float("nan"), 3)
    assert in_words("blend", empty) == "Blend of models; nothing was taken in the back-test's weeks."
    assert in_words("seasonal_naive", error, idle=True).startswith("Nothing was taken in the last four weeks")
    exact = Accuracy(0.0, 0.0, 0.0, 26)
    assert in_words("seasonal_naive", exact).endswith("error ±0.0 % in back-test.")
