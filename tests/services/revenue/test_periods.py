"""Periods and what they are compared with: month ends, leap days, running days, and pandas' own idea of weeks and months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.period import NAIROBI, Days
from services.revenue.figures import Compare, Grain, Span
from services.revenue.periods import (
    Back,
    counterpart,
    elapsed,
    months_earlier,
    natural,
    period_back,
    periods,
    range_back,
)

#: Tuesday 24 November 2026, 14:05 in Nairobi.
NOW = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DAY = st.dates(date(2023, 1, 1), date(2027, 12, 31))
GRAINS = st.sampled_from(("daily", "weekly", "monthly"))


def at(day: date, hour: int = 14, minute: int = 5) -> datetime:
    """A clock time in Nairobi."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=NAIROBI)


def before(first: date, last: date, compare: Compare = "previous", now: datetime = NOW) -> Span:
    """What a range is compared with."""
    days = Days(first, last)
    return counterpart(elapsed(first, last, now, NAIROBI), range_back(days, compare, now), NAIROBI)


@given(DAY, st.integers(0, 400), GRAINS, st.integers(0, 6))
def test_periods_are_exactly_the_days(first: date, more: int, grain: Grain, week_start: int) -> None:
    days = Days(first, first + timedelta(days=more))
    found = periods(days, grain, week_start)
    assert found[0].first == days.first
    assert found[-1].last == days.last
    assert all(one.last + timedelta(days=1) == next_.first for one, next_ in pairwise(found))
    assert all(not one.cut for one in found[1:-1])
    assert all(one.whole_first <= one.first <= one.last <= one.whole_last for one in found)


@given(DAY, st.integers(0, 6))
def test_weeks_are_those_of_pandas(day: date, week_start: int) -> None:
    ends_on = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")[week_start]
    theirs = pd.Period(pd.Timestamp(day), freq=f"W-{ends_on}")
    assert natural(day, "weekly", week_start) == (theirs.start_time.date(), theirs.end_time.date())


@given(DAY)
def test_months_are_those_of_pandas(day: date) -> None:
    theirs = pd.Period(pd.Timestamp(day), freq="M")
    assert natural(day, "monthly") == (theirs.start_time.date(), theirs.end_time.date())


@given(DAY, st.integers(0, 30))
def test_months_earlier_is_pandas_offset(day: date, months: int) -> None:
    assert months_earlier(day, months) == (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


@pytest.mark.parametrize(
    ("first", "last", "compare", "expected"),
    [
        pytest.param(date(2026, 10, 1), date(2026, 10, 31), "previous", (date(2026, 9, 1), date(2026, 9, 30)), id="a whole month"),
        pytest.param(date(2026, 7, 1), date(2026, 9, 30), "previous", (date(2026, 4, 1), date(2026, 6, 30)), id="a quarter"),
        pytest.param(date(2025, 1, 1), date(2025, 12, 31), "previous", (date(2024, 1, 1), date(2024, 12, 31)), id="a whole year"),
        pytest.param(date(2026, 11, 2), date(2026, 11, 8), "previous", (date(2026, 10, 26), date(2026, 11, 1)), id="a whole week"),
        pytest.param(date(2026, 10, 5), date(2026, 10, 7), "previous", (date(2026, 10, 2), date(2026, 10, 4)), id="three days"),
        pytest.param(date(2026, 2, 1), date(2026, 2, 28), "month", (date(2026, 1, 1), date(2026, 1, 31)), id="February, January"),
        pytest.param(date(2025, 2, 1), date(2025, 2, 28), "year", (date(2024, 2, 1), date(2024, 2, 29)), id="a leap February"),
        pytest.param(date(2024, 2, 29), date(2024, 2, 29), "year", (date(2023, 2, 28), date(2023, 2, 28)), id="a leap day"),
        pytest.param(date(2026, 3, 31), date(2026, 3, 31), "month", (date(2026, 2, 28), date(2026, 2, 28)), id="a month's end"),
    ],
)  # fmt: skip
def test_what_has_ended_is_compared_whole(
    first: date, last: date, compare: Compare, expected: tuple[date, date]
) -> None:
    assert before(first, last, compare) == Span(*expected)


@pytest.mark.parametrize(
    ("first", "compare", "expected"),
    [
        pytest.param(
            TODAY, "previous", Span(date(2026, 11, 23), date(2026, 11, 23), at(date(2026, 11, 23))), id="yesterday"
        ),
        pytest.param(
            TODAY, "week", Span(date(2026, 11, 17), date(2026, 11, 17), at(date(2026, 11, 17))), id="last Tuesday"
        ),
        pytest.param(
            date(2026, 11, 23),
            "previous",
            Span(date(2026, 11, 16), date(2026, 11, 17), at(date(2026, 11, 17))),
            id="this week",
        ),
        pytest.param(
            date(2026, 11, 1),
            "previous",
            Span(date(2026, 10, 1), date(2026, 10, 24), at(date(2026, 10, 24))),
            id="this month",
        ),
        pytest.param(
            date(2026, 1, 1),
            "previous",
            Span(date(2025, 1, 1), date(2025, 11, 24), at(date(2025, 11, 24))),
            id="this year",
        ),
        pytest.param(
            date(2026, 10, 14),
            "previous",
            Span(date(2026, 9, 2), date(2026, 10, 13), at(date(2026, 10, 13))),
            id="42 days",
        ),
    ],
)
def test_what_is_running_is_compared_until_the_same_time(first: date, compare: Compare, expected: Span) -> None:
    assert before(first, TODAY, compare) == expected


def test_a_running_31st_is_compared_with_the_whole_shorter_month() -> None:
    now = at(date(2026, 12, 31)).astimezone(UTC)
    assert before(date(2026, 12, 1), date(2026, 12, 31), "previous", now) == Span(date(2026, 11, 1), date(2026, 11, 30))


@given(DAY, st.integers(0, 120), st.integers(0, 24 * 60 - 1))
def test_days_just_before_are_as_long(first: date, more: int, minute: int) -> None:
    last = first + timedelta(days=more)
    now = at(last, minute // 60, minute % 60)
    back = Back(days=more + 1)
    span = elapsed(first, last, now, NAIROBI)
    earlier = counterpart(span, back, NAIROBI)
    assert earlier.last < first
    assert earlier.until is not None and span.until is not None
    assert earlier.last - earlier.first == span.last - span.first
    assert earlier.until.time() == span.until.astimezone(NAIROBI).time()


def test_days_to_come_are_left_out() -> None:
    assert elapsed(date(2026, 11, 23), date(2026, 11, 29), NOW, NAIROBI) == Span(date(2026, 11, 23), TODAY, at(TODAY))
    nothing = elapsed(date(2026, 12, 1), date(2026, 12, 31), NOW, NAIROBI)
    assert nothing == Span(date(2026, 12, 1), date(2026, 12, 1), at(date(2026, 12, 1), 0, 0))


def test_the_clock_time_is_kept_where_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    span = elapsed(date(2026, 3, 29), date(2026, 3, 29), now, zone)
    earlier = counterpart(span, period_back("daily", "previous"), zone)
    assert earlier.until is not None
    assert earlier.until.astimezone(zone).isoformat() == "2026-03-28T14:00:00+01:00"


def test_weeks_keep_their_weekdays() -> None:
    for compare in ("previous", "week", "month", "year"):
        back = period_back("weekly", compare)
        assert back(date(2026, 11, 23)).weekday() == 0
