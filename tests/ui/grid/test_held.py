from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.grid.paid import Paid, Table, down_from, numbers
from ui.grid import GridModel, Held


class Reader:
    """Somebody who reads, or does not."""

    def __init__(self) -> None:
        self.reads = True

    def __call__(self) -> bool:
        return self.reads


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def held(model: GridModel[Paid], reader: Reader) -> Held[Paid]:
    model.reset(down_from(3))
    return Held(model, reader, limit=4)


def counts(held: Held[Paid]) -> list[int]:
    seen: list[int] = []
    held.held_changed.connect(seen.append)
    return seen


def test_nobody_reads_and_rows_go_in_at_once(held: Held[Paid], reader: Reader, model: GridModel[Paid]) -> None:
    seen = counts(held)
    reader.reads = False
    held.arrive([Paid(4)])
    held.follow()
    assert numbers(model) == [4, 3, 2, 1]
    assert seen == []


def test_while_somebody_reads_new_rows_wait_and_shown_ones_change(held: Held[Paid], model: GridModel[Paid]) -> None:
    seen = counts(held)
    held.arrive([Paid(4), Paid(2, status="failed"), Paid(5)])
    held.arrive([Paid(5, name="B")])
    assert numbers(model) == [3, 2, 1]
    assert model.text(1, 3) == "Failed"
    assert seen == [2]
    held.release()
    assert numbers(model) == [5, 4, 3, 2, 1]
    assert model.text(0, 1) == "B"
    assert seen == [2, 0]


def test_waiting_rows_are_updated_and_taken_out(held: Held[Paid], model: GridModel[Paid]) -> None:
    held.arrive([Paid(4), Paid(5)])
    held.update([Paid(4, name="B"), Paid(3, name="C"), Paid(9)])
    held.remove([5, 1])
    assert held.count == 1
    held.release()
    assert [(row.number, row.name) for row in model.rows] == [(4, "B"), (3, "C"), (2, "Amina")]


def test_the_end_of_reading_releases(held: Held[Paid], reader: Reader, model: GridModel[Paid]) -> None:
    held.arrive([Paid(4)])
    held.follow()
    assert held.count == 1
    reader.reads = False
    held.arrive([Paid(5)])
    assert numbers(model) == [5, 4, 3, 2, 1]
    assert held.count == 0


def test_more_than_are_kept_ask_for_a_reload(held: Held[Paid], model: GridModel[Paid], qtbot: QtBot) -> None:
    held.arrive(down_from(12)[:9])
    held.arrive([Paid(12)])
    assert held.count == 9
    held.remove([4])
    assert held.count == 8
    with qtbot.waitSignal(held.reload_wanted):
        held.release()
    assert held.count == 0
    assert numbers(model) == [3, 2, 1]


def test_rows_above_what_is_loaded_are_counted_and_never_kept(
    held: Held[Paid], reader: Reader, model: GridModel[Paid], qtbot: QtBot
) -> None:
    seen = counts(held)
    held.arrive([Paid(8)])
    assert held.row(8) == Paid(8)
    for number in (7, 8, 9, 9):
        held.count_beyond(number)
    assert (held.waiting, held.row(8)) == ([], None)
    held.remove([7])
    assert seen == [1, 2, 3, 2]
    with qtbot.waitSignal(held.reload_wanted):
        held.release()


def test_past_very_many_the_counted_are_only_numbered(held: Held[Paid], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.grid.held._TOLD_APART", 3)
    for number in range(10, 16):
        held.count_beyond(number)
    held.remove([10, 15])
    assert held.count == 5


def test_only_what_would_disturb_waits(model: GridModel[Paid]) -> None:
    model.reset([Paid(9), Paid(5), Paid(1)])
    held = Held(model, lambda: True, disturbs=lambda row: row.number > 5)
    held.arrive([Paid(3), Paid(7), Paid(5, name="B")])
    assert numbers(model) == [9, 5, 3, 1]
    assert [row.number for row in held.waiting] == [7]
    assert model.text(1, 1) == "B"


def test_another_table_forgets_the_waiting(held: Held[Paid]) -> None:
    seen = counts(held)
    held.arrive([Paid(4)])
    held.clear()
    held.clear()
    assert seen == [1, 0]


def test_with_a_table_on_the_screen(table: Table, qtbot: QtBot) -> None:
    model, view = table(100)
    held = Held(model, lambda: view.reading)
    view.position_changed.connect(held.follow)
    view.verticalScrollBar().setValue(300)
    held.arrive([Paid(101)])
    assert held.count == 1
    with qtbot.waitSignal(held.held_changed):
        view.go_to_top()
    assert numbers(model)[:2] == [101, 100]
    view.selectRow(0)
    held.arrive([Paid(102)])
    assert held.count == 1
    # The row that is being read goes away: reading ends, and nothing is put in while it goes.
    with qtbot.waitSignal(held.held_changed):
        held.remove([101])
    assert numbers(model)[:2] == [102, 100]
