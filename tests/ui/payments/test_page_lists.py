"""Pages of a longer list, and the passing of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from pytestqt.qtbot import QtBot

from services.domain.errors import DatabaseUnreachable
from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.payments.summary import Figures
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import (
    FLEET,
    NOW,
    TODAY,
    Clock,
    FakePayments,
    at,
    paid,
)  # fmt: skip
from tests.ui.payments.looking import agrees, current, numbers, rows

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


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
