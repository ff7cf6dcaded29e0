"""Kenyan days: Easter, the moon's holidays, Mondays in lieu, and the month's parts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.revenue.forecasting.calendar import MONTH_PARTS, easter, holidays, islamic, month_part, special


@pytest.mark.parametrize(
    "sunday",
    [date(1961, 4, 2), date(2000, 4, 23), date(2008, 3, 23), date(2024, 3, 31), date(2025, 4, 20), date(2038, 4, 25)],
)
def test_easter(sunday: date) -> None:
    assert easter(sunday.year) == sunday


@pytest.mark.parametrize(
    ("hijri", "sighted"),
    [
        ((1444, 10, 1), date(2023, 4, 21)),
        ((1445, 10, 1), date(2024, 4, 10)),
        ((1445, 12, 10), date(2024, 6, 16)),
        ((1446, 10, 1), date(2025, 3, 31)),
        ((1446, 12, 10), date(2025, 6, 6)),
    ],
)
def test_the_tabular_moon_is_at_most_a_day_off(hijri: tuple[int, int, int], sighted: date) -> None:
    assert abs(islamic(*hijri) - sighted) <= timedelta(days=1)


def test_a_year_of_holidays() -> None:
    assert [(str(holiday.day), holiday.name) for holiday in holidays(2024) if not holiday.approximate] == [
        ("2024-01-01", "New Year's Day"),
        ("2024-03-29", "Good Friday"),
        ("2024-04-01", "Easter Monday"),
        ("2024-05-01", "Labour Day"),
        ("2024-06-01", "Madaraka Day"),
        ("2024-10-10", "Mazingira Day"),
        ("2024-10-20", "Mashujaa Day"),
        ("2024-10-21", "Mashujaa Day (in lieu)"),
        ("2024-12-12", "Jamhuri Day"),
        ("2024-12-25", "Christmas Day"),
        ("2024-12-26", "Boxing Day"),
    ]
    assert [holiday.name for holiday in holidays(2024) if holiday.approximate] == ["Idd-ul-Fitr", "Idd-ul-Azha"]


def test_a_holiday_in_lieu_passes_over_days_that_are_holidays_already() -> None:
    christmas = [holiday.day for holiday in holidays(2022) if holiday.name == "Christmas Day (in lieu)"]
    assert christmas == [date(2022, 12, 27)]


def test_october_the_tenth_was_an_ordinary_day_for_some_years() -> None:
    names = [{holiday.name for holiday in holidays(year)} for year in (2017, 2018)]
    assert ["Mazingira Day" in year for year in names] == [False, True]


def test_both_idds_of_a_year_that_has_one_twice() -> None:
    assert [holiday.name for holiday in holidays(2000) if holiday.approximate and "lieu" not in holiday.name] == [
        "Idd-ul-Fitr",
        "Idd-ul-Azha",
        "Idd-ul-Fitr",
    ]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2024, 12, 25), "Christmas Day"),
        (date(2024, 12, 20), "before Christmas"),
        (date(2024, 12, 28), "after Christmas, weekend"),
        (date(2024, 1, 1), "New Year's Day"),
        (date(2024, 1, 2), "after New Year"),
        (date(2024, 3, 28), "before Easter"),
        (date(2024, 3, 31), "Easter Sunday, weekend"),
        (date(2024, 10, 10), "national day"),
        (date(2024, 10, 9), "before a holiday"),
        (date(2024, 10, 11), "after a holiday"),
        (date(2024, 6, 1), "national day, weekend"),
        (date(2024, 4, 10), "Idd"),
        (date(2024, 2, 29), ""),
    ],
)
def test_what_makes_a_day_special(day: date, kind: str) -> None:
    assert special(day) == kind


def test_every_month_ends_alike() -> None:
    for month, last in ((2, 28), (4, 30), (12, 31)):
        parts = [MONTH_PARTS[month_part(date(2025, month, day))] for day in range(last - 5, last + 1)]
        assert parts == ["six to four days before the end"] * 3 + ["the last three days"] * 3
    assert month_part(date(2024, 2, 29)) == month_part(date(2025, 2, 28)) == 0


def test_a_month_has_all_its_parts_in_order() -> None:
    parts = [month_part(date(2025, 1, day)) for day in range(1, 32)]
    assert list(dict.fromkeys(parts)) == [1, 2, 3, 5, 6, 7, 8, 4, 0]
