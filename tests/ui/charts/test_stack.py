from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ui.charts.stack import HOURS, STACKED, bar_span, hour_at, segment_at, segments, told

COUNTS = st.dictionaries(
    st.sampled_from([*STACKED, "on_hold"]), st.tuples(st.integers(0, 5_000), st.just(Decimal("1.50")))
)


def test_unknown_statuses_are_told_together_and_empty_ones_not() -> None:
    hour = {
        "on_hold": (1, Decimal(5)),
        "lost": (2, Decimal(6)),
        "failed": (0, Decimal(0)),
        "completed": (3, Decimal(9)),
    }
    assert list(told(hour).items()) == [("completed", (3, Decimal(9))), ("other", (3, Decimal("11.00")))]


def test_failed_stands_on_the_ground_and_completed_on_top() -> None:
    hour = {"completed": (6, Decimal(6)), "failed": (3, Decimal(3)), "pending": (1, Decimal(1))}
    bars = segments([hour], 24 * 46, 100)
    assert [(bar.status, bar.top, bar.height) for bar in bars] == [
        ("failed", 70, 30),
        ("pending", 60, 10),
        ("completed", 0, 60),
    ]
    assert {(bar.left, bar.width) for bar in bars} == {(8, 30)}


@given(st.lists(COUNTS, min_size=HOURS, max_size=HOURS), st.floats(240, 4_000), st.floats(0, 300))
def test_bars_stay_inside_and_upon_each_other(
    hours: list[dict[str, tuple[int, Decimal]]], width: float, height: float
) -> None:
    bars = segments(hours, width, height)
    assert {(bar.hour, bar.status) for bar in bars} == {
        (n, name) for n, hour in enumerate(hours) for name in told(hour)
    }
    below: dict[int, float] = {}
    for bar in bars:
        assert abs(bar.top + bar.height - below.get(bar.hour, height)) < 1e-6
        assert bar.top >= -1e-6
        assert 0 <= bar.left < bar.left + bar.width <= width
        below[bar.hour] = bar.top


def test_what_happened_at_all_is_seen_and_can_be_hit() -> None:
    bars = segments([{"completed": (5_000, Decimal(0)), "failed": (1, Decimal(0))}], 24 * 46, 80)
    assert bars[0].height == 2
    hit = segment_at(bars, 20, 79)
    assert hit is not None
    assert hit.status == "failed"
    assert segment_at(bars, 2, 79) is None


def test_bars_of_like_hours_can_be_compared() -> None:
    # Small statuses are drawn taller than they are, which must not make a lower bar as high as the highest.
    hours = [
        {"completed": (count, Decimal(0)), "failed": (9, Decimal(0)), "pending": (1, Decimal(0))}
        for count in (990, 960, 890)
    ]
    tops = {bar.hour: bar.top for bar in segments(hours, 24 * 46, 100)}
    assert [round(tops[hour], 6) for hour in range(3)] == [0, 3, 10]


def test_hours_by_place() -> None:
    assert [hour_at(x, 240) for x in (-1, 0, 9, 10, 239, 240)] == [None, 0, 0, 1, 23, None]
    assert hour_at(5, 0) is None
    assert all(hour_at(bar_span(hour, 777)[0], 777) == hour for hour in range(HOURS))
