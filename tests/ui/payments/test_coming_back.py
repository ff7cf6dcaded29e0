"""Coming back to what was shown before: at once, and never stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

import ui.payments.feed
import ui.payments.live
import ui.payments.loaded
import ui.payments.rows
from services.domain.errors import DatabaseUnreachable
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, PaymentRow, Sort
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import FLEET, NAMES, THIKA, TODAY, Clock, FakePayments, SmallFleet, paid
from tests.ui.payments.looking import exact, numbers, rows, seen_at
from ui.payments.cache import KEPT, Cache
from ui.payments.page import PaymentsPage
from ui.payments.tail import Tail

EVERYTHING: Final = PaymentFilter(FLEET.id, TODAY)
FAILED: Final = replace(EVERYTHING, statuses=frozenset({"failed"}))
CASH: Final = replace(EVERYTHING, methods=frozenset({"cash"}))
ALICE: Final = replace(EVERYTHING, search="alice")


def some() -> FakePayments:
    return FakePayments().holding(
        [
            paid(n, status="failed" if n % 3 == 0 else "completed", method="cash" if n % 2 else "mpesa")
            for n in range(1, 41)
        ]
    )


def test_what_was_shown_is_there_at_once_and_nothing_is_asked(open_page: Open, qtbot: QtBot) -> None:
    fake = some()
    page = open_page(fake)
    page.show_filter(FAILED)
    settle(qtbot, page)
    fake.asked.clear()
    fake.hold()
    page.show_filter(EVERYTHING)
    exact(page, fake)
    page.show_filter(FAILED, Sort("amount"))
    page.show_filter(FAILED, NEWEST_FIRST)
    assert page.live.settled
    exact(page, fake)
    fake.let_go()
    settle(qtbot, page)
    # Only the order that was new.
    assert set(fake.asked) <= {"page"}


def test_what_happened_meanwhile_has_happened_there_too(open_page: Open, qtbot: QtBot) -> None:
    fake = some()
    page = open_page(fake)
    page.show_filter(CASH)
    settle(qtbot, page)
    page.show_filter(FAILED)
    settle(qtbot, page)
    page.apply_events(
        [
            fake.put(paid(50, method="cash", status="pending", receipt="")),
            fake.put(paid(7, method="cash", status="failed", receipt="UKM7QCHANGE")),
            fake.put(paid(9, method="mpesa")),
            fake.put(paid(50, method="cash")),
            fake.remove(UUID(int=11)),
        ]
    )
    settle(qtbot, page)
    fake.asked.clear()
    page.show_filter(CASH)
    # All but names and receipts are right already.
    assert [row.status for row in rows(page) if row.id.int == 7] == ["failed"]
    assert {9, 11}.isdisjoint(numbers(page))
    settle(qtbot, page)
    exact(page, fake)
    assert {question.partition(" ")[0] for question in fake.asked} == {"rows"}


def test_the_reader_finds_the_place_again(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(n) for n in range(1, 2_001)])
    page = open_page(fake)
    for value in (5_000, 10_000, 15_000, 17_013):
        page.grid.verticalScrollBar().setValue(value)
        settle(qtbot, page)
    before = seen_at(page, 50)
    page.apply_events([fake.put(paid(5_000 + n)) for n in range(3)])
    settle(qtbot, page)
    page.show_filter(FAILED)
    settle(qtbot, page)
    page.apply_events([fake.put(paid(6_000 + n)) for n in range(4)])
    fake.asked.clear()
    page.show_filter(EVERYTHING)
    assert seen_at(page, 50) == before
    assert page._model.rowCount() < 1_100
    settle(qtbot, page)
    assert fake.asked == ["rows 4"]
    assert seen_at(page, 50) == before
    exact(page, fake)


def test_rows_that_were_on_their_way_are_not_lost(open_page: Open, qtbot: QtBot) -> None:
    fake = some()
    page = open_page(fake)
    fake.hold()
    page.apply_events([fake.put(paid(50)), fake.put(paid(2, receipt="UKM7QCHANGE"))])
    page.show_filter(FAILED)
    page.show_filter(EVERYTHING)
    fake.let_go()
    settle(qtbot, page)
    assert 50 in numbers(page)
    exact(page, fake)


def test_under_a_search_it_is_shown_and_asked_again(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(1, passenger="Alice Mfano"), paid(2)])
    page = open_page(fake)
    page.show_filter(ALICE)
    settle(qtbot, page)
    page.show_filter(EVERYTHING)
    page.apply_events(
        [fake.put(paid(3, passenger="Alice Jaribio")), fake.put(paid(1, passenger="Carol Mfano"), "booking")]
    )
    settle(qtbot, page)
    fake.asked.clear()
    page.show_filter(ALICE)
    assert numbers(page) == [1]
    assert page.live.doubtful
    assert "being read again" in page.hours.aside
    settle(qtbot, page)
    assert not page.live.doubtful
    assert numbers(page) == [3]
    exact(page, fake)


@pytest.mark.parametrize("lost", ["kept", "epoch", "hole", "silent"])
def test_where_the_feed_cannot_tell_it_is_asked_again(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    if lost == "kept":
        monkeypatch.setattr(ui.payments.feed, "Tail", lambda: Tail(kept=3))
    fake = some()
    page = open_page(fake)
    page.show_filter(FAILED)
    settle(qtbot, page)
    events = [fake.put(paid(60 + n)) for n in range(6)]
    match lost:
        case "kept":
            page.apply_events(events)
        case "epoch":
            fake.epoch, fake.seq = 2, 0
            page.reload()
        case "hole":
            page.apply_events(events[4:])
        case _:
            page.set_offline(Clock().now)
    settle(qtbot, page)
    page.show_filter(EVERYTHING)
    assert page.live.doubtful
    assert numbers(page)[0] == 40
    settle(qtbot, page)
    assert numbers(page)[0] == 65
    exact(page, fake)


def test_what_only_an_answer_knows_of_is_missing_from_what_was_left(open_page: Open, qtbot: QtBot) -> None:
    fake = some()
    page = open_page(fake)
    fake.put(paid(60, method="cash"))
    # Its answer is ahead of the feed, which never brings what happened.
    page.show_filter(CASH)
    settle(qtbot, page)
    page.show_filter(EVERYTHING)
    page.apply_events([fake.put(paid(61))])
    settle(qtbot, page)
    exact(page, fake)


def test_what_was_left_in_doubt_is_in_doubt_when_it_is_shown_again(open_page: Open, qtbot: QtBot) -> None:
    fake = some()
    page = open_page(fake)
    page.show_filter(FAILED)
    settle(qtbot, page)
    fake.put(paid(70))
    page.reload()
    settle(qtbot, page)
    fake.hold()
    page.show_filter(EVERYTHING)
    page.show_filter(FAILED)
    page.show_filter(EVERYTHING)
    assert page.live.doubtful
    fake.let_go()
    settle(qtbot, page)
    exact(page, fake)


def test_without_a_database_what_was_shown_before_is_still_shown(open_page: Open, qtbot: QtBot) -> None:
    fake = some()
    page = open_page(fake)
    page.show_filter(FAILED, Sort("amount"))
    settle(qtbot, page)
    fake.fault = DatabaseUnreachable("gone")
    page.set_offline(Clock().now)
    page.show_filter(EVERYTHING, NEWEST_FIRST)
    settle(qtbot, page)
    assert numbers(page) == list(range(40, 0, -1))
    assert page.hours.aside.endswith("offline, as of 14:05")
    assert page.tiles.tile("failed").figure == "1,950.00"
    # Never asked for: what was loaded is searched.
    page.show_filter(CASH)
    settle(qtbot, page)
    assert numbers(page) == list(range(39, 0, -2))
    assert page.live.from_memory
    page.set_fleet(SmallFleet(id=UUID(int=0xF2)))
    qtbot.waitUntil(lambda: page.notice.isVisible())
    assert numbers(page) == []


def test_names_that_changed_meanwhile_are_shown(open_page: Open, qtbot: QtBot) -> None:
    fake = some()
    page = open_page(fake)
    page.show_filter(FAILED)
    settle(qtbot, page)
    page.apply_events([fake.rename(replace(NAMES, routes=NAMES.routes | {THIKA: "Thika Road"}))])
    settle(qtbot, page)
    page.show_filter(EVERYTHING)
    assert {row.route for row in rows(page)} == {"Thika Road"}


def test_the_comparison_with_yesterday_is_asked_for_when_it_is_old(open_page: Open, qtbot: QtBot, clock: Clock) -> None:
    fake = some()
    page = open_page(fake)
    page.show_filter(CASH)
    settle(qtbot, page)
    clock.now += timedelta(seconds=61)
    fake.asked.clear()
    page.show_filter(EVERYTHING)
    settle(qtbot, page)
    assert fake.asked == ["summary"]
    exact(page, fake)


def test_the_same_again_leaves_everything_as_it_is(open_page: Open, qtbot: QtBot) -> None:
    fake = some()
    page = open_page(fake)
    page.grid.selectRow(3)
    fake.asked.clear()
    page.show_filter(EVERYTHING)
    assert len(page.grid.selected_rows()) == 1
    assert fake.asked == []


def test_only_so_much_is_kept() -> None:
    cache: Cache[int, str] = Cache()
    for number in range(KEPT + 6):
        cache.keep(number, str(number), 1)
    cache.keep(6, "again", 1)
    assert len(cache) == KEPT
    assert cache.take(5) is None
    assert [question for question, _ in cache][-1] == 6
    found = cache.take(6)
    assert found is not None
    assert found.answer == "again"
    assert cache.take(6) is None


# --- whatever happens ----------------------------------------------------------------------------------------------

CHANGED = st.builds(
    lambda number, values: paid(number, **values),
    st.integers(1, 110),
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(["completed", "pending", "failed", "refunded", "on_hold"]),
            "amount": st.sampled_from([Decimal("150.00"), Decimal("1200.50"), Decimal("-20.00"), Decimal(0)]),
            "method": st.sampled_from(["mpesa", "cash"]),
            "currency": st.sampled_from(["KES", "KES", "USD"]),
            "passenger": st.sampled_from(["Alice Mfano", "Brian Jaribio"]),
            "receipt": st.sampled_from(["", "UKM7Q00001"]),
        }
    ),
)
SHOWN = st.tuples(
    st.sampled_from([EVERYTHING, FAILED, CASH, ALICE]),
    st.sampled_from([NEWEST_FIRST, Sort("amount"), Sort("status", False)]),
)
STEPS = st.lists(
    st.one_of(
        CHANGED,
        st.integers(1, 110),
        SHOWN,
        st.sampled_from(["wait", "scroll", "down", "jump", "lose", "reload", "hold", "go"]),
    ),
    max_size=40,
)


#: A window of about forty rows, grown by twelve at a time.
SMALL = (
    (ui.payments.loaded, "MOST", 40),
    (ui.payments.loaded, "AROUND", 14),
    (ui.payments.loaded, "_ROOM", 4),
    (ui.payments.loaded, "KEPT_ROWS", 24),
    (ui.payments.live, "PAGE_ROWS", 12),
    (ui.payments.live, "MORE_ROWS", 12),
    (ui.payments.live, "_LEAD", 6),
    (ui.payments.rows, "PAGE_ROWS", 12),
    (ui.payments.rows, "AROUND", 14),
)


@contextmanager
def small_window() -> Iterator[None]:
    """Windows of a list as small as `SMALL`."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in SMALL:
            patch.setattr(module, name, value)
        yield


