"""Cuts a series into the straight pieces that explain it at the least cost (optimal partitioning)."""

from __future__ import annotations

from typing import Final

import numpy as np

from services.revenue.forecasting.naive import WEEK
from services.revenue.forecasting.smoothing import Array

# What one more piece must save, in variances × log(length): three numbers are learnt with it, and chance finds the best of many.
_COST: Final = 4.0
_LEAST_VARIANCE: Final = 1e-6


def long_run_variance(values: Array) -> float:
    """The variance of a day as sums of days feel it: neighbours that err alike count for more; jumps count for nothing."""
    return max(step_variance(values), WEEK * step_variance(_weeks(values)))


def step_variance(values: Array) -> float:
    """The variance that the usual step from one value to the next tells of."""
    if len(values) < 2:
        return _LEAST_VARIANCE
    return max(float((1.4826 * np.median(np.abs(np.diff(values)))) ** 2 / 2), _LEAST_VARIANCE)


def cuts(values: Array, variance: float, shortest: int) -> list[int]:
    """Where the pieces begin after the first, each at least `shortest` long; none where one straight line will do."""
    days = len(values)
    cost = _COST * variance * np.log(max(days, 2))
    sums = _Sums(values)
    best, origin = np.full(days + 1, np.inf), np.zeros(days + 1, dtype=np.int64)
    best[0] = -cost
    for end in range(shortest, days + 1):
        begins = np.arange(0, end - shortest + 1)
        total = best[begins] + sums.error(begins, end) + cost
        origin[end] = total.argmin()
        best[end] = total[origin[end]]
    found, end = [], days if days >= shortest else 0
    while (end := int(origin[end])) > 0:
        found.append(end)
    return found[::-1]


class _Sums:
    """Running sums, from which the squared error of a straight line through any stretch follows at once."""

    def __init__(self, values: Array) -> None:
        days = np.arange(len(values), dtype=np.float64)
        terms = np.stack([np.ones_like(days), days, days**2, values, days * values, values**2])
        self._sums = np.concatenate([np.zeros((6, 1)), terms.cumsum(axis=1)], axis=1)

    def error(self, begins: np.ndarray[tuple[int], np.dtype[np.int64]], end: int) -> Array:
        """The squared error of the best line through each stretch from one of `begins` to `end`, which is left out."""
        count, day, day2, value, both, value2 = self._sums[:, [end]] - self._sums[:, begins]
        across = day2 - day**2 / count
        tilt = np.where(across > 0, (both - day * value / count) ** 2 / np.maximum(across, 1e-12), 0.0)
        error: Array = np.maximum(value2 - value**2 / count - tilt, 0.0)
        return error


def _weeks(values: Array) -> Array:
    whole = values[len(values) % WEEK :]
    means: Array = whole.reshape(-1, WEEK).mean(axis=1)
    return means
