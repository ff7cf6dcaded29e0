"""Other orders than newest first, live."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from services.payments.row import NEWEST_FIRST, Sort
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import TODAY, Clock, FakePayments, at, paid
from tests.ui.payments.looking import exact, numbers, seen_at
from ui.payments.page import PaymentsPage
from ui.tasks import Tasks
from ui.theme import Theme


def amounts(count: int = 300) -> FakePayments:
    """Payment n of n × 10."""
    return FakePayments().holding([paid(n, amount=Decimal(n * 10)) for n in range(1, count + 1)])


def click_title(page: PaymentsPage, key: str) -> None:
    header = page.grid.horizontalHeader()
    section = next(n for n, column in enumerate(page._model.columns) if column.key == key)
    where = QPoint(header.sectionViewportPosition(section) + 20, 12)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)


def test_a_click_on_a_title_asks_for_the_order(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding(
        [
            paid(1, amount=Decimal("90.00"), status="failed"),
            paid(2, amount=Decimal("-5.00"), status="on_hold"),
            paid(3, amount=Decimal("900.00"), status="pending"),
            paid(4, amount=Decimal("90.00")),
        ]
    )
    page = open_page(fake)
    shown: list[Sort] = []
    page.shown_changed.connect(lambda _, sort: shown.append(sort))
    expected = {
        "amount": ([3, 4, 1, 2], [2, 1, 4, 3]),
        "status": ([4, 3, 1, 2], [2, 1, 3, 4]),
        "time": ([4, 3, 2, 1], [1, 2, 3, 4]),
    }
    for key, (first, second) in expected.items():
        for order in (first, second):
            click_title(page, key)
            settle(qtbot, page)
            assert numbers(page) == order
            exact(page, fake)
    assert [(sort.column, sort.descending) for sort in shown] == [
        ("amount", True), ("amount", False), ("status", True), ("status", False), ("time", True), ("time", False),
    ]  # fmt: skip
    assert page.grid.horizontalHeader()._sorted == (0, False)  # type: ignore[attr-defined]
    click_title(page, "passenger")
    assert page.sort == Sort("time", False)


def test_a_new_payment_slides_into_its_place(open_page: Open, qtbot: QtBot) -> None:
    fake = amounts()
    page = open_page(fake)
    page.show_filter(page.filter, Sort("amount"))  # type: ignore[arg-type]
    settle(qtbot, page)
    page.apply_events([fake.put(paid(900, amount=Decimal("2975.00")))])
    settle(qtbot, page)
    assert numbers(page)[:5] == [300, 299, 298, 900, 297]
    assert page.bar.pill.isHidden()
    page.apply_events([fake.put(paid(901, amount=Decimal("1.00"))), fake.put(paid(900, amount=Decimal("2995.00")))])
    settle(qtbot, page)
    assert numbers(page)[:3] == [300, 900, 299]
    assert page.counts()[0] == 302
    exact(page, fake)


def test_in_another_order_nothing_that_is_read_moves_either(open_page: Open, qtbot: QtBot) -> None:
    fake = amounts()
    page = open_page(fake)
    page.show_filter(page.filter, Sort("amount"))  # type: ignore[arg-type]
    settle(qtbot, page)
    page.grid.verticalScrollBar().setValue(2_005)
    before = seen_at(page, 60)
    page.apply_events(
        [
            fake.put(paid(900, amount=Decimal("2975.00"))),
            fake.put(paid(901, amount=Decimal(fake.payments[UUID(int=before[0])].amount) - 25)),
            fake.put(paid(902, amount=Decimal("1505.00"))),
        ]
    )
    settle(qtbot, page)
    QApplication.processEvents()
    assert seen_at(page, 60) == before
    # What would come in between the rows in view waits; the rest is in its place.
    assert page.bar.pill.count == 1
    assert 900 in numbers(page)
    assert 902 in numbers(page)
    exact(page, fake)
    page.bar.pill.click()
    settle(qtbot, page)
    assert 901 in numbers(page)
    assert page.sort == Sort("amount")
    exact(page, fake)


def test_a_row_that_moves_in_the_order_moves_in_the_list(open_page: Open, qtbot: QtBot) -> None:
    fake = FakePayments().holding([paid(n, status="pending" if n % 2 else "completed") for n in range(1, 9)])
    page = open_page(fake)
    page.show_filter(page.filter, Sort("status"))  # type: ignore[arg-type]
    settle(qtbot, page)
    assert numbers(page) == [8, 6, 4, 2, 7, 5, 3, 1]
    fake.hold()
    page.apply_events([fake.put(paid(3)), fake.put(paid(7, status="failed"))])
    assert numbers(page) == [8, 6, 4, 3, 2, 5, 1, 7]
    fake.let_go()
    settle(qtbot, page)
    exact(page, fake)


def test_an_answer_that_is_ahead_of_the_feed_moves_the_row(open_page: Open, qtbot: QtBot) -> None:
    fake = amounts(5)
    page = open_page(fake)
    page.show_filter(page.filter, Sort("amount"))  # type: ignore[arg-type]
    settle(qtbot, page)
    first = fake.put(paid(2, amount=Decimal("20.00"), receipt="UKM7Q99999"))
    second = fake.put(paid(2, amount=Decimal("990.00"), receipt="UKM7Q99999"))
    page.apply_events([first])
    settle(qtbot, page)
    assert numbers(page) == [2, 5, 4, 3, 1]
    page.apply_events([second])
    settle(qtbot, page)
    assert numbers(page) == [2, 5, 4, 3, 1]
    exact(page, fake)


def test_the_order_comes_back_and_is_really_asked_for(qtbot: QtBot) -> None:
    theme = Theme("light")
    fake = FakePayments().holding([paid(1, amount=Decimal("900.00")), paid(2), paid(3, amount=Decimal("10.00"))])
    page = PaymentsPage(theme, tasks := Tasks(theme), fake, Clock())
    theme.setParent(page)
    qtbot.addWidget(page)
    page.restore_layout({**page.layout_state(), "sort": ["amount", False]})
    assert page.layout_state()["sort"] == ("amount", False)
    from tests.ui.payments.fake import FLEET

    page.set_fleet(FLEET)
    settle(qtbot, page)
    assert numbers(page) == [3, 2, 1]
    assert page.sort == Sort("amount", False)
    page.restore_layout({"sort": ["created_at", True]})
    settle(qtbot, page)
    assert numbers(page) == [3, 2, 1]
    assert page.sort == NEWEST_FIRST
    tasks.stop()


@pytest.mark.parametrize(
    ("sort", "words"),
    [(NEWEST_FIRST, "12:00:01"), (Sort("amount"), "150.00"), (Sort("status", False), "Completed")],
)
def test_where_in_the_list_a_row_is(open_page: Open, sort: Sort, words: str) -> None:
    page = open_page(FakePayments())
    assert page._reading.where(paid(1), sort) == words


def test_where_among_several_days(open_page: Open) -> None:
    page = open_page(FakePayments())
    page._reading.dated = True
    assert page._reading.where(paid(1, created_at=at("14:05:11", TODAY.first))) == "Thu 26 Nov, 14:05"
