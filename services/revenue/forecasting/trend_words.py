"""A trend as a sentence: 'Saturdays up 12 % since 3 August; Nairobi – Nakuru carries 80 % of it.'"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trend import Change, trend, weekday_changes

_WEEKDAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_RECENT: Final = timedelta(days=120)
_COMPARED: Final = 28
_WEEKS: Final = 56
_MOST_OF_IT: Final = 0.5  # a part is named when it carries at least half of a change


def told(
    values: ArrayLike, first_day: date, parts: Mapping[str, ArrayLike] | None = None, subject: str = "Revenue"
) -> str:
    """The latest lasting change of daily amounts in a sentence, and the part that carries most of it; '' where there is none.

    `parts` are daily amounts of the same days by label (routes, say). Changes older than four months are history.
    """
    amounts = np.nan_to_num(np.asarray(values, dtype=np.float64))
    last = first_day + timedelta(days=len(amounts) - 1)
    change = _latest(values, first_day, last)
    if change is None:
        return ""
    carrier = carried(
        {label: np.nan_to_num(np.asarray(part)) for label, part in (parts or {}).items()}, first_day, change
    )
    said = in_words(change, last, subject)
    return f"{said}; {carrier[0]} carries {_percent(carrier[1])} of it." if carrier else f"{said}."


def in_words(change: Change, last_day: date, subject: str = "Revenue") -> str:
    """'Revenue up 12 % since 3 August'; the year is said where it is not `last_day`'s."""
    who = subject if change.weekday is None else _WEEKDAYS[change.weekday]
    year = f" {change.day.year}" if change.day.year != last_day.year else ""
    turn = "up" if change.ratio > 1 else "down"
    return (
        f"{who} {turn} {_percent(abs(change.ratio - 1))} since {change.day.day} {_MONTHS[change.day.month - 1]}{year}"
    )


def carried(parts: Mapping[str, Array], first_day: date, change: Change) -> tuple[str, float] | None:
    """The part that moved most the change's way, and its share of all parts' movement; None where none carries half of it."""
    moved = {
        label: _moved(part, (change.day - first_day).days, change.weekday is not None) for label, part in parts.items()
    }
    whole = sum(moved.values())
    if not moved or whole * (change.ratio - 1) <= 0:
        return None
    label = max(moved, key=lambda each: moved[each] / whole)
    share = min(moved[label] / whole, 1.0)  # others may have moved the other way
    return (label, share) if share >= _MOST_OF_IT else None


def _latest(values: ArrayLike, first_day: date, last: date) -> Change | None:
    changes = [*weekday_changes(values, first_day), *trend(values, first_day).changes]
    recent = [change for change in changes if last - change.day <= _RECENT]
    # When all days jump, weekdays that jump along say nothing new.
    return max(recent, key=lambda change: (change.weekday is None, change.day), default=None)


def _moved(amounts: Array, at: int, weekly: bool) -> float:
    """How far the mean day (of the change's weekday alone, if `weekly`) moved at day `at`."""
    step, reach = (7, _WEEKS) if weekly else (1, _COMPARED)
    old = np.arange(at - step, max(at - reach, 0) - 1, -step)
    new = np.arange(at, min(at + reach, len(amounts)), step)
    return float(amounts[new].mean() - amounts[old].mean()) if len(old) and len(new) else 0.0


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")
