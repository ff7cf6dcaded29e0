"""Exponential smoothing of many series at once: level, damped slope and weekday pattern, in one pass over the days.

One pass serves every back-test: the state at a day is all that a forecast from that day needs.
Arrays are laid out days first, series last: (days, variants, members, series).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Days from a series' first that give its first level and weekday pattern.
SETTLING: Final = 28
#: A day further off than this many usual errors is cut to it: one day of rain or outage must not bend the level.
SURPRISE: Final = 2.0
# A level has broken when misses to one side, less what chance explains of each, sum up to three surprises in a row:
# a few wild days or many that are slightly off. Members then begin anew, and for a week nothing is a surprise.
_BREAK: Final = 3
_CHANCE: Final = 0.5  # usual errors
_HASTE: Final = 0.8  # of the miss that shows the break; later days count as in a mean of the days since
_NEW: Final = 7
_MEMORY: Final = 0.03  # how fast the usual error is learnt
_FORGETTING: Final = 0.5 ** (1 / 42)  # of errors by which members are compared: half of their weight in six weeks
_RUNAWAY: Final = 8.0  # in logarithms; no error is counted as more
_LEAST_ERROR: Final = 1e-6
_SPREAD: Final = 1.25  # standard deviation ÷ mean absolute error of a normal distribution


@dataclass(frozen=True, slots=True)
class Member:
    """One exponential smoothing: how fast level, weekday pattern and slope follow; no pattern where `weekday` is None."""

    level: float
    weekday: float | None
    slope: float = 0.0
    damping: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """What smoothing knows after a day: level and slope (variants, members, series), pattern (7, …) by day index mod 7.

    `missed` (variants, members, series) is the sum of errors a day ahead, recent ones counting most, as `Judged` says;
    `since` (variants, 1, series) the days since the level broke, infinite where it never did.
    """

    level: Array
    slope: Array
    pattern: Array
    missed: Array
    since: Array


@dataclass(frozen=True, slots=True)
class Judged:
    """How errors count across variants: in amounts, squared for the series marked.

    Those of `logged` variants (variants, series) are turned back; all are multiplied by `unit` (days, variants, series).
    """

    logged: NDArray[np.bool_]
    unit: Array
    squared: NDArray[np.bool_]

    def sizes(self, miss: Array, day: int) -> Array:
        """The errors (variants, members, series) of a day."""
        logged = self.logged[:, None]
        amounts = np.expm1(np.minimum(-miss, _RUNAWAY), where=logged, out=miss.copy())
        size = np.abs(amounts, out=amounts)
        size *= self.unit[day][:, None]
        return np.square(size, where=self.squared, out=size) if self.squared.any() else size


def smooth(
    values: Array, members: tuple[Member, ...], after: Collection[int], surprise: Array, judged: Judged
) -> dict[int, State]:
    """The states after the first n days, for each n in `after`; values (days, variants, series), NaN where unknown.

    `surprise` is SURPRISE per series, or more where days far off are the series' nature.
    """
    known = np.isfinite(values)
    level, pattern, error = _first(values, known, members)
    alpha, beta, damping, gamma = _rates(members)
    follow, slope = alpha * beta, np.zeros_like(level)
    pull, since = np.zeros((2, *error.shape)), np.full(error.shape, np.inf)
    start, missed, states = known.argmax(axis=0)[0], np.zeros_like(level), {}
    for day, row in enumerate(np.where(known, values, 0.0)):
        seen = known[day][:, None]
        weekday = pattern[day % 7]
        slope *= damping
        level += slope
        limit = surprise * error
        miss = (row[:, None] - level - weekday) * seen
        missed = _FORGETTING * missed + judged.sizes(miss, day) * (day - start >= SETTLING)
        mean, size = miss.mean(axis=1, keepdims=True), np.abs(miss).mean(axis=1, keepdims=True)
        pull, broken = _pulled(pull, mean / error, seen, surprise)
        error = np.maximum(error + _MEMORY * seen * (_SPREAD * np.minimum(size, 2 * limit) - error), _LEAST_ERROR)
        since = np.where(broken, 1.0, since + seen)
        kept = np.where(since < _NEW, miss, np.clip(miss, -limit, limit))
        # However sluggish, a member that has seen little is the mean of what it saw, not its first weeks for ever.
        age = np.maximum(day + 1 - start, SETTLING)
        slope += follow * kept
        weekday += np.where(gamma > 0, np.maximum(gamma, 7 / age), 0.0) * kept
        level += np.maximum(alpha, np.where(broken, _HASTE, 1 / np.minimum(since, age))) * kept
        if day + 1 in after:
            states[day + 1] = State(level.copy(), slope.copy(), pattern.copy(), missed, since)
    return states


def _pulled(pull: Array, miss: Array, seen: NDArray[np.bool_], surprise: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The sums of usual errors missed up and down, beyond what chance explains, and where they say that the level broke."""
    miss = np.clip(miss, -surprise, surprise)
    pull = np.maximum(pull + (np.stack([miss, -miss]) - _CHANCE) * seen, 0.0)
    broken: NDArray[np.bool_] = (pull >= _BREAK * (surprise - _CHANCE)).any(axis=0) & seen
    return np.where(broken, 0.0, pull), broken


def project(state: State, day: int, members: tuple[Member, ...], ahead: Array) -> Array:
    """Forecasts `ahead` days (1 = the next) after the first `day` days: (ahead, variants, members, series)."""
    damping = _rates(members)[2]
    still = np.maximum(1.0 - damping, 1e-9)
    reach = damping * (1.0 - damping ** ahead[:, None, None, None]) / still
    weekday = (day + ahead.astype(np.int64) - 1) % 7
    forecast: Array = state.level + reach * state.slope + state.pattern[weekday]
    return forecast


def _rates(members: tuple[Member, ...]) -> tuple[Array, Array, Array, Array]:
    columns = [(m.level, m.slope, m.damping, m.weekday or 0.0) for m in members]
    alpha, beta, damping, gamma = np.array(columns).T[:, :, None]
    return alpha, beta, damping, gamma


def _first(values: Array, known: NDArray[np.bool_], members: tuple[Member, ...]) -> tuple[Array, Array, Array]:
    """Level, weekday pattern and usual error (one for all members) from each series' own first weeks."""
    days, variants, series = values.shape
    start = known.argmax(axis=0)
    at = np.minimum(start + np.arange(SETTLING)[:, None, None], days - 1)
    early = np.take_along_axis(values, at, axis=0)
    by_weekday = np.stack([np.where(at % 7 == weekday, early, np.nan) for weekday in range(7)])
    means = _mean(by_weekday, axis=1)
    level = _mean(means, axis=0)
    deviations = np.nan_to_num(means - level)
    error = _SPREAD * np.nan_to_num(
        _mean(np.abs(early - level - np.take_along_axis(deviations, at % 7, axis=0)), axis=0)
    )
    shape = (variants, len(members), series)
    patterned = np.array([float(member.weekday is not None) for member in members])[:, None]
    return (
        np.broadcast_to(np.nan_to_num(level)[:, None], shape).copy(),
        deviations[:, :, None] * patterned,
        np.maximum(error, _LEAST_ERROR)[:, None],
    )


def _mean(values: Array, axis: int) -> Array:
    """The mean of what is known along an axis; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    mean: Array = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean
