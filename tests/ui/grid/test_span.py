"""The scroll bar over a long list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.grid.span import TALLEST, Span, Travel

TRAVELS = st.builds(
    lambda first, loaded, rest, row, page: Travel(Span(first, loaded, first + loaded + rest), row, page),
    st.integers(0, 200_000_000), st.integers(0, 5_000), st.integers(0, 200_000_000), st.sampled_from([26, 30]),
    st.integers(60, 2_000),
)  # fmt: skip


def test_without_a_total_the_bar_runs_over_what_is_loaded() -> None:
    travel = Travel(Span(0, 100), 30, 600)
    assert (travel.furthest, travel.unit, travel.maximum) == (2_400, 1, 2_400)
    assert travel.value(300) == 300
    assert travel.within(300) == 300


def test_a_stretch_in_the_middle() -> None:
    travel = Travel(Span(1_000, 200, 10_000), 30, 600)
    assert travel.value(45) == 30_045
    assert travel.within(30_045) == 45
    assert travel.place(30_045) == 1_001
    assert [travel.within(pixel) for pixel in (29_999, 30_000, 35_400, 35_401)] == [None, 0, 5_400, None]


def test_a_total_that_has_fallen_behind_is_stretched() -> None:
    assert Span(90, 20, 100).length == 110


@given(TRAVELS, st.floats(0, 1))
def test_every_value_of_the_bar_is_a_place_of_the_list(travel: Travel, share: float) -> None:
    value = round(share * travel.maximum)
    assert 0 <= travel.pixel(value) <= travel.furthest
    assert travel.maximum <= TALLEST
    assert travel.pixel(travel.maximum) == travel.furthest
    assert travel.pixel(0) == 0


@given(TRAVELS, st.floats(0, 1))
def test_what_is_shown_is_found_again_to_the_unit(travel: Travel, share: float) -> None:
    room = travel.span.loaded * travel.row - travel.page
    if room < 0:
        return
    within = round(share * room)
    found = travel.within(travel.pixel(travel.value(within)))
    assert (found is None and travel.unit > 1) or (found is not None and abs(found - within) < travel.unit)


@pytest.mark.parametrize("total", [10_000_000, 100_000_000])
def test_the_end_of_a_very_long_list_is_reached(total: int) -> None:
    travel = Travel(Span(total - 300, 300, total), 30, 700)
    assert travel.within(travel.pixel(travel.maximum)) == 300 * 30 - 700
