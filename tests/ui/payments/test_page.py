"""The page as a person sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.payments.row import Names
from services.payments.summary import Figures
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import (
    FLEET,
    NOW,
    TODAY,
    FakePayments,
    SmallFleet,
    at,
    paid,
)  # fmt: skip
from tests.ui.payments.looking import cell, current, numbers
from ui.payments.words import SUCCESS_RATE

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


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
