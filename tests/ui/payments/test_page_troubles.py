"""The page while nothing is there, nothing comes, or something fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pytestqt.qtbot import QtBot

from services.domain.errors import DatabaseUnreachable, NotAllowed, WorkstationError
from services.payments.filters import PaymentFilter
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import (
    FLEET,
    NOW,
    TODAY,
    Clock,
    FakePayments,
    paid,
)  # fmt: skip
from tests.ui.payments.looking import current, numbers
from ui.payments.page import PaymentsPage
from ui.theme import Theme

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


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
