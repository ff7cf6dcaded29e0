"""How good the forecasts would have been: history cut at past days, forecast anew from each, and compared with what came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from services.revenue.forecasting.forecast import forecast_many
from services.revenue.forecasting.naive import filled, last_week, usual_step
from services.revenue.forecasting.result import Forecast
from services.revenue.forecasting.smoothing import Array

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Score:
    """One series forecast from one day: errors in usual weekly steps and as a share of takings, and how often bands held."""

    series: int
    cut: int
    mase: float
    naive_mase: float
    wape: float
    within80: float
    within95: float


def backtest(history: ArrayLike, first_day: date, cuts: Iterable[int], horizon: int) -> list[Score]:
    """Scores of amounts (series, days) forecast after the first `cut` days, for each cut and each series with enough history.

    The usual weekly step, by which MASE divides, is that of the days before the cut.
    """
    amounts = np.asarray(history, dtype=np.float64)
    return [
        score(number, cut, made, amounts[number, :cut], amounts[number, cut : cut + horizon])
        for cut in cuts
        for number, made in enumerate(forecast_many(amounts[:, :cut], first_day, horizon))
        if made.days
    ]


def score(series: int, cut: int, made: Forecast, before: Array, came: Array) -> Score:
    """A forecast compared with the days that came; NaN where MASE or WAPE would divide by 0."""
    days = made.days[: len(came)]
    mean = np.array([day.mean for day in days])
    naive = last_week(filled(before[:, None]), len(before), np.arange(1.0, len(came) + 1))[:, 0]
    step, taken = float(usual_step(before[:, None])[0]), float(np.nansum(came))
    missed = float(np.nanmean(np.abs(mean - came)))
    return Score(
        series,
        cut,
        _ratio(missed, step),
        _ratio(float(np.nanmean(np.abs(naive - came))), step),
        _ratio(missed * np.isfinite(came).sum(), taken),
        _held([day.low80 for day in days], [day.high80 for day in days], came),
        _held([day.low95 for day in days], [day.high95 for day in days], came),
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


def _held(low: Sequence[float], high: Sequence[float], came: Array) -> float:
    """The share of the known days that lay within a band."""
    known = np.isfinite(came)
    inside = (came >= np.array(low) - _ROUNDING) & (came <= np.array(high) + _ROUNDING)
    return float(inside[known].mean())
