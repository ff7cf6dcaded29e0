"""Which rows come on which page, and how wide columns are: for every number of rows and every need."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.printing.sheet import A3, A4, GAP, MARGIN, Need, Paging, sheet_for, widths

_WIDTHS = st.floats(10, 4_000)


@given(st.integers(0, 5_000), st.integers(0, 12), st.integers(0, 1), st.integers(0, 3))
def test_every_row_is_on_one_page_and_the_totals_fit_below(rows: int, first: int, other: int, closing: int) -> None:
    paging = A4.paging(first, other, closing)
    pages = paging.pages(rows)
    assert sum(pages) == rows
    assert all(count > 0 for count in pages[:-1])
    assert pages[0] <= paging.first
    assert all(count <= paging.other for count in pages[1:])
    assert pages[-1] + closing <= (paging.other if len(pages) > 1 else paging.first)


def test_totals_that_do_not_fit_have_a_page_of_their_own() -> None:
    paging = Paging(first=30, other=34, closing=2)
    assert paging.pages(28) == [28]
    assert paging.pages(29) == [29, 0]
    assert paging.pages(30 + 34) == [30, 34, 0]
    assert paging.pages(0) == [0]


@given(st.lists(st.tuples(_WIDTHS, st.floats(0, 1)), min_size=1, max_size=16))
def test_columns_fill_the_paper_and_none_is_narrower_than_it_can_be(drawn: list[tuple[float, float]]) -> None:
    needs = [Need(width, width * share) for width, share in drawn]
    found = widths(needs, A4.room)
    room = A4.room - GAP * (len(needs) - 1)
    assert all(width >= need.least - 1e-6 for width, need in zip(found, needs, strict=True))
    if sum(need.least for need in needs) <= room:
        assert abs(sum(found) - room) < 1
    if sum(need.width for need in needs) <= room:
        assert all(width >= need.width - 1e-6 for width, need in zip(found, needs, strict=True))


def test_the_widest_gives_way_first() -> None:
    found = widths([Need(300, 300), Need(900, 100), Need(500, 100)], room=1_000 + 2 * GAP)
    assert found[0] == 300
    assert abs(found[1] - 350) < 1
    assert abs(found[2] - 350) < 1
    found = widths([Need(300, 300), Need(900, 100), Need(200, 100)], room=1_000 + 2 * GAP)
    assert abs(found[1] - 500) < 1
    assert found[2] == 200


@given(st.lists(_WIDTHS, min_size=1, max_size=30))
def test_no_column_leaves_the_paper(leasts: list[float]) -> None:
    needs = [Need(least * 2, least) for least in leasts]
    sheet = sheet_for(needs)
    found = widths(needs, sheet.room)
    right = MARGIN + sum(found) + GAP * (len(found) - 1)
    assert all(width >= least - 1e-6 for width, least in zip(found, leasts, strict=True))
    assert right * sheet.scale <= sheet.paper[0] - MARGIN * sheet.scale + 1
    assert 0 < sheet.scale <= 1


def test_type_gets_smaller_before_the_paper_gets_larger() -> None:
    assert sheet_for([Need(7_000, 7_000)]) == A4
    smaller = sheet_for([Need(9_500, 9_500)])
    assert (smaller.name, round(smaller.scale, 2)) == ("A4", 0.83)
    assert sheet_for([Need(11_200, 11_200)]) == A3
    assert sheet_for([Need(20_000, 20_000)]).name == "A3"
