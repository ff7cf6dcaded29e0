"""The search box: one search for one thought."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.search_field import BUSY_AFTER_MS, SearchField


@pytest.fixture
def field(theme: Theme, qtbot: QtBot) -> SearchField:
    made = SearchField(theme, "Search name, phone or receipt", pause_ms=30)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def test_a_pause_in_typing_searches_once(field: SearchField, qtbot: QtBot) -> None:
    heard: list[str] = []
    field.searched.connect(heard.append)
    QTest.keyClicks(field, " wanj")
    qtbot.waitUntil(lambda: heard == ["wanj"])
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard == ["wanj"]


def test_enter_does_not_wait(field: SearchField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.searched) as heard:
        QTest.keyClicks(field, "0712")
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard.args == ["0712"]


def test_escape_empties_first_and_then_belongs_to_the_page(field: SearchField, qtbot: QtBot) -> None:
    field.set_query("0712")
    with qtbot.waitSignal(field.searched) as heard:
        QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (heard.args, field.text()) == ([""], "")
    with qtbot.assertNotEmitted(field.searched):
        QTest.keyClick(field, Qt.Key.Key_Escape)


def test_a_saved_view_writes_without_searching(field: SearchField, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(field.searched, wait=80):
        field.set_query("UKM7")
    assert field._cross.isVisible()
    with qtbot.waitSignal(field.searched):
        field._cross.trigger()
    assert not field._cross.isVisible()


def test_taking_the_focus_selects_what_is_written(field: SearchField) -> None:
    field.set_query("0712")
    field.clearFocus()
    field.take_focus()
    assert field.hasFocus()
    assert field.selectedText() == "0712"
    assert field.accessibleName() == "Search name, phone or receipt"


def test_an_answer_that_takes_long_is_told_and_a_quick_one_is_not(field: SearchField, qtbot: QtBot) -> None:
    field.show_busy(True)
    assert (field.busy, field._turning.interval()) == (False, BUSY_AFTER_MS)
    field._turning.timeout.emit()
    assert field.busy
    first = field.grab().toImage()
    field.show_busy(True)
    field._turning.timeout.emit()
    assert field.grab().toImage() != first
    field.show_busy(False)
    assert not field.busy
    assert not field._turning.isActive()


def test_the_theme_may_change_while_it_is_busy(field: SearchField, theme: Theme) -> None:
    field.show_busy(True)
    field._turning.timeout.emit()
    theme.set_mode("dark")
    assert field._glass.toolTip() == "Searching…"
    field.show_busy(False)
    assert field._glass.toolTip() == ""


def test_it_waits_while_somebody_types(field: SearchField, qtbot: QtBot) -> None:
    assert not field.waiting
    QTest.keyClicks(field, "a")
    assert field.waiting
    qtbot.waitUntil(lambda: not field.waiting)
