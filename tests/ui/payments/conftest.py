"""A payments page over a booking system in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.ui.payments.fake import FLEET, Clock, FakePayments
from ui.payments.page import PaymentsPage
from ui.tasks import Tasks
from ui.theme import Theme

Open = Callable[[FakePayments], PaymentsPage]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bugs() -> list[object]:
    """What went wrong inside tasks; checked to be empty by `open_page` at the end."""
    return []


@pytest.fixture
def open_page(qtbot: QtBot, clock: Clock, bugs: list[object]) -> Iterator[Open]:
    """Opens the page over a fake, as large as in a usual window, with the fleet's first answers in."""
    opened: list[tuple[PaymentsPage, Tasks, FakePayments]] = []

    def open_page(fake: FakePayments) -> PaymentsPage:
        theme = Theme("light")
        page = PaymentsPage(theme, tasks := Tasks(theme), fake, clock)
        # A page must not outlive its theme, nor the theme be freed before it.
        theme.setParent(page)
        qtbot.addWidget(page)
        tasks.bug.connect(bugs.append)
        page.set_reduced_motion(True)
        page.resize(1170, 728)
        page.show()
        qtbot.waitExposed(page)
        opened.append((page, tasks, fake))
        page.set_fleet(FLEET)
        settle(qtbot, page)
        return page

    yield open_page
    for _, tasks, fake in opened:
        fake.let_go()
        mailbox = tasks._mailbox
        tasks.stop()
        qtbot.waitUntil(lambda mailbox=mailbox: not isValid(mailbox))  # type: ignore[misc]
    assert bugs == []


def settle(qtbot: QtBot, page: PaymentsPage) -> None:
    """Waits until nothing is asked and nothing is about to be."""
    qtbot.waitUntil(lambda: page.settled, timeout=10_000)
