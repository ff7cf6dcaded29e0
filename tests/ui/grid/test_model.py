from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.grid.paid import COLUMNS, Clock, Paid, down_from, numbers
from ui.grid import GridModel, Order
from ui.grid.texts import CONCEALED

NUMBERS = st.lists(st.integers(1, 40), max_size=8)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["insert", "update", "change", "remove", "reset", "append", "above", "cut", "cut_above", "look"]
        ),
        NUMBERS,
    ),
    max_size=12,
)


def plainly(rows: dict[int, Paid], step: str, given_numbers: list[int], version: str) -> dict[int, Paid]:
    """What a step makes of a table that is a dictionary and is sorted when looked at."""
    if step == "reset":
        return {number: Paid(number, version) for number in given_numbers}
    if step == "remove":
        return {number: row for number, row in rows.items() if number not in given_numbers}
    if step == "look":
        return rows
    if step in ("cut", "cut_above"):
        gone = sorted(rows, reverse=step == "cut_above")[: len(given_numbers)]
        return {number: row for number, row in rows.items() if number not in gone}
    if step in ("update", "change"):
        return {number: Paid(number, version) if number in given_numbers else row for number, row in rows.items()}
    if step == "append":
        lowest = min(rows, default=99)
        given_numbers = [number for number in given_numbers if number in rows or number < lowest]
    if step == "above":
        highest = max(rows, default=0)
        given_numbers = [number for number in given_numbers if number in rows or number > highest]
    return rows | {number: Paid(number, version) for number in given_numbers}


