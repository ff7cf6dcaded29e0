"""Where revenue is heading: a smoothed line, and the days on which it jumped for good. Few and sure rather than many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from services.revenue.forecasting.naive import WEEK, sparse
from services.revenue.forecasting.pieces import cuts, long_run_variance, step_variance
from services.revenue.forecasting.smoothing import Array

_HALF: Final = 21  # days to each side that the line listens to
_FLOOR: Final = 0.05  # of the mean, added before logarithms are taken
_SURPRISE: Final = 3.0  # usual deviations beyond which a day is cut to them
_CLOSED: Final = 0.05  # of an average day: a weekday below is closed and says nothing about the level
_SHORTEST: Final = 14  # days that a new level must last
_COMPARED: Final = 28  # days before and after, by which a change is measured
_FEWEST: Final = 5  # weeks that a weekday's new level must last
_SEVEN: Final = 1.6  # more doubt for weekdays: seven are searched, and chance has seven chances
_WEEKS: Final = 8  # weeks before and after, by which a weekday's change is measured
_LEAST: Final = 0.05  # a change of less than one part in twenty is not worth a sentence
_SURE: Final = 3.0  # standard errors that a change must exceed


@dataclass(frozen=True, slots=True)
class Change:
    """A lasting jump: its first day, and the level of up to four weeks from it ÷ that of up to four weeks before.

    `weekday` (0 Monday … 6 Sunday) names the one weekday that jumped; those are compared over up to eight weeks.
    """

    day: date
    ratio: float
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """The smoothed line, one value a day in the amounts' unit, weekdays evened out; and the changes, oldest first."""

    line: tuple[float, ...]
    changes: tuple[Change, ...]


def trend(values: ArrayLike, first_day: date) -> Trend:
    """The trend of daily amounts, the first on `first_day`; NaN is a day nobody knows, amounts below 0 count as 0.

    Under four weeks, and where many days are empty, there is a line but no change is claimed.
    """
    amounts = np.maximum(np.asarray(values, dtype=np.float64), 0.0)
    mean = float(np.nanmean(amounts)) if np.isfinite(amounts).any() else 0.0
    if not mean > 0:
        return Trend((0.0,) * len(amounts), ())
    shares = amounts / mean
    if sparse(shares[:, None])[0] or np.isfinite(shares).sum() < 2 * _SHORTEST:
        return Trend(tuple((_line(shares) * mean).tolist()), ())
    level = without_weekdays(shares)
    return Trend(tuple((_line(_calmed(level)) * mean).tolist()), _changes(level, first_day))


def weekday_changes(values: ArrayLike, first_day: date) -> tuple[Change, ...]:
    """Weekdays that jumped against the others, oldest first; the ratio is of their own takings."""
    amounts = np.maximum(np.asarray(values, dtype=np.float64), 0.0)
    week = _around(amounts, WEEK // 2)
    found = [change for start in range(WEEK) for change in _of_weekday(amounts, week, start, first_day)]
    return tuple(sorted(found, key=lambda change: change.day))


def _of_weekday(amounts: Array, week: Array, start: int, first_day: date) -> Iterator[Change]:
    days = np.arange(start, len(amounts), WEEK)
    days = days[(amounts[days] > 0) & (week[days] > 0)]
    if len(days) < 4 * _FEWEST:
        return
    logs = _clipped(np.log(amounts[days] / week[days]))
    variance = _SEVEN * step_variance(logs)
    for cut in cuts(logs, variance, _FEWEST):
        old, new = slice(max(cut - _WEEKS, 0), cut), slice(cut, cut + _WEEKS)
        error = float(np.sqrt(variance * (1 / len(logs[old]) + 1 / len(logs[new]))))
        jump = float(logs[new].mean() - logs[old].mean())
        own = float(np.log(np.median(amounts[days[new]]) / np.median(amounts[days[old]])))
        # A weekday that only stood still while the others moved has not changed.
        if abs(jump) > max(np.log1p(_LEAST), _SURE * error) and own * np.sign(jump) > np.log1p(_LEAST):
            day = first_day + timedelta(days=int(days[cut]))
            yield Change(day, float(np.exp(own)), day.weekday())


def _clipped(logs: Array) -> Array:
    middle = np.median(logs)
    usual = 1.4826 * float(np.median(np.abs(logs - middle)))
    clipped: Array = np.clip(logs, middle - 2 * _SURPRISE * usual, middle + 2 * _SURPRISE * usual)
    return clipped


def without_weekdays(shares: Array) -> Array:
    """Days ÷ their weekday's usual share of its week; NaN on weekdays that are closed."""
    weekday = np.arange(len(shares)) % WEEK
    week = _around(shares, WEEK // 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        against = shares / np.where(week > 0, week, np.nan)
    usual = np.array([_middle(against[weekday == each]) for each in range(WEEK)])
    usual = usual / (_middle_mean(usual) or 1.0)
    return shares / np.where(usual > _CLOSED, usual, np.nan)[weekday]


def _changes(level: Array, first_day: date) -> tuple[Change, ...]:
    days = np.flatnonzero(np.isfinite(level))
    logs = _calmed(np.log(level[days] + _FLOOR))
    variance = long_run_variance(logs)
    at = cuts(logs, variance, _SHORTEST)
    edges = [0, *at, len(logs)]
    found = []
    for before, cut, after in zip(edges, at, edges[2:], strict=False):
        old, new = logs[max(before, cut - _COMPARED) : cut], logs[cut : min(after, cut + _COMPARED)]
        jump = float(new.mean() - old.mean())
        error = float(np.sqrt(variance * (1 / len(old) + 1 / len(new))))
        if abs(jump) > max(np.log1p(_LEAST), _SURE * error):
            found.append(Change(first_day + timedelta(days=int(days[cut])), float(np.exp(jump))))
    return tuple(found)


def _calmed(values: Array) -> Array:
    """Days far from the median of the fortnight around them, cut to three usual deviations."""
    middle = _around(values, WEEK, median=True)
    apart = values - middle
    usual = 1.4826 * _middle(np.abs(apart))
    calm: Array = middle + np.clip(apart, -_SURPRISE * usual, _SURPRISE * usual)
    return calm


def _line(level: Array) -> Array:
    """A local straight line at each day, near days counting most; it neither lags nor bends at the ends."""
    days = np.arange(len(level), dtype=np.float64)
    known = np.isfinite(level)
    apart = days[known] - days[:, None]
    weight = np.clip(1 - np.abs(apart / (_HALF + 1)) ** 3, 0.0, None) ** 3
    sums = [(weight * apart**power).sum(axis=1) for power in range(3)]
    straight, tilted = (weight * level[known]).sum(axis=1), (weight * apart * level[known]).sum(axis=1)
    spread = sums[0] * sums[2] - sums[1] ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        line = np.where(spread > 1e-9, (sums[2] * straight - sums[1] * tilted) / spread, straight / sums[0])
    smooth: Array = np.maximum(np.nan_to_num(line), 0.0)
    return smooth


def _around(values: Array, half: int, *, median: bool = False) -> Array:
    """The mean or the median of what is known within `half` days of each day."""
    padded = np.concatenate([np.full(half, np.nan), values, np.full(half, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    known = np.isfinite(windows)
    if median:
        return np.array([_middle(window) for window in windows])
    total = np.where(known, windows, 0.0).sum(axis=1)
    mean: Array = np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)
    return mean


def _middle(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _middle_mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0
