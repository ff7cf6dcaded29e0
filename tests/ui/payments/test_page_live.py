"""The page as the feed moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from services.domain.errors import DatabaseUnreachable
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import (
    FLEET,
    KDA,
    KDC,
    MOMBASA,
    NAMES,
    NOW,
    THIKA,
    TODAY,
    FakePayments,
    SmallFleet,
    at,
    paid,
)  # fmt: skip
from tests.ui.payments.looking import agrees, cell, numbers, rows

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


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
