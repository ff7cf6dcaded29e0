"""How much holidays and the pay month move a series, shrunk towards nothing where the evidence is thin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from services.revenue.forecasting.calendar import MONTH_PARTS, month_part, special
from services.revenue.forecasting.naive import sparse
from services.revenue.forecasting.smoothing import Array

#: Added before a logarithm is taken, as a share of a series' mean: a day without takings is small, not infinitely so.
FLOOR: Final = 0.05
_WEEKS_AROUND: Final = (-28, -21, -14, -7, 7, 14, 21, 28)
_MOST: Final = 2.0  # in logarithms: no day counts as more than sevenfold or less than a seventh
_DOUBT: Final = 2.0  # an effect must exceed this many times its own variance to be believed at all
_LEAST_NOISE: Final = 0.02
_LEAST_DAYS: Final = 56  # of history, before which nothing is believed
_OFTEN: Final = 3  # a part of the month is heard after this many of its days


def calendar_effects(values: Array, days: Sequence[date]) -> Array:
    """Factors (days, series) for all `days`, learnt from the first len(values), shares of the mean; 1 where they are sparse or few."""
    unusual = _unusual(values)
    noise = np.maximum(1.4826 * _median(np.abs(unusual - _median(unusual))), _LEAST_NOISE) ** 2
    names = [special(day) for day in days]
    effects = np.zeros((len(days), values.shape[1]))
    _add_special(effects, unusual, noise, names)
    ordinary = np.array([not name for name in names])
    _add_month_parts(effects, unusual, noise, np.where(ordinary, [month_part(day) for day in days], -1))
    heard = ~sparse(values) & (np.isfinite(values).sum(axis=0) >= _LEAST_DAYS)
    return np.exp(np.where(heard, effects, 0.0))


def _add_special(effects: Array, unusual: Array, noise: Array, names: list[str]) -> None:
    for kind in sorted(set(names) - {""}):
        marked = np.array([name == kind for name in names])
        effect, _ = _believed(unusual[marked[: len(unusual)]], noise)
        effects[marked] = effect


def _add_month_parts(
    effects: Array, unusual: Array, noise: Array, parts: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> None:
    for part in range(len(MONTH_PARTS)):
        marked = parts == part
        effect, count = _believed(unusual[marked[: len(unusual)]], noise)
        effects[marked] = np.where(count >= _OFTEN, effect, 0.0)


def _unusual(values: Array) -> Array:
    """The logarithm of each day against the median of the same weekday in the four weeks before and after."""
    days, series = values.shape
    padded = np.full((days + 56, series), np.nan)
    padded[28 : 28 + days] = values
    around = np.stack([padded[28 + shift : 28 + shift + days] for shift in _WEEKS_AROUND])
    usual = _median(around)
    ratio: Array = np.clip(np.log((values + FLOOR) / (usual + FLOOR)), -_MOST, _MOST)
    return ratio


def _believed(seen: Array, noise: Array) -> tuple[Array, Array]:
    """The positive-part James–Stein mean of what was seen on some days (days, series), and how often it was seen."""
    known = np.isfinite(seen)
    count = known.sum(axis=0)
    mean = np.where(known, seen, 0.0).sum(axis=0) / np.maximum(count, 1)
    doubt = _DOUBT * noise / np.maximum(count, 1) / np.maximum(mean**2, 1e-12)
    effect: Array = mean * np.maximum(0.0, 1.0 - doubt)
    return effect, count


def _median(values: Array) -> Array:
    """The median of what is known along the first axis; NaN where nothing is."""
    ordered = np.sort(values, axis=0)  # unknown sorts last
    count = np.isfinite(ordered).sum(axis=0)
    low = np.take_along_axis(ordered, (np.maximum(count - 1, 0) // 2)[None], axis=0)[0]
    high = np.take_along_axis(ordered, np.minimum(count // 2, len(values) - 1)[None], axis=0)[0]
    median: Array = np.where(count > 0, (low + high) / 2, np.nan)
    return median
