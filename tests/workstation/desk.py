"""A desktop at work in this process: the real window on the real database, on the loop that it has in real life."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication

from tests.services.relay.ledger import until
from tests.world import World
from ui.main_window import MainWindow
from ui.payments.page import PaymentsPage
from ui.reconciliation.page import DAY, DAYS, ReconciliationPage
from workstation.desktop import Desktop, Surroundings, run_desktop
from workstation.session import Session
from workstation.settings import Settings

#: How the window begins to say that there is no live feed.
NOT_LIVE = "Payments are not live: "
Work = Callable[[Desktop], Coroutine[Any, Any, None]]


@dataclass
class Desk:
    """Opens desktops one after the other; they share the window's memory."""

    world: World
    fleet: UUID
    memory: QSettings
    told: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """What was said on stderr, but for the word that no relay runs."""
        return [words for words in self.told if not words.startswith(NOT_LIVE)]

    def paid(self, receipt: str, amount: str = "600.00", fleet: UUID | None = None, **booked: object) -> UUID:
        """A fare that was paid just now."""
        now = datetime.now(UTC)
        booking = self.world.booking(fleet or self.fleet, created_at=now, updated_at=now, **booked)
        return self.world.payment(booking, amount, created_at=now, transaction_id=receipt, shortcode="9990001")

    def open(self, work: Work | None, *, url: str | None = "", **settings: object) -> int:
        """Runs a desktop, signed in as the fleet's manager unless told otherwise, for as long as the work takes."""
        if url == "":
            url = self.world.login_url("test_manager").render_as_string(hide_password=False)
        told = {"theme": "light", "reduced_motion": True, **settings}
        made = Settings(database_url=None if url is None else SecretStr(url), **told)  # type: ignore[arg-type]
        around = Surroundings("test", self.memory, complain=self.told.append)
        try:
            return run_desktop(made, around, job=work)
        finally:
            _forget()

    def signed_in(self, work: Work) -> int:
        """Runs a desktop; the work begins when everything that was asked at first is on the screen."""

        async def begin(desktop: Desktop) -> None:
            await ready(desktop)
            await work(desktop)

        return self.open(begin)


async def ready(desktop: Desktop) -> None:
    """Waits until somebody is in and the first answers are shown."""
    await until(lambda: desktop.reconciliation is not None and pages(desktop)[0].settled, "the first page of payments")
    await until(lambda: not desktop.tasks.busy(DAYS) and not desktop.tasks.busy(DAY), "the first days")


def pages(desktop: Desktop) -> tuple[PaymentsPage, ReconciliationPage]:
    """The pages of a desktop that somebody is in."""
    assert desktop.payments is not None and desktop.reconciliation is not None
    return desktop.payments, desktop.reconciliation


def session(desktop: Desktop) -> Session:
    """Who is in."""
    assert desktop.session is not None
    return desktop.session


def messages(desktop: Desktop) -> list[tuple[str, str]]:
    """What stands above the page, but for the word that no relay runs (in most tests none does)."""
    strips = desktop.window.messages.strips
    return [(strip.kind, strip.text) for strip in strips if not strip.text.startswith(NOT_LIVE)]


def receipts(desktop: Desktop) -> set[str]:
    """The receipts of the payments in the grid."""
    model = pages(desktop)[0].grid.model()
    rows = range(model.rowCount())
    cells = {str(model.index(row, column).data() or "") for row in rows for column in range(model.columnCount())}
    return {cell for cell in cells if cell.startswith("UIM")}


def _forget() -> None:
    # The handlers of signals hold the window.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    # What its widgets' signals lead to holds a window where no garbage collection sees it, and every one that stays is styled
    # anew with the next.
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow):
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
