"""The filter bar: what it says, what it asks for, and how it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from services.domain.payment import NOBODY
from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.payments.row import Names
from tests.ui.payments.fake import DRIVER, FLEET, KDA, NAKURU, NAMES, NOW, TODAY
from ui.payments.chosen import MOST
from ui.payments.filter_bar import FilterBar
from ui.theme import Theme

# What opens a popup asks for the keyboard, which the offscreen display has not got.

EVERYTHING = PaymentFilter(FLEET.id, TODAY)
TILLS = {"9990001": "Paybill 9990001", "9990002": "Till 9990002"}
FULL = replace(
    EVERYTHING,
    statuses=frozenset({"failed"}),
    methods=frozenset({"cash", "mpesa"}),
    routes=frozenset({NAKURU, NOBODY}),
    vehicles=frozenset({KDA}),
    drivers=frozenset({DRIVER, NOBODY}),
    tills=frozenset({"", "9990001"}),
    least=Decimal("100.00"),
    most=Decimal("1500.00"),
    basis="taken",
    search="alice",
    weekdays=frozenset({2, 7}),
    reasons=frozenset({"1032", "99", ""}),
)


@pytest.fixture
def bar(qtbot: QtBot) -> FilterBar:
    theme = Theme("light")
    made = FilterBar(theme, lambda: NOW)
    theme.setParent(made)
    qtbot.addWidget(made)
    made.set_names(replace(NAMES, tills=TILLS))
    made.set_methods(["mpesa", "cash"])
    made.resize(1134, 80)
    with qtbot.waitActive(made):
        made.show()
    return made


@pytest.fixture
def heard(bar: FilterBar) -> list[PaymentFilter]:
    """Every filter that a person asked for."""
    wanted: list[PaymentFilter] = []
    bar.changed.connect(lambda: wanted.append(bar.applied_to(EVERYTHING)))
    return wanted


def chips(bar: FilterBar) -> list[str]:
    """What the second line spells out."""
    return [chip.accessibleName() for chip in bar.chosen.chips]


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def test_every_filter_is_shown_and_read_back(bar: FilterBar, heard: list[PaymentFilter]) -> None:
    bar.show_filter(FULL)
    assert bar.applied_to(EVERYTHING) == FULL
    bar.show_filter(EVERYTHING)
    assert bar.applied_to(FULL) == EVERYTHING
    assert heard == []


def test_hour_and_fleet_are_not_the_bars(bar: FilterBar) -> None:
    narrowed = replace(EVERYTHING, hour=7, fleet_id=UUID(int=7))
    bar.show_filter(narrowed)
    assert bar.applied_to(narrowed) == narrowed


def test_choices_are_by_name_and_begin_with_nobody(bar: FilterBar) -> None:
    assert [choice.text for choice in bar.route._choices] == [
        "No route", "Nairobi – Mombasa", "Nairobi – Nakuru", "Nairobi – Thika",
    ]  # fmt: skip
    assert [choice.text for choice in bar.vehicle._choices][:2] == ["No vehicle", "KDA 123A"]
    assert [choice.text for choice in bar.more.popup.driver._choices] == ["No driver", "Baraka Mfano"]
    assert [choice.text for choice in bar.more.popup.till._choices] == ["No till", "Paybill 9990001", "Till 9990002"]


def test_payments_without_a_vehicle_can_be_asked_for(bar: FilterBar, heard: list[PaymentFilter]) -> None:
    bar.vehicle.click()
    QTest.keyClick(bar.vehicle.popup.list, Qt.Key.Key_Space)
    assert heard == [replace(EVERYTHING, vehicles=frozenset({NOBODY}))]
    assert bar.vehicle.shown == "No vehicle"
    bar.vehicle.popup.hide()


def test_behind_more_there_are_driver_till_amount_and_the_kind_of_day(
    bar: FilterBar, heard: list[PaymentFilter]
) -> None:
    popup = bar.more.popup
    bar.more.click()
    assert popup.isVisible()
    popup.driver.popup.picked.emit(str(DRIVER))
    popup.till.popup.picked.emit("")
    popup.amounts.first.setFocus()
    QTest.keyClicks(popup.amounts.first, "1,200")
    QTest.keyClick(popup.amounts.first, Qt.Key.Key_Return)
    QTest.mouseClick(popup.basis._buttons["refunded"], Qt.MouseButton.LeftButton)
    assert heard[-1] == replace(
        EVERYTHING, drivers=frozenset({DRIVER}), tills=frozenset({""}), least=Decimal("1200.00"), basis="refunded"
    )
    assert len(heard) == 4
    assert (bar.more.shown, bar.more.accessibleName()) == ("More 4", "More filters: 4 chosen")
    popup.hide()


def test_weekdays_and_reasons_are_ticked_by_keyboard(bar: FilterBar, heard: list[PaymentFilter]) -> None:
    popup = bar.more.popup
    bar.more.click()
    popup.weekday.click()
    QTest.keyClick(popup.weekday.popup.list, Qt.Key.Key_Down)
    for _ in range(2):
        QTest.keyClick(popup.weekday.popup.list, Qt.Key.Key_Space)
        QTest.keyClick(popup.weekday.popup.list, Qt.Key.Key_Down)
    popup.weekday.popup.hide()
    popup.reason.click()
    QTest.keyClicks(popup.reason.popup.search, "cancelled")
    QTest.keyClick(popup.reason.popup.search, Qt.Key.Key_Return)
    popup.reason.popup.hide()
    assert heard[-1] == replace(EVERYTHING, weekdays=frozenset({2, 3}), reasons=frozenset({"1032"}))
    assert chips(bar) == ["Weekday: Tuesdays", "Weekday: Wednesdays", "Reason: 1032 cancelled by the customer"]
    assert bar.chosen.chips[0].shown == "Tuesdays"
    assert bar.chosen.chips[0]._label.isHidden() and not bar.chosen.chips[2]._label.isHidden()
    assert bar.more.accessibleName() == "More filters: 2 chosen"
    QTest.mouseClick(bar.chosen.chips[0]._clear, Qt.MouseButton.LeftButton)
    QTest.keyClick(bar.chosen.chips[-1], Qt.Key.Key_Delete)
    assert heard[-1] == replace(EVERYTHING, weekdays=frozenset({3}))
    popup.hide()


def test_reasons_are_the_known_ones_and_those_that_occurred(bar: FilterBar) -> None:
    def offered() -> list[str]:
        return [choice.text for choice in bar.more.popup.reason._choices]

    assert offered()[0] == "1 insufficient balance" and offered()[-1] == "No reason given"
    assert not [words for words in offered() if "paid" in words or "9999" in words]
    bar.offer_reasons({"9999": 3, "": 1})
    bar.show_filter(replace(EVERYTHING, reasons=frozenset({"DS_TIMEOUT"})))
    assert offered()[-3:] == ["code 9999", "code DS_TIMEOUT", "No reason given"]
    assert chips(bar) == ["Reason: code DS_TIMEOUT"]


def test_more_is_cleared_by_one_click(bar: FilterBar, heard: list[PaymentFilter]) -> None:
    bar.show_filter(FULL)
    QTest.mouseClick(bar.more._clear, Qt.MouseButton.LeftButton)
    assert heard[-1] == replace(
        FULL, drivers=frozenset(), tills=frozenset(), least=None, most=None, basis="created", weekdays=frozenset(),
        reasons=frozenset(),
    )  # fmt: skip
    assert bar.more.shown == "More"


def test_the_second_line_is_there_only_for_what_the_chips_cannot_say(bar: FilterBar) -> None:
    assert bar.chosen.isHidden()
    bar.show_filter(replace(EVERYTHING, statuses=frozenset({"failed", "pending"}), routes=frozenset({NAKURU})))
    assert bar.chosen.isHidden()
    bar.show_filter(FULL)
    assert bar.chosen.isVisible()
    assert chips(bar) == [
        "Route: No route", "Route: Nairobi – Nakuru", "Method: M-Pesa", "Method: Cash",
        "Driver: No driver", "Driver: Baraka Mfano", "Till: No till", "Till: Paybill 9990001",
        "Amount: 100.00 – 1,500.00", "Days: day of payment",
    ]  # fmt: skip
    bar.show_filter(EVERYTHING)
    assert bar.chosen.isHidden()


@pytest.mark.parametrize(
    ("place", "left"),
    [
        (0, replace(FULL, routes=frozenset({NAKURU}))),
        (3, replace(FULL, methods=frozenset({"mpesa"}))),
        (5, replace(FULL, drivers=frozenset({NOBODY}))),
        (6, replace(FULL, tills=frozenset({"9990001"}))),
        (8, replace(FULL, least=None, most=None)),
        (9, replace(FULL, basis="created")),
    ],
)
def test_each_value_goes_by_its_own_cross(
    bar: FilterBar, heard: list[PaymentFilter], place: int, left: PaymentFilter
) -> None:
    bar.show_filter(FULL)
    bar.chosen.chips[place].cleared.emit()
    assert heard == [left]


def test_a_click_on_a_value_opens_where_it_is_chosen(bar: FilterBar) -> None:
    bar.show_filter(FULL)
    for place, popup in ((0, bar.route.popup), (4, bar.more.popup)):
        bar.chosen.chips[place].click()
        assert popup.isVisible()
        popup.hide()


def test_the_keyboard_stays_in_the_line_while_values_go(bar: FilterBar) -> None:
    bar.show_filter(replace(EVERYTHING, tills=frozenset({"", "9990001"})))
    settle()
    bar.chosen.chips[1].setFocus()
    QTest.keyClick(bar.chosen.chips[1], Qt.Key.Key_Delete)
    assert chips(bar) == ["Till: No till"]
    assert bar.chosen.chips[0].hasFocus()
    QTest.keyClick(bar.chosen.chips[0], Qt.Key.Key_Delete)
    assert bar.chosen.isHidden()
    assert bar.export.hasFocus()


def test_a_wall_of_values_is_not_built(bar: FilterBar) -> None:
    many = {UUID(int=1000 + number): f"KDB {number:03}A" for number in range(500)}
    bar.set_names(Names({}, many, {}, {}))
    bar.show_filter(replace(EVERYTHING, vehicles=frozenset(many)))
    assert len(bar.chosen.chips) == MOST
    assert bar.chosen._rest.text() == "and 490 more"
    assert bar.vehicle.shown == "KDB 000A +499"


def test_what_is_being_typed_is_not_overwritten(bar: FilterBar, qtbot: QtBot) -> None:
    QTest.keyClicks(bar.search, "ali")
    bar.show_filter(replace(EVERYTHING, statuses=frozenset({"failed"})))
    assert bar.search.text() == "ali"
    with qtbot.waitSignal(bar.changed):
        pass
    assert bar.applied_to(EVERYTHING).search == "ali"
    bar.show_filter(EVERYTHING)
    assert bar.search.text() == ""


def test_days_that_are_a_preset_keep_moving(bar: FilterBar) -> None:
    yesterday = Days(date(2026, 11, 25), date(2026, 11, 25))
    bar.show_filter(replace(EVERYTHING, days=yesterday))
    assert (bar.days.preset, bar.rolling) == ("yesterday", True)
    bar.show_filter(replace(EVERYTHING, days=Days(date(2026, 11, 3), date(2026, 11, 5))))
    assert (bar.days.shown, bar.rolling) == ("3 – 5 Nov 2026", False)


def test_export_says_how_many_and_asks_for_a_kind(bar: FilterBar, qtbot: QtBot) -> None:
    popup = bar.export.popup
    assert popup.words == "Every payment that matches"
    bar.show_counts(1204, 18332)
    assert popup.words == "1,204 payments"
    bar.export.click()
    assert popup.choices[0].hasFocus() or popup.focusWidget() is popup.choices[0]
    for key, place in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Down, 0), (Qt.Key.Key_Up, 2)):
        QTest.keyClick(popup.focusWidget() or popup, key)
        assert popup.focusWidget() is popup.choices[place]
    with qtbot.waitSignal(bar.export_wanted) as wanted:
        QTest.keyClick(popup.choices[2], Qt.Key.Key_Return)
    assert wanted.args == ["pdf"]
    assert popup.isHidden()
    bar.show_counts(0)
    assert not bar.export.isEnabled()
    bar.show_counts(None)
    assert bar.export.isEnabled()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_each_kind_can_be_clicked(bar: FilterBar, qtbot: QtBot, kind: str) -> None:
    bar.export.click()
    place = ["csv", "xlsx", "pdf"].index(kind)
    with qtbot.waitSignal(bar.export_wanted) as wanted:
        QTest.mouseClick(bar.export.popup.choices[place], Qt.MouseButton.LeftButton)
    assert wanted.args == [kind]


def test_the_box_says_when_a_search_takes_long(bar: FilterBar) -> None:
    bar.show_busy(True)
    bar.search._turning.timeout.emit()
    assert bar.search.busy
    bar.show_busy(False)
    assert not bar.search.busy


def test_amounts_are_said_to_be_in_the_fleets_currency(bar: FilterBar) -> None:
    bar.set_currency("UGX")
    assert bar.more.popup._amounts_of.text() == "Amount, UGX"


def lines(bar: FilterBar) -> int:
    """In how many lines the first row of the bar stands."""
    return len({widget.mapTo(bar, widget.rect().center()).y() for widget in shown(bar)})


def shown(bar: FilterBar) -> list[QWidget]:
    found = [bar.days, bar.status, bar.route, bar.vehicle, bar.method, bar.more, bar.search, bar.views, bar.export]
    return [*found, bar.pill] if bar.pill.isVisible() else list(found)


@pytest.mark.parametrize(
    "narrowed", [EVERYTHING, replace(FULL, search="")], ids=["nothing chosen", "everything chosen"]
)
@pytest.mark.parametrize("new", [0, 14])
def test_at_1366_everything_stands_in_one_line(bar: FilterBar, narrowed: PaymentFilter, new: int) -> None:
    bar.show_filter(narrowed)
    bar.pill.set_count(new)
    bar.resize(1134, 80)
    settle()
    assert lines(bar) == 1
    places = sorted((widget.mapTo(bar, widget.rect().topLeft()).x(), widget.width()) for widget in shown(bar))
    assert all(left + width < right for (left, width), (right, _) in pairwise(places))
    assert places[-1][0] + places[-1][1] <= 1134
    assert bar.search.width() >= 110


def test_the_smallest_window_breaks_the_line_rather_than_cut_anything(bar: FilterBar) -> None:
    bar.show_filter(replace(FULL, search=""))
    bar.resize(700, 120)
    settle()
    assert lines(bar) == 2


def test_tab_goes_from_left_to_right_and_every_stop_has_a_name(bar: FilterBar) -> None:
    bar.show_filter(replace(EVERYTHING, tills=frozenset({""})))
    bar.pill.set_count(3)
    settle()
    bar.days.setFocus()
    met = []
    for _ in range(11):
        focus = QApplication.focusWidget()
        assert focus is not None
        met.append(focus.accessibleName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert met == [
        "Days: Today", "Status: Any", "Route: Any", "Vehicle: Any", "Method: Any", "More filters: 1 chosen",
        "Search name, phone or receipt (Ctrl+F)", "Show 3 new", "Views", "Export", "Till: No till",
    ]  # fmt: skip


def test_down_in_the_search_box_leaves_for_the_rows(bar: FilterBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.left_down):
        QTest.keyClick(bar.search, Qt.Key.Key_Down)


def test_five_hundred_vehicles_can_be_searched(bar: FilterBar, heard: list[PaymentFilter]) -> None:
    many = {UUID(int=1000 + number): f"KDB {number:03}A" for number in range(500)}
    bar.set_names(Names({}, many, {}, {}))
    bar.vehicle.click()
    popup = bar.vehicle.popup
    QTest.keyClicks(popup.search, "kdb499")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert heard == [replace(EVERYTHING, vehicles=frozenset({UUID(int=1499)}))]
    popup.hide()


Opened = Callable[[FilterBar], QWidget]


@pytest.mark.parametrize(
    "opened",
    [lambda bar: bar.more.popup, lambda bar: bar.export.popup, lambda bar: bar.views.popup, lambda bar: bar.days.popup],
    ids=["more", "export", "views", "days"],
)
def test_escape_closes_every_panel(bar: FilterBar, opened: Opened) -> None:
    popup = opened(bar)
    anchor = popup.parentWidget()
    assert anchor is not None
    QTest.keyClick(anchor, Qt.Key.Key_Down)
    assert popup.isVisible()
    QTest.keyClick(popup.focusWidget() or popup, Qt.Key.Key_Escape)
    assert popup.isHidden()
