"""A forecast of several series with the back-test behind it; the last week repeated takes over where it did better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from services.revenue.forecasting.naive import filled, judged_by, last_week
from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trials import Trials

_IDLE: Final = 28


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast (days ahead, series) in shares of the mean, its trials, and which series repeat the last week.

    `naive_error` is the mean absolute error of the last week repeated in the same trials, per series; `unsettled` the variance
    of a level that broke lately, in those of a day, 0 where it did not.
    """

    mean: Array
    trials: Trials
    naive: NDArray[np.bool_]
    naive_error: Array
    unsettled: Array

    @classmethod
    def of(cls, mean: Array, trials: Trials, values: Array, starts: list[int], unsettled: Array) -> Self:
        """The forecast of a model, or the last week repeated for each series that this would have served better.

        Better by `judged_by`; and a series that took nothing for four weeks repeats that, too.
        """
        repeated, power = trials.of_last_week(values, starts), judged_by(values)
        idle = (np.nan_to_num(values[-_IDLE:]) == 0).all(axis=0)
        loses = idle | ~(trials.miss(power) < repeated.miss(power))
        last = last_week(filled(values), len(values), np.arange(1.0, len(mean) + 1))
        return cls(np.where(loses, last, mean), trials.yielding(repeated, loses), loses, repeated.error, unsettled)
