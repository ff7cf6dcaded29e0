from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.charts.legend import Legend
from ui.charts.series import Slot, Told
from ui.charts.value_card import ValueCard
from ui.theme import DARK, LIGHT, mixed

ENTRIES = [
    ("Revenue", "line", ""),
    ("A year earlier", "dashed", ""),
    ("Target", "target", ""),
    ("Smoothed", "smooth", ""),
    ("80 / 95 %", "band", ""),
    ("Cash", "", LIGHT.info),
    ("By hour", "", ""),
]


@pytest.fixture
def legend(qtbot: QtBot) -> Legend:
    made = Legend(LIGHT)
    qtbot.addWidget(made)
    made.show_entries(ENTRIES)  # type: ignore[arg-type]
    made.resize(900, 20)
    made.show()
    return made


def colours(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(image.height())}


def near(found: set[str], colour: str) -> bool:
    """Whether a colour is there, or nearly: lines of less than two px are not quite opaque."""
    wanted = QColor(colour)
    return any(
        abs(one.red() - wanted.red()) + abs(one.green() - wanted.green()) + abs(one.blue() - wanted.blue()) < 75
        for one in map(QColor, found)
    )


def test_every_entry_has_its_sample(legend: Legend) -> None:
    found = colours(legend)
    assert {LIGHT.info, mixed(LIGHT.accent, LIGHT.surface, 0.2)} <= found
    assert near(found, LIGHT.accent)
    assert legend.accessibleName() == ", ".join(word for word, _, _ in ENTRIES)


def test_what_has_no_room_is_left_out_from_the_end(legend: Legend) -> None:
    legend.resize(legend.sizeHint().width() - 10, 20)
    assert LIGHT.info in colours(legend)
    legend.resize(300, 20)
    assert LIGHT.info not in colours(legend)
    assert near(colours(legend), LIGHT.accent)


def test_another_theme(legend: Legend) -> None:
    legend.set_theme(DARK)
    band = mixed(LIGHT.accent, LIGHT.surface, 0.2), mixed(DARK.accent, DARK.surface, 0.2)
    assert (band[0] in colours(legend), band[1] in colours(legend)) == (False, True)


def test_a_value_card_is_as_large_as_its_words_and_samples_its_lines(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    card = ValueCard(LIGHT, parent)
    assert card.sizeHint().isEmpty()
    card.grab()
    told = (
        Told("Revenue", "KES 1.00", "line"),
        Told("Band", "1 – 2", "band"),
        Told("Cash", "KES 2.00", colour=LIGHT.info),
        Told("Payments", "7", public=True),
    )
    card.show_slot(Slot(date(2026, 11, 22), "Sun 22 Nov", told[:1]))
    small = card.size()
    card.show_slot(Slot(date(2026, 11, 22), "Sun 22 Nov", told))
    assert card.height() > small.height()
    assert {LIGHT.info, LIGHT.accentweak} <= colours(card) and near(colours(card), LIGHT.accent)
    before = card.grab().toImage()
    card.conceal(True)
    assert card.grab().toImage() != before
    card.set_theme(DARK)
    assert DARK.surface in colours(card)
