"""Revenue over time, as it is drawn, walked, told and picked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.charts.mix import MixChart
from ui.charts.series import Mix, Slot, Told, Trend, Values
from ui.charts.trend import TrendChart
from ui.theme import DARK, LIGHT, Theme

Key = Qt.Key
COUNT, AHEAD = 10, 4


def slot(at: int, *, partial: str = "", ahead: bool = False) -> Slot:
    day = date(2026, 11, 13) + timedelta(days=at)
    told = (Told("Revenue", f"KES {at}00.00", "line"), Told("Payments", "7", public=True))
    return Slot(day, f"{day:%a} {day.day} {day:%b}", told, partial, ahead)


def of(values: list[float | None]) -> Values:
    return tuple(values)


def trend() -> Trend:
    known: list[float | None] = [300.0 + 10 * at for at in range(COUNT - 1)]
    blank: list[float | None] = [None] * AHEAD
    mean: list[float | None] = [None] * (COUNT - 2) + [380.0, 400.0, 410.0, 420.0, 430.0, 440.0]
    low = [None if one is None else one - 50 for one in mean]
    high = [None if one is None else one + 50 for one in mean]
    return Trend(
        slots=(
            *(slot(at) for at in range(COUNT - 1)),
            slot(COUNT - 1, partial="so far"),
            *(slot(COUNT + at, ahead=True) for at in range(AHEAD)),
        ),
        revenue=of([*known, 120.0, *blank]),
        compared=of([*[290.0] * (COUNT - 1), None, *blank]),
        smoothed=of([*[310.0] * COUNT, *blank]),
        target=of([350.0] * (COUNT + AHEAD)),
        expected=of(mean),
        band80=(of(low), of(high)),
        band95=(of(low), of(high)),
        changes=((4, "▲ 12.0 %"), (99, "gone")),
        now=COUNT - 1,
        note="forecast, error ±6.1 % in back-test",
    )


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> TrendChart:
    Theme("light").apply(qapp)
    made = TrendChart(LIGHT)
    qtbot.addWidget(made)
    made.resize(880, 250)
    made.show()
    qtbot.waitExposed(made)
    made.set_data(trend())
    return made


@pytest.fixture
def picks(chart: TrendChart) -> list[int]:
    seen: list[int] = []
    chart.picked.connect(seen.append)
    return seen


def where(chart: TrendChart, place: int, height: float) -> QPoint:
    scene = chart._plot.getViewBox().mapViewToScene(QPointF(place, height))
    found: QPoint = chart._view.mapFromScene(scene)
    return found


def colour(chart: TrendChart, place: float, height: float) -> str:
    scene = chart._plot.getViewBox().mapViewToScene(QPointF(place, height))
    at = chart._view.mapFromScene(scene) + chart._view.pos()
    return chart.grab().toImage().pixelColor(at).name().upper()


def send(chart: TrendChart, kind: QEvent.Type, at: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    button = left if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    event = QMouseEvent(kind, QPointF(at), QPointF(at), button, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(chart._view.viewport(), event)


def test_the_line_stands_where_its_values_are(chart: TrendChart) -> None:
    assert colour(chart, 3, 330.0) == LIGHT.accent
    assert colour(chart, 3, 200.0) == LIGHT.surface


def test_a_partial_period_is_hollow_and_not_part_of_the_line(chart: TrendChart) -> None:
    assert colour(chart, COUNT - 1, 120.0) == LIGHT.surface
    rim = {colour(chart, COUNT - 1 + shift, 120.0) for shift in (-0.1, -0.09, -0.08, -0.07, -0.06, -0.05)}
    assert LIGHT.accent in rim
    assert "so far" in texts(chart)


def texts(chart: TrendChart) -> set[str]:
    return {item.toPlainText() for item in chart._drawn if hasattr(item, "toPlainText")}


def test_the_forecast_says_its_error_and_changes_their_size(chart: TrendChart) -> None:
    assert texts(chart) == {"so far", "▲ 12.0 %", "forecast, error ±6.1 % in back-test"}


def test_the_note_keeps_inside_the_chart_where_the_forecast_is_at_its_end(chart: TrendChart) -> None:
    note = next(item for item in chart._drawn if getattr(item, "toPlainText", str)() == trend().note)
    assert note.anchor.x() == 0.0
    chart.resize(420, 250)
    note = next(item for item in chart._drawn if getattr(item, "toPlainText", str)() == trend().note)
    assert note.anchor.x() == 1.0


def test_lines_of_another_length_are_refused(chart: TrendChart) -> None:
    with pytest.raises(ValueError, match="14 values"):
        chart.set_data(replace(trend(), compared=(1.0,)))


def test_arrow_keys_walk_from_the_latest_known_period(chart: TrendChart, picks: list[int]) -> None:
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    assert chart.place is None and not chart.card.isVisible()
    QTest.keyClick(chart, Key.Key_Left)
    assert chart.place == COUNT - 1
    QTest.keyClick(chart, Key.Key_Left)
    assert chart.place == COUNT - 2 and chart.card.isVisible()
    assert chart.accessibleDescription() == "Sat 21 Nov, Revenue KES 800.00, Payments 7"
    QTest.keyClick(chart, Key.Key_Return)
    QTest.keyClick(chart, Key.Key_Home)
    QTest.keyClick(chart, Key.Key_Space)
    QTest.keyClick(chart, Key.Key_Left)
    assert (chart.place, picks) == (0, [COUNT - 2, 0])
    QTest.keyClick(chart, Key.Key_End)
    assert chart.place == COUNT + AHEAD - 1


def test_a_forecast_has_no_payments_to_show(chart: TrendChart, picks: list[int]) -> None:
    chart.go_to(COUNT + 1)
    QTest.keyClick(chart, Key.Key_Return)
    assert picks == [] and chart.card.isVisible()


def test_escape_takes_the_crosshair_away_and_then_goes_on(chart: TrendChart) -> None:
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    chart.go_to(3)
    QTest.keyClick(chart, Key.Key_Escape)
    assert chart.place is None
    QTest.keyClick(chart, Key.Key_Escape)
    chart.go_to(3)
    chart.clearFocus()
    assert chart.place is None


def test_the_mouse_moves_the_crosshair_and_picks(chart: TrendChart, picks: list[int]) -> None:
    send(chart, QEvent.Type.MouseMove, where(chart, 5, 100.0))
    assert chart.place == 5
    send(chart, QEvent.Type.MouseButtonPress, where(chart, 6, 100.0))
    assert picks == [6]
    send(chart, QEvent.Type.MouseMove, QPoint(1, 1))
    assert chart.place is None
    chart.clearFocus()
    chart.go_to(2)
    QApplication.sendEvent(chart._view.viewport(), QEvent(QEvent.Type.Leave))
    assert chart.place is None


def test_the_wheel_and_a_right_click_do_nothing_to_the_chart(chart: TrendChart) -> None:
    before = chart._plot.getViewBox().viewRange()
    at = QPointF(where(chart, 5, 100.0))
    none = Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(chart._view.viewport(), wheel)
    QTest.mouseClick(chart._view.viewport(), Qt.MouseButton.RightButton, none, at.toPoint())
    assert chart._plot.getViewBox().viewRange() == before


def test_the_card_stays_inside_the_chart(chart: TrendChart) -> None:
    for place in (0, COUNT + AHEAD - 1):
        chart.go_to(place)
        assert chart.rect().contains(chart.card.geometry())


def test_hidden_amounts_are_neither_drawn_nor_told(chart: TrendChart) -> None:
    chart.conceal(True)
    chart.go_to(2)
    assert "KES" not in chart.accessibleDescription()
    assert {words for _, words in chart._words["left"]} == {"0", "•••"}
    assert [chart.card._value(line) for line in chart.slots[2].told] == ["•••••", "7"]
    chart.conceal(False)
    assert chart._words["left"][-1][1] == "KES 500"
    assert "KES 200.00" in chart.accessibleDescription()


def test_another_theme_draws_anew(chart: TrendChart) -> None:
    chart.set_theme(DARK)
    assert colour(chart, 3, 330.0) == DARK.accent
    assert colour(chart, 3, 200.0) == DARK.surface


def test_painting_on_paper_puts_words_beside_their_lines(chart: TrendChart) -> None:
    image = QImage(1760, 500, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(2)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    chart.paint_on(painter, QRectF(0, 0, 880, 250))
    painter.end()
    line = where(chart, 3, 330.0) + chart._view.pos()
    found = {image.pixelColor(line.x() * 2 + x, line.y() * 2 + y).name().upper() for x in (0, 1) for y in range(-6, 6)}
    assert LIGHT.accent in found
    left = chart._plot.getAxis("left").width()
    ink = [
        any(image.pixelColor(x, y).lightness() < 190 for x in range(int(left) * 2 - 16))
        for y in (where(chart, 0, value).y() * 2 for value, _ in chart._words["left"])
    ]
    assert all(ink)
    # The screen's own drawing is as before.
    assert colour(chart, 3, 330.0) == LIGHT.accent


def test_a_chart_without_periods_says_so(chart: TrendChart) -> None:
    chart.go_to(COUNT + 1)
    chart.set_data(Trend())
    assert chart.accessibleDescription() == "no figures"
    QTest.keyClick(chart, Key.Key_Left)
    send(chart, QEvent.Type.MouseMove, QPoint(400, 100))
    assert chart.place is None


def test_a_screen_with_finer_pixels_is_drawn_for_anew(chart: TrendChart) -> None:
    drawn = list(chart._drawn)
    QApplication.sendEvent(chart, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert not set(map(id, drawn)) & set(map(id, chart._drawn))


def test_layers_are_stacked_and_refunds_hang_below(qtbot: QtBot) -> None:
    made = MixChart(LIGHT, "Revenue by method")
    qtbot.addWidget(made)
    made.resize(600, 240)
    made.show()
    qtbot.waitExposed(made)
    slots = tuple(slot(at) for at in range(3))
    layers = (("M-Pesa", LIGHT.accent, (100.0, 90.0, 0.0)), ("Cash", LIGHT.info, (50.0, -30.0, 0.0)))
    made.set_data(Mix(slots, layers=layers))

    def at(place: int, height: float) -> str:
        scene = made._plot.getViewBox().mapViewToScene(QPointF(place, height))
        point = made._view.mapFromScene(scene) + made._view.pos()
        return made.grab().toImage().pixelColor(point).name().upper()

    assert (at(0, 60), at(0, 120), at(2, 60)) == (LIGHT.accent, LIGHT.info, LIGHT.surface)
    assert (at(1, 60), at(1, -15)) == (LIGHT.accent, LIGHT.info)
    made.go_to(1)
    assert made.card.isVisible()
    with pytest.raises(ValueError, match="3 values"):
        made.set_data(Mix(slots, layers=(("Card", LIGHT.info, (1.0,)),)))
    assert made.mix.layers == layers