def apply(model: GridModel[Paid], shown: dict[int, Paid], step: str, given_numbers: list[int], version: str) -> None:
    rows = [Paid(number, version) for number in given_numbers]
    if step == "reset":
        model.reset(sorted(set(rows), key=lambda row: -row.number))
    elif step == "remove":
        model.remove([*given_numbers, 777])
    elif step == "cut":
        model.let_go_below(min(len(given_numbers), len(shown)))
    elif step == "cut_above":
        model.let_go_above(min(len(given_numbers), len(shown)))
    elif step == "update":
        model.update(rows)
    elif step == "change":
        known = [number for number in given_numbers if model.row_of(number) is not None]
        places = [at for at in model.places(known) if at is not None]
        model.change(places, [version] * len(known), lambda row, name: replace(row, name=name))
    elif step == "look" and shown:
        model.text(model.rowCount() // 2, 1)
    elif step in ("append", "above"):
        edge = min(shown, default=99) if step == "append" else max(shown, default=0)
        put = model.append if step == "append" else model.put_above
        page = {row.number: row for row in rows if row.number in shown or (row.number < edge) == (step == "append")}
        put(sorted(page.values(), key=lambda row: -row.number))
    elif step == "look":
        return
    else:
        model.insert_sorted(rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS, seen=st.sampled_from([None, range(0), range(2, 5)]))
def test_whatever_happens_the_table_is_what_a_plain_list_would_be(
    qapp: QApplication, steps: list[tuple[str, list[int]]], seen: range | None
) -> None:
    model = GridModel(COLUMNS, lambda row: row.number, order=Order[Paid](lambda row: row.number), clock=Clock())
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    if seen is not None:
        model.watch(lambda: seen)
    shown: dict[int, Paid] = {}
    for version, (step, given_numbers) in enumerate(steps):
        apply(model, shown, step, given_numbers, f"name {version}")
        shown = plainly(shown, step, given_numbers, f"name {version}")
        wanted = sorted(shown.values(), key=lambda row: -row.number)
        assert [model.sorted_row(row.number) is not None for row in wanted] == [True] * model.rowCount()
        if step != "change":
            assert list(model.rows) == wanted
        assert [model.row_of(row.number) for row in wanted] == list(range(len(wanted)))
        assert [model.text(at, 1) for at in range(len(wanted))] == [row.name for row in wanted]
    tester.deleteLater()
    model.deleteLater()


def areas(model: GridModel[Paid]) -> list[tuple[int, int, int, int]]:
    seen: list[tuple[int, int, int, int]] = []

    def note(first: QModelIndex, last: QModelIndex, _roles: Any) -> None:
        seen.append((first.row(), last.row(), first.column(), last.column()))

    model.dataChanged.connect(note)
    return seen


def test_an_update_announces_exactly_the_changed_cells(model: GridModel[Paid]) -> None:
    model.reset(down_from(6))
    seen = areas(model)
    model.update(
        [
            Paid(5, amount="9.00", status="failed"),
            Paid(4, amount="9.00", status="failed"),
            Paid(2, name="B", status="failed"),
        ]
    )
    model.update([Paid(1), Paid(99)])
    assert seen == [(1, 2, 2, 3), (4, 4, 1, 1), (4, 4, 3, 3)]
    assert model.marks.flash(5, 2) == model.marks.flash(2, 1) == 1.0
    assert model.marks.flash(5, 1) == model.marks.flash(1, 2) == 0.0


def test_a_status_that_reads_the_same_still_changes_the_pill(clock: Clock, qapp: QApplication) -> None:
    pill = replace(COLUMNS[3], text=lambda row: "Held")
    model = GridModel([pill], lambda row: row.number, clock=clock)
    model.reset([Paid(1)])
    seen = areas(model)
    model.update([Paid(1, status="failed"), Paid(1, status="failed", amount="2.00")])
    assert seen == [(0, 0, 0, 0)]


def test_new_rows_go_where_they_belong_and_are_marked(model: GridModel[Paid]) -> None:
    model.reset([Paid(9), Paid(5), Paid(1)])
    model.insert_sorted([Paid(7), Paid(10), Paid(6), Paid(5, amount="5.00"), Paid(0)])
    assert numbers(model) == [10, 9, 7, 6, 5, 1, 0]
    assert model.text(4, 2) == "5.00"
    assert model.marks.newness(7) == 1.0
    assert model.marks.newness(5) == 0.0


def test_without_an_order_new_rows_go_to_the_top_as_given(clock: Clock, qapp: QApplication) -> None:
    model = GridModel(COLUMNS, lambda row: row.number, clock=clock)
    model.reset([Paid(1)])
    model.insert_sorted([Paid(2), Paid(3)])
    model.prepend([Paid(4), Paid(1, name="B")])
    assert numbers(model) == [4, 2, 3, 1]
    assert model.text(3, 1) == "B"


def test_another_order_holds_from_then_on(model: GridModel[Paid]) -> None:
    model.reset([Paid(2, "B"), Paid(1, "D")])
    model.set_order(Order[Paid](lambda row: (row.name, row.number), descending=False))
    model.insert_sorted([Paid(3, "C"), Paid(4, "A"), Paid(5, "E")])
    assert numbers(model) == [4, 2, 3, 1, 5]


def test_an_older_page_is_asked_for_once(model: GridModel[Paid], qtbot: QtBot) -> None:
    asked: list[bool] = []
    model.more_wanted.connect(lambda: asked.append(True))
    model.reset(down_from(3), more=True)
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert len(asked) == 1
    model.set_more(True)
    model.fetchMore(QModelIndex())
    assert len(asked) == 2
    model.append([Paid(0)])
    assert not model.canFetchMore(QModelIndex())


def test_pages_are_asked_for_once_at_either_end(model: GridModel[Paid]) -> None:
    asked: list[str] = []
    model.more_wanted.connect(lambda: asked.append("more"))
    model.earlier_wanted.connect(lambda: asked.append("earlier"))
    model.reset(down_from(9)[3:], more=True, earlier=True)
    for _ in range(2):
        model.fetch_earlier()
        model.fetchMore(QModelIndex())
    assert asked == ["earlier", "more"]
    model.put_above([Paid(8), Paid(7)], earlier=True)
    model.fetch_earlier()
    model.put_above([Paid(9)])
    model.fetch_earlier()
    assert asked == ["earlier", "more", "earlier"]
    assert numbers(model) == list(range(9, 0, -1))
    assert not model.marks
    assert not model.earlier


def test_rows_that_were_let_go_can_be_asked_for_again(model: GridModel[Paid]) -> None:
    model.reset(down_from(5))
    assert not model.canFetchMore(QModelIndex())
    assert (model.earlier, model.more) == (False, False)
    model.let_go_below(2)
    model.let_go_above(1)
    assert numbers(model) == [4, 3]
    assert (model.earlier, model.more) == (True, True)


def test_rows_out_of_sight_are_written_when_they_are_read(model: GridModel[Paid]) -> None:
    model.reset(down_from(6))
    model.watch(lambda: range(1, 3))
    seen = areas(model)
    written: list[int] = []

    def fail(row: Paid, status: str) -> Paid:
        written.append(row.number)
        return replace(row, status=status)

    model.text(5, 3)
    assert model.places((6, 5, 99)) == [0, 1, None]
    model.change([0, 1, 2, 5], ["failed"] * 4, fail)
    model.update([Paid(3, name="B")])
    assert seen == [(1, 2, 3, 3)]
    assert written == [5, 4]
    assert [model.text(at, 3) for at in (0, 1, 5)] == ["Failed"] * 3
    assert written == [5, 4, 6, 1]
    assert model.text(3, 1) == "B"
    assert model.marks.flash(6, 3) == 0.0
    model.change([4], ["failed"], fail)
    model.remove([2])
    model.insert_sorted([Paid(2)])
    assert model.text(4, 3) == "Completed"
    model.change([5], ["failed"], fail)
    model.change([5], ["refunded"], fail)
    assert model.rows[-1].status == "refunded"
    assert written == [5, 4, 6, 1, 1]


def test_what_anybody_sees_is_in_sight(model: GridModel[Paid]) -> None:
    model.reset(down_from(40))
    assert model.sight() == range(40)
    model.watch(lambda: range(4, 9))
    assert model.sight() == range(4, 9)
    model.watch(lambda: range(20, 24))
    model.watch(lambda: range(0))
    assert model.sight() == range(4, 24)
    assert model.place_for(Paid(99)) == 0
    assert model.sorted_row(99) is None


def test_private_columns_are_masked_everywhere(model: GridModel[Paid]) -> None:
    model.conceal(True)
    model.reset(down_from(2))
    seen = areas(model)
    assert model.index(1, 1).data() == CONCEALED
    model.conceal(True)
    assert seen == []
    model.conceal(False)
    assert model.index(1, 1).data() == "Amina"
    assert seen == [(0, 1, 0, 3)]


def test_what_qt_is_told(model: GridModel[Paid]) -> None:
    model.reset([Paid(1, status="failed")])
    role = Qt.ItemDataRole
    assert model.index(0, 2).data(role.AccessibleTextRole) == "100.00"
    assert model.index(0, 3).data(role.AccessibleDescriptionRole) == "no answer"
    assert model.index(0, 0).data(role.AccessibleDescriptionRole) is None
    assert model.index(0, 2).data(role.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.index(0, 1).data(role.TextAlignmentRole) & Qt.AlignmentFlag.AlignLeft
    assert model.index(0, 1).data(role.DecorationRole) is None
    assert model.data(QModelIndex()) is None
    across = Qt.Orientation.Horizontal
    assert model.headerData(2, across) == "Amount KES"
    assert model.headerData(2, across, role.ToolTipRole) == "Gross"
    assert model.headerData(1, across, role.ToolTipRole) is None
    assert model.headerData(2, across, role.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.headerData(2, across, role.DecorationRole) is None
    assert model.headerData(9, across) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0


def test_texts_are_kept_for_few_rows_only(model: GridModel[Paid], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.grid.texts._KEPT", 2)
    model.reset(down_from(9))
    assert numbers(model) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert len(model._texts) <= 2
