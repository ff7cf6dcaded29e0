"""Weighs the members by how each would have done, and yields to the last week repeated where that did better.

Two tests count alike: weeks ahead from starts all over the past year, and a day ahead in the last weeks. The first knows what
lasts, the second what has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from services.revenue.forecasting.annual import YEAR, last_year
from services.revenue.forecasting.members import Fitted, quickness
from services.revenue.forecasting.naive import judged_by
from services.revenue.forecasting.outlook import Outlook
from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trials import JUDGED, Trials, came, mean_known, starts_in, tried_ahead

_STRICTNESS: Final = (
    15.0  # a member with a tenth more error, in the trials or a day ahead, counts about a quarter as much
)
_COURSE_STRICTNESS: Final = 10.0
_COURSES: Final = np.array([0.0, 0.4, 0.8])  # how far last year's course is followed
# Years resemble each other by chance, too, and most of all where levels wander, which quick members tell.
_DISTRUST: Final = 0.05
_WANDERING: Final = 0.375
_OFTEN: Final = 5  # last year's course is followed once it was tried this often …
_AFTER: Final = YEAR + 30  # … with this many days to learn from


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How much each member and each course of the year counts, per series."""

    members: Array
    courses: Array

    def mixed(self, made: Array, values: Array, day: int, ahead: Array) -> Array:
        """The blend of the members' forecasts `made` (ahead, members, series) after the first `day` days."""
        return _summed(_along_last_year(_summed(made, self.members), values, day, ahead), self.courses)


def blended(values: Array, days: Sequence[date], horizon: int) -> Outlook:
    """Forecasts shares (days, series), NaN where unknown; `days` names the known days and the `horizon` after them."""
    recipe, trials = _rehearsed(values, days, horizon)
    ahead, known = np.arange(1.0, horizon + 1), len(values)
    fitted = Fitted.to(values, days, known, [known])
    mean = recipe.mixed(fitted.forecast(known, ahead), values, known, ahead)
    return Outlook.of(mean, trials, values, starts_in(known), fitted.unsettled(known))


def _rehearsed(values: Array, days: Sequence[date], horizon: int) -> tuple[_Recipe, Trials]:
    """The recipe that the back-test suggests, and what it would have forecast; the calendar is that of the first start."""
    known = len(values)
    starts, ahead = starts_in(known), tried_ahead(horizon)
    actual, power = came(values, starts, ahead), judged_by(values)
    fitted = Fitted.to(values, days, starts[0], [*starts, known])
    made = [fitted.forecast(day, ahead) for day in starts]
    members = _shared(_favour(_errors(made, actual, power), power) * _favour(fitted.missed(known), power))
    mixed = [
        _along_last_year(_summed(each, members), values, day, ahead) for day, each in zip(starts, made, strict=True)
    ]
    recipe = _Recipe(members, _course_weights(mixed, actual, values, starts, quickness(members)))
    return recipe, Trials(ahead, np.stack([_summed(each, recipe.courses) for each in mixed]), actual)


def _errors(made: list[Array], actual: Array, power: Array) -> Array:
    """The error of each alternative (alternatives, series) over the judged days of all starts, counted as `judged_by` says."""
    pairs = zip(made, actual, strict=True)
    misses = np.abs(np.stack([f[:JUDGED] - a[:JUDGED, None] for f, a in pairs]))
    np.square(misses, out=misses, where=power == 2)
    error: Array = mean_known(misses, (0, 1)) ** (1 / power)
    return np.where(np.isfinite(error), error, 1.0)


def _favour(error: Array, power: Array, strictness: float = _STRICTNESS) -> Array:
    """How much alternatives (alternatives, series) count for their error: the best 1, the others less."""
    error = error + 1e-9
    favour: Array = (error.min(axis=0) / error) ** (strictness * power**2)  # roots of squares lie closer together
    return favour


def _shared(favour: Array) -> Array:
    """Weights (alternatives, series) that sum to 1."""
    weights: Array = favour / favour.sum(axis=0)
    return weights


def _course_weights(mixed: list[Array], actual: Array, values: Array, starts: list[int], quick: Array) -> Array:
    """Weights of the courses by the starts that had a year before them; without enough of those, no course is followed."""
    old_enough = np.array(starts)[:, None] - np.isfinite(values).argmax(axis=0) >= _AFTER
    tried, power = np.where(old_enough[:, None], actual, np.nan), judged_by(values)
    enough = np.isfinite(tried[:, JUDGED - 1]).sum(axis=0) >= _OFTEN
    error = _errors(mixed, tried, power) * (1 + _COURSES[:, None] * (_DISTRUST + _WANDERING * quick))
    return np.where(enough, _shared(_favour(error, power, _COURSE_STRICTNESS)), np.array([1.0, 0.0, 0.0])[:, None])


def _along_last_year(mean: Array, values: Array, day: int, ahead: Array) -> Array:
    """The forecast (ahead, courses, series) if the coming weeks go on as last year's did: not at all, half, fully."""
    courses: Array = mean[:, None] * last_year(values, day, ahead)[:, None] ** _COURSES[None, :, None]
    return courses


def _summed(alternatives: Array, weights: Array) -> Array:
    """The weighted sum of forecasts (ahead, alternatives, series), never below 0."""
    total: Array = np.maximum((alternatives * weights).sum(axis=1), 0.0)
    return total
