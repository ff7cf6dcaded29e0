"""How sure a forecast is: widths taken from the back-test's own errors, so that eight of ten days fall into the 80 % band."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trials import JUDGED, Trials, mean_known

#: Edges, in days ahead, between which errors are pooled.
_EDGES: Final = (0, 7, 14, 28, 56, 10_000)
_ENOUGH: Final = 14  # errors in a pool, fewer are not heard
_LEAST_LEVEL: Final = 0.1  # of the year's mean: a series that rests can come back
_BY_LEVEL: Final = 0.5  # a day's error grows half with the series' level, half with the day's own forecast
# The wider the band, the more a short back-test underrates it; found on public series of other trades.
_CAUTION: Final = {80: 2.5, 95: 10.0}
# A back-test holds few separate months, and its members were chosen by them: it underrates how errors keep to one side.
_UNSEEN: Final = 1.3
_NOT_OVER: Final = 2.0  # days that show a break seldom show all of it
_LEAST_ALIKE: Final = 0.01
_ALIKE: Final = 0.2  # where no four weeks could be tried


@dataclass(frozen=True, slots=True)
class Widths:
    """Half-widths of the bands and the errors' spread (days ahead, series), in shares of the mean.

    `alike` (series) is the correlation between the errors of two days forecast at once, which decides the bands of sums.
    """

    within80: Array
    within95: Array
    spread: Array
    alike: Array

    def widened(self, common: Array) -> Widths:
        """These with a variance added that all days have in common, in those of a day (series)."""
        wider = np.sqrt(1 + common)
        alike = (self.alike + common) / (1 + common)
        return Widths(self.within80 * wider, self.within95 * wider, self.spread * wider, alike)


def widths(mean: Array, trials: Trials, unsettled: Array) -> Widths:
    """The bands' half-widths about a forecast `mean` (days ahead, series), from the errors of its back-test.

    `unsettled` (series) is the variance of a level that broke lately, in those of a day: it errs the same way on all days.
    """
    errors = (trials.actual - trials.forecast) / _unit(trials.forecast)
    tried = trials.ahead.astype(np.int64) - 1
    growth = _growth(np.abs(errors), trials.ahead, max(len(mean), int(tried[-1]) + 1))
    even = errors / growth[tried]
    scale = growth[: len(mean)] * _unit(mean[None])[0]
    seldom = (trials.count + 1) ** -1.5
    half = {
        share: scale * _quantile(np.abs(even), share) * (1 + caution * seldom) for share, caution in _CAUTION.items()
    }
    spread = np.sqrt(np.nan_to_num(mean_known(even**2, (0, 1))))
    own = Widths(half[80], half[95], scale * spread * (1 + _CAUTION[80] * seldom), _alike(even))
    return own.widened(_NOT_OVER * unsettled)


def _unit(forecast: Array) -> Array:
    """What errors are counted in: a mix of the level over the days ahead and each day's own forecast."""
    level = np.maximum(forecast.mean(axis=1, keepdims=True), _LEAST_LEVEL)
    unit: Array = _BY_LEVEL * level + (1 - _BY_LEVEL) * forecast
    return unit


def _growth(sizes: Array, ahead: Array, horizon: int) -> Array:
    """The mean size of errors at each day ahead (horizon, series): pooled, never shrinking, a line between the pools."""
    pools, middles = [], []
    for first, last in pairwise(_EDGES):
        inside = (ahead > first) & (ahead <= last)
        if not inside.any():
            break
        pool = sizes[:, inside]
        pools.append(np.where(np.isfinite(pool).sum(axis=(0, 1)) >= _ENOUGH, mean_known(pool, (0, 1)), np.nan))
        middles.append(float(ahead[inside].mean()))
    growing = np.maximum.accumulate(np.maximum(_continued(np.stack(pools), middles), 1e-9), axis=0)
    days = np.arange(1.0, horizon + 1)
    return np.stack([np.interp(days, middles, series) for series in growing.T], axis=1)


def _continued(pools: Array, middles: list[float]) -> Array:
    """Pools that too few starts reached grow with the fourth root of the distance; a first one unheard is 1."""
    pools[0] = np.where(np.isfinite(pools[0]), pools[0], 1.0)
    for later in range(1, len(pools)):
        guess = pools[later - 1] * (middles[later] / middles[later - 1]) ** 0.25
        pools[later] = np.where(np.isfinite(pools[later]), pools[later], guess)
    return pools


def _quantile(even: Array, share: int) -> Array:
    """The size that `share` per cent of a series' errors do not exceed; 0 where there is none."""
    ordered = np.sort(even.reshape(-1, even.shape[-1]), axis=0)  # unknown sorts last
    count = np.isfinite(ordered).sum(axis=0)
    rank = np.clip(np.ceil(count * share / 100).astype(np.int64) - 1, 0, None)
    size: Array = np.nan_to_num(np.take_along_axis(ordered, rank[None], axis=0)[0])
    return size


def _alike(even: Array) -> Array:
    """The mean correlation between errors of one start, from how much their sums over four weeks vary; 0 to 1."""
    weeks = even[:, :JUDGED]
    if weeks.shape[1] < JUDGED:
        return np.full(even.shape[-1], _ALIKE)
    whole = np.isfinite(weeks).all(axis=1)
    sums = mean_known(np.where(whole, np.nan_to_num(weeks).sum(axis=1) ** 2, np.nan), 0)
    parts = mean_known(np.where(whole, (np.nan_to_num(weeks) ** 2).sum(axis=1), np.nan), 0)
    found = (sums / np.maximum(parts, 1e-12) - 1) / (JUDGED - 1)
    alike: Array = np.where(np.isfinite(found), np.clip(_UNSEEN * found + _LEAST_ALIKE, _LEAST_ALIKE, 1.0), _ALIKE)
    return alike
