"""The chip of days: presets that move with the day, and ranges that do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from services.domain.period import Days
from ui.theme import Theme
from ui.widgets.day_range import PRESETS, DayRangeButton, days_in_words

# What opens a popup asks for the keyboard, which the offscreen display has not got.


class Wall:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def chip(theme: Theme, wall: Wall, qtbot: QtBot) -> DayRangeButton:
    made = DayRangeButton(theme, now=lambda: wall.now)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 22), date(2026, 11, 22), "22 Nov 2026"),
        (date(2026, 10, 12), date(2026, 10, 18), "12 – 18 Oct 2026"),
        (date(2026, 10, 12), date(2026, 11, 22), "12 Oct – 22 Nov 2026"),
        (date(2025, 12, 28), date(2026, 1, 3), "28 Dec 2025 – 3 Jan 2026"),
    ],
)
def test_days_in_words(first: date, last: date, words: str) -> None:
    assert days_in_words(Days(first, last)) == words


def test_today_moves_on_at_midnight_in_nairobi(chip: DayRangeButton, wall: Wall) -> None:
    assert (chip.shown, chip.preset, chip.days) == ("Today", "today", Days(date(2026, 11, 22), date(2026, 11, 22)))
    wall.now += timedelta(hours=10)
    assert chip.days.first == date(2026, 11, 23)


@pytest.mark.parametrize(("row", "name"), list(enumerate(PRESETS)))
def test_every_preset_can_be_picked(chip: DayRangeButton, qtbot: QtBot, row: int, name: str) -> None:
    chip.click()
    chip.popup.presets.setCurrentRow(row)
    with qtbot.waitSignal(chip.changed) as heard:
        QTest.keyClick(chip.popup.presets, Qt.Key.Key_Return)
    assert chip.preset == name
    assert heard.args == [chip.days]
    assert not chip.popup.isVisible()


def test_two_clicks_in_the_calendar_make_a_range_in_either_order(chip: DayRangeButton, qtbot: QtBot) -> None:
    chip.click()
    chip.popup.calendar.clicked.emit(QDate(2026, 11, 18))
    chip.popup.calendar.clicked.emit(QDate(2026, 11, 12))
    with qtbot.waitSignal(chip.changed) as heard:
        chip.popup.apply.click()
    assert heard.args == [Days(date(2026, 11, 12), date(2026, 11, 18))]
    assert (chip.preset, chip.shown) == ("", "12 – 18 Nov 2026")
    chip.click()
    assert chip.popup.presets.currentRow() == -1
    chip.popup.hide()


def test_dates_can_be_typed_and_swapped_ones_are_put_right(chip: DayRangeButton, qtbot: QtBot) -> None:
    chip.click()
    chip.popup.first.setDate(QDate(2026, 11, 20))
    chip.popup.last.setDate(QDate(2026, 11, 1))
    assert len(chip.popup._marked) == 20
    with qtbot.waitSignal(chip.changed) as heard:
        chip.popup.apply.click()
    assert heard.args == [Days(date(2026, 11, 1), date(2026, 11, 20))]


def test_setting_from_outside_is_silent(chip: DayRangeButton, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(chip.changed):
        chip.set_preset("this_week")
        assert chip.days.first == date(2026, 11, 16)
        chip.set_days(Days(date(2026, 1, 1), date(2026, 1, 2)))
    assert chip.days == Days(date(2026, 1, 1), date(2026, 1, 2))
    with pytest.raises(KeyError):
        chip.set_preset("next_week")


def test_weeks_start_on_monday_and_weekends_are_not_red(chip: DayRangeButton, theme: Theme) -> None:
    calendar = chip.popup.calendar
    assert calendar.firstDayOfWeek() == Qt.DayOfWeek.Monday
    theme.set_mode("dark")
    weekend = calendar.weekdayTextFormat(Qt.DayOfWeek.Sunday).foreground().color().name().upper()
    assert weekend == theme.tokens.muted


def grid_of(chip: DayRangeButton) -> QTableView:
    return chip.popup.calendar.findChildren(QTableView)[0]


def test_a_range_is_chosen_by_keyboard_alone(chip: DayRangeButton, qtbot: QtBot) -> None:
    QTest.keyClick(chip, Qt.Key.Key_Down)
    grid = grid_of(chip)
    QTest.keyClick(grid, Qt.Key.Key_Up)
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert chip.popup._hint.text() == "Now choose the last day"
    QTest.keyClick(grid, Qt.Key.Key_Left)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert chip.popup._hint.text().startswith("Choose the first day")
    with qtbot.waitSignal(chip.changed) as heard:
        QTest.keyClick(chip.popup.apply, Qt.Key.Key_Space)
    assert heard.args == [Days(date(2026, 11, 14), date(2026, 11, 15))]


def test_escape_in_the_calendar_closes_and_changes_nothing(chip: DayRangeButton, qtbot: QtBot) -> None:
    chip.click()
    with qtbot.assertNotEmitted(chip.changed):
        QTest.keyClick(grid_of(chip), Qt.Key.Key_Space)
        QTest.keyClick(grid_of(chip), Qt.Key.Key_Escape)
    assert not chip.popup.isVisible()
    assert chip.shown == "Today"


def test_the_keys_go_through_presets_calendar_and_fields(chip: DayRangeButton) -> None:
    chip.click()
    popup = chip.popup
    met = []
    for _ in range(12):
        focus = popup.focusWidget()
        assert focus is not None
        met.append(focus)
        popup.focusNextChild()
    assert popup.presets in met
    assert grid_of(chip) in met
    assert met.index(popup.first) < met.index(popup.last) < met.index(popup.apply)
    popup.hide()