class Walk:
    """Somebody who looks at this and that while payments happen."""

    def __init__(self, page: PaymentsPage, fake: FakePayments, qtbot: QtBot) -> None:
        self.page, self.fake, self.qtbot = page, fake, qtbot
        self.lost = False

    def step(self, step: object) -> None:
        event: PaymentEvent | None = None
        match step:
            case PaymentRow():
                event = self.fake.put(step)
            case int() if UUID(int=step) in self.fake.payments:
                event = self.fake.remove(UUID(int=step))
            case (PaymentFilter() as narrowed, Sort() as sort):
                self.page.show_filter(narrowed, sort)
            case str():
                self._do(step)
        if event is not None and not self.lost:
            self.page.apply_events([event])

    def _do(self, step: str) -> None:
        bar = self.page.grid.verticalScrollBar()
        does: dict[str, Callable[[], object]] = {
            "wait": lambda: self.qtbot.wait(5),
            "rest": self._rest,
            "scroll": lambda: bar.setValue(bar.maximum() // 2),
            "down": lambda: bar.setValue(bar.maximum()),
            "jump": lambda: self.page.whole.bar.setValue(self.page.whole.bar.maximum() // 2),
            "reload": self.page.reload,
            "hold": self.fake.hold,
            "go": self.fake.let_go,
        }
        if step == "lose":
            self.lost = not self.lost
        else:
            does[step]()

    def _rest(self) -> None:
        self.qtbot.waitUntil(lambda: not self.page.whole.seeking)
        settle(self.qtbot, self.page)

    def end(self) -> None:
        self.fake.let_go()
        # The first event after a loss shows that there was one.
        self.page.apply_events([self.fake.put(paid(111))])
        settle(self.qtbot, self.page)
        exact(self.page, self.fake)


def test_what_was_missed_above_the_loaded_rows_counts_when_they_are_read_again(open_page: Open, qtbot: QtBot) -> None:
    with small_window():
        page = open_page(fake := FakePayments().holding([paid(n) for n in range(1, 101)]))
        page.resize(1170, 560)
        walk = Walk(page, fake, qtbot)
        for step in ["jump", "rest", "lose", paid(105), paid(106), "lose"]:
            walk.step(step)
        walk.end()


def test_an_answer_older_than_what_was_heard_counts_nothing_twice(open_page: Open, qtbot: QtBot) -> None:
    with small_window():
        page = open_page(fake := FakePayments().holding([paid(n) for n in range(1, 101)]))
        page.resize(1170, 560)
        walk = Walk(page, fake, qtbot)
        for step in ["jump", "rest", "hold", "reload", paid(105), 7]:
            walk.step(step)
        walk.end()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_happens_and_whatever_is_come_back_to_all_is_as_the_database_has_it(
    steps: list[object], open_page: Open, qtbot: QtBot
) -> None:
    with small_window():
        fake = FakePayments().holding([paid(n) for n in range(1, 101)])
        page = open_page(fake)
        page.resize(1170, 560)
        walk = Walk(page, fake, qtbot)
        for step in steps:
            walk.step(step)
        walk.end()
        page.close()


def test_without_the_tail_of_the_feed_what_is_come_back_to_would_be_stale(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The control: this is what the test above would find if the cache were shown as it was left.
    monkeypatch.setattr(ui.payments.feed.Feed, "since_left", lambda *_: ())
    page = open_page(fake := some())
    walk = Walk(page, fake, qtbot)
    for step in [(FAILED, NEWEST_FIRST), "wait", paid(50), paid(3), (EVERYTHING, NEWEST_FIRST)]:
        walk.step(step)
        settle(qtbot, page)
    with pytest.raises(AssertionError):
        exact(page, fake)
