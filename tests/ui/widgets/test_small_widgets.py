"""Labels, buttons, pills, segments, cards, popups."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.button import button, menu_button
from ui.widgets.card import Card
from ui.widgets.label import ElidedLabel, label, plain_tip
from ui.widgets.pill import Pill
from ui.widgets.popup import Popup
from ui.widgets.segmented import Segmented
from ui.widgets.status_pill import StatusPill

# What opens a popup asks for the keyboard, which the offscreen display has not got.


def test_a_label_never_reads_markup(qtbot: QtBot) -> None:
    made = label("<b>Wanjiru</b>", tone="muted", scale="small", part="name")
    qtbot.addWidget(made)
    assert made.textFormat() == Qt.TextFormat.PlainText
    assert [made.property(name) for name in ("tone", "scale", "part")] == ["muted", "small", "name"]
    assert plain_tip("a & <b>\nc") == "<span>a &amp; &lt;b&gt;<br>c</span>"


def test_an_elided_label_tells_the_rest_by_tool_tip(qtbot: QtBot) -> None:
    made = ElidedLabel("Nairobi – Nakuru")
    qtbot.addWidget(made)
    made.resize(400, 20)
    made.show()
    assert (made.shown_text(), made.toolTip()) == ("Nairobi – Nakuru", "")
    made.resize(50, 20)
    assert made.shown_text().endswith("…")
    assert "Nakuru" in made.toolTip()
    assert made.minimumSizeHint().width() == 12


def test_buttons_have_manners(qtbot: QtBot) -> None:
    made, menu = button("Sign off", "primary", tip="Sign off (S)"), QMenu()
    qtbot.addWidget(made)
    assert (made.property("primary"), made.toolTip()) == (True, "Sign off (S)")
    holder = menu_button("Export", menu)
    qtbot.addWidget(holder)
    assert holder.menu() is menu
    assert menu.parent() is holder


def test_the_pill_counts_and_hides(qtbot: QtBot) -> None:
    pill = Pill()
    qtbot.addWidget(pill)
    pill.set_count(1400)
    assert (pill.text(), pill.accessibleName(), pill.isHidden()) == ("1,400 new ▲", "Show 1,400 new", False)
    pill.set_count(0)
    assert (pill.count, pill.isHidden()) == (0, True)


def test_a_segment_holds_and_tells(qtbot: QtBot) -> None:
    made = Segmented([("daily", "Daily"), ("weekly", "Weekly")], name="Grain")
    qtbot.addWidget(made)
    assert made.value == "daily"
    with qtbot.waitSignal(made.changed) as heard:
        QTest.mouseClick(made.findChildren(QPushButton)[1], Qt.MouseButton.LeftButton)
    assert heard.args == [made.value] == ["weekly"]
    with qtbot.assertNotEmitted(made.changed):
        made.set_value("daily")
    assert made.value == "daily"


def test_a_status_pill_shows_dot_and_word_in_its_colours(theme: Theme, qtbot: QtBot) -> None:
    pill = StatusPill(theme, "Completed", "completed")
    qtbot.addWidget(pill)
    pill.resize(pill.sizeHint())
    image = pill.grab().toImage()
    assert image.pixelColor(10, 10) == QColor(theme.tokens.completed)
    assert image.pixelColor(4, 10) == QColor(theme.tokens.completedweak)
    wide = pill.sizeHint().width()
    pill.show_status("On hold", "on_hold")
    assert (pill.text, pill.accessibleName()) == ("On hold", "On hold")
    assert pill.sizeHint().width() < wide
    assert pill.minimumSizeHint().width() == 44
    assert pill.grab().toImage().pixelColor(10, 10) == QColor(theme.tokens.muted)


def test_a_card_holds_a_body(qtbot: QtBot) -> None:
    card = Card(margins=(4, 5, 6, 7))
    qtbot.addWidget(card)
    card.body.addWidget(QLabel("inside"))
    assert card.body.contentsMargins().bottom() == 7


def test_a_popup_hangs_below_and_stays_on_the_screen(qtbot: QtBot) -> None:
    anchor = QPushButton("Filter")
    qtbot.addWidget(anchor)
    anchor.show()
    popup = Popup(anchor)
    popup.body.addWidget(QLabel("words\n" * 4))
    screen = anchor.screen().availableGeometry()
    anchor.move(100, 50)
    popup.drop()
    assert popup.pos() == anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
    popup.hide()
    anchor.move(screen.right() - 10, screen.bottom() - 40)
    popup.drop()
    assert screen.contains(popup.geometry())
    popup.hide()
