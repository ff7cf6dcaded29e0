from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from services.revenue.targets import Target
from tests.ui.revenue.fake import NAMES, TODAY
from ui.revenue.targets import TargetsButton, TargetsPanel
from ui.theme import Theme


@pytest.fixture
def panel(qtbot: QtBot) -> TargetsPanel:
    theme = Theme("light")
    button = TargetsButton(theme)
    theme.setParent(button)
    qtbot.addWidget(button)
    button.show()
    button.set_names(NAMES)
    button.popup.set_today(TODAY)
    return button.popup


def line(panel: TargetsPanel, at: int) -> QWidget:
    item = panel._list.itemAt(at)
    widget = item.widget() if item is not None else None
    assert widget is not None
    return widget


def words(panel: TargetsPanel) -> list[str]:
    found = (line(panel, at) for at in range(panel._list.count()))
    return [label.text() for one in found for label in ([one] if isinstance(one, QLabel) else one.findChildren(QLabel))]


def test_routes_and_vehicles_can_have_targets(panel: TargetsPanel, qtbot: QtBot) -> None:
    texts = [panel.member.itemText(at) for at in range(panel.member.count())]
    assert texts[0] == "Whole fleet" and len(texts) == 1 + len(NAMES.routes) + len(NAMES.vehicles)
    panel.member.setCurrentIndex(texts.index("Nairobi – Thika"))
    panel.amount.setText("58,900.50")
    panel.first.setDate(QDate(2026, 12, 1))
    with qtbot.waitSignal(panel.set_wanted) as heard:
        panel.save.click()
    assert heard.args == [Target("route", UUID(int=102), date(2026, 12, 1), Decimal("58900.50"))]
    panel.set_names(NAMES)
    assert panel.member.currentText() == "Nairobi – Thika"


@pytest.mark.parametrize("written", ["", "0", "-5", "many", "1.005", "1e400"])
def test_what_is_no_amount_is_said_and_kept(panel: TargetsPanel, qtbot: QtBot, written: str) -> None:
    panel.amount.setText(written)
    with qtbot.assertNotEmitted(panel.set_wanted):
        panel.save.click()
    assert panel.complaint.startswith("An amount is written like") and panel.amount.text() == written
    assert panel.amount.accessibleDescription() == panel.complaint


def test_what_is_set_is_listed_latest_first_and_can_be_taken_away(panel: TargetsPanel, qtbot: QtBot) -> None:
    assert words(panel) == ["No target is set yet."]
    targets = [Target("", None, TODAY - timedelta(days=at), Decimal(1000 + at), "demo_manager") for at in range(9)]
    targets.append(Target("vehicle", UUID(int=999), TODAY + timedelta(days=1), Decimal(5)))
    panel.show_targets(targets)
    assert words(panel)[0] == "Vehicle 00000000: 5.00 a day from 23 Nov 2026"
    assert words(panel)[1] == "Whole fleet: 1,000.00 a day from 22 Nov 2026, set by demo_manager"
    assert words(panel)[-1] == "and 2 earlier ones"
    cross = line(panel, 1).findChildren(QToolButton)[0]
    with qtbot.waitSignal(panel.clear_wanted) as heard:
        cross.click()
    assert heard.args == [targets[0]]
    panel.allow("Not you.")
    assert line(panel, 1).findChildren(QToolButton) == []


def test_the_panel_takes_the_keyboard(panel: TargetsPanel, qtbot: QtBot) -> None:
    button = panel.parentWidget()
    assert isinstance(button, TargetsButton)
    button.click()
    assert panel.isVisible()
    panel.allow("Not you.")
    panel.take_focus()
    panel.refused("It was refused.")
    assert panel.complaint == "It was refused."
    panel.kept()
    assert panel.complaint == ""
    panel.hide()
