"""A list that is longer than what is loaded of it: scrolled, jumped about in, and live all the while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import ui.payments.loaded
from services.domain.errors import DatabaseUnreachable
from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import FLEET, TODAY, FakePayments, at, paid
from tests.ui.payments.looking import exact, go_to, numbers, seen_at
from ui.payments.page import PaymentsPage

EVERYTHING = PaymentFilter(FLEET.id, TODAY)
Key = Qt.Key
MOST = 700


@pytest.fixture(autouse=True)
def small_window(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Few rows are loaded at a time, so that a short list is a long one."""
    monkeypatch.setattr(ui.payments.loaded, "MOST", MOST)
    monkeypatch.setattr(ui.payments.loaded, "AROUND", 80)
    monkeypatch.setattr(ui.payments.loaded, "_ROOM", 60)
    yield


def many(count: int) -> FakePayments:
    """Payments 1 to `count`, ten seconds apart, the latest at noon."""
    noon = at("12:00:00")
    return FakePayments().holding(
        [paid(n, created_at=noon - timedelta(seconds=10 * (count - n))) for n in range(1, count + 1)]
    )


def later(number: int, **values: object) -> PaymentRow:
    return paid(number, created_at=at("12:30:00") + timedelta(seconds=number), **values)


@pytest.fixture
def fake() -> FakePayments:
    return many(3_000)


@pytest.fixture
def page(open_page: Open, fake: FakePayments) -> PaymentsPage:
    return open_page(fake)


def test_scrolled_to_the_end_and_back_no_row_is_missed_and_few_are_loaded(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fake := many(1_300))
    bar, height = page.grid.verticalScrollBar(), page.grid.viewport().height()
    met: set[int] = set()
    most = steps = 0
    while not (page._rows.bottom is None and bar.value() == bar.maximum()):
        met |= {seen_at(page, y)[0] for y in range(0, height, 30)}
        bar.setValue(min(bar.maximum(), bar.value() + height - 30))
        settle(qtbot, page)
        most, steps = max(most, page._model.rowCount()), steps + 1
        if steps % 10 == 0:
            exact(page, fake)
    met |= {seen_at(page, y)[0] for y in range(0, height, 30)}
    assert met == set(range(1, 1_301))
    assert most <= MOST + 400
    assert "place" not in {question.partition(" ")[0] for question in fake.asked}
    exact(page, fake)
    while not page.grid.at_top:
        bar.setValue(max(0, bar.value() - 2 * height))
        settle(qtbot, page)
    assert numbers(page)[0] == 1_300
    exact(page, fake)


def test_nothing_moves_what_is_read_while_pages_come_and_go(
    page: PaymentsPage, fake: FakePayments, qtbot: QtBot
) -> None:
    go_to(page, qtbot, 1_500 * 30 + 7)
    before = seen_at(page, 100)
    page.live.earlier()
    page.live.more()
    settle(qtbot, page)
    assert seen_at(page, 100) == before
    for number in range(10):
        # Above the loaded rows, above what is seen, below it, and below everything that is loaded.
        events = [
            fake.put(later(4_000 + number)),
            fake.put(paid(5_000 + number, created_at=fake.payments[UUID(int=1_560)].created_at + timedelta(seconds=1))),
            fake.put(paid(6_000 + number, created_at=fake.payments[UUID(int=1_400)].created_at + timedelta(seconds=1))),
            fake.put(paid(7_000 + number, created_at=fake.payments[UUID(int=100)].created_at)),
            fake.remove(UUID(int=2_900 + number)),
            fake.remove(UUID(int=1_580 + number)),
        ]
        page.apply_events(events)
        QApplication.processEvents()
        assert seen_at(page, 100) == before
    settle(qtbot, page)
    assert page.bar.pill.count > 10
    exact(page, fake)
    page._rows._cut_above(40)
    page._rows._cut_below(40)
    QApplication.processEvents()
    assert seen_at(page, 100) == before
    exact(page, fake)


def test_the_keyboards_row_may_be_let_go_without_pulling_the_view_after_it(page: PaymentsPage, qtbot: QtBot) -> None:
    page.grid.selectRow(2)
    page.grid.verticalScrollBar().setValue(4_000)
    settle(qtbot, page)
    before = seen_at(page, 50)
    page._rows._cut_above(40)
    QApplication.processEvents()
    assert seen_at(page, 50) == before
    assert page.grid.current_row() is None


