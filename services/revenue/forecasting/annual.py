"""How the same weeks of the year before went on: school holidays, harvests and rains come back."""

from __future__ import annotations

from typing import Final

import numpy as np

from services.revenue.forecasting.smoothing import Array

#: Fifty-two weeks, so that weekdays fall on weekdays.
YEAR: Final = 364
_HALF: Final = 10  # days each side of the smoothed day
_BEFORE: Final = 21  # days whose mean was last year's present
_FEWEST: Final = 7
_LEAST, _MOST = 0.2, 5.0


def last_year(values: Array, day: int, ahead: Array) -> Array:
    """Last year's level `ahead` days on ÷ its level then (ahead, series), seen after the first `day` days; 1 where unknown."""
    known = np.isfinite(values[:day])
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.where(known, values[:day], 0.0).cumsum(axis=0)])
    counts = np.concatenate([np.zeros((1, values.shape[1])), known.cumsum(axis=0)])

    def mean(
        first: np.ndarray[tuple[int], np.dtype[np.int64]], last: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> Array:
        first, last = np.clip(first, 0, day), np.clip(last, 0, day)
        count = counts[last] - counts[first]
        level: Array = np.where(count >= _FEWEST, (sums[last] - sums[first]) / np.maximum(count, 1), np.nan)
        return level

    then = day - 1 - YEAR + ahead.astype(np.int64)
    present = mean(np.array([day - YEAR - _BEFORE]), np.array([day - YEAR]))
    future = mean(then - _HALF, then + _HALF + 1)
    known = np.isfinite(present) & np.isfinite(future)
    present, future = np.where(known, present, 1.0), np.where(known, future, 1.0)
    change = np.log(np.clip(future / np.maximum(present, 1e-3), _LEAST, _MOST))
    # Two means of three weeks differ by chance alone; only what exceeds that is taken for the season.
    lower = np.maximum(np.minimum(present, future), 1e-3)
    chance = 2 * _noise(values[max(day - YEAR, 0) : day]) / _BEFORE / lower**2
    believed: Array = np.exp(change * np.maximum(0.0, 1.0 - chance / np.maximum(change**2, 1e-12)))
    return believed


def _noise(values: Array) -> Array:
    """The variance of a day about its weekday."""
    steps = (values[7:] - values[:-7]) ** 2 / 2
    known = np.isfinite(steps)
    noise: Array = np.where(known, steps, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return noise
