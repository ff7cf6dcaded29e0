"""An audit page over a trail in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.ui.audit.fake import NOON, FakeTrail
from ui.audit.page import AuditPage
from ui.tasks import Tasks
from ui.theme import Theme


@dataclass
class Window:
    """What the page tells the window around it."""

    task: tuple[str, float | None] | None = None
    cancel: Callable[[], object] | None = None
    shares: list[float | None] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)

    def show_task(
        self, title: str, progress: float | None = None, cancel: Callable[[], object] | None = None, /
    ) -> None:
        self.task, self.cancel = (title, progress), cancel
        self.shares.append(progress)

    def hide_task(self) -> None:
        self.task = None

    def show_message(self, kind: str, said: str, detail: str = "", /) -> None:
        self.messages.append((kind, said))


@dataclass
class Opened:
    page: AuditPage
    trail: FakeTrail
    window: Window
    tasks: Tasks
    theme: Theme
    qtbot: QtBot

    def settle(self) -> None:
        """Waits until nothing is asked any more."""
        self.qtbot.waitUntil(lambda: not self.tasks._current)

    @property
    def numbers(self) -> list[int]:
        return [row.record.number for row in self.page.model.rows]


Open = Callable[[FakeTrail], Opened]


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Open]:
    opened: list[Opened] = []
    bugs: list[object] = []

    def open_page(trail: FakeTrail) -> Opened:
        theme, window = Theme("light"), Window()
        tasks = Tasks(theme)
        page = AuditPage(
            theme, tasks, trail,
            show_task=window.show_task, hide_task=window.hide_task, show_message=window.show_message, clock=lambda: NOON,
        )  # fmt: skip
        theme.setParent(page)
        tasks.bug.connect(bugs.append)
        qtbot.addWidget(page)
        page.resize(1170, 728)
        page.show()
        qtbot.waitExposed(page)
        opened.append(Opened(page, trail, window, tasks, theme, qtbot))
        return opened[-1]

    yield open_page
    for one in opened:
        one.trail.held.set()
        mailbox = one.tasks._mailbox
        one.tasks.stop()
        qtbot.waitUntil(lambda mailbox=mailbox: not isValid(mailbox))  # type: ignore[misc]
    assert bugs == []
