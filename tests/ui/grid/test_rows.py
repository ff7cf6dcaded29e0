from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import ui.grid.rows
from ui.grid.rows import Rows


class RowsAgainstAList(RuleBasedStateMachine):
    """Whatever is put in and taken out, a row is found where a plain list has it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Rows[tuple[int, int]] = Rows(lambda row: row[0])
        self.plain: list[tuple[int, int]] = []
        self.news: dict[int, int] = {}
        self.next = 0

    @rule(where=st.floats(0, 1), count=st.integers(0, 9))
    def insert(self, where: float, count: int) -> None:
        at = round(where * len(self.plain))
        new = [(self.next + n, 0) for n in range(count)]
        self.next += count
        self.rows.insert(at, new)
        self.plain[at:at] = new

    @precondition(lambda self: self.plain)
    @rule(where=st.floats(0, 1), count=st.integers(1, 9))
    def remove(self, where: float, count: int) -> None:
        at = round(where * (len(self.plain) - 1))
        count = min(count, len(self.plain) - at)
        self.rows.remove(at, count)
        del self.plain[at : at + count]

    @precondition(lambda self: self.plain)
    @rule(where=st.floats(0, 1))
    def replace(self, where: float) -> None:
        at = round(where * (len(self.plain) - 1))
        number, version = self.plain[at]
        assert self.rows.replace(at, (number, version + 1)) == (number, version)
        self.plain[at] = (number, version + 1)
        self.news.pop(number, None)

    @precondition(lambda self: self.plain)
    @rule(where=st.floats(0, 1), version=st.integers(10, 99))
    def put_off(self, where: float, version: int) -> None:
        at = round(where * (len(self.plain) - 1))
        self.rows.brought_in(lambda row, new: (row[0], new))
        self.rows.put_off(at, version)
        self.news[self.plain[at][0]] = version

    @precondition(lambda self: self.plain)
    @rule(where=st.floats(0, 1))
    def read_one(self, where: float) -> None:
        at = round(where * (len(self.plain) - 1))
        number, version = self.plain[at]
        self.plain[at] = (number, self.news.pop(number, version))
        assert self.rows.current(at) == self.plain[at]

    @rule()
    def read_all(self) -> None:
        self.rows.catch_up()
        self.plain = [(number, self.news.get(number, version)) for number, version in self.plain]
        self.news.clear()

    @invariant()
    def same(self) -> None:
        assert list(self.rows) == self.plain
        assert [self.rows.find(number) for number, _ in self.plain] == list(range(len(self.plain)))
        assert all(self.rows.holds(number) for number, _ in self.plain)
        assert self.rows.find(-1) is None
        assert len(self.rows) == len(self.plain)


TestRowsAgainstAList = RowsAgainstAList.TestCase


def test_moving_many_places_is_put_off_and_comes_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.grid.rows, "_WORTH_MOVING", 3)
    rows = Rows(lambda number: number, range(20))
    rows.insert(10, [100, 101])
    rows.remove(9, 1)
    assert rows[8:12] == [8, 100, 101, 10]
    assert [rows.find(number) for number in rows] == list(range(21))
    assert not rows.holds(9)


def test_two_rows_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        Rows(lambda row: row, [1, 2, 1])
