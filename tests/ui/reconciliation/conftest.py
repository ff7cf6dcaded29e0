"""A reconciliation page over services in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.ui.reconciliation.fake import NOW, FakeImporter, FakeReconciliation
from ui.reconciliation.page import DAY, DAYS, IMPORT, MATCH, ReconciliationPage
from ui.tasks import Tasks
from ui.theme import Theme


@dataclass
class Opened:
    """A page, what it stands on, and what it told the window."""

    page: ReconciliationPage
    service: FakeReconciliation
    importer: FakeImporter
    tasks: Tasks
    theme: Theme
    qtbot: QtBot
    told: list[tuple[str, ...]] = field(default_factory=list)
    shown: list[tuple[str, float | None]] = field(default_factory=list)
    running: bool = False

    def settle(self) -> None:
        """Waits until nothing is asked any more."""
        self.qtbot.waitUntil(lambda: not any(self.tasks.busy(name) for name in (DAYS, DAY, MATCH, IMPORT)))
        self.qtbot.wait(1)


Open = Callable[[FakeReconciliation], Opened]


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Open]:
    """Opens the page as large as in a usual window."""
    opened: list[Opened] = []
    bugs: list[object] = []

    def open_page(service: FakeReconciliation) -> Opened:
        theme, importer = Theme("light"), FakeImporter()
        tasks = Tasks(theme)
        tasks.bug.connect(bugs.append)
        tasks.fault.connect(lambda error: found[0].told.append(("error", str(error))))
        found: list[Opened] = []

        def show_task(title: str, progress: float | None = None, cancel: Callable[[], object] | None = None, /) -> None:
            found[0].shown.append((title, progress))
            found[0].running = True

        def hide_task() -> None:
            found[0].running = False

        page = ReconciliationPage(
            theme,
            tasks,
            service,
            importer,
            show_task=show_task,
            hide_task=hide_task,
            show_message=lambda *words: found[0].told.append(words),
            clock=lambda: NOW,
        )
        # A page must not outlive its theme, nor the theme be freed before it.
        theme.setParent(page)
        qtbot.addWidget(page)
        found.append(Opened(page, service, importer, tasks, theme, qtbot))
        page.resize(1170, 728)
        page.show()
        qtbot.waitExposed(page)
        opened.extend(found)
        return found[0]

    yield open_page
    for each in opened:
        mailbox = each.tasks._mailbox
        each.tasks.stop()
        qtbot.waitUntil(lambda mailbox=mailbox: not isValid(mailbox))  # type: ignore[misc]
    assert bugs == []
