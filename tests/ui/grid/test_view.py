from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.grid.paid import Clock, Paid, Table
from ui.grid import GridModel, GridView
from ui.grid.marks import FLASH_SECONDS
from ui.theme import DARK, LIGHT

Key = Qt.Key


def seen_at(view: GridView[Paid], y: int) -> tuple[int, int]:
    """Which payment is at `y` px of the table, and how far its upper edge is from there."""
    at = view.rowAt(y)
    return view._grid.row_at(at).number, view.rowViewportPosition(at)


def test_at_the_top_new_rows_come_into_view(table: Table, qapp: QApplication) -> None:
    model, view = table(100)
    assert view.at_top
    assert not view.reading
    model.insert_sorted([Paid(101), Paid(102)])
    qapp.processEvents()
    assert seen_at(view, 0) == (102, 0)


def test_what_is_read_stays_where_it_is(table: Table, qapp: QApplication) -> None:
    model, view = table(100)
    view.verticalScrollBar().setValue(307)
    before = seen_at(view, 40)
    model.insert_sorted([Paid(101), Paid(102)])
    model.insert_sorted([Paid(103)])
    assert not view.at_top
    qapp.processEvents()
    assert seen_at(view, 40) == before
    model.remove([102, 99, 1])
    qapp.processEvents()
    assert seen_at(view, 40) == before
    model.append([Paid(0)])
    model.update([Paid(50, status="failed")])
    qapp.processEvents()
    assert seen_at(view, 40) == before


def test_a_selected_row_at_the_top_stays_where_it_is(table: Table, qapp: QApplication) -> None:
    model, view = table(100)
    view.selectRow(2)
    before = seen_at(view, 70)
    assert view.reading
    model.prepend([Paid(101)])
    qapp.processEvents()
    assert seen_at(view, 70) == before
    assert [row.number for row in view.selected_rows()] == [98]
    assert not view.at_top


def test_other_rows_begin_at_the_top(table: Table, qtbot: QtBot) -> None:
    model, view = table(100)
    view.selectRow(1)
    view.verticalScrollBar().setValue(600)
    chosen: list[object] = []
    view.row_selected.connect(chosen.append)
    with qtbot.waitSignal(view.position_changed):
        model.reset([Paid(number) for number in range(300, 200, -1)])
    assert view.at_top
    assert not view.reading
    assert chosen == [None]


def test_rows_slide_in_unless_motion_is_reduced(table: Table, qtbot: QtBot, qapp: QApplication) -> None:
    model, view = table(100)
    view.set_reduced_motion(False)
    model.prepend([Paid(101)])
    view.updateGeometries()
    assert view.verticalScrollBar().value() == 30
    assert view.at_top
    qtbot.waitUntil(lambda: view.verticalScrollBar().value() == 0)
    model.prepend([Paid(number) for number in range(110, 101, -1)])
    view.updateGeometries()
    assert view.verticalScrollBar().value() == 0


def test_a_hand_on_the_scroll_bar_stops_the_slide(table: Table, qapp: QApplication) -> None:
    model, view = table(100)
    view.set_reduced_motion(False)
    model.prepend([Paid(101)])
    view.updateGeometries()
    view.verticalScrollBar().setValue(500)
    QTest.qWait(250)
    assert view.verticalScrollBar().value() == 500
    assert not view.at_top


def test_older_pages_are_asked_for_before_the_end_is_seen(table: Table, qtbot: QtBot) -> None:
    model, view = table(100)
    bar = view.verticalScrollBar()
    model.set_more(True)
    bar.setValue(100)
    assert model.canFetchMore(model.index(-1, -1))
    with qtbot.waitSignal(model.more_wanted):
        bar.setValue(bar.maximum() - bar.pageStep())


