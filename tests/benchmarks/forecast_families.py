"""Daily takings whose truth is known: families of invented series, each with another kind of structure, or none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from services.revenue.forecasting.calendar import month_part, special
from workstation.demo.shape import bookings_on

Array = NDArray[np.float64]
Family = Callable[[np.random.Generator, int], Array]

FIRST_DAY = date(2024, 9, 2)
_MEAN = 40_000.0
_HIDDEN = 28


def weekly_trend(rng: np.random.Generator, days: int) -> Array:
    """A weekday pattern on a straight slope, with normal noise."""
    slope = rng.uniform(-0.3, 0.6) * np.arange(days) / 365
    return np.array(_MEAN * (1 + slope + _pattern(rng, days) + rng.normal(0, 0.1, days)))


def trend_break(rng: np.random.Generator, days: int) -> Array:
    """A weekday pattern whose level jumps and whose slope turns on a day nobody announced; now and then an outage."""
    at = rng.integers(days // 3, days - 60)
    after = np.arange(days) >= at
    level = 1 + rng.uniform(-0.4, 0.6) * after + rng.uniform(-0.4, 0.4) * np.maximum(np.arange(days) - at, 0) / 365
    outage = np.where(rng.random(days) < 0.01, 0.2, 1.0)
    return np.array(_MEAN * level * (1 + _pattern(rng, days)) * rng.lognormal(0, 0.12, days) * outage)


def growth(rng: np.random.Generator, days: int) -> Array:
    """Growth at a steady rate that weekdays and noise share."""
    rate = rng.uniform(0.3, 1.2)
    return _MEAN * np.exp(rate * np.arange(days) / 365) * (1 + _pattern(rng, days)) * rng.lognormal(0, 0.12, days)


def pay_and_holidays(rng: np.random.Generator, days: int) -> Array:
    """Weekdays, a slow wander, a fuller purse at month ends, and holidays that empty or fill the buses."""
    calendar = [FIRST_DAY + timedelta(days=number) for number in range(days)]
    parts = rng.normal(0, 0.12, 9)
    effects = {kind: rng.normal(-0.2, 0.35) for kind in sorted({special(day) for day in calendar} - {""})}
    moved = np.array([effects.get(special(day), parts[month_part(day)]) for day in calendar])
    wander = np.cumsum(rng.normal(0, 0.008, days))
    return _MEAN * np.exp(moved + wander) * (1 + _pattern(rng, days)) * rng.lognormal(0, 0.1, days)


def closed_sundays(rng: np.random.Generator, days: int) -> Array:
    """A bus that rests on Sundays and, one day in thirty, in the garage."""
    runs = (rng.random(days) > 0.03) & (_weekday(days) != 6)
    return np.array(_MEAN * (1 + _pattern(rng, days)) * rng.lognormal(0, 0.2, days) * runs)


def demo(rng: np.random.Generator, days: int) -> Array:
    """A route of the demo's fleet: the bookings its seed plans for each day, at fares that differ."""
    seed, scale = int(rng.integers(1_000_000)), rng.uniform(0.05, 1.0)
    planned = [bookings_on(seed, FIRST_DAY + timedelta(days=number), scale) for number in range(days)]
    return np.array(planned * rng.normal(450, 450 / np.sqrt(planned)))


def no_season(rng: np.random.Generator, days: int) -> Array:
    """Noise about a constant, every day like every other."""
    return _MEAN * rng.lognormal(0, rng.uniform(0.1, 0.4), days)


def intermittent(rng: np.random.Generator, days: int) -> Array:
    """A vehicle hired out on one day in three to eight."""
    return _MEAN * rng.lognormal(0, 0.5, days) * (rng.random(days) < rng.uniform(0.12, 0.35))


def random_walk(rng: np.random.Generator, days: int) -> Array:
    """A level that goes where it wants, with nothing to learn but where it is."""
    return _MEAN * np.exp(np.cumsum(rng.normal(0, 0.04, days))) * rng.lognormal(0, 0.03, days)


def fresh_break(rng: np.random.Generator, days: int) -> Array:
    """A weekday pattern whose level jumped one to four weeks before the last four weeks, which are to be forecast."""
    after = np.arange(days) >= days - _HIDDEN - rng.integers(5, 31)
    level = np.where(after, rng.choice([0.5, 0.65, 0.8, 1.25, 1.5, 2.0]), 1.0)
    return np.array(_MEAN * level * (1 + _pattern(rng, days)) * rng.lognormal(0, rng.uniform(0.08, 0.25), days))


STRUCTURED: dict[str, Family] = {
    "weekly + trend": weekly_trend,
    "trend break": trend_break,
    "growth": growth,
    "pay + holidays": pay_and_holidays,
    "closed Sundays": closed_sundays,
    "the demo's days": demo,
}
UNSTRUCTURED: dict[str, Family] = {
    "no season": no_season,
    "intermittent": intermittent,
    "random walk": random_walk,
    "fresh break": fresh_break,
}


def series(family: Family, number: int, days: int, seed: int) -> Array:
    """`number` series (series, days) of a family, the same for the same seed; never below 0."""
    rng = np.random.default_rng(seed)
    return np.maximum(np.stack([family(rng, days) for _ in range(number)]), 0.0)


def _weekday(days: int) -> NDArray[np.int64]:
    return (FIRST_DAY.weekday() + np.arange(days)) % 7


def _pattern(rng: np.random.Generator, days: int) -> Array:
    pattern = rng.normal(0, 0.18, 7)
    return np.array(np.clip(pattern - pattern.mean(), -0.7, 0.9)[_weekday(days)])
