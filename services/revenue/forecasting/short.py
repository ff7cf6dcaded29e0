"""Series of two to eight weeks: the means of their weekdays, as far as weekdays prove to differ."""

from __future__ import annotations

from typing import Final

import numpy as np

from services.revenue.forecasting.naive import WEEK
from services.revenue.forecasting.outlook import Outlook
from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trials import Trials, came, mean_known

#: Days of history below which nothing is forecast, and below which only weekday means are.
LEAST: Final = 14
SHORT: Final = 56


def weekday_means(values: Array, horizon: int) -> Outlook:
    """Forecasts shares (days, series) of a few weeks, tried week by week on themselves."""
    known = len(values)
    starts = list(range(known - WEEK, WEEK - 1, -WEEK))[::-1]
    week = np.arange(1.0, WEEK + 1)
    tried = np.stack([_means(values[:day], day, week) for day in starts])
    trials = Trials(week, tried, came(values, starts, week, settling=WEEK))
    mean = _means(values, known, np.arange(1.0, horizon + 1))
    return Outlook.of(mean, trials, values, starts, np.zeros(values.shape[1]))


def _means(values: Array, day: int, ahead: Array) -> Array:
    """Weekday means drawn to the mean of all days as far as chance alone could explain their differences."""
    weekday = np.arange(len(values)) % WEEK
    means = np.stack([mean_known(values[weekday == each], 0) for each in range(WEEK)])
    level = mean_known(values, 0)
    differs = np.nan_to_num(means - level)
    rest = values - np.nan_to_num(means)[weekday]
    seen = np.isfinite(rest).sum(axis=0)
    chance = np.nansum(rest**2, axis=0) / np.maximum(seen - WEEK, 1) / np.maximum(seen / WEEK, 1.0)
    proven = np.clip(1 - chance / np.maximum((differs**2).mean(axis=0), 1e-12), 0.0, 1.0)
    forecast: Array = np.nan_to_num(level) + (proven * differs)[(day + ahead.astype(np.int64) - 1) % WEEK]
    return np.maximum(forecast, 0.0)
