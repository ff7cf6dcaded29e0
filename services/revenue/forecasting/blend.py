"""Weighs the members by how each would have done week after week, and yields to the last week repeated where that did better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from services.revenue.forecasting.annual import YEAR, last_year
from services.revenue.forecasting.members import Fitted
from services.revenue.forecasting.naive import judged_by
from services.revenue.forecasting.outlook import Outlook
from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trials import JUDGED, Trials, came, mean_known, starts_in, tried_ahead

_STRICTNESS: Final = 10.0  # a member with a tenth more error counts about two fifths as much
_COURSES: Final = np.array([0.0, 0.4, 0.8])  # how far last year's course is followed
_DISTRUST: Final = np.array([1.0, 1.02, 1.04])  # years resemble each other by chance, too
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
    made = Fitted.to(values, days, known, [known]).forecast(known, ahead)
    mean = recipe.mixed(made, values, known, ahead)
    return Outlook.of(mean, trials, values, starts_in(known))


def _rehearsed(values: Array, days: Sequence[date], horizon: int) -> tuple[_Recipe, Trials]:
    """The recipe that the back-test suggests, and what it would have forecast; the calendar is that of the first start."""
    starts, ahead = starts_in(len(values)), tried_ahead(horizon)
    actual, power = came(values, starts, ahead), judged_by(values)
    fitted = Fitted.to(values, days, starts[0], starts)
    made = [fitted.forecast(day, ahead) for day in starts]
    members = _weights(_misses(made, actual, power), power)
    mixed = [
        _along_last_year(_summed(each, members), values, day, ahead) for day, each in zip(starts, made, strict=True)
    ]
    recipe = _Recipe(members, _course_weights(_misses(mixed, actual, power), power, values, starts))
    return recipe, Trials(ahead, np.stack([_summed(each, recipe.courses) for each in mixed]), actual)


def _misses(made: list[Array], actual: Array, power: Array) -> Array:
    """The error of each start over the judged days, counted as `judged_by` says: (starts, alternatives, series)."""
    pairs = zip(made, actual, strict=True)
    misses: Array = np.stack([mean_known(np.abs(f[:JUDGED] - a[:JUDGED, None]) ** power, 0) for f, a in pairs])
    rooted: Array = misses ** (1 / power)
    return rooted


def _weights(misses: Array, power: Array) -> Array:
    """Weights (alternatives, series) that sum to 1; equal where no start could be judged."""
    error = mean_known(misses, 0)
    error = np.where(np.isfinite(error), error, 1.0) + 1e-9
    strict = (error.min(axis=0) / error) ** (_STRICTNESS * power**2)  # roots of squares lie closer together
    weights: Array = strict / strict.sum(axis=0)
    return weights


def _course_weights(misses: Array, power: Array, values: Array, starts: list[int]) -> Array:
    """Like `_weights`, over the starts that had a year before them; without enough of those, no course is followed."""
    old_enough = np.array(starts)[:, None] - np.isfinite(values).argmax(axis=0) >= _AFTER
    tried = np.where(old_enough[:, None], misses * _DISTRUST[:, None], np.nan)
    enough = np.isfinite(tried[:, 0]).sum(axis=0) >= _OFTEN
    return np.where(enough, _weights(tried, power), np.array([1.0, 0.0, 0.0])[:, None])


def _along_last_year(mean: Array, values: Array, day: int, ahead: Array) -> Array:
    """The forecast (ahead, courses, series) if the coming weeks go on as last year's did: not at all, half, fully."""
    courses: Array = mean[:, None] * last_year(values, day, ahead)[:, None] ** _COURSES[None, :, None]
    return courses


def _summed(alternatives: Array, weights: Array) -> Array:
    """The weighted sum of forecasts (ahead, alternatives, series), never below 0."""
    total: Array = np.maximum((alternatives * weights).sum(axis=1), 0.0)
    return total
