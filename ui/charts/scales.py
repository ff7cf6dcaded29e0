"""Where the marks of an axis stand and what they say. Numbers and words, no pixels drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil, floor, log10
from typing import Final, Literal

Grain = Literal["daily", "weekly", "monthly"]
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_SIZES: Final = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
_MONDAY: Final = 0


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most `most` + 1 round values that cover what lies between, from the first at or below `low`."""
    if not high > low:
        return [low]
    step = _round_up((high - low) / max(1, most))
    first = floor(low / step)
    last = ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def short_amount(value: float) -> str:
    """'0', '850', '2.5k', '400k', '1.2M', with a true minus sign."""
    for size, unit in _SIZES:
        if abs(value) >= size:
            return f"{value / size:.4g}{unit}".replace("-", "\u2212")
    return f"{value:.4g}".replace("-", "\u2212")


def date_marks(firsts: Sequence[date], grain: Grain, most: int) -> list[tuple[int, str]]:
    """Places along the axis that get a date, at most `most`, and the words: '12 Oct', 'Oct', 'Jan 2027'."""
    if not firsts:
        return []
    if grain == "monthly":
        return [(at, _month(firsts, at)) for at in _every(range(len(firsts)), most)]
    if len(firsts) <= most:
        return [(at, f"{day:%a} {day.day}" if grain == "daily" else _day(day)) for at, day in enumerate(firsts)]
    weeks = [at for at, day in enumerate(firsts) if grain == "weekly" or day.weekday() == _MONDAY]
    return [(at, _day(firsts[at])) for at in _every(weeks, most)]


def _round_up(step: float) -> float:
    size = 10.0 ** floor(log10(step))
    return float(next(size * nice for nice in _STEPS if size * nice >= step * (1 - 1e-9)))


def _every(places: Sequence[int], most: int) -> list[int]:
    step = max(1, ceil(len(places) / max(1, most)))
    return list(places[::step])


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _month(firsts: Sequence[date], at: int) -> str:
    day = firsts[at]
    return f"{day:%b %Y}" if at == 0 or day.month == 1 else f"{day:%b}"
