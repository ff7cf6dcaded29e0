"""The drawer over its page: one payment in full, live, by keyboard alone, and nothing of it left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from services.domain.errors import DatabaseUnreachable, EnvironmentFault, NotAllowed
from services.domain.period import Days
from services.domain.phone import spaced
from services.monitoring.detail import PaymentDetail
from services.monitoring.removed import Removed
from services.payments.codec import parse_link
from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow
from tests.ui.payments.drawer_fake import ALICE, LONG, FakeDetails, detail_of, everything, failed_once, found
from tests.ui.payments.fake import DRIVER, FLEET, KDC, NOW, THIKA, TODAY, Clock
from ui.grid.texts import CONCEALED
from ui.payments.drawer import PaymentDrawer
from ui.payments.drawer.facts import Link
from ui.payments.drawer.sliding import NARROWEST, ROOMY, WIDEST
from ui.tasks import Tasks
from ui.theme import Theme

PAID = failed_once(1)
OTHER = failed_once(2, passenger="Juma K.", phone="0722 ••• 804", receipt="UKM7Q2X9ZZ")


@dataclass
class Opened:
    page: QWidget
    grid: QWidget
    drawer: PaymentDrawer
    fake: FakeDetails
    tasks: Tasks
    clock: Clock
    qtbot: QtBot

    def show(self, row: PaymentRow = PAID, **more: object) -> None:
        """Opens a payment from the grid and waits for the rest of it."""
        self.drawer.show_payment(FLEET, row.id, row, **more)  # type: ignore[arg-type]  # a test's values
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks._current)
        # What is new inside a layout is shown, and laid out, by the loop.
        self.qtbot.wait(10)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Presses a key where the focus is."""
        QTest.keyClick(self.page.window().focusWidget() or self.drawer, key, modifier)

    @property
    def texts(self) -> str:
        """All that can be read in the drawer."""
        labels = [found.text() for found in self.drawer.findChildren(QLabel) if found.isVisibleTo(self.drawer)]
        links = [found.accessibleName() for found in self.drawer.findChildren(Link) if found.isVisibleTo(self.drawer)]
        return "\n".join([*labels, *links]).replace("\u200b", "")

    @property
    def focus(self) -> QWidget | None:
        """What hears the keyboard."""
        return self.page.window().focusWidget()


Open = Callable[..., Opened]


@pytest.fixture
def open_drawer(qtbot: QtBot) -> Iterator[Open]:
    """A page with something that has the focus, and a closed drawer over it."""
    opened: list[Opened] = []
    bugs: list[object] = []

    def open_drawer(*details: PaymentDetail, width: int = 1170) -> Opened:
        page, theme = QWidget(), Theme("light")
        grid = QLineEdit()
        QVBoxLayout(page).addWidget(grid)
        page.resize(width, 700)
        tasks, clock = Tasks(page), Clock()
        fake = FakeDetails().holding(*(details or (everything(PAID), detail_of(OTHER))))
        drawer = PaymentDrawer(theme, tasks, fake, fake.reveal, page, clock)
        drawer.set_reduced_motion(True)
        theme.setParent(page)
        tasks.bug.connect(bugs.append)
        qtbot.addWidget(page)
        page.show()
        qtbot.waitActive(page)
        grid.setFocus()
        opened.append(Opened(page, grid, drawer, fake, tasks, clock, qtbot))
        return opened[-1]

    yield open_drawer
    for one in opened:
        one.fake.let_go()
        mailbox = one.tasks._mailbox
        one.tasks.stop()
        qtbot.waitUntil(lambda mailbox=mailbox: not isValid(mailbox))  # type: ignore[misc]
    assert bugs == []


# What is shown ------------------------------------------------------------------------------------------------------


def test_the_grids_row_stands_there_at_once_and_the_rest_follows(open_drawer: Open) -> None:
    one = open_drawer()
    one.fake.hold()
    one.drawer.show_payment(FLEET, PAID.id, PAID)
    assert "KES 1,200.00" in one.texts
    one.qtbot.waitUntil(lambda: "Baraka Mfano" in one.texts)
    assert "Failed: 1032" not in one.texts
    one.qtbot.waitUntil(lambda: "Loading the story…" in one.texts)
    one.fake.let_go()
    one.settle()
    assert "Failed: 1032 cancelled by the customer" in one.texts
    assert "Loading" not in one.texts
    assert one.drawer.payment_id == PAID.id


