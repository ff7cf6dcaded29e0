"""Days that are not like their weekday: Kenyan public holidays, the days around them, and the month's pay rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

_DAY: Final = timedelta(days=1)
#: The first 10 October since it became a public holiday again.
_OCTOBER_AGAIN: Final = 2018


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday; `approximate` where the moon decides and the gazette may differ by a day."""

    day: date
    name: str
    approximate: bool = False


def easter(year: int) -> date:
    """Easter Sunday of a year, by the Gregorian computus."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def islamic(year: int, month: int, day: int) -> date:
    """A day of the tabular Islamic calendar (30-year cycle, civil epoch); the sighted moon may differ by a day."""
    days = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30
    return date.fromordinal(days + 227014)


@cache
def holidays(year: int) -> tuple[Holiday, ...]:
    """The Kenyan public holidays of a year in order, with the Monday that stands in for one on a Sunday."""
    named = sorted((*_fixed(year), *_moving(year)), key=lambda holiday: holiday.day)
    taken = {holiday.day for holiday in named}
    for holiday in [each for each in named if each.day.weekday() == 6]:
        instead = holiday.day + _DAY
        while instead in taken:
            instead += _DAY
        taken.add(instead)
        named.append(Holiday(instead, f"{holiday.name} (in lieu)", holiday.approximate))
    return tuple(sorted(named, key=lambda holiday: holiday.day))


def _fixed(year: int) -> list[Holiday]:
    days = [
        (1, 1, "New Year's Day"),
        (5, 1, "Labour Day"),
        (6, 1, "Madaraka Day"),
        (10, 20, "Mashujaa Day"),
        (12, 12, "Jamhuri Day"),
        (12, 25, "Christmas Day"),
        (12, 26, "Boxing Day"),
    ]
    if year >= _OCTOBER_AGAIN:
        days.append((10, 10, "Mazingira Day"))
    return [Holiday(date(year, month, day), name) for month, day, name in days]


def _moving(year: int) -> list[Holiday]:
    sunday = easter(year)
    found = [Holiday(sunday - 2 * _DAY, "Good Friday"), Holiday(sunday + _DAY, "Easter Monday")]
    first = (year - 622) * 33 // 32
    for hijri in range(first - 1, first + 3):
        for name, month, day in (("Idd-ul-Fitr", 10, 1), ("Idd-ul-Azha", 12, 10)):
            if (when := islamic(hijri, month, day)).year == year:
                found.append(Holiday(when, name, approximate=True))
    return found


def special(day: date) -> str:
    """What makes a day special ('Christmas Day', 'before a holiday', …), '' on an ordinary day; workdays told from weekends."""
    kind = _season(day) or _holiday(day) or _beside(day)
    # A holiday that falls on a weekend changes takings far less than one that empties a workday.
    return f"{kind}, weekend" if kind and day.weekday() >= 5 else kind


def _season(day: date) -> str:
    if day.month == 12 and day.day >= 20:
        if day.day in (24, 25, 26, 31):
            return {24: "Christmas Eve", 25: "Christmas Day", 26: "Boxing Day", 31: "New Year's Eve"}[day.day]
        return "before Christmas" if day.day < 24 else "after Christmas"
    if day.month == 1 and day.day <= 3:
        return "New Year's Day" if day.day == 1 else "after New Year"
    return {-3: "before Easter", -2: "Good Friday", -1: "Easter Saturday", 0: "Easter Sunday", 1: "Easter Monday"}.get(
        (day - easter(day.year)).days, ""
    )


def _holiday(day: date) -> str:
    return next((_pooled(holiday) for holiday in holidays(day.year) if holiday.day == day), "")


def _pooled(holiday: Holiday) -> str:
    return "Idd" if holiday.approximate else "national day"


def _beside(day: date) -> str:
    if _holiday(day + _DAY):
        return "before a holiday"
    return "after a holiday" if _holiday(day - _DAY) else ""


#: The parts of a month that pay divides; `month_part` gives the index of a day's.
MONTH_PARTS: Final = (
    "the last three days", "days 1–2", "days 3–5", "days 6–9", "six to four days before the end",
    "days 10–14", "days 15–17", "days 18–21", "days 22 onwards",
)  # fmt: skip


def month_part(day: date) -> int:
    """Which part of the pay month a day lies in, an index into MONTH_PARTS; month ends are counted from the end."""
    left = (_next_month(day) - day).days - 1
    if left <= 2:
        return 0
    if day.day > 21:
        return 4 if left <= 5 else 8
    return next(part for last, part in ((2, 1), (5, 2), (9, 3), (14, 5), (17, 6), (21, 7)) if day.day <= last)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + 4 * _DAY).replace(day=1)
