"""The shell: pages, messages, connections, tasks, files dropped, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.actions import ActionRegistry
from ui.main_window import MainWindow, rail_is_narrow
from ui.theme import Theme

# What opens a popup asks for the keyboard, which the offscreen display has not got.

AFTERNOON = datetime(2026, 11, 22, 11, 5, 13, tzinfo=UTC)
CTRL = Qt.KeyboardModifier.ControlModifier
Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot) -> Open:
    def opened(environment: str = "demo") -> MainWindow:
        theme = Theme("light")
        window = MainWindow(theme, ActionRegistry(parent=theme), environment=environment, now=lambda: AFTERNOON)
        theme.setParent(window)
        for name in ("payments", "alerts", "reconciliation"):
            window.add_page(name, name.title(), name, page(), compact_rail=name == "reconciliation")
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
        return window

    return opened


def page() -> QWidget:
    made = QWidget()
    QVBoxLayout(made).addWidget(QLineEdit())
    return made


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window()


def test_pages_open_by_key_and_by_click(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[str] = []
    window.page_changed.connect(seen.append)
    assert window.current_page == "payments"
    QTest.keyClick(window, Qt.Key.Key_3, CTRL)
    QTest.mouseClick(window.rail.button("alerts"), Qt.MouseButton.LeftButton)
    window.show_page("alerts")
    assert seen == ["reconciliation", "alerts"]
    assert window.rail.button("alerts").isChecked()
    assert not window.rail.button("reconciliation").isChecked()


def test_a_page_is_added_once_and_shown_only_when_known(window: MainWindow) -> None:
    with pytest.raises(ValueError, match="'alerts' exists already"):
        window.add_page("alerts", "Alerts", "alerts", QWidget())
    with pytest.raises(KeyError):
        window.show_page("weather")


def test_the_title_says_page_and_fleet(window: MainWindow) -> None:
    window.set_fleet("Msafiri Express")
    window.show_page("alerts")
    assert window.windowTitle() == "Alerts — Msafiri Express — Fleet Finance"
    assert window.status.fleet.text() == "Msafiri Express"


def test_the_rail_gives_its_room_away() -> None:
    assert rail_is_narrow(1199, collapsed=False, compact_page=False)
    assert not rail_is_narrow(1200, collapsed=False, compact_page=False)
    assert rail_is_narrow(1366, collapsed=False, compact_page=True)
    assert not rail_is_narrow(1367, collapsed=False, compact_page=True)
    assert rail_is_narrow(3840, collapsed=True, compact_page=False)


def test_the_rail_follows_width_page_and_person(window: MainWindow, qtbot: QtBot) -> None:
    narrow = [window.rail.narrow]
    window.resize(1024, 640)
    narrow.append(window.rail.narrow)
    QTest.keyClick(window, Qt.Key.Key_B, CTRL)
    narrow.append(window.rail.narrow)
    window.show_page("alerts")
    narrow.append(window.rail.narrow)
    window.resize(1366, 768)
    window.show_page("reconciliation")
    narrow.append(window.rail.narrow)
    window.show_page("payments")
    window.toggle_rail()
    narrow.append(window.rail.narrow)
    window.toggle_rail()
    narrow.append(window.rail.narrow)
    assert narrow == [False, True, False, True, True, True, False]


@pytest.mark.parametrize("size", [(1024, 640), (1366, 768), (3840, 2160)])
def test_the_window_fits_every_screen(window: MainWindow, size: tuple[int, int]) -> None:
    window.set_fleet("A fleet with a name that is far longer than anybody would want to read")
    window.set_connection("relay", "busy", "Reconnecting…")
    window.set_connection("database", "ok", "Database connected")
    window.show_task("Matching Saturday 21 November", 0.4, lambda: None)
    window.set_summary("1,284 payments today")
    window.resize(*size)
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    assert window.status.height() == 28
    row = [window.status.relay, window.status.database, window.status.task, window.status.clock]
    assert all(left.geometry().right() < right.geometry().left() for left, right in pairwise(row))
    assert row[-1].geometry().right() <= size[0]


def test_connections_are_told_by_words_and_icon(window: MainWindow) -> None:
    assert window.status.relay.isHidden()
    window.set_connection("relay", "ok", "Live · 0.2 s behind")
    window.set_connection("database", "bad", "Database unreachable")
    assert (window.status.relay.words, window.status.relay.state) == ("Live · 0.2 s behind", "ok")
    assert window.status.database.accessibleName() == "Database unreachable"
    assert not window.status.database.isHidden()


def test_the_environment_shows_except_in_production(open_window: Open) -> None:
    def words(window: MainWindow) -> list[str]:
        return [word.text() for word in window.status.findChildren(QLabel) if word.property("part") == "environment"]

    assert words(open_window("test")) == ["TEST"]
    assert words(open_window("production")) == []


def test_the_clock_is_nairobis(window: MainWindow) -> None:
    assert window.status.clock.text() == "14:05:13 EAT"


def test_a_running_task_can_be_cancelled_by_escape(window: MainWindow, qtbot: QtBot) -> None:
    cancelled: list[int] = []
    QTest.keyClick(window, Qt.Key.Key_Escape)
    window.show_task("Matching", None, lambda: cancelled.append(1))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    window.show_task("Writing", 0.5)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    window.hide_task()
    assert cancelled == [1]
    assert window.status.task.isHidden()


def test_badges_and_unread_alerts(window: MainWindow, qtbot: QtBot) -> None:
    window.set_badge("alerts", 3)
    window.set_unread(1)
    assert window.rail.button("alerts").accessibleName() == "Alerts, 3 waiting"
    assert window.status.unread.text() == "1 unread alert"
    QTest.mouseClick(window.status.unread, Qt.MouseButton.LeftButton)
    assert window.current_page == "alerts"
    window.set_unread(0)
    assert window.status.unread.isHidden()


def page_place(window: MainWindow) -> tuple[int, int, int]:
    shown = window._stack
    return shown.mapTo(window, shown.rect().topLeft()).y(), shown.height(), shown.width()


def test_messages_stay_until_dismissed(window: MainWindow) -> None:
    before = page_place(window)
    strip = window.show_message("error", "Refused", "row 14", ("Open", lambda: None))
    assert window.messages.strips == (strip,)
    assert page_place(window) == before
    assert window.messages.geometry().bottom() < window._stack.height()
    window.show_page("alerts")
    shown = window.childAt(strip.mapTo(window, strip.rect().center()))
    assert shown is not None
    assert strip.isAncestorOf(shown) or shown is strip
    window.dismiss_message(strip)
    assert window.messages.isHidden()


def test_the_appearance_goes_round_by_key(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_D, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert window._theme.mode == "dark"


def test_panels_open_by_key_and_keep_other_keys_away(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    assert window.palette_overlay.isVisible()
    QTest.keyClick(window.palette_overlay.query, Qt.Key.Key_3, CTRL)
    assert window.current_page == "payments"
    QTest.keyClick(window.palette_overlay.query, Qt.Key.Key_Escape)
    QTest.keyClick(window, Qt.Key.Key_Question)
    assert window.shortcuts_overlay.isVisible()
    QTest.keyClick(window.shortcuts_overlay, Qt.Key.Key_2, CTRL)
    QTest.keyClick(window.shortcuts_overlay, Qt.Key.Key_Escape)
    assert window.shortcuts_overlay.isHidden()
    assert window.current_page == "payments"


def test_the_rails_head_opens_the_menu_and_its_foot_the_palette(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(window.rail.foot, Qt.MouseButton.LeftButton)
    assert window.palette_overlay.isVisible()
    window.palette_overlay.dismiss()
    window._registry.run("window.menu")
    assert [entry.text() for entry in window._menu.actions()] == ["Pages", "Window"]
    window._menu.close()


def test_state_comes_back(open_window: Open, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "state.ini"), QSettings.Format.IniFormat)
    before = open_window()
    before.resize(1300, 700)
    before.show_page("alerts")
    before.toggle_rail()
    before._theme.set_mode("dark")
    before.save_state(settings)
    settings.sync()
    after = open_window()
    after.restore_state(QSettings(str(tmp_path / "state.ini"), QSettings.Format.IniFormat))
    assert (after.current_page, after.rail.narrow, after._theme.mode) == ("alerts", True, "dark")
    # The width would too, but the screen of the tests is narrower than any window of ours.
    assert after.height() == before.height() == 700


def test_damaged_state_changes_nothing(window: MainWindow, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "state.ini"), QSettings.Format.IniFormat)
    for key, value in (("geometry", "nonsense"), ("theme", "pink"), ("page", "weather"), ("rail_collapsed", "maybe")):
        settings.setValue(f"window/{key}", value)
    window.restore_state(settings)
    assert (window.current_page, window.rail.narrow, window._theme.mode) == ("payments", False, "light")


def test_reset_layout_always_works(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1100, 650)
    window.toggle_rail()
    with qtbot.waitSignal(window.layout_reset):
        window._registry.run("window.reset")
    assert (window.width(), window.height(), window.rail.narrow) == (1366, 768, False)


def dragged(*addresses: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(address) for address in addresses])
    return data


def enter(window: MainWindow, data: QMimeData) -> None:
    """A drag enters the window over a search box, as the system tells Qt."""
    actions, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(600, 30), actions, data, button, keys)
    QApplication.sendEvent(window.windowHandle(), event)


def test_a_statement_dropped_anywhere_is_taken(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    statement = tmp_path / "ORG_600000.csv"
    data = dragged(QUrl.fromLocalFile(str(statement)).toString(), "https://example.org/x.csv")
    actions, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter(window, data)
    assert window.drop_zone.isVisible()
    assert window.drop_zone.geometry() == window.rect()
    QApplication.sendEvent(window.drop_zone, QDragMoveEvent(QPoint(9, 9), actions, data, button, keys))
    with qtbot.waitSignal(window.files_dropped) as dropped:
        QApplication.sendEvent(window.drop_zone, QDropEvent(QPointF(9, 9), actions, data, button, keys))
    assert dropped.args == [[statement]]
    assert window.drop_zone.isHidden()


def test_other_things_dragged_are_left_alone(window: MainWindow) -> None:
    enter(window, dragged("https://example.org/x.csv"))
    text = QMimeData()
    text.setText("600.00")
    enter(window, text)
    assert window.drop_zone.isHidden()


def test_the_zone_goes_away_with_the_files(window: MainWindow, tmp_path: Path) -> None:
    enter(window, dragged(QUrl.fromLocalFile(str(tmp_path / "a.csv")).toString()))
    window.drop_zone.grab()
    QApplication.sendEvent(window.drop_zone, QDragLeaveEvent())
    assert window.drop_zone.isHidden()


def test_without_an_alerts_page_unread_alerts_lead_nowhere(qtbot: QtBot) -> None:
    theme = Theme("light")
    window = MainWindow(theme, ActionRegistry(parent=theme), environment="production")
    theme.setParent(window)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    window.status.unread_clicked.emit()
    assert window.current_page == ""


ALT = Qt.KeyboardModifier.AltModifier
BACK, FORWARD = Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton


@pytest.fixture
def travelled(window: MainWindow) -> list[str]:
    """Where the window was asked to go; there is always somewhere to go to."""
    ways: list[str] = []
    window.travel.allow(lambda: True, lambda: True)
    window.travel.back_wanted.connect(lambda: ways.append("back"))
    window.travel.forward_wanted.connect(lambda: ways.append("forward"))
    return ways


def press(window: MainWindow, button: Qt.MouseButton, kind: QEvent.Type = QEvent.Type.MouseButtonPress) -> None:
    """A mouse button goes down over the page, as the system tells Qt."""
    at = QPointF(600, 300)
    event = QMouseEvent(kind, at, window.mapToGlobal(at), button, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window.windowHandle(), event)


def test_back_and_forward_by_key(window: MainWindow, travelled: list[str]) -> None:
    QTest.keyClick(window, Qt.Key.Key_Left, ALT)
    QTest.keyClick(window, Qt.Key.Key_Right, ALT)
    assert travelled == ["back", "forward"]


def test_back_and_forward_by_the_mouses_own_buttons(window: MainWindow, travelled: list[str]) -> None:
    press(window, BACK)
    press(window, BACK, QEvent.Type.MouseButtonRelease)
    press(window, BACK, QEvent.Type.MouseButtonDblClick)
    press(window, FORWARD)
    assert travelled == ["back", "back", "forward"]


def test_nobody_travels_where_there_is_nowhere_to_go(window: MainWindow, travelled: list[str]) -> None:
    window.travel.allow(lambda: False, lambda: False)
    QTest.keyClick(window, Qt.Key.Key_Left, ALT)
    press(window, BACK)
    press(window, FORWARD)
    assert travelled == []
    assert not window._registry.run("window.back")


def test_a_window_that_nobody_has_told_of_places_stays_where_it_is(window: MainWindow) -> None:
    assert not window._registry.run("window.back")
    assert not window._registry.run("window.forward")


def test_nobody_travels_below_an_open_panel(window: MainWindow, travelled: list[str]) -> None:
    window.palette_overlay.open_palette()
    press(window, BACK)
    assert travelled == []
