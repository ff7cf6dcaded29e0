from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from ui.charts.heat import HeatMap
from ui.theme import DARK, LIGHT

Key = Qt.Key
NONE = (Decimal(0), 0)
WEEK = [[NONE] * 24 for _ in range(7)]
WEEK[0] = [NONE] * 7 + [(Decimal("1000.00"), 41)] + [NONE] * 16
WEEK[5] = [NONE] * 7 + [(Decimal("4000.50"), 1), (Decimal("0.01"), 1)] + [(Decimal("-5.00"), 0)] + [NONE] * 14


@pytest.fixture
def heat(qtbot: QtBot) -> HeatMap:
    made = HeatMap(LIGHT)
    qtbot.addWidget(made)
    made.resize(880, 220)
    made.set_data(WEEK, "KES", hint="Click for more")
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def picks(heat: HeatMap) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    heat.picked.connect(lambda weekday, hour: seen.append((weekday, hour)))
    return seen


def middle(heat: HeatMap, weekday: int, hour: int) -> QPoint:
    return heat._area(weekday, hour).center().toPoint()


def shown(heat: HeatMap, weekday: int, hour: int) -> str:
    return heat.grab().toImage().pixelColor(middle(heat, weekday, hour)).name().upper()


def test_the_more_the_darker(heat: HeatMap) -> None:
    assert shown(heat, 5, 7) == LIGHT.accent
    assert shown(heat, 2, 3) == LIGHT.sunken
    assert 0 < heat.strength(5, 8) < heat.strength(0, 7) < heat.strength(5, 7) == 1
    assert heat.strength(5, 9) == 0
    heat.set_theme(DARK)
    assert shown(heat, 5, 7) == DARK.accent


def test_a_cell_is_picked_by_mouse(heat: HeatMap, picks: list[tuple[int, int]]) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseMove(heat, middle(heat, 5, 7))
    QTest.mouseClick(heat, left, none, middle(heat, 5, 7))
    QTest.mouseClick(heat, left, none, QPoint(3, 3))
    QTest.mouseClick(heat, Qt.MouseButton.RightButton, none, middle(heat, 0, 7))
    assert picks == [(5, 7)] and heat.place == (5, 7)


def test_arrow_keys_walk_and_stop_at_the_edges(heat: HeatMap, picks: list[tuple[int, int]]) -> None:
    heat.setFocus()
    assert heat.accessibleDescription() == "most: Sat 07:00–07:59: KES 4,000.50, 1 payment"
    QTest.keyClick(heat, Key.Key_Return)
    QTest.keyClick(heat, Key.Key_Right)
    assert heat.accessibleDescription() == "Mon 07:00–07:59: KES 1,000.00, 41 payments\nClick for more"
    assert "Mon 07:00–07:59: KES 1,000.00, 41 payments\nClick for more" in QToolTip.text()
    QTest.keyClick(heat, Key.Key_Up)
    QTest.keyClick(heat, Key.Key_Left)
    QTest.keyClick(heat, Key.Key_Down)
    QTest.keyClick(heat, Key.Key_Return)
    assert picks == [(1, 6)]
    for _ in range(9):
        QTest.keyClick(heat, Key.Key_Down)
    assert heat.place == (6, 6)
    assert heat.accessibleDescription() == "Sun 06:00–06:59: KES 0.00, 0 payments"
    assert heat.grab().toImage().pixelColor(heat._area(6, 6).topLeft().toPoint() + QPoint(6, 0)).lightness() < 120
    QTest.keyClick(heat, Key.Key_Escape)
    assert heat.place is None
    QTest.keyClick(heat, Key.Key_Escape)
    heat.clearFocus()


def test_a_week_may_begin_on_another_day(heat: HeatMap) -> None:
    before = heat._area(5, 7).top()
    heat.set_data(WEEK, "KES", first=5)
    assert heat._area(5, 7).top() == 0 < before
    heat.setFocus()
    QTest.keyClick(heat, Key.Key_Down)
    assert heat.place == (5, 7)
    QTest.keyClick(heat, Key.Key_Down)
    assert heat.place == (6, 7)


def test_the_pointer_is_told_what_a_cell_holds(heat: HeatMap) -> None:
    at = middle(heat, 0, 7)
    QApplication.sendEvent(heat, QHelpEvent(QEvent.Type.ToolTip, at, heat.mapToGlobal(at)))
    assert "Mon 07:00–07:59: KES 1,000.00, 41 payments\nClick for more" in QToolTip.text()
    QApplication.sendEvent(heat, QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), heat.mapToGlobal(QPoint(1, 1))))
    assert heat.event(QEvent(QEvent.Type.None_)) is False


def test_hidden_amounts_are_not_told(heat: HeatMap) -> None:
    heat.conceal(True)
    assert heat.words(0, 7) == "Mon 07:00–07:59: KES •••••, 41 payments"
    assert "4,000.50" not in heat.accessibleDescription()


def test_another_shape_is_refused_and_nothing_taken_is_said(heat: HeatMap) -> None:
    with pytest.raises(ValueError, match="7 weekdays of 24 hours"):
        heat.set_data(WEEK[:6], "KES")
    heat.set_data([[NONE] * 24 for _ in range(7)], "KES")
    assert heat.accessibleDescription() == "no money taken"


def test_it_is_painted_into_an_area_of_any_size(heat: HeatMap) -> None:
    image = QImage(440, 110, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    heat.paint_on(painter, QRectF(0, 0, 440, 110))
    painter.end()
    assert image.pixelColor(middle(heat, 5, 7) / 2).name().upper() == LIGHT.accent
