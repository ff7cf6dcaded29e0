"""A revenue page over a fleet in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from services.payments.filters import PaymentFilter
from services.revenue.figures import RevenueReport
from tests.ui.revenue.fake import FLEET, TODAY, Clock, FakeOutlook, FakeRevenue, Taking, takings
from ui.revenue.page import RevenuePage
from ui.tasks import Tasks
from ui.theme import Theme


@dataclass
class Opened:
    """A page, what it stands on, and what it told the window."""

    page: RevenuePage
    revenue: FakeRevenue
    outlook: FakeOutlook
    clock: Clock
    tasks: Tasks
    theme: Theme
    qtbot: QtBot
    opened: list[PaymentFilter] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    told: list[tuple[object, ...]] = field(default_factory=list)
    faults: list[object] = field(default_factory=list)
    running: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Waits until nothing is asked any more."""
        self.qtbot.waitUntil(lambda: not self.tasks._current, timeout=10_000)

    @property
    def report(self) -> RevenueReport:
        report = self.page.report
        assert report is not None
        return report


Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def takings_of_a_season() -> list[Taking]:
    return takings(date(2026, 7, 1), TODAY, hours=(6, 7, 9, 16, 18))


@pytest.fixture
def open_page(qtbot: QtBot, takings_of_a_season: list[Taking]) -> Iterator[Open]:
    """Opens the page as large as in a usual window, with the fleet's first answers in."""
    opened: list[Opened] = []
    bugs: list[object] = []

    def open_page(
        revenue: FakeRevenue | None = None, outlook: FakeOutlook | None = None, *, settled: bool = True
    ) -> Opened:
        revenue = FakeRevenue(takings_of_a_season) if revenue is None else revenue
        theme, clock, outlook = Theme("light"), Clock(), outlook or FakeOutlook()
        tasks = Tasks(theme)
        found: list[Opened] = []
        page = RevenuePage(
            theme,
            tasks,
            revenue,
            revenue,
            outlook,
            show_task=lambda title: found[0].running.append(title),
            hide_task=lambda: found[0].running.clear(),
            show_message=lambda *words: found[0].told.append(words),
            clock=clock,
            person="demo_manager",
        )
        # A page must not outlive its theme, nor the theme be freed before it.
        theme.setParent(page)
        made = Opened(page, revenue, outlook, clock, tasks, theme, qtbot)
        found.append(made)
        opened.append(made)
        qtbot.addWidget(page)
        tasks.bug.connect(bugs.append)
        tasks.fault.connect(made.faults.append)
        page.payments_wanted.connect(made.opened.append)
        page.summary_changed.connect(made.summaries.append)
        page.resize(1170, 728)
        page.show()
        qtbot.waitExposed(page)
        page.set_fleet(FLEET)
        if settled:
            made.settle()
        return made

    yield open_page
    for one in opened:
        one.revenue.let_go()
        mailbox = one.tasks._mailbox
        one.tasks.stop()
        qtbot.waitUntil(lambda mailbox=mailbox: not isValid(mailbox))  # type: ignore[misc]
    assert bugs == []
