"""The loaded stretch of a long list, against the list itself."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ui.grid.window import Window

NUMBERS = st.integers(0, 60)
COUNTS = st.integers(1, 9)


class WindowAgainstAList(RuleBasedStateMachine):
    """Numbers come and go in a list from the greatest down, and a window of it is loaded, grown and cut."""

    def __init__(self) -> None:
        super().__init__()
        self.list: list[int] = sorted(range(10, 50, 2), reverse=True)
        self.window: Window[int] = Window(lambda number: number)
        self.shown = self.list[:5]
        self.seq = self.told = 0
        # Changes that the database has and the window has not yet been told of.
        self.waiting: list[tuple[int, int | None, int | None]] = []
        self.window.show(0, None, self.shown[-1], 0)

    def change(self, before: int | None, after: int | None) -> None:
        self.seq += 1
        if before is not None:
            self.list.remove(before)
        if after is not None:
            self.list = sorted([*self.list, after], reverse=True)
        self.waiting.append((self.seq, before, after))

    @rule(number=NUMBERS)
    def comes(self, number: int) -> None:
        if number not in self.list:
            self.change(None, number)

    @rule(number=NUMBERS)
    def goes(self, number: int) -> None:
        if number in self.list:
            self.change(number, None)

    @rule(before=NUMBERS, after=NUMBERS)
    def moves(self, before: int, after: int) -> None:
        if before in self.list and after not in self.list:
            self.change(before, after)

    @rule()
    def is_told(self) -> None:
        for seq, before, after in self.waiting:
            self.window.follow(seq, before, after)
            if before in self.shown:
                self.shown.remove(before)
            if after is not None and self.window.side(after) == "within" and after not in self.shown:
                self.shown.append(after)
        self.waiting.clear()
        self.window.passed(self.seq)
        self.shown = sorted((one for one in self.shown if one in self.list), reverse=True)

    @rule(place=st.integers(0, 30), count=COUNTS)
    def jumps(self, place: int, count: int) -> None:
        place = max(0, min(place, len(self.list) - count))
        self.shown = self.list[place : place + count]
        if self.shown:
            end = place + count >= len(self.list)
            top = self.shown[0] if place else None
            self.window.show(place, top, None if end else self.shown[-1], self.seq)
        else:
            self.window.show(0, None, None, self.seq)

    @rule(count=COUNTS)
    def grows_up(self, count: int) -> None:
        top = self.window.top
        if top is None:
            return
        above = [one for one in self.list if one > top]
        page = above[-count:]
        self.window.grow_up(len(page), page[0] if len(above) > count else None, self.seq)
        self.shown = page + self.shown

    @rule(count=COUNTS)
    def grows_down(self, count: int) -> None:
        bottom = self.window.bottom
        if bottom is None:
            return
        below = [one for one in self.list if one < bottom]
        page = below[:count]
        self.window.grow_down(page[-1] if len(below) > count else None)
        self.shown = self.shown + page

    @precondition(lambda self: not self.waiting)
    @rule(count=COUNTS)
    def lets_go_above(self, count: int) -> None:
        if count < len(self.shown):
            self.shown = self.shown[count:]
            self.window.let_go_above(count, self.shown[0])

    @precondition(lambda self: not self.waiting)
    @rule(count=COUNTS)
    def lets_go_below(self, count: int) -> None:
        if count < len(self.shown):
            self.shown = self.shown[:-count]
            self.window.let_go_below(self.shown[-1])

    @invariant()
    def same(self) -> None:
        if self.waiting:
            return
        window = self.window
        assert self.shown == [one for one in self.list if window.side(one) == "within"]
        assert window.first == len([one for one in self.list if window.side(one) == "above"])


TestWindowAgainstAList = WindowAgainstAList.TestCase


def test_a_list_may_run_upwards() -> None:
    window: Window[int] = Window(lambda number: number, descending=False)
    window.show(3, 10, 20, seq=5)
    assert [window.side(number) for number in (9, 10, 20, 21)] == ["above", "within", "within", "below"]
    window.follow(6, None, 4)
    window.follow(7, 4, 15)
    window.follow(8, 15, 2)
    assert window.first == 4
    window.follow(5, None, 1)
    assert window.first == 4
