"""A forecast of several series with the back-test behind it; the last week repeated takes over where it did better."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from services.revenue.forecasting.naive import filled, last_week
from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trials import Trials

_IDLE: Final = 28


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast (days ahead, series) in shares of the mean, its trials, and which series repeat the last week."""

    mean: Array
    trials: Trials
    naive: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    naive_error: Array = field(default_factory=lambda: np.zeros(0))

    def unless_naive(self, values: Array, starts: list[int], power: Array) -> Self:
        """This outlook, with the last week repeated for each series that it would have served better, by `Trials.miss`.

        A series that took nothing for four weeks repeats that, too.
        """
        repeated = self.trials.of_last_week(values, starts)
        idle = (np.nan_to_num(values[-_IDLE:]) == 0).all(axis=0)
        loses = idle | ~(self.trials.miss(power) < repeated.miss(power))
        last = last_week(filled(values), len(values), np.arange(1.0, len(self.mean) + 1))
        mean = np.where(loses, last, self.mean)
        return type(self)(mean, self.trials.yielding(repeated, loses), loses, repeated.error)