def test_everything_that_is_known_is_told(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    for words in (
        "Thu 26 Nov 2026, 14:01:03 · 4 min ago · M-Pesa",
        "Receipt UKM7Q2X9AB",
        "Initiated for KES 1,200.00 by M-Pesa",
        "ws_CO_1",
        "msafiri-2026-11-26.csv, row 41",
        "By receipt, score 1.00, 14:04:00 by jane",
        "receipt equals, amount equals",
        "Duplicate",
        "Three prompts to one phone within a minute",
        "Saw name and phone",
        "jane · customer calls about a refund",
    ):
        assert words in one.texts


def test_what_is_not_there_takes_no_room(open_drawer: Open) -> None:
    one = open_drawer()
    one.show(OTHER)
    assert not one.drawer.sections.alerts.isVisible()
    assert "Not matched yet. Import the day's statement" in one.texts
    assert "Nobody has matched it by hand" in one.texts


def test_a_payment_of_which_nothing_is_known(open_drawer: Open) -> None:
    bare = failed_once(
        3, passenger="", phone="", receipt="", booking_reference="", route_id=None, route="", vehicle_id=None, vehicle="",
        driver_id=None, driver="", method="", status="", completed_at=None,
    )  # fmt: skip
    one = open_drawer(detail_of(bare))
    one.show(bare)
    assert "No receipt" in one.texts
    assert one.drawer.head.copy_receipt.isHidden()
    assert [fact.value for fact in one.drawer.sections.passenger.facts.facts] == ["—", "—"]


def test_strange_values_are_shown_whole_and_inside_the_drawer(open_drawer: Open) -> None:
    strange = failed_once(
        4, passenger=LONG, route="<b>" + LONG, amount=Decimal("-1200.00"), refunded_amount=Decimal("99999999.99"),
        status="on_hold", failure_reason="<img src=x> & " + LONG,
    )  # fmt: skip
    one = open_drawer(detail_of(strange, findings=(found(detail=LONG),)))
    one.show(strange)
    assert "KES −1,200.00" in one.texts
    assert "KES 99,999,999.99 given back, more than was paid" in one.texts
    assert LONG in one.texts
    assert "<img src=x> & " in one.texts
    drawer = one.drawer
    assert drawer.sections.width() <= drawer.area.viewport().width()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in drawer.findChildren(QLabel))


def test_a_link_opens_a_payment_that_is_not_in_the_grid(open_drawer: Open) -> None:
    one = open_drawer()
    one.drawer.show_payment(FLEET, PAID.id)
    assert one.drawer.head.amount.text() == "—"
    one.settle()
    assert "KES 1,200.00" in one.texts


def test_a_payment_that_never_was_says_so_and_offers_no_name(open_drawer: Open) -> None:
    one = open_drawer()
    gone = failed_once(9)
    one.show(gone)
    assert "There is no such payment in this fleet." in one.texts
    assert one.drawer.sections.retry.isHidden()
    assert not one.drawer.sections.passenger.show_button.isEnabled()
    one.show(PAID)
    assert one.drawer.sections.passenger.show_button.isEnabled()


def removed_since(at: datetime | None) -> PaymentDetail:
    """PAID as its events still tell it."""
    bare = replace(PAID, passenger="", phone="", receipt="", booking_reference="")
    return replace(everything(PAID), row=bare, booking=None, removed=Removed(at))


def test_a_removed_payment_tells_its_story_and_shows_no_name(open_drawer: Open) -> None:
    one = open_drawer(removed_since(NOW), detail_of(OTHER))
    one.show()
    assert f"Removed in the booking system on {NOW.astimezone(FLEET.zone):%a %-d %b %Y, %H:%M:%S}." in one.texts
    assert "Failed: 1032" in one.texts
    assert (one.drawer.head.pill.text, one.drawer.accessibleName()) == (
        "Removed", "Payment of KES 1,200.00, Removed, no name",
    )  # fmt: skip
    for hidden in (one.drawer.sections.passenger, one.drawer.head.receipt, one.drawer.sections.retry):
        assert hidden.isHidden()
    one.fake.holding(replace(removed_since(NOW), matches=(), findings=()))
    one.drawer.refresh()
    one.settle()
    assert "No statement line is matched to it." in one.texts
    one.show(OTHER)
    assert "Removed" not in one.texts
    assert not one.drawer.sections.passenger.isHidden()


