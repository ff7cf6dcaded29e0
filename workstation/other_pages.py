"""The pages beside Payments: Revenue, Reconciliation, Audit; built once the first payments are painted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from services.audit.anchors import AnchorFile
from services.audit.service import AuditService
from services.database.fleets import Fleet
from ui.audit.page import AuditPage
from ui.main_window import MainWindow
from ui.reconciliation.page import ReconciliationPage
from ui.revenue.page import RevenuePage
from ui.tasks import Tasks
from ui.theme import Theme
from workstation.reconciliation_desk import ReconciliationDesk
from workstation.revenue_desk import RevenueDesk
from workstation.session import Session
from workstation.settings import Settings
from workstation.surroundings import Surroundings

AUDIT = "audit"


class OtherPages:
    """Wires them into the window; iterating gives them in the rail's order."""

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        tasks: Tasks,
        session: Session,
        clock: Callable[[], datetime],
        settings: Settings,
        around: Surroundings,
    ) -> None:
        self._window = window
        self._revenue = RevenueDesk(window, theme, tasks, session, clock, around.memory)
        self.revenue: RevenuePage = self._revenue.page
        self.revenue.set_reduced_motion(settings.reduced_motion)
        self.statements = ReconciliationDesk(
            window,
            theme,
            tasks,
            session,
            clock,
            around.memory,
            folder=around.statements,
            complain=around.complain,
        )
        self.reconciliation: ReconciliationPage = self.statements.page
        anchors = settings.anchors_file
        self.audit = AuditPage(
            theme,
            tasks,
            AuditService(session.database, AnchorFile(anchors) if anchors.is_file() else None),
            show_task=window.show_task,
            hide_task=window.hide_task,
            show_message=window.show_message,
            clock=clock,
        )
        window.add_page(AUDIT, "Audit", "audit", self.audit)
        window.page_changed.connect(self._page_shown)

    def __iter__(self) -> Iterator[RevenuePage | ReconciliationPage | AuditPage]:
        return iter((self.revenue, self.reconciliation, self.audit))

    def set_fleet(self, fleet: Fleet) -> None:
        """Shows another fleet on each."""
        for page in self:
            page.set_fleet(fleet)

    def show_day(self, day: date) -> None:
        """Brings up a day of reconciliation."""
        self._window.show_page("reconciliation")
        self.reconciliation.show_day(day)

    def save(self) -> None:
        """Remembers how they stand."""
        self._revenue.save()

    def _page_shown(self, name: str) -> None:
        # No event tells of new records: who opens the trail wants what was done a moment ago, too.
        if name == AUDIT:
            self.audit.reload()