def test_the_keyboard_walks_the_rows(table: Table, qtbot: QtBot) -> None:
    _, view = table(100)
    activated: list[Paid] = []
    view.row_activated.connect(activated.append)
    walk = [(Key.Key_End, 1), (Key.Key_Up, 2), (Key.Key_Home, 100), (Key.Key_Down, 99)]
    for key, number in walk:
        QTest.keyClick(view, key)
        row = view.current_row()
        assert row is not None
        assert row.number == number
        assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    QTest.keyClick(view, Key.Key_PageDown)
    page = view.current_row()
    assert page is not None
    assert 85 < page.number < 95
    QTest.keyClick(view, Key.Key_Return)
    assert activated == [page]
    QTest.keyClick(view, Key.Key_Escape)
    assert view.selected_rows() == []
    assert view.current_row() is None
    QTest.keyClick(view, Key.Key_Return)
    assert activated == [page]


def test_an_empty_table_has_no_first_row(table: Table, qtbot: QtBot) -> None:
    _, view = table(0)
    QTest.keyClick(view, Key.Key_Home)
    QTest.keyClick(view, Key.Key_End)
    assert not view.currentIndex().isValid()


def test_a_double_click_activates(table: Table, qtbot: QtBot) -> None:
    model, view = table(5)
    where = view.visualRect(model.index(2, 1)).center()
    with qtbot.waitSignal(view.row_activated) as told:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert told.args == [Paid(3)]


def test_copying_gives_the_cells_as_shown(table: Table, qtbot: QtBot) -> None:
    model, view = table(5)
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("before")
    QTest.keyClick(view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "before"
    model.conceal(True)
    view.columns.show(0, False)
    view.columns.move(2, -1)
    view.selectRow(1)
    QTest.keyClick(view, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "100.00\t•••••\tCompleted\n100.00\t•••••\tCompleted"
    QTest.keyClick(view, Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert clipboard.text().splitlines()[0] == "Amount KES\tName\tStatus"


def test_a_row_is_chosen_by_its_id(table: Table) -> None:
    _, view = table(100)
    assert view.select(40)
    assert [row.number for row in view.selected_rows()] == [40]
    assert view.visualRect(view.currentIndex()).intersects(view.viewport().rect())
    assert not view.select(4_000)


def test_the_choice_is_moved_from_elsewhere(table: Table) -> None:
    model, view = table(100)
    assert view.step(1) == Paid(100)
    assert view.step(1) == Paid(99)
    assert view.step(-5) == Paid(100)
    assert view.step(500) == Paid(1)
    assert view.current_row() == Paid(1)
    model.reset([])
    assert view.step(1) is None


def test_the_first_arrow_begins_where_somebody_looks(table: Table) -> None:
    _, view = table(100)
    view.verticalScrollBar().setValue(1_500)
    QTest.keyClick(view, Key.Key_Down)
    assert view.current_row() == Paid(50)


def test_a_place_is_gone_back_to(table: Table) -> None:
    model, view = table(100)
    assert view.reading_place() is None
    view.verticalScrollBar().setValue(1_507)
    place = view.reading_place()
    assert place == (50, 7)
    model.reset([Paid(number) for number in range(120, 0, -1)])
    view.resume(place)
    assert seen_at(view, 0) == (50, -7)
    view.resume((5_000, 3))
    assert view.scrolled == 0
    view.resume(None)
    assert view.at_top


def test_in_the_middle_of_a_list_the_first_row_is_not_its_top(table: Table, qtbot: QtBot) -> None:
    model, view = table(100)
    model.set_earlier(True)
    assert not view.at_top
    assert view.reading
    assert view.reading_place() == (100, 0)
    with qtbot.waitSignal(view.start_wanted):
        QTest.keyClick(view, Key.Key_Home)
    model.set_more(True)
    with qtbot.waitSignal(view.end_wanted):
        QTest.keyClick(view, Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    model.put_above([Paid(102), Paid(101)])
    assert seen_at(view, 0) == (100, 0) or view.scrolled == 60


def test_pages_above_are_asked_for_before_the_top_is_seen(table: Table, qtbot: QtBot) -> None:
    model, view = table(200)
    bar = view.verticalScrollBar()
    bar.setValue(3_000)
    model.set_earlier(True)
    with qtbot.waitSignal(model.earlier_wanted):
        bar.setValue(bar.pageStep())


def test_the_menu_key_opens_the_menu_of_the_keyboards_column(table: Table, qapp: QApplication) -> None:
    _, view = table(3)
    asked: list[tuple[str, bool]] = []
    view.sort_wanted.connect(lambda name, descending: asked.append((name, descending)))
    for chosen, first in ((False, "Sort ascending"), (True, "Sort ascending")):
        if chosen:
            view.setCurrentIndex(view.model().index(1, 2))
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))
        QApplication.sendEvent(view.viewport(), event)
        menu = qapp.activePopupWidget()
        assert menu is not None
        actions = {action.text(): action for action in menu.actions()}
        assert first in actions
        actions["Sort descending"].trigger()
        menu.close()
    assert asked == [("created_at", True), ("amount_cents", True)]


def test_a_column_that_cannot_be_sorted_by_offers_no_order(table: Table) -> None:
    _, view = table(3)
    assert "Sort ascending" not in {action.text() for action in view.column_menu(3).actions()}
    view._sorting.ask(3)
    assert view.layout_state()["sort"] is None


def test_the_layout_comes_back(table: Table) -> None:
    _, view = table(3)
    view.columns.move(3, -1)
    view.columns.show(0, False)
    view.horizontalHeader().resizeSection(3, 151)
    view.set_sort("amount_cents", False)
    state = view.layout_state()
    assert state["order"] == ["number", "name", "status", "amount"]
    assert state["hidden"] == ["number"]
    view.columns.reset()
    assert view.columns.shown() == [0, 1, 2, 3]
    view.restore({**state, "sort": ["amount_cents", False]})
    assert view.columns.shown() == [1, 3, 2]
    assert view.layout_state() == state


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"order": "x", "widths": [1], "hidden": 3, "sort": "x"},
        {"order": ["gone", 4, "number"], "widths": {"number": "wide", "amount": -4}, "hidden": ["gone"]},
    ],
)
def test_a_layout_that_does_not_fit_leaves_the_declared_one(table: Table, state: dict[str, object]) -> None:
    _, view = table(3)
    declared = view.layout_state()
    view.restore(state)
    assert view.layout_state() == declared


