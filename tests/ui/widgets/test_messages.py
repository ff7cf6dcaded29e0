"""Messages and notices: plain words; faults stay until they are read, news goes by itself."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.message_strip import Kind, MessageStack
from ui.widgets.notice import Notice


def stack(theme: Theme, qtbot: QtBot, stay: int = 60_000) -> MessageStack:
    host = QWidget()
    host.resize(900, 500)
    qtbot.addWidget(host)
    host.show()
    return MessageStack(theme, host, stay)


def test_a_message_is_plain_text_and_goes_when_dismissed(theme: Theme, qtbot: QtBot) -> None:
    messages = stack(theme, qtbot)
    strip = messages.say("error", "<b>ORG.csv</b> was refused", "row 14, Paid In")
    labels = [label for label in strip.findChildren(QLabel) if label.text()]
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert strip.accessibleName() == "error: <b>ORG.csv</b> was refused row 14, Paid In"
    assert not messages.isHidden()
    QTest.mouseClick(strip.findChildren(QToolButton)[0], Qt.MouseButton.LeftButton)
    assert messages.strips == ()
    assert messages.isHidden()
    messages.dismiss(strip)


def test_the_same_message_is_not_said_twice(theme: Theme, qtbot: QtBot) -> None:
    messages = stack(theme, qtbot)
    first = messages.say("warning", "Offline", "as of 14:05")
    assert messages.say("warning", "Offline", "as of 14:09") is first
    assert first.detail == "as of 14:09"
    assert messages.say("error", "Offline") is not first


def test_news_goes_by_itself_and_a_fault_stays(theme: Theme, qtbot: QtBot) -> None:
    messages = stack(theme, qtbot, stay=20)
    fault = messages.say("error", "The export stopped.")
    messages.say("success", "Exported")
    qtbot.waitUntil(lambda: messages.strips == (fault,))


def test_news_that_somebody_is_about_to_press_stays(theme: Theme, qtbot: QtBot) -> None:
    messages = stack(theme, qtbot, stay=20)
    strip = messages.say("success", "Exported", action=("Open folder", lambda: None))
    button = strip.findChildren(QPushButton)[0]
    button.setFocus()
    with qtbot.waitSignals([strip._passing.timeout, strip._passing.timeout]):
        pass
    assert messages.strips == (strip,)
    button.clearFocus()
    qtbot.waitUntil(lambda: messages.strips == ())


def test_newer_news_takes_the_place_of_older(theme: Theme, qtbot: QtBot) -> None:
    messages = stack(theme, qtbot)
    warning = messages.say("warning", "Offline")
    messages.say("info", "An export is running")
    newest = messages.say("success", "Exported")
    assert messages.strips == (warning, newest)


def test_it_stands_over_the_lower_left_whatever_the_size(theme: Theme, qtbot: QtBot) -> None:
    messages = stack(theme, qtbot)
    host = messages.parentWidget()
    assert host is not None
    messages.say("warning", "Offline")
    one = messages.geometry()
    assert (one.left(), one.bottom()) == (18, 500 - 13)
    messages.say("error", "The file was refused", "row 14, Paid In: " + "no number " * 20)
    qtbot.waitUntil(lambda: messages.height() > 2 * one.height() + 30)
    assert messages.geometry().bottom() == 500 - 13
    host.resize(400, 300)
    assert messages.geometry().bottom() == 300 - 13
    assert messages.width() == 400 - 36


def test_of_too_many_the_least_grave_and_oldest_goes(theme: Theme, qtbot: QtBot) -> None:
    messages = stack(theme, qtbot)
    kinds: list[Kind] = ["error", "success", "info", "warning", "error", "error"]
    for kind, text in zip(kinds, "abcdef", strict=True):
        messages.say(kind, text)
    assert [strip.text for strip in messages.strips] == ["a", "d", "e", "f"]


def test_the_button_of_a_message_acts(theme: Theme, qtbot: QtBot) -> None:
    acted: list[int] = []
    strip = stack(theme, qtbot).say("info", "1,142 matched", action=("Show", lambda: acted.append(1)))
    strip.findChildren(QPushButton)[0].click()
    theme.set_mode("dark")
    assert acted == [1]


def test_a_notice_says_why_and_what_next(theme: Theme, qtbot: QtBot) -> None:
    acted: list[int] = []
    notice = Notice(theme, "empty", "No payments match", "Clear a filter.", action=("Clear", lambda: acted.append(1)))
    qtbot.addWidget(notice)
    notice.findChildren(QPushButton)[0].click()
    assert acted == [1]
    assert (notice.accessibleName(), notice.accessibleDescription()) == ("No payments match", "Clear a filter.")
    notice.say("error", "<i>The database</i> does not answer")
    assert notice.findChildren(QPushButton)[0].isHidden()
    notice.findChildren(QPushButton)[0].click()
    assert acted == [1]
    assert notice.sentence == "<i>The database</i> does not answer"
    assert {label.textFormat() for label in notice.findChildren(QLabel) if label.text()} == {Qt.TextFormat.PlainText}
    assert notice.minimumSizeHint().width() == 120


def test_the_kinds_of_notice_look_different(theme: Theme, qtbot: QtBot) -> None:
    notice = Notice(theme, "loading", "Loading")
    qtbot.addWidget(notice)
    notice.resize(300, 200)
    pictures = [notice.grab().toImage()]
    notice.say("error", "Loading")
    pictures.append(notice.grab().toImage())
    theme.set_mode("dark")
    pictures.append(notice.grab().toImage())
    assert all(one != other for one, other in pairwise(pictures))
