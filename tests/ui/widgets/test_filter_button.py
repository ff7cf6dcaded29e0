"""The filter chip: choosing, clearing, searching."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.filter_button import Choice, FilterButton

# What opens a popup asks for the keyboard, which the offscreen display has not got.

STATUSES = [Choice("completed", "Completed"), Choice("pending", "Pending"), Choice("failed", "Failed")]
BUSES = [Choice(f"bus-{number}", f"KDA {number:03}A") for number in range(30)]


@pytest.fixture
def status(theme: Theme, qtbot: QtBot) -> FilterButton:
    made = FilterButton(theme, "Status", STATUSES)
    qtbot.addWidget(made)
    made.show()
    return made


def test_at_first_anything_goes(status: FilterButton) -> None:
    assert (status.values, status.shown, status.property("active")) == ((), "Any", False)
    assert status.accessibleName() == "Status: Any"
    assert status._clear.isHidden()


def test_ticks_add_up_in_the_order_of_the_choices(status: FilterButton, qtbot: QtBot) -> None:
    heard: list[tuple[str, ...]] = []
    status.changed.connect(heard.append)
    status.click()
    for row in (2, 0, 0):
        status.popup.list.setCurrentRow(row)
        QTest.keyClick(status.popup.list, Qt.Key.Key_Space)
    assert heard == [("failed",), ("completed", "failed"), ("failed",)]
    assert status.popup.isVisible()
    assert (status.shown, status.property("active")) == ("Failed", True)
    assert status.popup.list.item(2).checkState() == Qt.CheckState.Checked
    status.popup.hide()


def test_a_click_ticks_once(status: FilterButton, qtbot: QtBot) -> None:
    status.click()
    place = status.popup.list.visualItemRect(status.popup.list.item(1)).center()
    with qtbot.waitSignal(status.changed) as heard:
        QTest.mouseClick(status.popup.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard.args == [("pending",)]
    status.popup.hide()


def test_one_click_clears(status: FilterButton, qtbot: QtBot) -> None:
    status.set_values(["failed", "pending"])
    assert status.shown == "Pending +1"
    with qtbot.waitSignal(status.changed) as heard:
        QTest.mouseClick(status._clear, Qt.MouseButton.LeftButton)
    assert heard.args == [()]
    with qtbot.assertNotEmitted(status.changed):
        QTest.keyClick(status, Qt.Key.Key_Delete)


def test_the_keyboard_opens_and_clears(status: FilterButton, qtbot: QtBot) -> None:
    status.set_values(["failed"])
    with qtbot.waitSignal(status.changed):
        QTest.keyClick(status, Qt.Key.Key_Delete)
    QTest.keyClick(status, Qt.Key.Key_Down)
    assert status.popup.isVisible()
    status.popup.hide()
    QTest.keyClick(status, Qt.Key.Key_Space)
    assert status.popup.isVisible()
    status.popup.hide()


def test_setting_from_outside_is_silent(status: FilterButton, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(status.changed):
        status.set_values(["on_hold", "failed"])
        status.set_choices(STATUSES[:1])
    assert status.values == ("failed", "on_hold")
    assert status.shown == "failed +1"


def test_a_single_choice_closes_and_a_second_click_takes_it_back(theme: Theme, qtbot: QtBot) -> None:
    method = FilterButton(theme, "Method", STATUSES, several=False, any_text="All")
    qtbot.addWidget(method)
    method.show()
    chosen = []
    for _ in range(2):
        method.click()
        method.popup.list.setCurrentRow(1)
        QTest.keyClick(method.popup.list, Qt.Key.Key_Return)
        chosen.append((method.values, method.popup.isVisible()))
    assert chosen == [(("pending",), False), ((), False)]
    method.set_values(["pending"])
    method.click()
    assert method.popup.list.item(1).font().weight() > method.popup.list.item(0).font().weight()
    method.popup.hide()


def test_a_default_of_its_own_is_where_clearing_leads(theme: Theme, qtbot: QtBot) -> None:
    chip = FilterButton(theme, "Status", STATUSES, default=("completed",))
    qtbot.addWidget(chip)
    assert not chip.property("active")
    chip.set_values(())
    assert chip.property("active")
    chip.cleared.emit()
    assert chip.values == ("completed",)


def test_a_long_list_can_be_searched(theme: Theme, qtbot: QtBot) -> None:
    buses = FilterButton(theme, "Vehicle", BUSES)
    qtbot.addWidget(buses)
    buses.show()
    buses.click()
    assert not buses.popup.search.isHidden()
    QTest.keyClicks(buses.popup.search, "kda 02")
    shown = [row for row in range(30) if not buses.popup.list.item(row).isHidden()]
    assert shown == list(range(20, 30))
    ten = buses.popup.list.height()
    QTest.keyClicks(buses.popup.search, "0")
    assert buses.popup.list.height() < ten / 8
    QTest.keyClick(buses.popup.search, Qt.Key.Key_Backspace)
    assert buses.popup.list.height() == ten
    QTest.keyClick(buses.popup.search, Qt.Key.Key_Return)
    assert buses.values == ("bus-20",)
    QTest.keyClick(buses.popup.search, Qt.Key.Key_Down)
    QTest.keyClicks(buses.popup.search, "zzz")
    assert buses.popup._nothing.isVisible()
    with qtbot.assertNotEmitted(buses.changed):
        QTest.keyClick(buses.popup.search, Qt.Key.Key_Return)
    buses.popup.hide()
    buses.click()
    assert (buses.popup.list.item(0).text(), buses.popup._nothing.isHidden()) == ("KDA 020A", True)
    buses.popup.hide()


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("kda012", ["KDA 012A"]),
        ("012a", ["KDA 012A"]),
        ("nai nak", ["Nairobi – Nakuru"]),
        ("obi – n", ["Nairobi – Nakuru"]),
        ("nakuru nai", ["Nairobi – Nakuru"]),
        ("  ", 14),
        ("airobi akuru", []),
    ],
)
def test_what_a_search_among_choices_finds(theme: Theme, qtbot: QtBot, sought: str, found: list[str] | int) -> None:
    chip = FilterButton(theme, "Any", [Choice("x", "Nairobi – Nakuru"), *BUSES[:13]])
    qtbot.addWidget(chip)
    chip.click()
    chip.popup.search.setText(sought)
    rows = map(chip.popup.list.item, range(chip.popup.list.count()))
    shown = [item.text() for item in rows if not item.isHidden()]
    assert shown == found or len(shown) == found
    chip.popup.hide()


def test_a_long_value_is_elided_and_told_whole(theme: Theme, qtbot: QtBot) -> None:
    route = FilterButton(theme, "Route", [Choice("x", "Nairobi <Railways> – Nakuru by way of Naivasha and Gilgil")])
    qtbot.addWidget(route)
    route.set_values(["x"])
    assert route.shown.endswith("…")
    assert "&lt;Railways&gt;" in route.toolTip()


def test_several_values_keep_their_number_when_cut_and_are_told_whole(theme: Theme, qtbot: QtBot) -> None:
    route = FilterButton(theme, "Route", [Choice(f"r{n}", f"Nairobi – Town {n:02}") for n in range(15)])
    qtbot.addWidget(route)
    route.set_values([f"r{n}" for n in range(14)])
    route.show()
    route.resize(route.widths[-1], 30)
    assert route._value.text().endswith("… +13")
    assert route.accessibleName().startswith("Route: Nairobi – Town 00, Nairobi – Town 01, ")
    assert route.accessibleName().endswith("Town 11 and 2 more")


def test_one_value_can_be_taken_out(status: FilterButton, qtbot: QtBot) -> None:
    status.set_values(["failed", "pending"])
    with qtbot.waitSignal(status.changed) as heard:
        status.drop("pending")
    assert heard.args == [("failed",)]
    with qtbot.assertNotEmitted(status.changed):
        status.drop("pending")


def test_a_narrow_chip_gives_up_words_one_after_the_other(status: FilterButton) -> None:
    def words(width: int) -> list[str]:
        status.resize(width, 30)
        return [part.text() for part in (status._label, status._value) if not part.isHidden()]

    full, alone, *_ = status.widths
    assert [words(full), words(full - 1), words(alone)] == [["Status", "Any"], ["Status"], ["Status"]]
    status.set_values(["completed", "pending"])
    full, same, value, short = status.widths
    assert full == same > value > short
    assert words(full) == ["Status", "Completed +1"]
    assert words(full - 1) == words(value) == ["Completed +1"]
    assert words(value - 1)[0].endswith("… +1")
    assert status.sizeHint().width() == full
    assert status.minimumSizeHint().width() == short