def test_the_last_column_stays(table: Table) -> None:
    _, view = table(3)
    view.restore({"hidden": ["number", "name", "amount", "status"]})
    assert view.columns.shown() == [3]
    view.columns.move(3, 1)
    assert view.columns.shown() == [3]


def test_the_column_menu_hides_moves_and_resets(table: Table) -> None:
    _, view = table(3)
    actions = {action.text(): action for action in view.column_menu(1).actions()}
    assert actions["Name"].isChecked()
    actions["Name"].trigger()
    assert view.columns.shown() == [0, 2, 3]
    actions = {action.text(): action for action in view.column_menu(2).actions()}
    assert not actions["Name"].isChecked()
    actions["Move right"].trigger()
    assert view.columns.shown() == [0, 3, 2]
    actions["Move left"].trigger()
    actions["Move left"].trigger()
    assert view.columns.shown() == [2, 0, 3]
    actions["Name"].trigger()
    assert 1 in view.columns.shown()
    actions["Reset columns"].trigger()
    assert view.columns.shown() == [0, 1, 2, 3]
    assert "Move left" not in {action.text() for action in view.column_menu().actions()}


def test_the_only_column_cannot_be_unticked(table: Table) -> None:
    _, view = table(3)
    view.restore({"hidden": ["name", "amount", "status"]})
    actions = {action.text(): action for action in view.column_menu().actions()}
    assert not actions["Number"].isEnabled()