def test_a_payment_that_is_removed_while_it_is_open_masks_the_name_at_once(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    ask(one)
    one.qtbot.waitUntil(lambda: revealed(one))
    one.fake.holding(removed_since(None))
    one.drawer.refresh()
    one.settle()
    assert not revealed(one) and "no event tells when" in one.texts
    assert ALICE.passenger not in one.texts


def test_a_failure_can_be_tried_again(open_drawer: Open) -> None:
    one = open_drawer()
    one.fake.fault = EnvironmentFault("The database is busy.")
    one.show()
    assert "The database is busy." in one.texts
    assert "KES 1,200.00" in one.texts
    one.fake.fault = None
    one.drawer.sections.retry.click()
    one.settle()
    assert "The database is busy." not in one.texts
    assert "Failed: 1032" in one.texts


def test_a_lost_database_is_told_to_the_window(open_drawer: Open) -> None:
    one = open_drawer()
    one.fake.fault = DatabaseUnreachable("Away.")
    with one.qtbot.waitSignal(one.tasks.fault):
        one.drawer.show_payment(FLEET, PAID.id, PAID)


def test_offline_keeps_what_is_known_and_shows_no_name(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    one.drawer.set_offline(NOW)
    assert "Offline, as of 14:05." in one.texts
    assert "Failed: 1032" in one.texts
    assert not one.drawer.sections.passenger.show_button.isEnabled()
    one.drawer.set_offline(None)
    one.settle()
    assert "Offline" not in one.texts
    assert one.drawer.sections.passenger.show_button.isEnabled()
    assert one.fake.asked == [PAID.id, PAID.id]


def test_offline_before_the_story_came(open_drawer: Open) -> None:
    one = open_drawer()
    one.drawer.set_offline(NOW)
    one.fake.fault = EnvironmentFault("Away.")
    one.drawer.show_payment(FLEET, PAID.id, PAID)
    assert "Offline since 14:05: the story is not loaded." in one.texts
    one.settle()


# Live ---------------------------------------------------------------------------------------------------------------


def test_an_event_goes_on_with_the_story_without_moving_it(open_drawer: Open) -> None:
    failed = replace(PAID, status="failed", completed_at=None, receipt="")
    one = open_drawer(everything(failed))
    one.page.resize(1170, 420)
    one.show(failed)
    bar, steps = one.drawer.area.verticalScrollBar(), one.drawer.sections.told.steps
    bar.setValue(60)
    one.fake.holding(everything(PAID))
    one.drawer.refresh(PAID)
    assert one.drawer.head.pill.text == "Completed"
    one.settle()
    assert "Paid" in one.texts
    assert one.drawer.sections.told.steps[: len(steps)] == steps
    assert bar.value() == 60


def test_a_burst_of_events_asks_twice_and_shows_the_last(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    one.fake.asked.clear()
    one.fake.hold()
    for _ in range(50):
        one.drawer.refresh()
    one.fake.let_go()
    one.settle()
    assert len(one.fake.asked) == 2


def test_focus_and_selection_survive_an_event(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    link = next(link for link in one.drawer.findChildren(Link) if "Thika" in link.accessibleName())
    link.setFocus()
    moment = one.drawer.head.moment
    moment.setSelection(0, 3)
    one.drawer.refresh(PAID)
    one.settle()
    assert one.focus is link
    assert moment.selectedText() == "Thu"


def test_time_goes_on(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    assert "2 min ago" in one.drawer.sections.told.steps[-1].ago.text()
    one.clock.move(minutes=3)
    one.drawer._ticking.timeout.emit()
    assert "5 min ago" in one.drawer.sections.told.steps[-1].ago.text()


def test_nothing_is_asked_while_it_is_closed(open_drawer: Open) -> None:
    one = open_drawer()
    one.drawer.refresh()
    one.drawer.conceal(True)
    one.drawer.set_offline(NOW)
    one.drawer.dismiss()
    assert one.fake.asked == []
    assert one.drawer.payment_id is None


# Coming, going, and the keyboard ------------------------------------------------------------------------------------


def test_it_takes_the_focus_and_gives_it_back(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    assert one.focus is one.drawer
    with one.qtbot.waitSignal(one.drawer.closed):
        one.key(Qt.Key.Key_Escape)
    assert one.drawer.isHidden()
    assert one.focus is one.grid


def test_it_leaves_the_focus_where_it_is_when_it_is_told_to(open_drawer: Open) -> None:
    one = open_drawer()
    one.show(take_focus=False)
    assert one.focus is one.grid
    one.drawer.dismiss()
    assert one.focus is one.grid


def test_the_cross_closes_it_too(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    one.drawer.head.close_button.click()
    assert one.drawer.isHidden()


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier])
def test_arrows_move_along_the_grid_from_anywhere_inside(open_drawer: Open, modifier: Qt.KeyboardModifier) -> None:
    one = open_drawer()
    one.show()
    for place in (one.drawer, one.drawer.head.copy_link):
        place.setFocus()
        with one.qtbot.waitSignal(one.drawer.next_wanted):
            one.key(Qt.Key.Key_Down, modifier)
        with one.qtbot.waitSignal(one.drawer.previous_wanted):
            one.key(Qt.Key.Key_Up, modifier)


def test_the_next_payment_keeps_the_focus_where_it_is(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    one.drawer.head.next.setFocus()
    one.show(OTHER)
    assert one.focus is one.drawer.head.next
    assert "Juma K." in one.texts
    assert "Alice" not in one.texts
    one.drawer.dismiss()
    assert one.focus is one.grid


def test_an_answer_about_the_payment_before_is_dropped(open_drawer: Open) -> None:
    one = open_drawer()
    one.fake.hold()
    one.drawer.show_payment(FLEET, PAID.id, PAID)
    one.drawer.show_payment(FLEET, OTHER.id, OTHER)
    one.fake.let_go()
    one.settle()
    assert "UKM7Q2X9ZZ" in one.texts
    assert "UKM7Q2X9AB" not in one.texts


def test_page_keys_scroll_the_drawer(open_drawer: Open) -> None:
    one = open_drawer()
    one.page.resize(1170, 420)
    one.show()
    bar = one.drawer.area.verticalScrollBar()
    one.key(Qt.Key.Key_PageDown)
    assert bar.value() == bar.pageStep()
    one.key(Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    one.key(Qt.Key.Key_PageUp)
    assert bar.value() == bar.maximum() - bar.pageStep()
    one.key(Qt.Key.Key_Home)
    assert bar.value() == 0
    one.show(OTHER)
    assert bar.value() == 0


def test_tab_reaches_everything_in_reading_order_and_goes_round(open_drawer: Open) -> None:
    one = open_drawer()
    one.page.resize(1170, 420)
    one.show()
    seen: list[QWidget] = []
    while one.focus not in seen:
        assert one.focus is not None
        seen.append(one.focus)
        one.key(Qt.Key.Key_Tab)
    stops = seen[1:]
    buttons = [*one.drawer.findChildren(QPushButton), *one.drawer.findChildren(QToolButton)]
    assert {button for button in buttons if button.isVisible() and button.isEnabled()} == set(stops)
    body = one.drawer.sections
    heights = [stop.mapTo(body, stop.rect().center()).y() for stop in stops if body.isAncestorOf(stop)]
    assert stops[0] is one.drawer.head.copy_link
    assert heights == sorted(heights)
    assert all(stop.accessibleName() or (isinstance(stop, QPushButton) and stop.text()) for stop in stops)
    assert one.focus is stops[0]
    for stop in reversed(stops):
        one.key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        assert one.focus is stop


def test_who_hears_the_screen_is_told_which_payment_it_is(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    assert one.drawer.accessibleName() == "Payment of KES 1,200.00, Completed, Alice M."
    step = one.drawer.sections.told.steps[2]
    assert step.accessibleName() == (
        "Failed: 1032 cancelled by the customer, Thu 26 Nov 2026, 14:01:42 · 38 s after the step before"
    )


def test_it_stands_over_the_right_side_and_follows_the_page(open_drawer: Open) -> None:
    one = open_drawer()
    rooms: list[int] = []
    one.drawer.room_wanted.connect(rooms.append)
    one.show()
    for width in (900, 1170, 1400, 1600):
        one.page.resize(width, 640)
        at = one.drawer.geometry()
        assert (at.right(), at.top(), at.height()) == (width - 1, 0, 640)
        assert NARROWEST <= at.width() <= WIDEST
    assert rooms == []
    one.page.resize(ROOMY, 800)
    assert rooms == [one.drawer.width()]
    one.drawer.dismiss()
    assert rooms[1:] == [0]


def test_it_slides_in_unless_motion_is_reduced(open_drawer: Open) -> None:
    one = open_drawer()
    one.drawer.set_reduced_motion(False)
    one.drawer.show_payment(FLEET, PAID.id, PAID)
    started = one.drawer.x()
    there = one.page.width() - one.drawer.width()
    assert started > there
    one.qtbot.waitUntil(lambda: one.drawer.x() == there)
    one.settle()


# What it leads to ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Thika", PaymentFilter(FLEET.id, TODAY, routes=frozenset({THIKA}))),
        ("KDC", PaymentFilter(FLEET.id, TODAY, vehicles=frozenset({KDC}))),
        ("Baraka", PaymentFilter(FLEET.id, TODAY, drivers=frozenset({DRIVER}))),
        ("0712", PaymentFilter(FLEET.id, TODAY, search="0712 ••• 111")),
    ],
)
def test_facts_lead_to_the_payments_they_share(open_drawer: Open, words: str, wanted: PaymentFilter) -> None:
    one = open_drawer()
    one.show()
    link = next(link for link in one.drawer.findChildren(Link) if words in link.accessibleName())
    with one.qtbot.waitSignal(one.drawer.filter_wanted) as asked:
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert asked.args == [wanted]
    week = Days(date(2026, 11, 20), date(2026, 11, 26))
    one.show(PAID, days=week)
    with one.qtbot.waitSignal(one.drawer.filter_wanted) as asked:
        link.setFocus()
        one.key(Qt.Key.Key_Space)
    assert asked.args == [replace(wanted, days=week)]


def test_the_statement_line_leads_to_its_day(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    with one.qtbot.waitSignal(one.drawer.open_day) as asked:
        one.drawer.sections.line.days[0].click()
    assert asked.args == [date(2026, 11, 26)]


def test_link_and_receipt_can_be_copied(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    with one.qtbot.waitSignal(one.drawer.link_copied) as copied:
        one.drawer.head.copy_link.click()
    assert parse_link(QGuiApplication.clipboard().text()) == (FLEET.id, PAID.id)
    assert copied.args == [QGuiApplication.clipboard().text()]
    one.drawer.head.copy_receipt.click()
    assert QGuiApplication.clipboard().text() == "UKM7Q2X9AB"
    one.drawer.sections.booked.findChildren(QToolButton)[-1].click()
    assert QGuiApplication.clipboard().text() == str(UUID(int=1))


# Privacy ------------------------------------------------------------------------------------------------------------


def ask(one: Opened, reason: str = "customer calls") -> None:
    """Types a reason and Enter, by keyboard."""
    one.drawer.sections.passenger.show_button.setFocus()
    one.key(Qt.Key.Key_Space)
    QTest.keyClicks(one.drawer.sections.passenger.form.reason, reason)
    one.key(Qt.Key.Key_Return)


def revealed(one: Opened) -> bool:
    """Whether name or phone stand anywhere in the drawer in full."""
    said = one.texts + "".join(child.accessibleName() for child in one.drawer.findChildren(QWidget))
    return ALICE.passenger in said or spaced(ALICE.phone) in said or ALICE.phone in said


def test_name_and_phone_for_a_reason_and_for_a_minute(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    ask(one)
    one.settle()
    assert one.fake.reasons == ["customer calls"]
    assert revealed(one)
    full = one.drawer.sections.passenger.full
    assert [found.text() for found in full.findChildren(QLabel)][:4].count("Phone") == 1
    assert "0712 345 111" in one.texts
    assert "Masked again in 60 s" in one.texts
    assert one.focus is one.drawer.sections.passenger.full.mask_button
    one.clock.move(seconds=59)
    one.drawer.sections.passenger._ticking.timeout.emit()
    assert "Masked again in 1 s" in one.texts
    one.clock.move(seconds=1)
    one.drawer.sections.passenger._ticking.timeout.emit()
    assert not revealed(one)
    assert one.focus is one.drawer.sections.passenger.show_button
    assert one.fake.asked == [PAID.id, PAID.id], "the audit below is read again"


def test_a_short_reason_is_not_sent(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    ask(one, "a b  c d ")
    assert one.fake.reasons == []
    assert not one.drawer.sections.passenger.form.show_button.isEnabled()
    assert "Say why, in at least 5 characters." in one.texts
    QTest.keyClicks(one.drawer.sections.passenger.form.reason, "e")
    assert one.drawer.sections.passenger.form.show_button.isEnabled()
    assert "Say why, in at least 5 characters." not in one.texts


def test_a_form_that_opens_is_seen_to_its_last_button(open_drawer: Open) -> None:
    one = open_drawer()
    one.page.resize(1_100, 420)
    one.show()
    passenger, area = one.drawer.sections.passenger, one.drawer.area

    def seen() -> bool:
        button = passenger.form.cancel_button
        return bool(area.viewport().rect().contains(button.mapTo(area.viewport(), button.rect().bottomLeft())))

    top = passenger.show_button.mapTo(one.drawer.sections, passenger.show_button.rect().bottomLeft()).y()
    area.verticalScrollBar().setValue(top - area.viewport().height() + 10)
    assert not seen()
    passenger.show_button.click()
    one.qtbot.waitUntil(seen)


def test_a_refusal_keeps_what_was_typed(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    one.fake.refusal = NotAllowed("Your login may not see names.")
    ask(one)
    one.settle()
    form = one.drawer.sections.passenger.form
    assert "Your login may not see names." in one.texts
    assert form.reason.text() == "customer calls"
    one.fake.refusal = None
    one.key(Qt.Key.Key_Return)
    one.settle()
    assert revealed(one)


def test_escape_closes_the_form_first(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    one.drawer.sections.passenger.show_button.click()
    one.key(Qt.Key.Key_Escape)
    assert one.drawer.sections.passenger.form.isHidden()
    assert one.focus is one.drawer.sections.passenger.show_button
    assert not one.drawer.isHidden()
    one.key(Qt.Key.Key_Escape)
    assert one.drawer.isHidden()


def test_arrows_do_not_leave_a_reason_that_is_being_typed(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    one.drawer.sections.passenger.show_button.click()
    with one.qtbot.assertNotEmitted(one.drawer.next_wanted):
        one.key(Qt.Key.Key_Down)


Hiding = Callable[[Opened], object]


@pytest.mark.parametrize(
    "hide",
    [
        lambda one: one.drawer.dismiss(),
        lambda one: one.drawer.conceal(True),
        lambda one: one.show(OTHER),
        lambda one: one.drawer.sections.passenger.full.mask_button.click(),
    ],
    ids=["close", "privacy", "next payment", "mask now"],
)
def test_names_are_masked_at_once(open_drawer: Open, hide: Hiding) -> None:
    one = open_drawer()
    one.show()
    ask(one)
    one.settle()
    assert revealed(one)
    hide(one)
    assert not revealed(one)
    one.show()
    assert not revealed(one)


@pytest.mark.parametrize(
    "hide",
    [
        lambda one: one.drawer.dismiss(),
        lambda one: one.drawer.conceal(True),
        lambda one: one.drawer.show_payment(FLEET, OTHER.id, OTHER),
    ],
    ids=["close", "privacy", "next payment"],
)
def test_a_name_that_comes_too_late_is_never_shown(open_drawer: Open, hide: Hiding) -> None:
    one = open_drawer()
    one.show()
    one.fake.hold()
    ask(one)
    one.qtbot.waitUntil(lambda: bool(one.fake.reasons))
    hide(one)
    one.fake.let_go()
    one.settle()
    one.qtbot.waitUntil(lambda: not one.tasks._on_their_way)
    assert not revealed(one)


def test_a_window_that_comes_back_after_its_minute_shows_no_name(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    ask(one)
    one.settle()
    one.drawer.sections.passenger._ticking.stop()
    one.clock.move(minutes=2)
    elsewhere = QWidget()
    one.qtbot.addWidget(elsewhere)
    for window in (elsewhere, one.page):
        window.show()
        window.activateWindow()
        one.qtbot.waitUntil(window.isActiveWindow)
    assert not revealed(one)


def test_privacy_mode_masks_every_amount_and_phone(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    one.drawer.conceal(True)
    assert "1,200.00" not in one.texts + one.drawer.accessibleName()
    assert "0712" not in one.texts
    assert f"Initiated for KES {CONCEALED} by M-Pesa" in one.texts
    assert not one.drawer.sections.passenger.show_button.isEnabled()
    one.drawer.conceal(False)
    assert "KES 1,200.00" in one.texts
    assert "0712 ••• 111" in one.texts


def test_a_theme_can_change_while_it_is_open(open_drawer: Open) -> None:
    one = open_drawer()
    one.show()
    before = one.drawer.head.copy_link.icon().cacheKey()
    next(child for child in one.page.children() if isinstance(child, Theme)).set_mode("dark")
    assert one.drawer.head.copy_link.icon().cacheKey() != before