def test_a_chosen_row_keeps_its_place_on_the_screen(page: PaymentsPage, fake: FakePayments, qtbot: QtBot) -> None:
    page.grid.verticalScrollBar().setValue(3_000)
    page.grid.select(UUID(int=2_895))
    y = page.grid.visualRect(page.grid.currentIndex()).y()
    assert y > 90
    page.apply_events([fake.remove(UUID(int=2_899)), fake.remove(UUID(int=2_890))])
    QApplication.processEvents()
    assert page.grid.visualRect(page.grid.currentIndex()).y() == y
    row = page.grid.current_row()
    assert row is not None
    assert row.id.int == 2_895


def test_the_bar_runs_over_the_whole_list(page: PaymentsPage, fake: FakePayments, qtbot: QtBot) -> None:
    height = page.grid.viewport().height()
    assert page.whole.bar.maximum() == 3_000 * 30 - height
    go_to(page, qtbot, 2_000 * 30)
    assert seen_at(page, 0) == (1_000, 0)
    assert page.whole.bar.value() == 2_000 * 30
    assert fake.asked[-1] == "place 1900"
    exact(page, fake)
    page.grid.verticalScrollBar().setValue(page.grid.verticalScrollBar().value() + 45)
    assert page.whole.bar.value() == 2_000 * 30 + 45
    page.apply_events([fake.put(later(9_001))])
    settle(qtbot, page)
    assert page.whole.bar.maximum() == 3_001 * 30 - height
    assert page.whole.bar.value() == 2_001 * 30 + 45


def test_within_what_is_loaded_the_bar_asks_nothing(page: PaymentsPage, fake: FakePayments) -> None:
    fake.asked.clear()
    page.whole.bar.setValue(1_000)
    assert page.grid.verticalScrollBar().value() == 1_000
    assert not page.whole.seeking
    assert fake.asked == []


def test_a_drag_asks_for_the_last_place_only_and_says_where_it_is(
    page: PaymentsPage, fake: FakePayments, qtbot: QtBot
) -> None:
    fake.asked.clear()
    page.whole.bar.setSliderDown(True)
    for place in range(1_000, 2_000, 10):
        page.whole.bar.setSliderPosition(place * 30)
    assert page.whole.bubble == "row 1,991 of 3,000"
    qtbot.waitUntil(lambda: not page.whole.seeking)
    assert [question for question in fake.asked if question.startswith("place")] == ["place 1890"]
    assert seen_at(page, 0) == (3_000 - 1_990, 0)
    row = page._model.row_at(page.grid.rowAt(0))
    assert page.whole.bubble == f"{row.created_at:%H:%M:%S}"
    page.whole.bar.setSliderPosition(1_000)
    page.whole.bar.setSliderDown(False)
    qtbot.waitUntil(lambda: not page.whole.bubble, timeout=3_000)


def test_a_place_that_cannot_be_had_is_not_gone_to(page: PaymentsPage, fake: FakePayments, qtbot: QtBot) -> None:
    before = seen_at(page, 10)
    fake.fault = DatabaseUnreachable("gone")
    with qtbot.waitSignal(page._tasks.fault):
        page.whole.bar.setValue(2_000 * 30)
    assert not page.whole.seeking
    assert page.whole.bar.value() == 0
    assert page.whole.bubble == ""
    assert seen_at(page, 10) == before
    fake.fault = None
    page.grid.verticalScrollBar().setValue(4_500)
    settle(qtbot, page)
    exact(page, fake)


def test_home_and_end_go_to_the_ends_of_the_list_at_once(page: PaymentsPage, fake: FakePayments, qtbot: QtBot) -> None:
    page.grid.setFocus()
    fake.asked.clear()
    QTest.keyClick(page.grid, Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, page)
    row = page.grid.current_row()
    assert row is not None
    assert row.id.int == 1
    assert page.grid.viewport().rect().contains(page.grid.visualRect(page.grid.currentIndex()))
    assert page.whole.bar.value() == page.whole.bar.maximum()
    assert len([question for question in fake.asked if question.startswith("place")]) == 1
    exact(page, fake)
    QTest.keyClick(page.grid, Key.Key_Home)
    settle(qtbot, page)
    row = page.grid.current_row()
    assert row is not None
    assert row.id.int == 3_000
    assert page.grid.at_top
    QTest.keyClick(page.grid, Key.Key_PageDown)
    QTest.keyClick(page.grid, Key.Key_Down)
    below = page.grid.current_row()
    assert below is not None
    assert 2_980 < below.id.int < 2_995


