"""What is blended: fourteen smoothings of each series, as amounts and as logarithms, with and without calendar effects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from services.revenue.forecasting.effects import FLOOR, calendar_effects
from services.revenue.forecasting.naive import sparse
from services.revenue.forecasting.smoothing import SURPRISE, Array, Member, State, project, smooth

#: From sluggish to quick, with steady and changing weekdays; with lasting and passing slopes; two that know no weekday.
MEMBERS: Final = (
    Member(level=0.01, weekday=0.02),
    Member(level=0.03, weekday=0.03),
    Member(level=0.03, weekday=0.12),
    Member(level=0.10, weekday=0.03),
    Member(level=0.10, weekday=0.12),
    Member(level=0.30, weekday=0.03),
    Member(level=0.30, weekday=0.12),
    Member(level=0.70, weekday=0.03),
    Member(level=0.03, weekday=0.03, slope=0.02, damping=0.9999),
    Member(level=0.05, weekday=0.03, slope=0.02, damping=0.998),
    Member(level=0.10, weekday=0.05, slope=0.10, damping=0.95),
    Member(level=0.30, weekday=0.08, slope=0.10, damping=0.95),
    Member(level=0.10, weekday=None),
    Member(level=0.40, weekday=None),
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
        plain = values / factors[: len(values)]
        variants = np.stack([_logged(values, empty), values, _logged(plain, empty), plain], axis=1)
        surprise = np.where(empty, _ANYTHING, SURPRISE)
        return cls(smooth(variants, MEMBERS, after, surprise), factors, empty)

    def forecast(self, day: int, ahead: Array) -> Array:
        """Every member's forecast (ahead, members of all variants, series) after the first `day` days."""
        made = project(self.states[day], day, MEMBERS, ahead)
        logged = made[:, ::2]
        made[:, ::2] = np.where(self.sparse, logged, np.exp(np.minimum(logged, _MOST)) - FLOOR)
        made[:, 2:] *= self.factors[day - 1 + ahead.astype(np.int64)][:, None, None]
        return made.reshape(len(ahead), -1, made.shape[-1])


def _logged(values: Array, empty: NDArray[np.bool_]) -> Array:
    """Logarithms, in which errors are shares; sparse series stay as they are, for theirs would forget the full days."""
    return np.where(empty, values, np.log(values + FLOOR))
