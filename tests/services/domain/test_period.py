from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.domain.period import NAIROBI, Days, day_of, month_of, preset, today, week_of

#: Already Monday in Nairobi, still Sunday in Greenwich.
LATE = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)


def test_a_day_is_the_fleets() -> None:
    assert day_of(LATE) == date(2026, 11, 23)
    assert today(ZoneInfo("UTC"), LATE) == date(2026, 11, 22)


def test_a_range_holds_its_first_and_not_its_end() -> None:
    days = Days(date(2026, 11, 22), date(2026, 11, 23))
    assert days.start == datetime(2026, 11, 22, tzinfo=NAIROBI)
    assert days.start in days
    assert days.end not in days
    assert days.end - days.start == timedelta(days=2)
    assert len(days) == 2


def test_a_range_is_made_of_its_days() -> None:
    days = Days(date(2026, 2, 28), date(2026, 3, 1), ZoneInfo("UTC"))
    assert [day.first for day in days.each()] == [day.last for day in days.each()]
    assert [day.first for day in days.each()] == [date(2026, 2, 28), date(2026, 3, 1)]
    assert {day.zone for day in days.each()} == {ZoneInfo("UTC")}


def test_a_range_ends_after_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        Days(date(2026, 11, 23), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", 23, 23),
        ("yesterday", 22, 22),
        ("last_7_days", 17, 23),
        ("this_week", 23, 23),
        ("this_month", 1, 23),
    ],
)
def test_presets(name: str, first: int, last: int) -> None:
    assert preset(name, now=LATE) == Days(date(2026, 11, first), date(2026, 11, last))


def test_weeks_start_monday_and_months_on_the_first() -> None:
    assert week_of(date(2026, 11, 22)) == date(2026, 11, 16)
    assert month_of(date(2028, 2, 29)) == date(2028, 2, 1)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("last_42_days", date(2026, 10, 13)),
        ("last_3_months", date(2026, 9, 1)),
        ("last_12_months", date(2025, 12, 1)),
        ("this_year", date(2026, 1, 1)),
    ],
)
def test_long_ranges_begin_where_whole_months_do(name: str, first: date) -> None:
    assert preset(name, NAIROBI, LATE) == Days(first, date(2026, 11, 23))
