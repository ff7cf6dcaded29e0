from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.grid.paid import COLUMNS, Paid
from ui.grid import Column, GridModel, Order


def test_a_pill_without_a_status_is_refused() -> None:
    with pytest.raises(ValueError, match="'status' is a pill"):
        Column[Paid]("status", "Status", 100, lambda row: row.status, tone="pill")


def test_two_columns_of_one_key_are_refused(qapp: object) -> None:
    with pytest.raises(ValueError, match="called amount"):
        GridModel([*COLUMNS, COLUMNS[2]], lambda row: row.number)


@given(st.lists(st.integers(0, 20)), st.integers(0, 20), st.booleans())
def test_a_row_goes_where_sorting_would_put_it(held: list[int], new: int, descending: bool) -> None:
    order = Order[int](lambda number: number, descending)
    rows = order.arranged(held)
    rows.insert(order.place(rows, new), new)
    assert rows == sorted([*held, new], reverse=descending)


def test_a_row_goes_after_its_equals() -> None:
    order = Order[tuple[int, str]](lambda row: row[0])
    assert order.place([(3, "a"), (2, "b"), (2, "c"), (1, "d")], (2, "new")) == 3
