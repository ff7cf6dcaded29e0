"""Rail, status bar and overlays by themselves."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.actions import Action, ActionRegistry
from ui.shortcuts import ShortcutsOverlay
from ui.theme import Theme
from ui.widgets.overlay import Overlay
from ui.widgets.rail import NARROW, WIDE, Rail
from ui.widgets.status_bar import State, StatusBar


def rail(theme: Theme, qtbot: QtBot) -> Rail:
    made = Rail(theme, "Fleet Finance")
    qtbot.addWidget(made)
    made.add("alerts", "Alerts", "alerts", "Ctrl+3")
    made.show()
    return made


def test_the_rail_shows_keys_or_counts(theme: Theme, qtbot: QtBot) -> None:
    made = rail(theme, qtbot)
    button = made.button("alerts")
    assert button._hint.isVisible()
    button.set_count(1200)
    assert (button._hint.isVisible(), button._badge.isVisible(), button._badge.text()) == (False, True, "999+")
    assert button.count == 1200


def test_a_narrow_rail_tells_by_tool_tip_and_dot(theme: Theme, qtbot: QtBot) -> None:
    made = rail(theme, qtbot)
    made.set_narrow(True)
    button = made.button("alerts")
    plain = button._icon.pixmap().toImage()
    button.set_count(3)
    assert button._icon.pixmap().toImage() != plain
    assert button.toolTip() == "Alerts, 3 waiting (Ctrl+3)"
    assert (made.width(), button.sizeHint().width() < NARROW) == (NARROW, True)
    assert button.minimumSizeHint().height() == 32
    made.set_narrow(False)
    assert (made.width(), button.toolTip()) == (WIDE, "")


def test_the_summary_gives_way_to_a_task_when_it_is_narrow(theme: Theme, qtbot: QtBot) -> None:
    bar = StatusBar(theme, "production")
    qtbot.addWidget(bar)
    bar.set_summary("1,284 payments today")
    bar.resize(1100, 28)
    bar.show()
    bar.show_task("Matching", 0.3, None)
    assert (bar.summary.isHidden(), bar.task.title) == (True, "Matching")
    bar.resize(1366, 28)
    assert not bar.summary.isHidden()
    bar.resize(1100, 28)
    bar.hide_task()
    assert not bar.summary.isHidden()


def test_the_clock_ticks(theme: Theme, qtbot: QtBot) -> None:
    times = iter(datetime(2026, 11, 22, 20, 59, second, 990_000, tzinfo=UTC) for second in (58, 59, 59, 59, 59))
    bar = StatusBar(theme, "test", now=lambda: next(times))
    qtbot.addWidget(bar)
    assert bar.clock.text() == "23:59:58 EAT"
    qtbot.waitUntil(lambda: bar.clock.text() == "23:59:59 EAT")
    bar._tick.stop()


def test_a_state_is_told_by_its_icon_too(theme: Theme, qtbot: QtBot) -> None:
    bar = StatusBar(theme, "production")
    qtbot.addWidget(bar)
    pictures = []
    states: list[State] = ["ok", "busy", "bad", "off"]
    for state in states:
        bar.relay.tell(state, "same words")
        # Without its colours: the shape alone must tell.
        pictures.append(bar.relay._icon.pixmap().toImage().convertToFormat(QImage.Format.Format_Alpha8))
    assert all(one != other for place, one in enumerate(pictures) for other in pictures[place + 1 :])


class Room:
    """A window with a field that has the focus, and an overlay with two more."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.window.resize(800, 600)
        self.field = QLineEdit()
        QVBoxLayout(self.window).addWidget(self.field)
        self.overlay = Overlay(self.window, width=400, top=60)
        self.inner = (QLineEdit(), QLineEdit())
        for field in self.inner:
            self.overlay.body.addWidget(field)
        qtbot.addWidget(self.window)
        with qtbot.waitActive(self.window):
            self.window.show()
        self.field.setFocus()
        self.overlay.show_over()


def test_an_overlay_covers_follows_and_gives_the_focus_back(qtbot: QtBot) -> None:
    room = Room(qtbot)
    room.window.resize(1000, 700)
    QApplication.processEvents()
    assert room.overlay.geometry() == room.window.rect()
    QTest.mouseClick(room.overlay, Qt.MouseButton.LeftButton, pos=room.overlay.panel.geometry().center())
    assert room.overlay.isVisible()
    with qtbot.waitSignal(room.overlay.closed):
        QTest.mouseClick(room.overlay, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert room.field.hasFocus()
    with qtbot.assertNotEmitted(room.overlay.closed):
        room.overlay.dismiss()
    room.window.resize(900, 700)


def test_tab_goes_round_inside(qtbot: QtBot) -> None:
    room = Room(qtbot)
    stops = []
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        focused = room.window.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
        stops.append(room.window.focusWidget())
    assert stops == [room.inner[0], room.inner[1], room.inner[0], room.inner[1]]


def test_an_empty_overlay_keeps_the_focus(qtbot: QtBot) -> None:
    room = Room(qtbot)
    for field in room.inner:
        field.hide()
    QTest.keyClick(room.overlay, Qt.Key.Key_Tab)
    assert room.window.focusWidget() is room.overlay
    room.overlay._focus_before = None
    QTest.keyClick(room.overlay, Qt.Key.Key_Escape)
    assert room.overlay.isHidden()


def test_the_overlay_of_keys_lists_what_has_one(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    registry = ActionRegistry(parent=window)
    registry.add(Action("match", "Auto-match…", "A", "Reconciliation", lambda: None))
    registry.add(Action("reset", "Reset layout", "", "Window", lambda: None))
    registry.add(Action("side", "Other side", "Left", "Reconciliation", lambda: None, passive=True))
    overlay = ShortcutsOverlay(window, registry)
    window.show()
    overlay.open_overlay()
    words = {label.text() for label in overlay.panel.findChildren(QLabel)}
    assert {"Auto-match", "A", "Other side", "Left", "Reconciliation"} <= words
    assert not {"Reset layout", "Window"} & words
    assert {"Lists", "Row above or below", "↑ ↓", "First or last row", "Home End", "Enter", "Ctrl+C"} <= words
    overlay.dismiss()
    registry.remove("match")
    overlay.open_overlay()
    QApplication.processEvents()
    assert "Auto-match" not in {label.text() for label in overlay.panel.findChildren(QLabel) if label.isVisible()}
