"""What is blended: fifteen smoothings of each series, as amounts and as logarithms, with and without calendar effects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from services.revenue.forecasting.effects import FLOOR, calendar_effects
from services.revenue.forecasting.naive import sparse
from services.revenue.forecasting.smoothing import SURPRISE, Array, Judged, Member, State, project, smooth

#: From steady to quick: four that know no weekday, seven with steady or changing weekdays, four with a slope as well.
MEMBERS: Final = (
    Member(level=0.01, weekday=None),
    Member(level=0.03, weekday=None),
    Member(level=0.25, weekday=None),
    Member(level=0.90, weekday=None),
    Member(level=0.01, weekday=0.005),
    Member(level=0.01, weekday=0.02),
    Member(level=0.02, weekday=0.30),
    Member(level=0.03, weekday=0.01),
    Member(level=0.10, weekday=0.03),
    Member(level=0.30, weekday=0.01),
    Member(level=0.30, weekday=0.12),
    Member(level=0.05, weekday=0.01, slope=0.01, damping=0.9999),
    Member(level=0.05, weekday=0.03, slope=0.02, damping=0.998),
    Member(level=0.05, weekday=0.01, slope=0.05, damping=0.99),
    Member(level=0.30, weekday=0.08, slope=0.10, damping=0.95),
)
_ANYTHING: Final = 1e9  # where most days are empty, the others are no outliers
_MOST: Final = 4.0  # the logarithm of the highest forecast: fifty times the mean of the last year


@dataclass(frozen=True, slots=True)
class Fitted:
    """The members' states after some days, the calendar factors (days, series) known then, and which series are sparse."""

    states: dict[int, State]
    factors: Array
    sparse: NDArray[np.bool_]

    @classmethod
    def to(cls, values: Array, days: Sequence[date], learnt: int, after: Collection[int]) -> Self:
        """Fits shares of the mean (days, series); the calendar is learnt from the first `learnt` days only."""
        factors, empty = calendar_effects(values[:learnt], days), sparse(values[:learnt])
        expected = factors[: len(values)]
        plain = values / expected
        variants = np.stack([_logged(values, empty), values, _logged(plain, empty), plain], axis=1)
        surprise = np.where(empty, _ANYTHING, SURPRISE)
        return cls(smooth(variants, MEMBERS, after, surprise, _judged(values, expected, empty)), factors, empty)

    def missed(self, day: int) -> Array:
        """How far every member (of all variants, series) was off a day ahead in the weeks before a day; only ratios matter."""
        missed = self.states[day].missed
        return np.where(self.sparse, np.sqrt(missed), missed).reshape(-1, missed.shape[-1])

    def unsettled(self, day: int) -> Array:
        """The variance of a level that broke lately, in those of a day (series): 1 ÷ the days it has been known."""
        share: Array = (1.0 / self.states[day].since).mean(axis=(0, 1))
        return share

    def forecast(self, day: int, ahead: Array) -> Array:
        """Every member's forecast (ahead, members of all variants, series) after the first `day` days."""
        made = project(self.states[day], day, MEMBERS, ahead)
        logged = made[:, ::2]
        made[:, ::2] = np.where(self.sparse, logged, np.exp(np.minimum(logged, _MOST)) - FLOOR)
        # Late trials reach beyond the days asked for, where nothing is compared.
        dates = np.minimum(day - 1 + ahead.astype(np.int64), len(self.factors) - 1)
        made[:, 2:] *= self.factors[dates][:, None, None]
        return made.reshape(len(ahead), -1, made.shape[-1])


def quickness(weights: Array) -> Array:
    """How fast the level follows (series) that members of all variants, weighed so (members, series), make together: 0 to 1."""
    levels = np.array([member.level for member in MEMBERS])
    quick: Array = np.tile(levels, len(weights) // len(levels)) @ weights
    return quick


def _judged(values: Array, factors: Array, empty: NDArray[np.bool_]) -> Judged:
    """Errors of all variants as amounts: those of logarithms are shares of the day, those without calendar lack its factor."""
    level, plain, never = values + FLOOR, values / factors + FLOOR, np.zeros_like(empty)
    shares = np.where(empty, 1.0, level), np.ones_like(values), np.where(empty, 1.0, plain) * factors, factors
    return Judged(np.stack([~empty, never, ~empty, never]), np.nan_to_num(np.stack(shares, axis=1)), empty)


def _logged(values: Array, empty: NDArray[np.bool_]) -> Array:
    """Logarithms, in which errors are shares; sparse series stay as they are, for theirs would forget the full days."""
    return np.where(empty, values, np.log(values + FLOOR))
