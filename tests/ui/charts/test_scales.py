from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.charts.scales import date_marks, short_amount, ticks
from ui.charts.series import extent, runs


def days(count: int, first: date = date(2026, 10, 12)) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(count)]


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 480_000, 5, [0, 100_000, 200_000, 300_000, 400_000, 500_000]),
        (-30, 90, 4, [-50, 0, 50, 100]),
        (0, 1, 4, [0, 0.25, 0.5, 0.75, 1]),
        (7, 7, 4, [7]),
    ],
)
def test_marks_are_round_and_cover_the_values(low: float, high: float, most: int, expected: list[float]) -> None:
    assert ticks(low, high, most) == pytest.approx(expected)


@given(st.floats(-1e9, 1e9), st.floats(1e3, 1e9), st.integers(1, 9))
def test_marks_always_cover(low: float, width: float, most: int) -> None:
    found = ticks(low, low + width, most)
    step = found[1] - found[0]
    assert found[0] <= low + step * 1e-6 and found[-1] >= low + width - step * 1e-6
    assert len(found) <= most + 2


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (850, "850"), (2_500, "2.5k"), (400_000, "400k"), (1_200_000, "1.2M"), (-3e9, "−3B"), (2e12, "2T")],
)
def test_short_amounts(value: float, words: str) -> None:
    assert short_amount(value) == words


def test_a_few_days_are_all_named_and_many_only_by_their_mondays() -> None:
    assert date_marks(days(3), "daily", 8) == [(0, "Mon 12"), (1, "Tue 13"), (2, "Wed 14")]
    assert date_marks(days(42), "daily", 8)[:2] == [(0, "12 Oct"), (7, "19 Oct")]
    assert [at for at, _ in date_marks(days(42), "daily", 3)] == [0, 14, 28]


def test_weeks_and_months() -> None:
    weeks = [date(2026, 10, 12) + timedelta(weeks=n) for n in range(12)]
    assert date_marks(weeks[:2], "weekly", 4) == [(0, "12 Oct"), (1, "19 Oct")]
    assert [at for at, _ in date_marks(weeks, "weekly", 4)] == [0, 3, 6, 9]
    months = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert [words for _, words in date_marks(months, "monthly", 9)] == ["Nov 2026", "Dec", "Jan 2027", "Feb"]
    assert date_marks([], "daily", 5) == []


def test_stretches_with_values() -> None:
    assert runs((None, 1.0, 2.0, None, 3.0)) == [[1, 2], [4]]
    assert runs(()) == []


def test_the_extent_has_the_ground_in_it() -> None:
    assert extent((5.0, None), (9.0,)) == (0.0, 9.0)
    assert extent((-5.0,)) == (-5.0, 0.0)
    assert extent() == (0.0, 0.0)
