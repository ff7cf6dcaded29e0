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
from ui.grid.model import CONCEALED

NUMBERS = st.lists(st.integers(1, 40), max_size=8)
STEPS = st.lists(
    st.tuples(st.sampled_from(["insert", "update", "remove", "reset", "append", "trim"]), NUMBERS), max_size=12
)


def plainly(rows: dict[int, Paid], step: str, given_numbers: list[int], version: str) -> dict[int, Paid]:
    """What a step makes of a table that is a dictionary and is sorted when looked at."""
    if step == "reset":
        return {number: Paid(number, version) for number in given_numbers}
    if step == "remove":
        return {number: row for number, row in rows.items() if number not in given_numbers}
    if step == "trim":
        kept = sorted(rows, reverse=True)[: len(given_numbers)]
        return {number: rows[number] for number in kept}
    if step == "update":
        return {number: Paid(number, version) if number in given_numbers else row for number, row in rows.items()}
    if step == "append":
        lowest = min(rows, default=99)
        given_numbers = [number for number in given_numbers if number in rows or number < lowest]
    return rows | {number: Paid(number, version) for number in given_numbers}


def apply(model: GridModel[Paid], shown: dict[int, Paid], step: str, given_numbers: list[int], version: str) -> None:
    rows = [Paid(number, version) for number in given_numbers]
    if step == "reset":
        model.reset(sorted(set(rows), key=lambda row: -row.number))
    elif step == "remove":
        model.remove([*given_numbers, 777])
    elif step == "trim":
        model.trim(len(given_numbers))
        model.set_more(False)
    elif step == "update":
        model.update(rows)
    elif step == "append":
        lowest = min(shown, default=99)
        page = {row.number: row for row in rows if row.number in shown or row.number < lowest}
        model.append(sorted(page.values(), key=lambda row: -row.number))
    else:
        model.insert_sorted(rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_whatever_happens_the_table_is_what_a_plain_list_would_be(
    qapp: QApplication, steps: list[tuple[str, list[int]]]
) -> None:
    model = GridModel(COLUMNS, lambda row: row.number, order=Order[Paid](lambda row: row.number), clock=Clock())
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    shown: dict[int, Paid] = {}
    for version, (step, given_numbers) in enumerate(steps):
        apply(model, shown, step, given_numbers, f"name {version}")
        shown = plainly(shown, step, given_numbers, f"name {version}")
        wanted = sorted(shown.values(), key=lambda row: -row.number)
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


def test_a_late_row_below_the_last_is_left_to_its_page(model: GridModel[Paid]) -> None:
    model.reset([Paid(9), Paid(7)], more=True)
    model.fetchMore(QModelIndex())
    model.insert_sorted([Paid(8), Paid(3)])
    assert numbers(model) == [9, 8, 7]
    model.append([Paid(5), Paid(3)])
    model.insert_sorted([Paid(2)])
    assert numbers(model) == [9, 8, 7, 5, 3, 2]


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


def test_trimmed_rows_can_be_asked_for_again(model: GridModel[Paid]) -> None:
    model.reset(down_from(5))
    model.trim(9)
    assert not model.canFetchMore(QModelIndex())
    model.trim(2)
    assert numbers(model) == [5, 4]
    assert model.canFetchMore(QModelIndex())


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
    monkeypatch.setattr("ui.grid.model._KEPT_TEXTS", 2)
    model.reset(down_from(9))
    assert numbers(model) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert len(model._texts) <= 2
