"""Days, weeks and clock times of a fleet. An instant is always zone-aware; a day is the fleet's calendar day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after the range."""
        return datetime.combine(self.last + timedelta(days=1), time.min, self.zone)

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def __len__(self) -> int:
        return (self.last - self.first).days + 1


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
    """The range behind a preset's name: today, yesterday, last_7_days, this_week, this_month, last_30_days."""
    last = today(zone, now)
    yesterday = last - timedelta(days=1)
    ranges = {
        "today": (last, last),
        "yesterday": (yesterday, yesterday),
        "last_7_days": (last - timedelta(days=6), last),
        "this_week": (week_of(last), last),
        "this_month": (month_of(last), last),
        "last_30_days": (last - timedelta(days=29), last),
    }
    first, final = ranges[name]
    return Days(first, final, zone)
