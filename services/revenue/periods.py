"""Days, weeks and months of revenue, and what each is fairly compared with: never a part against a whole.

A *period* is a day, week or month as the range shows it; the first and the last may be *cut* by the range's ends. What has not
ended yet is *running*: it, and what it is compared with, go only to the same clock time of the same day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.domain.period import Days, day_of
from services.revenue.figures import Compare, Grain, Span

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days `first` to `last` of the natural period (day, week or month) `whole_first` to `whole_last`."""

    first: date
    last: date
    whole_first: date
    whole_last: date

    @property
    def cut(self) -> bool:
        """Whether the range shows only a part of it."""
        return (self.first, self.last) != (self.whole_first, self.whole_last)


@dataclass(frozen=True, slots=True)
class Back:
    """How far back a day's counterpart lies; a day that the earlier month does not have becomes that month's last."""

    days: int = 0
    months: int = 0

    def __call__(self, day: date) -> date:
        """The counterpart of a day."""
        return months_earlier(day, self.months) - timedelta(days=self.days)


def periods(days: Days, grain: Grain, week_start: int = 0) -> tuple[Period, ...]:
    """The periods that the range touches, in order; together they are exactly its days."""
    return tuple(_walk(days.first, days.last, grain, week_start))


def natural(day: date, grain: Grain, week_start: int = 0) -> tuple[date, date]:
    """First and last day of the day, week (from `week_start`, 0 is Monday) or month that holds `day`."""
    if grain == "daily":
        return day, day
    if grain == "weekly":
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        return first, first + timedelta(days=6)
    return day.replace(day=1), _month_end(day)


def months_earlier(day: date, months: int) -> date:
    """The same day of the month so many months earlier; the month's last day where it is shorter."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def elapsed(first: date, last: date, now: datetime, zone: ZoneInfo) -> Span:
    """The part of these days that has happened by `now`; of days that are all to come, the first, with nothing in it yet."""
    if last < (today := day_of(now, zone)):
        return Span(first, last)
    if first > today:
        return Span(first, first, datetime.combine(first, time.min, zone))
    return Span(first, today, now.astimezone(zone))


def range_back(days: Days, compare: Compare, now: datetime, week_start: int = 0) -> Back:
    """Where the range's counterpart lies.

    'previous': a year until today, or whole, against the year before; whole months, or a month until today, against the
    months before; a week until today against the week before; any other range against as many days just before it.
    """
    if compare != "previous":
        return {"week": Back(days=7), "month": Back(months=1), "year": Back(months=12)}[compare]
    running = days.last >= day_of(now, days.zone)
    if days.first.day == 1 and (running or days.last == _month_end(days.last)):
        months = (days.last.year - days.first.year) * 12 + days.last.month - days.first.month + 1
        of_the_year = days.first.month == 1 and months <= 12 and (running or months == 12)
        return Back(months=12 if of_the_year and months > 1 else months)
    if running and natural(days.first, "weekly", week_start)[0] == days.first and len(days) <= 7:
        return Back(days=7)
    return Back(days=len(days))


def period_back(grain: Grain, compare: Compare) -> Back:
    """Where a period's counterpart lies: just before it, or a week, month or year earlier; weeks keep their weekdays."""
    if compare == "previous":
        return {"daily": Back(days=1), "weekly": Back(days=7), "monthly": Back(months=1)}[grain]
    if grain == "weekly":
        return {"week": Back(days=7), "month": Back(days=28), "year": Back(days=364)}[compare]
    return {"week": Back(days=7), "month": Back(months=1), "year": Back(months=12)}[compare]


def counterpart(span: Span, back: Back, zone: ZoneInfo) -> Span:
    """The same elapsed part at the earlier place; a whole month stays whole, however long the earlier one is."""
    first, last = back(span.first), back(span.last)
    if back.months and span.until is None and span.first.day == 1 and span.last == _month_end(span.last):
        last = _month_end(last)
    if span.until is None or (back.months and last.day != span.last.day):
        # A running 31st has no counterpart in a shorter month: all of that month lies before it.
        return Span(first, last)
    clock = span.until.astimezone(zone).time()
    return Span(first, last, datetime.combine(last, clock, zone))


def _walk(first: date, last: date, grain: Grain, week_start: int) -> Iterator[Period]:
    at = first
    while at <= last:
        whole_first, whole_last = natural(at, grain, week_start)
        yield Period(at, min(last, whole_last), whole_first, whole_last)
        at = whole_last + _DAY


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
