"""Panels below a button: as high as their parts, inside the page, and Enter presses."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.popup import Popup

LONG = "Delete “Every failed payment of the early buses to Nakuru”? Everybody in this fleet loses it."


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    return made


@pytest.fixture
def popup(page: QWidget) -> Popup:
    anchor = QPushButton("Views", page)
    anchor.setGeometry(520, 0, 62, 30)
    anchor.show()
    return Popup(anchor)


def test_wrapped_words_deep_inside_are_seen_whole(popup: Popup) -> None:
    popup.setFixedWidth(220)
    inner, words = QWidget(), QLabel("Short")
    words.setWordWrap(True)
    QVBoxLayout(inner).addWidget(words)
    popup.body.addWidget(inner)
    popup.drop()
    low = popup.height()
    words.setText(LONG)
    popup.drop()
    assert words.height() >= words.heightForWidth(words.width()) > 2 * words.fontMetrics().height()
    words.setText("Short")
    popup.drop()
    assert popup.height() == low
    inner.hide()
    popup.drop()
    assert popup.height() < low


def test_a_panel_stays_left_of_the_pages_margin(page: QWidget, popup: Popup) -> None:
    popup.setFixedWidth(220)
    popup.body.addWidget(QLabel("Short"))
    popup.drop()
    assert popup.frameGeometry().right() <= page.frameGeometry().right() - 18


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_key_presses_the_button_it_stands_on(popup: Popup, qtbot: QtBot, key: Qt.Key) -> None:
    other, meant = QPushButton("Keep"), QPushButton("Save")
    popup.body.addWidget(other)
    popup.body.addWidget(meant)
    popup.drop()
    meant.setFocus()
    with qtbot.waitSignal(meant.clicked), qtbot.assertNotEmitted(other.clicked):
        QTest.keyClick(meant, key)