def test_rows_above_and_below_the_loaded_ones_move_place_and_total(
    page: PaymentsPage, fake: FakePayments, qtbot: QtBot
) -> None:
    go_to(page, qtbot, 1_500 * 30)
    first = page._rows.first
    page.apply_events([fake.put(later(9_001)), fake.put(later(9_002)), fake.remove(UUID(int=2_999))])
    assert page._rows.first == first + 1
    page.apply_events([fake.put(paid(9_003, created_at=at("00:00:01"))), fake.remove(UUID(int=5))])
    assert page._rows.first == first + 1
    settle(qtbot, page)
    assert page.counts() == (3_001, 3_001)
    exact(page, fake)
    fake.remove(UUID(int=2_998))
    page.show_filter(EVERYTHING)
    assert page._rows.first == first + 1


def test_new_payments_far_above_are_counted_and_gone_to(page: PaymentsPage, fake: FakePayments, qtbot: QtBot) -> None:
    go_to(page, qtbot, 2_000 * 30)
    page.apply_events([fake.put(later(9_000 + number)) for number in range(14)])
    page.apply_events([fake.put(later(9_003, status="failed")), fake.remove(UUID(int=9_005))])
    settle(qtbot, page)
    assert page.bar.pill.text() == "13 new ▲"
    QTest.mouseClick(page.bar.pill, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert numbers(page)[0] == 9_013
    assert page.grid.at_top
    assert page.bar.pill.isHidden()
    exact(page, fake)


def test_waiting_rows_are_counted_when_the_top_is_let_go(page: PaymentsPage, fake: FakePayments, qtbot: QtBot) -> None:
    page.grid.verticalScrollBar().setValue(4_800)
    settle(qtbot, page)
    page.apply_events([fake.put(later(9_000 + number)) for number in range(5)])
    settle(qtbot, page)
    assert page.bar.pill.count == 5
    page._rows._cut_above(50)
    assert page.bar.pill.count == 5
    assert page._rows.first == 55
    exact(page, fake)
    page.bar.pill.click()
    settle(qtbot, page)
    assert numbers(page)[0] == 9_004


def test_a_reload_in_the_middle_leaves_what_is_read_in_place(
    page: PaymentsPage, fake: FakePayments, qtbot: QtBot
) -> None:
    go_to(page, qtbot, 1_500 * 30 + 11)
    before = seen_at(page, 100)
    # What happens while the connection is lost is never told as events.
    for number in range(300):
        fake.put(later(8_000 + number))
    fake.put(paid(9_500, created_at=fake.payments[UUID(int=1_530)].created_at + timedelta(seconds=1)))
    fake.remove(UUID(int=1_540))
    page.reload()
    settle(qtbot, page)
    assert seen_at(page, 100) == before
    page._held.release()
    assert 9_500 in numbers(page)
    assert 1_540 not in numbers(page)
    QTest.keyClick(page.grid, Key.Key_Home)
    settle(qtbot, page)
    exact(page, fake)


def test_a_reload_near_the_top_after_much_has_happened_leaves_what_is_read(
    page: PaymentsPage, fake: FakePayments, qtbot: QtBot
) -> None:
    page.grid.verticalScrollBar().setValue(600)
    before = seen_at(page, 100)
    for number in range(900):
        fake.put(later(8_000 + number))
    page.reload()
    settle(qtbot, page)
    assert seen_at(page, 100) == before
    page.grid.verticalScrollBar().setValue(0)
    settle(qtbot, page)
    QTest.keyClick(page.grid, Key.Key_Home)
    settle(qtbot, page)
    assert numbers(page)[0] == 8_899
    exact(page, fake)


def test_a_reload_of_rows_that_are_all_gone_begins_at_the_top(
    page: PaymentsPage, fake: FakePayments, qtbot: QtBot
) -> None:
    go_to(page, qtbot, 1_500 * 30)
    for number in range(1, 2_000):
        fake.remove(UUID(int=number))
    page.reload()
    settle(qtbot, page)
    assert numbers(page)[0] == 3_000
    exact(page, fake)


def test_an_answer_for_rows_that_were_let_go_meanwhile_is_dropped(
    page: PaymentsPage, fake: FakePayments, qtbot: QtBot
) -> None:
    go_to(page, qtbot, 1_500 * 30)
    fake.hold()
    page.live.more()
    page.live.earlier()
    page._rows._cut_below(20)
    page._rows._cut_above(20)
    fake.let_go()
    settle(qtbot, page)
    exact(page, fake)


def test_the_page_above_is_counted_right_whichever_was_faster(
    page: PaymentsPage, fake: FakePayments, qtbot: QtBot
) -> None:
    go_to(page, qtbot, 2_000 * 30)
    top = page._model.row_at(0)
    fake.hold()
    page.live.earlier()
    qtbot.waitUntil(lambda: fake.asked[-1] == "earlier")
    # The feed is ahead of the answer.
    events = [
        fake.put(paid(9_000, created_at=top.created_at + timedelta(seconds=25))),
        fake.remove(UUID(int=top.id.int + 3)),
    ]
    page.apply_events(events)
    fake.let_go()
    settle(qtbot, page)
    exact(page, fake)
    # And here the answer is ahead of the feed.
    top = page._model.row_at(0)
    events = [
        fake.put(paid(9_001, created_at=top.created_at + timedelta(seconds=25))),
        fake.remove(UUID(int=top.id.int + 3)),
    ]
    page.live.earlier()
    settle(qtbot, page)
    page.apply_events(events)
    settle(qtbot, page)
    exact(page, fake)


def test_the_wheel_over_the_bar_scrolls_the_rows(page: PaymentsPage) -> None:
    where = QPointF(5, 50)
    event = QWheelEvent(
        where, page.whole.bar.mapToGlobal(where), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(page.whole.bar, event)
    assert page.grid.verticalScrollBar().value() > 0
    assert page.whole.bar.value() == page.grid.verticalScrollBar().value()


def test_grid_and_bar_have_names(page: PaymentsPage) -> None:
    assert page.grid.accessibleName() == "Payments"
    assert page.whole.bar.accessibleName() == "Position among all payments"
    assert "Home and End" in page.whole.bar.accessibleDescription()
    assert page.whole.bar.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_list_that_empties_below_asks_for_what_is_left(page: PaymentsPage, fake: FakePayments, qtbot: QtBot) -> None:
    page.apply_events([fake.remove(UUID(int=number)) for number in range(2_790, 3_001)])
    settle(qtbot, page)
    assert numbers(page)[0] == 2_789
    exact(page, fake)


def test_a_list_that_shows_every_row_has_no_bar(open_page: Open, qtbot: QtBot) -> None:
    fake = many(5)
    page = open_page(fake)
    assert page.whole.bar.isHidden()
    assert page.grid.viewport().width() == page.whole.width()
    fake.holding([paid(n, created_at=at("12:00:00") - timedelta(seconds=n)) for n in range(1, 101)])
    page.reload()
    settle(qtbot, page)
    assert page.whole.bar.isVisible()
    assert page.grid.viewport().width() < page.whole.width()


def test_the_last_row_is_seen_above_the_bar_of_columns(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(many(120))
    for section in range(len(page.grid._grid.columns)):
        page.grid.columns.show(section, True)
    qtbot.waitUntil(lambda: page.grid.horizontalScrollBar().isVisible())
    page.whole.bar.setValue(page.whole.bar.maximum())
    settle(qtbot, page)
    model = page.grid.model()
    last = page.grid.visualRect(model.index(model.rowCount() - 1, 0))
    assert page.grid.viewport().rect().contains(last)
    below = page.grid.viewport().mapTo(page.whole, page.grid.viewport().rect().bottomLeft()).y()
    assert below < page.grid.horizontalScrollBar().mapTo(page.whole, QPoint(0, 0)).y()
