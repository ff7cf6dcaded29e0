"""The last week, repeated, which every forecast has to beat; what errors are counted in; and series of mostly empty days."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.revenue.forecasting.smoothing import Array

WEEK: Final = 7
_EMPTY: Final = 0.3  # the share of empty days on open weekdays that makes a series sparse
_CLOSED: Final = 0.9  # … and the one that makes a weekday closed


def filled(values: Array) -> Array:
    """Unknown days (days, series) taken from the same weekday a week before, as long as one is known; then 0."""
    full = values.copy()
    for day in range(WEEK, len(full)):
        full[day] = np.where(np.isfinite(full[day]), full[day], full[day - WEEK])
    return np.nan_to_num(full)


def last_week(full: Array, day: int, ahead: Array) -> Array:
    """The seasonal naive forecast (ahead, series) after the first `day` days of `filled` values."""
    return full[day - WEEK + (ahead.astype(np.int64) - 1) % WEEK]


def usual_step(values: Array) -> Array:
    """The mean absolute change of a day against a week before, per series: what MASE counts in; NaN where none is known."""
    steps = np.abs(values[WEEK:] - values[:-WEEK])
    known = np.isfinite(steps)
    count = known.sum(axis=0)
    step: Array = np.where(count > 0, np.where(known, steps, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return step


def sparse(values: Array) -> NDArray[np.bool_]:
    """Which series (days, series) take nothing on many days of weekdays that are not simply closed."""
    weekday = np.arange(len(values)) % WEEK
    known = np.isfinite(values)
    days = np.stack([known[weekday == each].sum(axis=0) for each in range(WEEK)])
    empty = np.stack([(values[weekday == each] == 0).sum(axis=0) for each in range(WEEK)])
    opened = empty <= _CLOSED * days
    share = (empty * opened).sum(axis=0) / np.maximum((days * opened).sum(axis=0), 1)
    mostly: NDArray[np.bool_] = share > _EMPTY
    return mostly | ~opened.any(axis=0)


def judged_by(values: Array) -> Array:
    """The power of errors that methods are compared by: 1, and 2 for sparse series, whose likeliest day is an empty one.

    The smallest absolute error would forecast nothing at all for them, and their month would come out far too low.
    """
    return np.where(sparse(values), 2.0, 1.0)
