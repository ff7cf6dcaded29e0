"""Messages and notices: plain words that stay until they are read."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.message_strip import Kind, MessageStack
from ui.widgets.notice import Notice


def stack(theme: Theme, qtbot: QtBot) -> MessageStack:
    made = MessageStack(theme)
    qtbot.addWidget(made)
    return made


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
