"""How many people travel when: hours, weekdays, paydays, holidays, rain and a slow growth. Pure, by seed and day."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

#: Bookings of an ordinary day at scale 1.
USUAL: Final = 1_180

_SUNDAY: Final = 6
_WEEKDAYS: Final = (1.02, 0.97, 0.98, 1.02, 1.20, 1.00, 0.78)
#: Shares of the hours from midnight: the way to work, the way home, little at night.
_HOURS: Final = (2, 1, 1, 3, 14, 48, 86, 98, 74, 52, 40, 38, 42, 44, 40, 48, 74, 92, 88, 60, 34, 20, 11, 5)
_FIXED: Final = frozenset({(1, 1), (5, 1), (6, 1), (10, 10), (10, 20), (12, 12), (12, 25), (12, 26)})
#: Good Friday, Easter Monday, and the two Idd days as foreseen.
_MOVABLE: Final = frozenset(
    {
        *(date(2026, 3, 20), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 27)),
        *(date(2027, 3, 10), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 16)),
    }
)
_WET_MONTHS: Final = frozenset({3, 4, 5, 10, 11, 12})
_START: Final = date(2026, 1, 1)
_GROWTH_A_DAY: Final = 0.0003


def is_holiday(day: date) -> bool:
    """Whether Kenya rests that day; a fixed holiday on a Sunday moves to the next day that is none."""
    if _named(day):
        return True
    earlier = day - timedelta(days=1)
    while _named(earlier):
        if earlier.weekday() == _SUNDAY and _is_fixed(earlier):
            return True
        earlier -= timedelta(days=1)
    return False


def is_payday(day: date) -> bool:
    """Whether people have just been paid: the 25th to the 2nd."""
    return day.day >= 25 or day.day <= 2


def rains(seed: int, day: date) -> bool:
    """Whether it rains; wet weeks hold together, and the rainy seasons have more of them."""
    week = Random(f"{seed}/rain/week/{day.toordinal() // 5}").random()
    itself = Random(f"{seed}/rain/{day}").random()
    return 0.5 * week + 0.5 * itself < (0.45 if day.month in _WET_MONTHS else 0.22)


def bookings_on(seed: int, day: date, scale: float) -> int:
    """How many bookings are made that day, at least one."""
    noise = Random(f"{seed}/volume/{day}").gauss(1.0, 0.03)
    growth = 1.0 + _GROWTH_A_DAY * (day - _START).days
    wanted = USUAL * scale * _WEEKDAYS[day.weekday()] * _occasion(day) * noise * growth
    return max(1, round(wanted * (0.88 if rains(seed, day) else 1.0)))


def hours_of(seed: int, day: date) -> tuple[float, ...]:
    """The weights of the 24 hours: weekends and holidays start late, rain delays the morning."""
    weights = [float(share) for share in _HOURS]
    if is_holiday(day) or day.weekday() >= 5:
        weights[5:9] = [share * 0.55 for share in weights[5:9]]
        weights[9:16] = [share * 1.35 for share in weights[9:16]]
    if rains(seed, day):
        weights[6] *= 0.8
        weights[8] *= 1.25
    return tuple(weights)


def _occasion(day: date) -> float:
    if is_holiday(day):
        return 0.72
    if is_holiday(day + timedelta(days=1)):
        return 1.30
    return 1.14 if is_payday(day) else 1.0


def _named(day: date) -> bool:
    return _is_fixed(day) or day in _MOVABLE


def _is_fixed(day: date) -> bool:
    return (day.month, day.day) in _FIXED