def test_a_right_click_on_the_header_opens_the_menu(table: Table, qapp: QApplication) -> None:
    _, view = table(3)
    header = view.horizontalHeader()
    where = QPoint(header.sectionViewportPosition(1) + 5, 10)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, header.mapToGlobal(where))
    QApplication.sendEvent(header.viewport(), event)
    menu = qapp.activePopupWidget()
    assert menu is not None
    assert menu.actions()[0].text() == "Sort ascending"
    menu.close()


def test_a_click_on_a_title_asks_for_the_order(table: Table, qtbot: QtBot) -> None:
    _, view = table(3)
    header = view.horizontalHeader()
    asked: list[tuple[str, bool]] = []
    view.sort_wanted.connect(lambda name, descending: asked.append((name, descending)))
    for section in (2, 2, 1, 3):
        where = QPoint(header.sectionViewportPosition(section) + 30, 12)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert asked == [("amount_cents", True), ("amount_cents", False), ("name", False)]
    assert view.layout_state()["sort"] == ("name", False)
    view.set_sort(None)
    assert view.layout_state()["sort"] is None


def test_an_empty_table_shows_why(table: Table) -> None:
    model, view = table(0)
    first, second = QLabel("No payments today"), QWidget()
    view.set_placeholder(first)
    assert first.isVisible()
    assert first.size() == view.viewport().size()
    view.resize(500, 200)
    assert first.size() == view.viewport().size()
    model.append([Paid(1)])
    assert not first.isVisible()
    model.remove([1])
    assert first.isVisible()
    view.set_placeholder(second)
    assert not first.isVisible()
    assert second.isVisible()
    view.set_placeholder(None)
    assert not second.isVisible()


def test_compact_rows_are_lower(table: Table) -> None:
    _, view = table(3)
    assert view.rowHeight(0) == 30
    view.set_compact(True)
    assert view.rowHeight(0) == 26


def test_flashes_are_drawn_until_the_last_is_over(table: Table, clock: Clock, qtbot: QtBot) -> None:
    model, view = table(40)
    assert not view._flashing.active
    model.update([Paid(39, status="failed"), Paid(3, status="failed")])
    assert view._flashing.active
    clock.now = FLASH_SECONDS / 2
    view._flashing.draw()
    assert view._flashing.active
    clock.now = FLASH_SECONDS
    view._flashing.draw()
    assert not view._flashing.active
    model.reset([])
    view._flashing.draw()
    assert not view._flashing.active


def test_it_has_a_name_for_screen_readers(table: Table) -> None:
    _, view = table(1)
    assert view.accessibleName() == "Payments"


def test_the_keyboards_row_is_marked_while_the_table_has_the_keyboard(table: Table, qtbot: QtBot) -> None:
    model, view = table(9)
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    QTest.keyClick(view, Key.Key_Home)
    assert view._delegate.focused_row == 0
    model.prepend([Paid(10)])
    assert view._delegate.focused_row == 1
    view.clearFocus()
    assert view._delegate.focused_row == -1


def test_it_takes_up_another_font_and_theme(table: Table) -> None:
    _, view = table(3)
    before = view._delegate._ink
    font = view.font()
    font.setPixelSize(19)
    view.setFont(font)
    assert view._delegate._ink.font.pixelSize() == 19
    view.set_theme(DARK)
    assert view._delegate._ink is not before
    assert view._delegate._ink.line.name().upper() == DARK.line
    assert view.reduced_motion


def test_two_tables_of_one_model_keep_their_own_place(model: GridModel[Paid], table: Table, qtbot: QtBot) -> None:
    _, first = table(60)
    second = GridView(model, LIGHT, "The same payments")
    qtbot.addWidget(second)
    second.resize(400, 200)
    second.show()
    qtbot.waitExposed(second)
    first.verticalScrollBar().setValue(300)
    assert not first.at_top
    assert second.at_top
