"""The registry of actions: who may do what, by which key, from where."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.actions import Action, ActionRegistry


class Office:
    """A window with two pages and a field, and a note of what was done in it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.pages = QStackedWidget()
        self.field = QLineEdit()
        column = QVBoxLayout(self.window)
        column.addWidget(self.pages)
        column.addWidget(self.field)
        self.first, self.second = QWidget(), QWidget()
        self.pages.addWidget(self.first)
        self.pages.addWidget(self.second)
        self.registry = ActionRegistry(parent=self.window)
        self.done: list[str] = []
        qtbot.addWidget(self.window)
        with qtbot.waitActive(self.window):
            self.window.show()

    def action(
        self,
        name: str,
        shortcut: str = "",
        section: str = "Office",
        *,
        enabled: Callable[[], bool] = lambda: True,
        passive: bool = False,
    ) -> Action:
        run = partial(self.done.append, name)
        return Action(name, name.title(), shortcut, section, run, enabled=enabled, passive=passive)


@pytest.fixture
def office(qtbot: QtBot) -> Office:
    return Office(qtbot)


def test_a_key_does_it_whether_added_before_or_after_the_window(office: Office, qtbot: QtBot) -> None:
    office.registry.add(office.action("import", "Ctrl+I"))
    office.registry.attach(office.window)
    office.registry.add(office.action("export", "Ctrl+E"))
    QTest.keyClick(office.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(office.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert office.done == ["import", "export"]


def test_what_is_not_possible_now_is_not_done(office: Office) -> None:
    office.registry.add(office.action("sign off", enabled=lambda: False))
    assert not office.registry.run("sign off")
    assert office.done == []
    assert office.registry.available() == ()


def test_two_pages_may_use_the_same_letter_and_a_field_keeps_its_letters(office: Office, qtbot: QtBot) -> None:
    office.registry.attach(office.window)
    office.registry.add(office.action("match", "A"), office.first)
    office.registry.add(office.action("acknowledge", "A"), office.second)
    QTest.keyClick(office.window, Qt.Key.Key_A)
    office.pages.setCurrentWidget(office.second)
    QTest.keyClick(office.window, Qt.Key.Key_A)
    office.field.setFocus()
    QTest.keyClick(office.field, Qt.Key.Key_A)
    assert office.done == ["match", "acknowledge"]
    assert office.field.text() == "a"
    assert [action.id for action in office.registry.available()] == ["acknowledge"]


def test_a_taken_name_or_key_is_refused(office: Office) -> None:
    office.registry.add(office.action("match", "Ctrl+M"), office.first)
    with pytest.raises(ValueError, match="'match' exists already"):
        office.registry.add(office.action("match"))
    with pytest.raises(ValueError, match=r"Ctrl\+M of 'merge' is taken by 'match'"):
        office.registry.add(office.action("merge", "Ctrl+M"))
    office.registry.add(office.action("known key", "Ctrl+M", passive=True))
    assert [action.id for action in office.registry.actions()] == ["match", "known key"]


def test_removing_frees_name_and_key(office: Office, qtbot: QtBot) -> None:
    office.registry.attach(office.window)
    office.registry.add(office.action("match", "Ctrl+M"))
    office.registry.remove("match")
    office.registry.remove("match")
    QTest.keyClick(office.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    office.registry.add(office.action("merge", "Ctrl+M"))
    assert office.done == []
    with pytest.raises(KeyError):
        office.registry.get("match")
    assert office.registry.get("merge").text == "Merge"


def test_an_action_goes_with_its_page(office: Office, qtbot: QtBot) -> None:
    office.registry.add_all([office.action("match", "A"), office.action("undo")], office.first)
    with qtbot.waitSignal(office.registry.changed):
        office.first.deleteLater()
    QApplication.processEvents()
    assert office.registry.actions() == ()


def test_sections_come_in_order_pages_first_window_last(office: Office) -> None:
    for name, section in (
        ("menu", "Window"),
        ("match", "Reconciliation"),
        ("audit", "Pages"),
        ("note", "Reconciliation"),
    ):
        office.registry.add(office.action(name, section=section))
    groups = office.registry.by_section()
    assert list(groups) == ["Pages", "Reconciliation", "Window"]
    assert [action.id for action in groups["Reconciliation"]] == ["match", "note"]


def test_the_menu_writes_keys_without_binding_them_twice(office: Office, qtbot: QtBot) -> None:
    office.registry.attach(office.window)
    office.registry.add(office.action("import", "Ctrl+I"))
    office.registry.add(office.action("refund", enabled=lambda: False))
    office.registry.add(office.action("escape", "Esc", section="Keys", passive=True))
    menu = QMenu(office.window)
    office.registry.fill(menu)
    office.registry.fill(menu)
    sections = [entry.text() for entry in menu.actions() if entry.isVisible()]
    part = menu.actions()[0].menu()
    assert isinstance(part, QMenu)
    assert sections == ["Office"]
    assert [(entry.text(), entry.isEnabled()) for entry in part.actions()] == [
        ("Import\tCtrl+I", True),
        ("Refund", False),
    ]
    part.actions()[0].trigger()
    QTest.keyClick(office.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert office.done == ["import", "import"]


def test_a_button_says_its_key() -> None:
    assert Action("sign", "Sign off day…", "Ctrl+Shift+S", "Day", lambda: None).tip == "Sign off day (Ctrl+Shift+S)"
    assert Action("sign", "Sign off day…", "", "Day", lambda: None).tip == "Sign off day"
