"""The button that opens a panel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.drop_button import DropButton


@pytest.fixture
def made(theme: Theme, qtbot: QtBot) -> DropButton:
    made = DropButton(theme, "Views", tip="Saved filters")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_keys_open_it(made: DropButton, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(made.clicked):
        QTest.keyClick(made, key)


def test_long_words_are_cut_but_never_their_mark(made: DropButton) -> None:
    made.say("Failed & refunded on the road to Nakuru <this week>", mark="•", active=True)
    made.resize(made.widths[0], 30)
    assert made.text().endswith("… •")
    assert "&&" in made.text()
    assert "&lt;this week&gt;" in made.toolTip()
    assert made.property("active") is True
    full = len(made.text())
    made.resize(made.widths[-1], 30)
    assert len(made.text()) < full
    assert made.text().endswith("… •")


def test_short_words_stay_and_keep_the_tip(made: DropButton) -> None:
    made.resize(made.widths[-1], 30)
    assert (made.text(), made.toolTip(), made.accessibleName()) == ("Views", "Saved filters", "Views")
    assert made.sizeHint().width() == made.minimumSizeHint().width() == made.widths[0]


def test_the_arrow_follows_the_theme(made: DropButton, theme: Theme) -> None:
    light = made.icon().pixmap(12, 12).toImage()
    theme.set_mode("dark")
    assert made.icon().pixmap(12, 12).toImage() != light
