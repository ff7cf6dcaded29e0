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
# The third surprise in a row on the same side is no outlier but the new normal; the level then moves this fast at least.
_BREAK: Final = 3
_HASTE: Final = 0.5
_MEMORY: Final = 0.03  # how fast the usual error is learnt
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
    """What smoothing knows after a day: level and slope (variants, members, series), pattern (7, …) by day index mod 7."""

    level: Array
    slope: Array
    pattern: Array


def smooth(values: Array, members: tuple[Member, ...], after: Collection[int], surprise: Array) -> dict[int, State]:
    """The states after the first n days, for each n in `after`; values (days, variants, series), NaN where unknown.

    `surprise` is SURPRISE per series, or more where days far off are the series' nature.
    """
    known = np.isfinite(values)
    level, pattern, error = _first(values, known, members)
    alpha, beta, damping, gamma = _rates(members)
    follow, slope, run = alpha * beta, np.zeros_like(level), np.zeros_like(error)
    states = {}
    for day, row in enumerate(np.where(known, values, 0.0)):
        seen = known[day][:, None]
        weekday = pattern[day % 7]
        slope *= damping
        level += slope
        limit = surprise * error
        miss = (row[:, None] - level - weekday) * seen
        kept = np.clip(miss, -limit, limit)
        run = _run(run, miss, limit, seen)
        size = np.abs(miss).mean(axis=1, keepdims=True)
        error += _MEMORY * seen * (_SPREAD * np.minimum(size, 2 * limit) - error)
        level += alpha * kept
        slope += follow * kept
        weekday += gamma * kept
        if (broken := np.abs(run) >= _BREAK).any():
            level += broken * (np.maximum(alpha, _HASTE) * miss - alpha * kept)
        if day + 1 in after:
            states[day + 1] = State(level.copy(), slope.copy(), pattern.copy())
    return states


def _run(run: Array, miss: Array, limit: Array, seen: NDArray[np.bool_]) -> Array:
    """How many days in a row the members' mean missed by a surprise, signed by its side; unknown days do not count."""
    mean = miss.mean(axis=1, keepdims=True)
    side = np.sign(mean) * (np.abs(mean) > limit)
    return np.where(seen, np.where(side * run >= 0, run + side, side) * (side != 0), run)


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
        np.maximum(error, 1e-6)[:, None],
    )


def _mean(values: Array, axis: int) -> Array:
    """The mean of what is known along an axis; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    mean: Array = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean
