"""The rolling-origin back-test: what would have been forecast from each of the past weeks, and what came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from services.revenue.forecasting.naive import WEEK, filled, last_week
from services.revenue.forecasting.smoothing import SETTLING, Array

#: Days ahead by which methods are compared.
JUDGED: Final = 28
#: Starts at most, the last of them a week ago: a level that has changed since weeks must not wait to be judged.
STARTS: Final = 26
#: From this many days on trials start each second week, so that they see a whole year.
LONG: Final = 600
_EVERY: Final = 4


def starts_in(known: int) -> list[int]:
    """After how many days each trial starts, oldest first; the first has SETTLING days to learn from."""
    step = 2 * WEEK if known >= LONG else WEEK
    return list(range(known - WEEK, SETTLING - 1, -step))[:STARTS][::-1]


def tried_ahead(horizon: int) -> Array:
    """The days ahead that are tried: each of the judged ones, then every fourth, which is all that bands need."""
    judged = np.arange(1.0, JUDGED + 1)
    return np.concatenate([judged, np.arange(JUDGED + _EVERY, horizon + 1.0, _EVERY)])


@dataclass(frozen=True, slots=True)
class Trials:
    """What was forecast and what came (starts, ahead, series), in shares of a series' mean; NaN where nothing came yet."""

    ahead: Array
    forecast: Array
    actual: Array

    def of_last_week(self, values: Array, starts: list[int]) -> Self:
        """The same trials of the last week repeated."""
        full = filled(values)
        return replace(self, forecast=np.stack([last_week(full, day, self.ahead) for day in starts]))

    def yielding(self, other: Self, where: NDArray[np.bool_]) -> Self:
        """These trials, or the other's for the series marked."""
        return replace(self, forecast=np.where(where, other.forecast, self.forecast))

    @property
    def error(self) -> Array:
        """The mean absolute error over the judged days, per series."""
        return mean_known(np.abs(self._judged(self.forecast) - self._judged(self.actual)), (0, 1))

    def miss(self, power: Array) -> Array:
        """The error by which methods are compared: absolute where `power` is 1, root of squares where it is 2."""
        misses: Array = mean_known(np.abs(self._judged(self.forecast) - self._judged(self.actual)) ** power, (0, 1))
        rooted: Array = misses ** (1 / power)
        return rooted

    @property
    def share(self) -> Array:
        """The absolute error as a share of what came (WAPE), per series; NaN where nothing came."""
        level = mean_known(self._judged(self.actual), (0, 1))
        share: Array = np.where(level > 0, self.error / np.where(level > 0, level, 1.0), np.nan)
        return share

    @property
    def count(self) -> Array:
        """How many starts could be judged, per series."""
        count: Array = np.isfinite(self._judged(self.actual)).any(axis=1).sum(axis=0).astype(np.float64)
        return count

    @staticmethod
    def _judged(values: Array) -> Array:
        return values[:, :JUDGED]


def came(values: Array, starts: list[int], ahead: Array, settling: int = SETTLING) -> Array:
    """The days that followed each start (starts, ahead, series); NaN where they lie ahead or a series had not settled."""
    since = np.isfinite(values).argmax(axis=0)
    longer = np.concatenate([values, np.full((int(ahead[-1]), values.shape[1]), np.nan)])
    following = np.stack([longer[day - 1 + ahead.astype(np.int64)] for day in starts])
    settled = np.array(starts)[:, None] - since >= settling
    return np.where(settled[:, None], following, np.nan)


def mean_known(values: Array, axis: int | tuple[int, ...]) -> Array:
    """The mean of what is known along the axes; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    mean: Array = np.where(count > 0, np.where(known, values, 0.0).sum(axis=axis) / np.maximum(count, 1), np.nan)
    return mean
