"""The page as a person uses it, and as the feed moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from services.domain.errors import DatabaseUnreachable, NotAllowed, WorkstationError
from services.domain.period import Days
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.row import Names, PaymentRow
from services.payments.summary import Figures
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import (
    DRIVER,
    FLEET,
    KDA,
    KDB,
    KDC,
    MOMBASA,
    NAKURU,
    NAMES,
    NOW,
    THIKA,
    TODAY,
    Clock,
    FakePayments,
    SmallFleet,
    at,
    paid,
)  # fmt: skip
from tests.ui.payments.looking import exact
from ui.payments.columns import DATED_WIDTH, TIME_WIDTH
from ui.payments.figures import overall
from ui.payments.page import PaymentsPage
from ui.payments.words import RATED, SUCCESS_RATE
from ui.theme import Theme

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


def rows(page: PaymentsPage) -> list[PaymentRow]:
    model = page.grid.model()
    assert model is page._model
    return list(page._model.rows)


def numbers(page: PaymentsPage) -> list[int]:
    return [row.id.int for row in rows(page)]


def cell(page: PaymentsPage, at_row: int, key: str) -> str:
    column = next(n for n, column in enumerate(page._model.columns) if column.key == key)
    return page._model.text(at_row, column)


def current(page: PaymentsPage) -> PaymentFilter:
    assert page.filter is not None
    return page.filter


def expected(fake: FakePayments, narrowed: PaymentFilter) -> list[PaymentRow]:
    return sorted(fake._under(narrowed), key=lambda row: (row.created_at, row.id), reverse=True)


def agrees(page: PaymentsPage, fake: FakePayments) -> None:
    """Rows and figures are those that the database would answer now."""
    narrowed = current(page)
    assert rows(page) == expected(fake, narrowed)
    answer, shown = fake.summary(overall(narrowed), NOW), page.live.summary
    assert shown is not None
    assert (shown.cells, shown.foreign, shown.of) == (answer.cells, answer.foreign, answer.of)


# --- what stands there ---------------------------------------------------------------------------------------------


def test_the_first_page_newest_first(open_page: Open) -> None:
    page = open_page(FakePayments().holding([paid(1), paid(3), paid(2, receipt="", status="pending")]))
    assert numbers(page) == [3, 2, 1]
    assert [cell(page, 0, key) for key in ("time", "passenger", "phone", "route", "vehicle", "method", "receipt")] == [
        "12:00:03", "Passenger 3", "0700 ••• 111", "Nairobi – Thika", "KDC 418T", "M-Pesa", "UKM7Q00003",
    ]  # fmt: skip
    assert [cell(page, 1, key) for key in ("receipt", "amount", "status")] == ["—", "150.00", "Pending"]


def test_the_tiles_say_count_amount_and_yesterday(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding(
        [
            paid(1, amount=Decimal("412300.00")),
            paid(2, status="pending", created_at=NOW - timedelta(minutes=4, seconds=10)),
            paid(3, status="failed", result_code="1032"),
            paid(4, status="refunded", refunded_amount=Decimal("150.00")),
        ]
    )
    fake.yesterday = {"completed": Figures(2, Decimal("388229.76"), Decimal(0)), "failed": Figures(2)}
    page = open_page(fake)
    completed, pending, failed = (page.tiles.tile(name) for name in ("completed", "pending", "failed"))
    assert (completed.figure, completed.details) == (
        "412,300.00",
        ("1 payment · ▼ 50.0 %", "against yesterday until 14:05"),
    )
    assert completed.changed == "▲ 6.2 %"
    assert (pending.figure, pending.details) == ("150.00", ("1 payment", "oldest 4 min"))
    assert (failed.figure, failed.details) == ("150.00", ("1 payment · ▼ 50.0 %", "1 cancelled"))
    assert page.tiles.tile("refunded").details == ("1 payment", "150.00 given back")
    assert page.tiles.tile(SUCCESS_RATE).figure == "66.7 %"
    assert page.tiles.tile(SUCCESS_RATE).details == ("2 of 3 paid", "▲ 16.7 points on yesterday")
    assert page.tiles.tile("other").isHidden()


def test_unknown_statuses_and_other_currencies_are_counted_apart(open_page: Open) -> None:
    page = open_page(
        FakePayments().holding(
            [
                paid(1, status="on_hold"),
                paid(2, status="partially_refunded", refunded_amount=Decimal("50.00")),
                paid(3, currency="USD", amount=Decimal("12.00")),
            ]
        )
    )
    assert page.tiles.tile("other").isVisible()
    assert page.tiles.tile("other").details == ("1 payment", "")
    count, given_back = page.tiles.tile("partially_refunded").details
    assert (count, given_back.split()[0]) == ("1 payment", "50.00")
    assert page.hours.aside == "1 in other currencies, not summed · now 14:05"
    assert [cell(page, at_row, "amount") for at_row in range(3)] == ["USD 12.00", "150.00", "150.00"]
    assert cell(page, 2, "status") == "On hold"


def test_the_status_bar_line(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1), paid(2, status="failed")])
    page = open_page(fake)
    lines: list[str] = []
    page.summary_changed.connect(lines.append)
    page.apply_events([fake.put(paid(3))])
    settle(qtbot, page)
    page.tiles.tile("failed").click()
    settle(qtbot, page)
    page.show_filter(replace(EVERYTHING, days=Days(date(2026, 11, 20), date(2026, 11, 26))))
    settle(qtbot, page)
    assert list(dict.fromkeys(lines)) == [
        "3 payments today", "1 payment today, filtered", "3 payments in these days",
    ]  # fmt: skip


# --- filters -------------------------------------------------------------------------------------------------------


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


# --- empty, slow, broken -------------------------------------------------------------------------------------------


def test_why_there_is_nothing(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments())
    assert page.notice.isVisible()
    assert page.notice.sentence == "No payments today yet"
    page.bar.days.popup.preset_picked.emit("yesterday")
    settle(qtbot, page)
    assert page.notice.sentence == "No payments on 25 Nov 2026"
    page.bar.days.popup.preset_picked.emit("last_7_days")
    settle(qtbot, page)
    assert page.notice.sentence == "No payments from 20 – 26 Nov 2026"
    page.tiles.tile("failed").click()
    settle(qtbot, page)
    assert page.notice.sentence == "Nothing matches these filters"
    page.notice.clear_wanted.emit()
    assert current(page).statuses == frozenset()


def test_nothing_is_shown_before_there_is_a_fleet(qtbot: QtBot) -> None:
    theme = Theme("light")
    from ui.tasks import Tasks

    page = PaymentsPage(theme, tasks := Tasks(theme), FakePayments(), Clock())
    qtbot.addWidget(page)
    page.reload()
    page.apply_events([FakePayments().put(paid(1))])
    page.clear_filters()
    page.set_offline(None)
    page.live.more()
    page.tiles.tile("failed").click()
    page.hours.chart.picked.emit(3, "")
    page.bar.changed.emit()
    assert page.notice.sentence == "No fleet is chosen"
    assert page.filter is None
    tasks.stop()


def test_loading_is_said_only_when_it_takes_long(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1), paid(2, status="failed")])
    page = open_page(fake)
    fake.hold()
    page.bar.days.popup.preset_picked.emit("last_7_days")
    assert numbers(page) == [2, 1]
    qtbot.waitUntil(lambda: page.notice.isVisible())
    assert page.notice.sentence == "Loading payments…"
    assert page.tiles.tile("completed").figure == "—"
    fake.let_go()
    settle(qtbot, page)
    assert numbers(page) == [2, 1]
    assert page.notice.isHidden()


def test_a_fault_is_said_and_retried(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    fake.fault = NotAllowed("The login is not allowed to do this.")
    page.bar.days.popup.preset_picked.emit("yesterday")
    qtbot.waitUntil(lambda: page.notice.isVisible())
    assert page.notice.sentence == "The payments could not be read"
    assert page.tiles.tile("completed").figure == "—"
    fake.fault = None
    page.bar.days.popup.preset_picked.emit("today")
    settle(qtbot, page)
    assert numbers(page) == [1]
    assert page.tiles.tile("completed").figure == "150.00"


def test_retry_asks_everything_again(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    fake.fault = NotAllowed("The login is not allowed to do this.")
    page.bar.days.popup.preset_picked.emit("last_7_days")
    settle(qtbot, page)
    fake.fault = None
    page.notice.retry_wanted.emit()
    assert page.notice.sentence == "Loading payments…"
    settle(qtbot, page)
    assert numbers(page) == [1]
    assert page.tiles.tile("completed").figure == "150.00"


def test_figures_alone_that_failed_are_asked_again(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    fake.fault, fake.fault_in = DatabaseUnreachable("gone"), "summary"
    page.bar.days.popup.preset_picked.emit("last_7_days")
    settle(qtbot, page)
    assert numbers(page) == [1]
    assert page.tiles.tile("completed").figure == "—"
    fake.fault = None
    assert page.live._sums._later.isActive()
    page.live._sums._later.setInterval(0)
    page.live._sums._later.start()
    qtbot.waitUntil(lambda: page.tiles.tile("completed").figure == "150.00")


def test_a_failed_reload_keeps_what_is_shown_and_tells(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    told: list[WorkstationError] = []
    page._tasks.fault.connect(told.append)
    fake.fault = DatabaseUnreachable("gone")
    page.reload()
    settle(qtbot, page)
    assert numbers(page) == [1]
    assert page.tiles.tile("completed").figure == "150.00"
    assert [str(error) for error in told] == ["gone", "gone"]


def test_without_a_database_filters_work_on_what_was_loaded(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1), paid(2, passenger="Alice Mfano"), paid(3, status="failed")])
    page = open_page(fake)
    page.set_offline(NOW - timedelta(minutes=3))
    assert page.hours.aside == "offline, as of 14:02"
    fake.fault = DatabaseUnreachable("gone")
    page.tiles.tile("failed").click()
    settle(qtbot, page)
    assert numbers(page) == [3]
    assert page.tiles.tile("completed").figure == "300.00"
    assert page.hours.aside == "only payments that were loaded before · offline, as of 14:02"
    page.clear_filters()
    page.show_filter(replace(EVERYTHING, search="alice"))
    settle(qtbot, page)
    assert numbers(page) == [2]
    page.show_filter(replace(EVERYTHING, search="nobody"))
    settle(qtbot, page)
    assert page.notice.sentence == "The payments could not be read"
    fake.fault = None
    page.clear_filters()
    page.set_offline(None)
    settle(qtbot, page)
    assert numbers(page) == [3, 2, 1]
    assert page.hours.aside == "now 14:05"


# --- live ----------------------------------------------------------------------------------------------------------


def test_a_new_payment_slides_in_and_counts(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    page.apply_events([fake.put(paid(2, status="pending", receipt=""))])
    settle(qtbot, page)
    assert numbers(page) == [2, 1]
    assert page.tiles.tile("pending").figure == "150.00"
    agrees(page, fake)


def test_a_known_row_changes_at_once_and_its_receipt_follows(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1, status="pending", receipt="")])
    page = open_page(fake)
    fake.hold()
    page.apply_events([fake.put(paid(1, completed_at=NOW))])
    assert cell(page, 0, "status") == "Completed"
    assert cell(page, 0, "receipt") == "—"
    fake.let_go()
    settle(qtbot, page)
    assert cell(page, 0, "receipt") == "UKM7Q00001"
    agrees(page, fake)


def test_a_row_that_no_longer_passes_leaves(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1, status="pending"), paid(2, status="pending")])
    page = open_page(fake)
    page.tiles.tile("pending").click()
    settle(qtbot, page)
    page.apply_events([fake.put(paid(1)), fake.remove(UUID(int=2))])
    settle(qtbot, page)
    assert numbers(page) == []
    agrees(page, fake)


def test_new_rows_wait_while_somebody_reads(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 60)])
    page = open_page(fake)
    page.grid.selectRow(3)
    page.apply_events([fake.put(paid(100 + number)) for number in range(14)])
    settle(qtbot, page)
    assert numbers(page)[0] == 59
    assert page.bar.pill.isVisible()
    assert page.bar.pill.text() == "14 new ▲"
    page.apply_events([fake.put(paid(100, status="failed")), fake.remove(UUID(int=101))])
    settle(qtbot, page)
    assert page.bar.pill.count == 13
    QTest.mouseClick(page.bar.pill, Qt.MouseButton.LeftButton)
    assert numbers(page)[:2] == [113, 112]
    assert page.bar.pill.isHidden()
    assert page.grid.at_top
    agrees(page, fake)


def test_many_new_payments_are_asked_for_in_few_queries(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments()
    page = open_page(fake)
    fake.asked.clear()
    fake.hold()
    for number in range(1, 301):
        page.apply_events([fake.put(paid(number))])
    qtbot.waitUntil(lambda: bool(fake.asked))
    fake.let_go()
    settle(qtbot, page)
    assert len(rows(page)) == 300
    assert fake.asked == ["rows 300"]


def test_events_during_a_query_are_carried_into_its_answer(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1), paid(2)])
    page = open_page(fake)
    fake.hold()
    page.bar.days.popup.preset_picked.emit("last_7_days")
    qtbot.waitUntil(lambda: {"page", "summary"} <= set(fake.asked[-2:]))
    page.apply_events([fake.put(paid(1, status="failed")), fake.put(paid(3)), fake.remove(UUID(int=2))])
    fake.let_go()
    settle(qtbot, page)
    assert numbers(page) == [3, 1]
    agrees(page, fake)


def test_events_during_a_query_for_rows_are_carried_into_its_answer(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments()
    page = open_page(fake)
    fake.hold()
    page.apply_events([fake.put(paid(1, status="pending")), fake.put(paid(2))])
    qtbot.waitUntil(lambda: fake.asked[-1] == "rows 2")
    page.apply_events([fake.put(paid(1)), fake.remove(UUID(int=2))])
    fake.let_go()
    settle(qtbot, page)
    assert numbers(page) == [1]
    agrees(page, fake)


def test_events_that_an_answer_holds_already_are_not_counted_twice(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments()
    events = [fake.put(paid(1)), fake.put(paid(2))]
    page = open_page(fake)
    page.apply_events(events)
    page.apply_events(events)
    settle(qtbot, page)
    agrees(page, fake)


def test_another_fleets_events_are_not_ours(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments()
    page = open_page(fake)
    page.apply_events([replace(fake.put(paid(1)), fleet_id=UUID(int=0xF2))])
    assert page.live.settled


def test_a_hole_in_the_feed_is_noticed_and_mended(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    fake.put(paid(2))
    fake.put(paid(1, status="failed"))
    page.apply_events([fake.put(paid(3))])
    settle(qtbot, page)
    assert numbers(page) == [3, 2, 1]
    agrees(page, fake)


def test_a_hole_at_the_very_beginning(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments()
    page = open_page(fake)
    fake.put(paid(1))
    page.apply_events([fake.put(paid(2))])
    settle(qtbot, page)
    assert numbers(page) == [2, 1]
    agrees(page, fake)


def test_an_answer_older_than_the_hole_is_asked_again(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    fake.hold()
    page.bar.days.popup.preset_picked.emit("last_7_days")
    qtbot.waitUntil(lambda: {"page", "summary"} <= set(fake.asked[-2:]))
    fake.put(paid(2))
    page.apply_events([fake.put(paid(3))])
    fake.let_go()
    settle(qtbot, page)
    assert numbers(page) == [3, 2, 1]
    agrees(page, fake)


def test_a_rebuilt_feed_begins_anew(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 20)])
    page = open_page(fake)
    page.apply_events([fake.put(paid(30))])
    settle(qtbot, page)
    fake.epoch, fake.seq = 2, 0
    page.reload()
    settle(qtbot, page)
    page.apply_events([fake.put(paid(31)), fake.put(paid(30, status="failed"))])
    settle(qtbot, page)
    assert numbers(page)[:3] == [31, 30, 19]
    agrees(page, fake)


def test_a_rebuilt_feed_is_noticed_by_any_answer(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 20)])
    page = open_page(fake)
    page.apply_events([fake.put(paid(30))])
    settle(qtbot, page)
    fake.epoch, fake.seq = 2, 3
    page.tiles.tile("completed").click()
    settle(qtbot, page)
    page.apply_events([fake.put(paid(31))])
    settle(qtbot, page)
    assert numbers(page)[:3] == [31, 30, 19]


def test_each_fleets_feed_has_its_own_numbers(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 20)])
    page = open_page(fake)
    page.apply_events([fake.put(paid(30))])
    fake.epoch, fake.seq = 7, 2
    page.set_fleet(SmallFleet(id=UUID(int=0xF2)))
    page.apply_events([replace(fake.put(paid(31)), fleet_id=UUID(int=0xF2))])
    settle(qtbot, page)
    assert numbers(page)[:2] == [31, 30]
    agrees(page, fake)


def test_new_names_are_shown_where_they_stand(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    page.apply_events([fake.rename(replace(NAMES, routes=NAMES.routes | {THIKA: "Nairobi – Thika Road"}))])
    settle(qtbot, page)
    assert cell(page, 0, "route") == "Nairobi – Thika Road"
    assert page.bar.route._choices[-1].text == "Nairobi – Thika Road"


def test_a_moved_booking_brings_the_whole_row_anew(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    page.apply_events([fake.put(paid(1, passenger="Brian Mfano", vehicle_id=KDA, vehicle="KDA 123A"), "booking")])
    assert cell(page, 0, "vehicle") == "KDA 123A"
    settle(qtbot, page)
    assert cell(page, 0, "passenger") == "Brian Mfano"


def test_under_a_search_the_database_is_asked_what_is_found(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1, passenger="Alice Mfano"), paid(2)])
    page = open_page(fake)
    page.show_filter(replace(EVERYTHING, search="alice"))
    settle(qtbot, page)
    page.apply_events([fake.put(paid(3, passenger="Alice Jaribio")), fake.put(paid(4))])
    settle(qtbot, page)
    assert numbers(page) == [3, 1]
    agrees(page, fake)
    page.apply_events([fake.put(paid(1, passenger="Carol Mfano"), "booking")])
    settle(qtbot, page)
    assert numbers(page) == [3]
    agrees(page, fake)
    fake.asked.clear()
    page.apply_events([fake.put(paid(9, created_at=at("10:00:00", date(2026, 11, 25))))])
    settle(qtbot, page)
    assert fake.asked == []


def test_rows_that_could_not_be_asked_for_are_asked_again(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments()
    page = open_page(fake)
    fake.fault = DatabaseUnreachable("gone")
    page.apply_events([fake.put(paid(1))])
    qtbot.waitUntil(lambda: not page._tasks.busy("payments.rows"))
    assert not page.settled
    fake.fault = None
    settle(qtbot, page)
    assert numbers(page) == [1]


def test_a_payment_whose_time_changes_moves(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1), paid(2), paid(3)])
    page = open_page(fake)
    page.apply_events([fake.put(paid(1, created_at=at("13:00:00")))])
    settle(qtbot, page)
    assert numbers(page) == [1, 3, 2]


# --- pages ---------------------------------------------------------------------------------------------------------


def test_older_pages_come_when_they_are_wanted(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 451)])
    page = open_page(fake)
    assert len(rows(page)) == 200
    fake.asked.clear()
    page.apply_events([fake.put(paid(3, status="failed"))])
    settle(qtbot, page)
    assert fake.asked == []
    while len(rows(page)) < 450:
        before = len(rows(page))
        page.grid.scrollToBottom()
        qtbot.waitUntil(lambda before=before: len(rows(page)) > before)  # type: ignore[misc]
    agrees(page, fake)


def test_an_older_page_that_failed_can_be_asked_for_again(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 251)])
    page = open_page(fake)
    fake.fault = DatabaseUnreachable("gone")
    with qtbot.waitSignal(page._tasks.fault):
        page.live.more()
    fake.fault = None
    page.grid.scrollToBottom()
    qtbot.waitUntil(lambda: len(rows(page)) == 250)


def test_an_older_page_is_carried_on_by_what_happened_meanwhile(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 251)])
    page = open_page(fake)
    fake.hold()
    page.live.more()
    qtbot.waitUntil(lambda: fake.asked[-1] == "more")
    page.apply_events([fake.put(paid(5, status="failed")), fake.remove(UUID(int=6))])
    fake.let_go()
    settle(qtbot, page)
    assert len(rows(page)) == 249
    agrees(page, fake)


def test_an_older_page_that_missed_something_is_asked_again(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 251)])
    page = open_page(fake)
    fake.hold()
    page.live.more()
    qtbot.waitUntil(lambda: fake.asked[-1] == "more")
    fake.put(paid(5, status="failed"))
    page.apply_events([fake.put(paid(250, status="failed"))])
    fake.let_go()
    settle(qtbot, page)
    page.live.more()
    settle(qtbot, page)
    agrees(page, fake)


def test_a_reload_leaves_what_is_read_in_place(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 301)])
    page = open_page(fake)
    page.live.more()
    settle(qtbot, page)
    page.grid.select(UUID(int=150))
    place = page.grid.verticalScrollBar().value()
    # What happens while the connection is lost is never told as events.
    fake.put(paid(400))
    fake.put(paid(299, status="failed"))
    fake.remove(UUID(int=298))
    fake.put(paid(50, status="failed"))
    fake.remove(UUID(int=49))
    page.reload()
    settle(qtbot, page)
    assert page.grid.verticalScrollBar().value() == place - page.grid.rowHeight(0)
    assert [row.id.int for row in page.grid.selected_rows()] == [150]
    assert page.bar.pill.count == 1
    page.bar.pill.click()
    agrees(page, fake)


def test_a_reload_after_a_long_time_begins_at_the_top(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 10)])
    page = open_page(fake)
    for number in range(500, 750):
        fake.put(paid(number))
    page.reload()
    settle(qtbot, page)
    assert numbers(page)[0] == 749
    assert len(rows(page)) == 200


def test_more_new_rows_than_can_wait_are_read_anew(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 30)])
    page = open_page(fake)
    page._held._limit = 10
    page.grid.selectRow(2)
    page.apply_events([fake.put(paid(number)) for number in range(100, 130)])
    settle(qtbot, page)
    assert page.bar.pill.text() == "30 new ▲"
    page.bar.pill.click()
    settle(qtbot, page)
    agrees(page, fake)


# --- time ----------------------------------------------------------------------------------------------------------


def test_every_minute_the_comparison_is_asked_again(open_page: Open, qtbot: QtBot, clock: Clock) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    fake.asked.clear()
    page._tick()
    assert fake.asked == []
    clock.move(minutes=1)
    fake.yesterday = {"completed": Figures(1, Decimal("100.00"))}
    page._tick()
    settle(qtbot, page)
    assert fake.asked == ["summary"]
    assert page.tiles.tile("completed").changed == "▲ 50.0 %"
    assert page.tiles.tile("completed").details[1] == "against yesterday until 14:06"
    assert page.hours.aside == "now 14:06"


def test_while_offline_nothing_is_asked_by_the_clock(open_page: Open, qtbot: QtBot, clock: Clock) -> None:
    fake = FakePayments()
    page = open_page(fake)
    page.set_offline(NOW)
    fake.asked.clear()
    clock.move(minutes=1)
    page._tick()
    settle(qtbot, page)
    assert fake.asked == []


def test_at_midnight_today_moves_on(open_page: Open, qtbot: QtBot, clock: Clock) -> None:
    fake = FakePayments().holding([paid(1), paid(2, created_at=at("00:00:01", date(2026, 11, 27)))])
    page = open_page(fake)
    clock.now = at("23:59:59")
    page._tick()
    settle(qtbot, page)
    assert numbers(page) == [1]
    clock.move(seconds=2)
    page._tick()
    settle(qtbot, page)
    assert numbers(page) == [2]
    assert page.bar.days.shown == "Today"
    assert current(page).days.first == date(2026, 11, 27)


def test_days_of_ones_own_stay_at_midnight(open_page: Open, qtbot: QtBot, clock: Clock) -> None:
    page = open_page(FakePayments().holding([paid(1)]))
    page.show_filter(replace(EVERYTHING, days=Days(date(2026, 11, 24), date(2026, 11, 26))))
    settle(qtbot, page)
    clock.move(days=1)
    page._tick()
    settle(qtbot, page)
    assert current(page).days.first == date(2026, 11, 24)


def test_the_oldest_pending_payment_is_followed(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments()
    page = open_page(fake)
    page.apply_events([fake.put(paid(1, status="pending", created_at=NOW - timedelta(minutes=9)))])
    page.apply_events([fake.put(paid(2, status="pending", created_at=NOW - timedelta(minutes=2)))])
    settle(qtbot, page)
    assert page.tiles.tile("pending").details[1] == "oldest 9 min"
    fake.asked.clear()
    page.apply_events([fake.put(paid(1, created_at=NOW - timedelta(minutes=9)))])
    page.live._sums._later.setInterval(0)
    page.live._sums._later.start()
    qtbot.waitUntil(lambda: page.tiles.tile("pending").details[1] == "oldest 2 min")


# --- the rest ------------------------------------------------------------------------------------------------------


def test_another_fleet_has_other_payments_and_another_currency(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1)])
    page = open_page(fake)
    page.set_fleet(SmallFleet(id=UUID(int=0xF2), name="Twiga", currency="UGX"))
    settle(qtbot, page)
    header = page._model.headerData(7, Qt.Orientation.Horizontal)
    assert header == "Amount UGX"
    assert page.tiles.tile("completed").accessibleName().startswith("Completed UGX")
    page.tiles.tile("failed").click()
    settle(qtbot, page)
    assert current(page).statuses == {"failed"}
    assert current(page).fleet_id == UUID(int=0xF2)


def test_columns_come_back(open_page: Open) -> None:
    page = open_page(FakePayments().holding([paid(1)]))
    page.grid.columns.show(9, True)
    state = page.layout_state()
    page.grid.columns.reset()
    page.restore_layout(state)
    assert "refunded" not in page.layout_state()["hidden"]


def test_private_cells_are_masked(open_page: Open) -> None:
    page = open_page(FakePayments().holding([paid(1)]))
    page.conceal(True)
    assert cell(page, 0, "amount") == cell(page, 0, "phone") == "•••••"
    assert cell(page, 0, "passenger") == "Passenger 1"
    assert page.tiles.tile("completed").figure == "•••••"
    assert page.hours.chart.words(12).endswith("Completed: 1 · KES •••••")
    page.set_fleet(replace(FLEET, currency="UGX"))
    assert page.tiles._concealed
    page.conceal(False)
    assert cell(page, 0, "amount") != "•••••"
    assert not page.tiles._concealed


def test_the_hour_alone_can_be_taken_out(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1, status="failed"), paid(2, created_at=at("07:30:00"))]))
    page.hours.chart.picked.emit(12, "failed")
    QTest.mouseClick(page.hours.hour, Qt.MouseButton.LeftButton)
    assert current(page) == replace(EVERYTHING, statuses=frozenset({"failed"}))
    assert page.hours.hour.isHidden()


def test_several_chosen_statuses_are_outlined_and_the_other_bars_dim(open_page: Open) -> None:
    page = open_page(FakePayments().holding([paid(1), paid(2, status="failed"), paid(3, status="partially_refunded")]))
    page.show_filter(replace(EVERYTHING, statuses=frozenset({"failed", "partially_refunded"})))
    assert [page.tiles.tile(name).active for name in ("completed", "failed", "partially_refunded")] == [
        False,
        True,
        True,
    ]
    dimmed = {segment.status: page.hours.chart._dimmed(segment) for segment in page.hours.chart._segments}
    assert dimmed == {"completed": True, "failed": False, "refunded": False}


@pytest.mark.parametrize(("typed", "said"), [("123", True), ("alice 12", True), ("1234", False), ("zoe", False)])
def test_too_few_digits_are_told(open_page: Open, qtbot: QtBot, typed: str, said: bool) -> None:
    page = open_page(FakePayments().holding([paid(1)]))
    page.show_filter(replace(EVERYTHING, search=typed, methods=frozenset({"cash"})))
    settle(qtbot, page)
    assert page.notice.sentence == "Nothing matches these filters"
    assert ("Type at least four digits of a phone." in page.notice.accessibleDescription()) is said


def test_one_day_by_payment_shows_the_day_of_creation(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1, completed_at=at("12:00:20"))]))
    assert cell(page, 0, "time") == "12:00:01"
    page.show_filter(replace(EVERYTHING, basis="taken"))
    settle(qtbot, page)
    assert cell(page, 0, "time").startswith("26 Nov 12:00")
    assert page.hours.words.endswith("by day of payment · bars by hour of payment")


def test_colours_follow_the_theme(open_page: Open) -> None:
    page = open_page(FakePayments().holding([paid(1)]))
    light = page.grid.grab().toImage()
    page._theme.set_mode("dark")
    assert page.grid._tokens is page._theme.tokens
    assert page.grid.grab().toImage() != light


def test_everything_is_reached_by_keyboard_and_has_a_name(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1)]))
    page.bar.days.setFocus()
    met: list[str] = []
    for _ in range(16):
        focus = QApplication.focusWidget()
        assert focus is not None
        met.append(focus.accessibleName().partition(":")[0].partition(" KES")[0])
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert met == [
        "Days", "Status", "Route", "Vehicle", "Method", "More filters",
        "Search name, phone or receipt (Ctrl+F)", "Views", "Export",
        "Completed", "Pending", "Failed", "Refunded", f"Success rate {page.tiles.tile(SUCCESS_RATE).figure}",
        "Payments by hour", "Payments",
    ]  # fmt: skip


def test_the_pill_comes_without_pushing_anything_down(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(number) for number in range(1, 60)])
    page = open_page(fake)
    for width in range(960, 1400, 20):
        page.resize(width, 700)
        page.bar.pill.set_count(0)
        QApplication.processEvents()
        top = page.grid.mapTo(page, page.grid.rect().topLeft()).y()
        page.bar.pill.set_count(123)
        QApplication.processEvents()
        assert page.grid.mapTo(page, page.grid.rect().topLeft()).y() == top


PEOPLE = st.sampled_from(["Alice Mfano", "Brian Jaribio"])
CHANGED = st.builds(
    lambda number, values: paid(number, **values),
    st.integers(1, 12),
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(["completed", "pending", "failed", "refunded", "partially_refunded", "on_hold"]),
            "amount": st.sampled_from([Decimal("150.00"), Decimal("1200.50")]),
            "method": st.sampled_from(["mpesa", "cash"]),
            "currency": st.sampled_from(["KES", "KES", "USD"]),
            "result_code": st.sampled_from([None, "1032"]),
            "passenger": PEOPLE,
        }
    ),
)
FILTERS = st.sampled_from(
    [
        EVERYTHING,
        replace(EVERYTHING, statuses=frozenset({"completed", "other"})),
        replace(EVERYTHING, methods=frozenset({"cash"}), hour=12),
        replace(EVERYTHING, vehicles=frozenset({KDC}), routes=frozenset({THIKA, MOMBASA})),
        replace(EVERYTHING, search="alice"),
    ]
)
STEPS = st.lists(
    st.one_of(
        CHANGED.map(lambda row: ("put", row)),
        CHANGED.map(lambda row: ("booking", row)),
        st.integers(1, 12).map(lambda number: ("remove", number)),
        FILTERS.map(lambda narrowed: ("filter", narrowed)),
        st.sampled_from(
            [("lose", None), ("reload", None), ("hold", None), ("go", None), ("wait", None), ("old", None)]
        ),
    ),
    max_size=30,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_happens_the_page_comes_to_what_the_database_holds(
    steps: list[tuple[str, object]], open_page: Open, qtbot: QtBot
) -> None:
    fake = FakePayments()
    page = open_page(fake)
    told: list[PaymentEvent] = []
    lost = False
    for step, value in steps:
        event: PaymentEvent | None = None
        match step, value:
            case "put" | "booking", PaymentRow() as row:
                event = fake.put(row, "booking" if step == "booking" else "payment")
            case "remove", int() as number if UUID(int=number) in fake.payments:
                event = fake.remove(UUID(int=number))
            case "filter", PaymentFilter() as narrowed:
                page.show_filter(narrowed)
            case "lose", _:
                lost = not lost
            case "reload", _:
                page.reload()
            case "hold", _:
                fake.hold()
            case "go", _:
                fake.let_go()
            case "wait", _:
                qtbot.wait(5)
            case "old", _:
                page.apply_events(told[-3:])
        if event is not None and not lost:
            told.append(event)
            page.apply_events([event])
    fake.let_go()
    # The first event after a loss shows that there was one.
    page.apply_events([fake.put(paid(13))])
    settle(qtbot, page)
    agrees(page, fake)
    page.close()


@pytest.mark.parametrize("found", [True, False])
def test_an_answer_that_the_feed_overtook_is_asked_for_again(open_page: Open, qtbot: QtBot, found: bool) -> None:
    # What the search finds is unknown to the feed, and the payment changed twice: the answer knows only the first change.
    then, now = ("Alice Mfano", "Brian Jaribio") if found else ("Brian Jaribio", "Alice Mfano")
    fake = FakePayments().holding([paid(1, passenger=now)])
    page = open_page(fake)
    page.show_filter(replace(EVERYTHING, search="alice"))
    settle(qtbot, page)
    fake.hold()
    page.apply_events([fake.put(paid(1, passenger=then), "booking")])
    qtbot.waitUntil(lambda: "rows 1" in fake.asked)
    page.apply_events([fake.put(paid(1, passenger=now), "booking")])
    fake.let_go()
    settle(qtbot, page)
    agrees(page, fake)


def test_names_that_nobody_knows_are_no_hindrance(open_page: Open) -> None:
    fake = FakePayments().holding([paid(1)])
    fake.given_names = Names({}, {}, {})
    page = open_page(fake)
    assert cell(page, 0, "route") == "Nairobi – Thika"


@pytest.mark.parametrize("status", ["completed", "pending", "failed", "refunded"])
def test_every_usual_tile_opens_its_rows(status: str, open_page: Open, qtbot: QtBot) -> None:
    page = open_page(FakePayments().holding([paid(1, status=status), paid(2, status="on_hold")]))
    page.tiles.tile(status).click()
    settle(qtbot, page)
    assert numbers(page) == [1]
