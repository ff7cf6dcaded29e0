from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from ui.charts import HoursChart
from ui.theme import DARK, LIGHT

Key = Qt.Key
EMPTY: dict[str, tuple[int, Decimal]] = {}
DAY = [
    EMPTY,
    {"completed": (60, Decimal("30000.00")), "failed": (20, Decimal("4000.50")), "on_hold": (1, Decimal("9"))},
    {"completed": (40, Decimal("20000.00"))},
    *[EMPTY] * 21,
]


@pytest.fixture
def chart(qtbot: QtBot) -> HoursChart:
    made = HoursChart(LIGHT)
    qtbot.addWidget(made)
    made.resize(24 * 46, made.sizeHint().height())
    made.set_data(DAY)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def picks(chart: HoursChart) -> list[tuple[int, str]]:
    seen: list[tuple[int, str]] = []
    chart.picked.connect(lambda hour, status: seen.append((hour, status)))
    return seen


def colour(chart: HoursChart, x: int, y: int) -> str:
    return chart.grab().toImage().pixelColor(x, y).name().upper()


def middle(hour: int) -> int:
    return hour * 46 + 23


def click(chart: HoursChart, x: int, y: int) -> None:
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, y))


def test_bars_have_the_colours_of_their_status(chart: HoursChart) -> None:
    assert colour(chart, middle(1), 85) == LIGHT.failed
    assert colour(chart, middle(1), 30) == LIGHT.completed
    assert colour(chart, middle(2), 85) == LIGHT.completed
    assert colour(chart, middle(1), 88) == LIGHT.line
    chart.set_theme(DARK)
    assert colour(chart, middle(1), 85) == DARK.failed


def test_a_click_picks_a_colour_or_an_hour(chart: HoursChart, picks: list[tuple[int, str]], qtbot: QtBot) -> None:
    click(chart, middle(1), 85)
    click(chart, middle(1), 30)
    click(chart, middle(2), 5)
    click(chart, middle(7), 100)
    QTest.mouseClick(chart, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, QPoint(middle(1), 85))
    assert picks == [(1, "failed"), (1, "completed"), (2, ""), (7, "")]


def test_the_keyboard_walks_hours_and_colours(chart: HoursChart, picks: list[tuple[int, str]], qtbot: QtBot) -> None:
    chart.setFocus()
    qtbot.waitUntil(chart.hasFocus)
    QTest.keyClick(chart, Key.Key_Return)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Return, Key.Key_Up, Key.Key_Up, Key.Key_Space):
        QTest.keyClick(chart, key)
    assert "Other: 1 · KES 9.00" in chart.accessibleDescription()
    for key in (Key.Key_Up, Key.Key_Up, Key.Key_Enter, Key.Key_Down, Key.Key_Left, Key.Key_Left, Key.Key_Return):
        QTest.keyClick(chart, key)
    QTest.keyClick(chart, Key.Key_End)
    QTest.keyClick(chart, Key.Key_Return)
    QTest.keyClick(chart, Key.Key_A)
    assert picks == [(1, ""), (1, "other"), (1, "completed"), (0, ""), (23, "")]


def test_the_keyboards_place_is_drawn(chart: HoursChart, qtbot: QtBot) -> None:
    chart.setFocus()
    qtbot.waitUntil(chart.hasFocus)
    before = chart.grab().toImage()
    for key in (Key.Key_Home, Key.Key_Right):
        QTest.keyClick(chart, key)
    hour = chart.grab().toImage()
    QTest.keyClick(chart, Key.Key_Up)
    last = chart.grab().toImage()
    assert before != hour != last != before


def test_a_colour_that_vanishes_leaves_its_hour(chart: HoursChart, picks: list[tuple[int, str]], qtbot: QtBot) -> None:
    click(chart, middle(1), 85)
    chart.set_data([EMPTY, {"completed": (1, Decimal(5))}, *[EMPTY] * 22])
    QTest.keyClick(chart, Key.Key_Return)
    assert picks == [(1, "failed"), (1, "")]


def test_a_filter_brings_out_its_hour_and_colour(chart: HoursChart) -> None:
    chart.set_filter(1, {"failed"})
    assert colour(chart, middle(1), 85) == LIGHT.failed
    assert colour(chart, middle(1), 30) != LIGHT.completed
    assert colour(chart, middle(2), 85) != LIGHT.completed
    assert colour(chart, 46 + 4, 60) == LIGHT.accentweak
    chart.set_filter(None)
    assert colour(chart, middle(2), 85) == LIGHT.completed


def test_several_statuses_are_brought_out_together(chart: HoursChart) -> None:
    chart.set_filter(None, {"failed", "completed"})
    assert colour(chart, middle(1), 85) == LIGHT.failed
    assert colour(chart, middle(1), 30) == LIGHT.completed
    chart.set_filter(None, {"failed", "pending"})
    assert colour(chart, middle(1), 85) == LIGHT.failed
    assert colour(chart, middle(1), 30) != LIGHT.completed


def test_private_amounts_are_in_no_words(chart: HoursChart) -> None:
    chart.conceal(True)
    assert chart.words(1, "failed") == "01:00–01:59\nFailed: 20 · KES •••••"
    assert ".00" not in chart.accessibleDescription()
    chart.conceal(False)
    assert chart.words(1, "failed") == "01:00–01:59\nFailed: 20 · KES 4,000.50"


def test_an_hour_in_words(chart: HoursChart) -> None:
    assert chart.words(1).splitlines() == [
        "01:00–01:59",
        "Completed: 60 · KES 30,000.00",
        "Failed: 20 · KES 4,000.50",
        "Other: 1 · KES 9.00",
    ]
    assert chart.words(1, "failed") == "01:00–01:59\nFailed: 20 · KES 4,000.50"
    assert chart.words(5) == "05:00–05:59\nno payments"


def test_the_tooltip_tells_the_hour(chart: HoursChart) -> None:
    for x, wanted in ((middle(1), "Failed: 20"), (middle(4), "no payments")):
        QApplication.sendEvent(chart, QHelpEvent(QEvent.Type.ToolTip, QPoint(x, 50), chart.mapToGlobal(QPoint(x, 50))))
        assert wanted in QToolTip.text()
    QToolTip.hideText()


def test_no_tooltip_beside_the_hours(chart: HoursChart) -> None:
    QToolTip.hideText()
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(-3, 50), QPoint(0, 0))
    assert chart.event(event)
    assert chart.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_the_pointer_tells_what_can_be_picked(chart: HoursChart) -> None:
    for y, shape in ((85, Qt.CursorShape.PointingHandCursor), (104, Qt.CursorShape.ArrowCursor)):
        where = QPointF(middle(1), y)
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            where,
            chart.mapToGlobal(where),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(chart, move)
        assert chart.cursor().shape() == shape


def test_a_day_has_24_hours(chart: HoursChart) -> None:
    with pytest.raises(ValueError, match="24 hours, not 3"):
        chart.set_data([EMPTY] * 3)


def test_a_screen_reader_hears_the_day(chart: HoursChart) -> None:
    assert chart.accessibleName() == "Payments by hour"
    assert chart.accessibleDescription() == "121 payments, KES 54,009.50; most at 01:00 (81)"
    chart.set_data([EMPTY] * 24)
    assert chart.accessibleDescription() == "no payments"


def test_it_fits_a_small_window(chart: HoursChart) -> None:
    assert chart.minimumSizeHint().width() < 600
    assert chart.sizeHint().height() == 110
