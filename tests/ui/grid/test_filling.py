"""Columns that fill the room: never unreadably narrow, and as wide as a person wants."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.grid.paid import COLUMNS, Paid, down_from
from ui.grid import GridModel
from ui.grid.filling import LEAST
from ui.grid.view import GridView
from ui.theme import LIGHT

NAME = next(number for number, column in enumerate(COLUMNS) if column.key == "name")
AMOUNT = next(number for number, column in enumerate(COLUMNS) if column.key == "amount")


@pytest.fixture
def view(qtbot: QtBot) -> GridView[Paid]:
    """A table of 800 px."""
    made = GridView(GridModel(COLUMNS, lambda row: row.number), LIGHT, "Payments")
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.show()
    return made


def test_it_fills_the_room_and_follows_the_table(view: GridView[Paid]) -> None:
    header = view.horizontalHeader()
    assert header.length() == header.viewport().width() == 800
    view.resize(1_000, 300)
    QApplication.processEvents()
    assert header.length() == 1_000
    header.resizeSection(AMOUNT, 300)
    assert header.length() == 1_000


def test_it_fills_the_room_that_changed_while_nobody_saw_it(qtbot: QtBot) -> None:
    both = QStackedWidget()
    qtbot.addWidget(both)
    model = GridModel(COLUMNS, lambda row: row.number)
    view = GridView(model, LIGHT, "Payments")
    both.addWidget(QWidget())
    both.addWidget(view)
    both.resize(800, 300)
    both.show()
    # Rows that need a scroll bar, which takes its room when the table is seen.
    model.reset(down_from(60))
    both.setCurrentWidget(view)
    QApplication.processEvents()
    assert view.verticalScrollBar().isVisible()
    assert view.horizontalHeader().length() == view.viewport().width()
    assert not view.horizontalScrollBar().isVisible()


def test_it_is_never_too_narrow_to_read(view: GridView[Paid]) -> None:
    view.resize(200, 300)
    QApplication.processEvents()
    assert view.columnWidth(NAME) == LEAST
    assert view.horizontalHeader().length() > 200


def test_a_person_can_widen_it_and_finds_it_so_again(view: GridView[Paid]) -> None:
    view.horizontalHeader().resizeSection(NAME, 900)
    assert view.columnWidth(NAME) == 900
    state = view.layout_state()
    view.columns.reset()
    assert view.horizontalHeader().length() == 800
    view.restore(state)
    assert view.columnWidth(NAME) == 900
    view.columns.show(NAME, False)
    view.columns.show(NAME, True)
    assert view.columnWidth(NAME) == 900


def test_without_a_persons_wish_no_width_is_kept(view: GridView[Paid]) -> None:
    view.columns.show(NAME, False)
    view.columns.show(NAME, True)
    assert "name" not in view.layout_state()["widths"]
    assert view.horizontalHeader().length() == 800


def test_dragged_too_narrow_it_fills_the_room_again(view: GridView[Paid]) -> None:
    view.horizontalHeader().resizeSection(NAME, 60)
    assert view.horizontalHeader().length() == 800
