"""Days, weeks and clock times of a fleet. An instant is always zone-aware; a day is the fleet's calendar day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

#: M-Pesa writes times without a zone and means this one.
NAIROBI = ZoneInfo("Africa/Nairobi")


@dataclass(frozen=True, slots=True)
class Days:
    """An inclusive range of calendar days in one zone."""

    first: date
    last: date
    zone: ZoneInfo = NAIROBI

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a range of days ends before it starts: {self.first} to {self.last}")

    @property
    def start(self) -> datetime:
        """The first instant of the range."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after the range."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    def each(self) -> list[Days]:
        """Every day of the range by itself."""
        dates = (self.first + timedelta(days=ahead) for ahead in range(len(self)))
        return [Days(date, date, self.zone) for date in dates]

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def __len__(self) -> int:
        return (self.last - self.first).days + 1


@lru_cache(maxsize=1_024)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # Every event that arrives is asked whether it is in the days.
    return datetime.combine(day, time.min, zone)


def day_of(instant: datetime, zone: ZoneInfo = NAIROBI) -> date:
    """The calendar day of an instant, in the fleet's zone."""
    return instant.astimezone(zone).date()


def today(zone: ZoneInfo = NAIROBI, now: datetime | None = None) -> date:
    """The fleet's calendar day now."""
    return day_of(now or datetime.now(UTC), zone)


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> date:
    """The first of the day's month."""
    return day.replace(day=1)


def preset(name: str, zone: ZoneInfo = NAIROBI, now: datetime | None = None) -> Days:
    """The range behind a preset's name: today, yesterday, this_week, this_month, this_year, last_7_days (30, 42), last_3_months (12).

    So many months are this one and those before it, from their first day.
    """
    last = today(zone, now)
    yesterday = last - timedelta(days=1)
    ranges = {
        "today": (last, last),
        "yesterday": (yesterday, yesterday),
        "last_7_days": (last - timedelta(days=6), last),
        "this_week": (week_of(last), last),
        "this_month": (month_of(last), last),
        "last_30_days": (last - timedelta(days=29), last),
        "last_42_days": (last - timedelta(days=41), last),
        "last_3_months": (_months_before(last, 2), last),
        "last_12_months": (_months_before(last, 11), last),
        "this_year": (last.replace(month=1, day=1), last),
    }
    first, final = ranges[name]
    return Days(first, final, zone)


def _months_before(day: date, months: int) -> date:
    """The first of the month so many months earlier."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
