"""Filters of the page: set, shown, taken away, gone back to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from services.domain.period import Days
from services.payments.filters import PaymentFilter
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import (
    DRIVER,
    FLEET,
    KDA,
    KDB,
    NAKURU,
    THIKA,
    TODAY,
    FakePayments,
    at,
    paid,
)  # fmt: skip
from tests.ui.payments.looking import cell, current, exact, numbers
from ui.payments.columns import DATED_WIDTH, TIME_WIDTH
from ui.payments.words import RATED, SUCCESS_RATE

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


def test_a_tile_filters_by_its_status_and_clears_it(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1), paid(2, status="failed"), paid(3, status="pending")]))
    QTest.mouseClick(page.tiles.tile("failed"), Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert numbers(page) == [2]
    assert page.tiles.tile("failed").active
    assert page.bar.status.values == ("failed",)
    assert page.tiles.tile("completed").figure == "150.00"
    QTest.keyClick(page.tiles.tile("failed"), Qt.Key.Key_Space)
    settle(qtbot, page)
    assert numbers(page) == [3, 2, 1]
    assert not page.tiles.tile("failed").active


def test_the_success_rate_opens_what_it_counts(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1), paid(2, status="failed"), paid(3, status="pending")]))
    page.tiles.tile(SUCCESS_RATE).click()
    settle(qtbot, page)
    assert numbers(page) == [2, 1]
    assert current(page).statuses == RATED
    assert page.tiles.tile(SUCCESS_RATE).active


def test_a_colour_of_the_chart_filters_by_hour_and_status(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1), paid(2, status="failed"), paid(3, created_at=at("07:30:00"))])
    page = open_page(fake)
    page.hours.chart.picked.emit(12, "failed")
    settle(qtbot, page)
    assert numbers(page) == [2]
    assert (page.hours.words, page.hours.hour.text()) == ("Filtered: Failed", "12:00–12:59 ×")
    assert page.tiles.tile("completed").figure == "150.00"
    page.hours.chart.picked.emit(7, "")
    settle(qtbot, page)
    assert current(page).statuses == {"failed"}
    assert page.notice.sentence == "Nothing matches these filters"
    page.hours.chart.picked.emit(7, "")
    assert current(page).hour is None
    page.hours.chart.picked.emit(7, "completed")
    page.hours.chart.picked.emit(7, "completed")
    settle(qtbot, page)
    assert current(page) == EVERYTHING
    assert numbers(page) == [2, 1, 3]


def test_weekday_and_reason_narrow_what_is_shown_and_what_happens(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding(
        [paid(1, status="failed", result_code="1032"), paid(2, status="failed"), paid(3, result_code="1032")]
    )
    page = open_page(fake)
    assert page.bar.more.popup.reason.words(["1032"]) == ["1032 cancelled by the customer"]
    page.bar.more.popup.reason.popup.picked.emit("1032")
    page.bar.more.popup.weekday.popup.picked.emit("4")
    settle(qtbot, page)
    assert current(page) == replace(EVERYTHING, reasons=frozenset({"1032"}), weekdays=frozenset({4}))
    assert page.hours.words == "Filtered: Reason: 1032 cancelled by the customer · Thursdays"
    assert page.live.counts() == (1, 3)
    page.apply_events(
        [
            fake.put(paid(4, status="failed", result_code="1032")),
            fake.put(paid(5, status="failed", result_code="17")),
            fake.put(paid(1, status="completed")),
        ]
    )
    settle(qtbot, page)
    page.show_newest()
    settle(qtbot, page)
    assert numbers(page) == [4]
    exact(page, fake)
    page.bar.more.popup.weekday.drop("4")
    page.bar.more.popup.weekday.popup.picked.emit("5")
    settle(qtbot, page)
    assert numbers(page) == []
    exact(page, fake)


def test_bars_and_tiles_by_payment_are_of_the_hour_of_payment(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1, completed_at=at("13:30:00")), paid(2)])
    page = open_page(fake)
    page.show_filter(replace(EVERYTHING, basis="taken"))
    settle(qtbot, page)
    assert "Completed: 1 · KES 150.00" in page.hours.chart.words(13)
    page.apply_events([fake.put(paid(3, completed_at=at("13:59:59")))])
    page.hours.chart.picked.emit(13, "")
    settle(qtbot, page)
    assert sorted(numbers(page)) == [1, 3]
    assert page.tiles.tile("completed").figure == "300.00"
    exact(page, fake)


def test_a_real_click_on_an_hour(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(number) for number in range(1, 9)]))
    chart = page.hours.chart
    where = QPointF(chart.width() * 12.5 / 24, chart.height() - 40).toPoint()
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=where)
    assert current(page) == replace(EVERYTHING, hour=12, statuses=frozenset({"completed"}))


def test_refunds_in_part_and_in_full_are_one_colour(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1, status="refunded"), paid(2, status="partially_refunded"), paid(3)])
    page = open_page(fake)
    assert "Refunded: 2 · KES 300.00" in page.hours.chart.words(12)
    page.hours.chart.picked.emit(12, "refunded")
    settle(qtbot, page)
    assert numbers(page) == [2, 1]


def test_the_bar_filters_by_what_is_chosen(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding(
        [
            paid(1),
            paid(2, route_id=NAKURU, vehicle_id=KDA),
            paid(3, route_id=NAKURU, vehicle_id=KDB, method="cash"),
            paid(4, route_id=NAKURU, vehicle_id=KDA, method="cash", status="failed"),
        ]
    )
    page = open_page(fake)
    page.bar.route.popup.picked.emit(str(NAKURU))
    settle(qtbot, page)
    assert numbers(page) == [4, 3, 2]
    page.bar.vehicle.popup.picked.emit(str(KDA))
    settle(qtbot, page)
    assert numbers(page) == [4, 2]
    page.bar.method.popup.picked.emit("cash")
    page.bar.status.popup.picked.emit("failed")
    settle(qtbot, page)
    assert numbers(page) == [4]
    assert page.hours.words == "Filtered: Failed · Nairobi – Nakuru · KDA 123A · Cash"
    assert page.hours.clear.isVisible()
    QTest.mouseClick(page.hours.clear, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert numbers(page) == [4, 3, 2, 1]
    assert page.bar.route.values == ()
    assert page.hours.clear.isHidden()


def test_typing_searches_and_esc_shows_everything_again(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1), paid(2, passenger="Alice Mfano")]))
    page.focus_search()
    QTest.keyClicks(page.bar.search, "alice")
    QTest.keyClick(page.bar.search, Qt.Key.Key_Return)
    settle(qtbot, page)
    assert numbers(page) == [2]
    assert page.hours.words == "Filtered: “alice”"
    assert page.tiles.tile("completed").details[0] == "1 payment"
    QTest.keyClick(page.bar.search, Qt.Key.Key_Down)
    row = page.grid.current_row()
    assert row is not None
    assert row.passenger == "Alice Mfano"
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert page.grid.current_row() is None
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    settle(qtbot, page)
    assert numbers(page) == [2, 1]
    assert page.bar.search.text() == ""


def test_enter_opens_a_payment(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1), paid(2)]))
    QTest.keyClick(page.bar.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(page.payment_activated) as opened:
        QTest.keyClick(page.grid, Qt.Key.Key_Return)
    assert opened.args[0].id.int == 2


def test_a_filter_from_elsewhere_is_shown_in_the_bar(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1, driver_id=DRIVER), paid(2)]))
    wanted = PaymentFilter(
        FLEET.id,
        Days(date(2026, 11, 24), date(2026, 11, 26)),
        routes=frozenset({THIKA}),
        drivers=frozenset({DRIVER}),
        search="pass",
    )
    page.show_filter(wanted)
    settle(qtbot, page)
    assert current(page) == wanted
    assert numbers(page) == [1]
    assert page.bar.days.shown == "24 – 26 Nov 2026"
    assert page.bar.route.shown == "Nairobi – Thika"
    assert page.bar.search.text() == "pass"
    assert page.hours.words == "Filtered: Nairobi – Thika · Baraka Mfano · “pass”"
    page.bar.status.popup.picked.emit("completed")
    settle(qtbot, page)
    assert current(page) == replace(wanted, statuses=frozenset({"completed"}))


def test_several_days_show_the_day_with_the_time(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1), paid(2, created_at=at("23:59:59", date(2026, 11, 22)))]))
    assert page.grid.columnWidth(0) == TIME_WIDTH
    page.bar.days.popup.preset_picked.emit("last_7_days")
    settle(qtbot, page)
    assert [cell(page, at_row, "time") for at_row in (0, 1)] == ["26 Nov 12:00", "22 Nov 23:59"]
    assert page.grid.columnWidth(0) == DATED_WIDTH
    assert page.hours.aside == ""
    page.bar.days.popup.preset_picked.emit("today")
    settle(qtbot, page)
    assert cell(page, 0, "time") == "12:00:01"
    assert page.grid.columnWidth(0) == TIME_WIDTH
