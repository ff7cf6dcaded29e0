"""The office: one window, the person in it, and the wiring between its pages and the services.

What is heavy is imported where it is first needed, so that the shell is painted before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal

from services.domain.errors import WorkstationError
from ui.actions import Action, ActionRegistry
from ui.clock import OfficeClock
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.widgets.notice import Notice

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from services.database.fleets import Fleet
    from services.payments.filters import PaymentFilter
    from ui.audit.page import AuditPage
    from ui.live import LiveFeed
    from ui.payments.page import PaymentsPage
    from ui.reconciliation.importing import ImportReport
    from ui.reconciliation.page import ReconciliationPage
    from ui.tasks import Tasks
    from workstation.entrance import Entrance
    from workstation.session import Session
    from workstation.settings import Settings
    from workstation.standing import Standing

_REST_AFTER_MS = 20
#: How often the rest is put off while the first payments are on their way.
_PATIENCE = 50
_STATEMENTS = "M-Pesa statements (*.csv);;All files (*)"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a desktop is started with, beside its settings."""

    environment: str
    memory: QSettings
    statements: Path | None = None
    #: Says on stderr what the window says too.
    complain: Callable[[str], None] = lambda sentence: print(f"workstation: {sentence}", file=sys.stderr)


class Desktop(QObject):
    """One window and what it stands on. `entered(Session)` once a person is in and the pages are there."""

    entered = Signal(object)

    def __init__(self, settings: Callable[[], Settings], theme: Theme, surroundings: Surroundings) -> None:
        super().__init__()
        self._load_settings, self.theme, self._around = settings, theme, surroundings
        self.registry = ActionRegistry()
        self.clock = OfficeClock()
        self.window = MainWindow(theme, self.registry, environment=surroundings.environment, now=self.clock.now)
        self.session: Session | None = None
        self.fleet: Fleet | None = None
        self.payments: PaymentsPage | None = None
        self.reconciliation: ReconciliationPage | None = None
        self.audit: AuditPage | None = None
        self.live: LiveFeed | None = None
        self._standing: Standing | None = None
        self.entrance: Entrance | None = None
        self._closing = False
        self._patience = _PATIENCE
        self._rest_due = QTimer(self, interval=_REST_AFTER_MS, singleShot=True)
        self._waiting = Notice(theme, "loading", "Connecting to the database…")
        self.window.set_placeholder(self._waiting)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor

        from ui.tasks import WORKERS

        return ThreadPoolExecutor(WORKERS, thread_name_prefix="task")

    @cached_property
    def tasks(self) -> Tasks:
        """Work that runs in threads for this window."""
        from ui.tasks import Tasks

        tasks = Tasks(self.window, self._threads)
        tasks.fault.connect(self._told_fault)
        tasks.bug.connect(self.told_bug)
        return tasks

    # Signing in -----------------------------------------------------------------------------------------------------

    @cached_property
    def settings(self) -> Settings:
        """What this process was told; read when it is first wanted, behind the painted window."""
        return self._load_settings()

    def read_settings(self) -> None:
        """Reads them now; WorkstationError names the one that cannot be used."""
        _ = self.settings

    def start(self) -> None:
        """Connects where the settings name a database, otherwise asks who wants to sign in."""
        from workstation.entrance import Entrance

        self.window.set_connection("database", "busy", "Connecting…")
        self.entrance = Entrance(
            self.window, self.theme, self.tasks, self._around.memory, self.settings.relay_url, self._around.complain
        )
        self.entrance.opened.connect(self._enter)
        self.entrance.abandoned.connect(self.window.close)
        url = self.settings.database_url
        self.entrance.come_in(url.get_secret_value() if url is not None else None)

    # Working --------------------------------------------------------------------------------------------------------

    def _enter(self, session: Session) -> None:
        from workstation.standing import Standing

        self.session = session
        self._standing = Standing(self.window, self.tasks, self.clock, session, self._around.complain)
        self._standing.offline_changed.connect(self._offline_changed)
        self._build_payments(session)
        self.show_fleet(session.fleets[0])
        self._standing.start()
        self._rest_due.timeout.connect(partial(self._build_rest, session, self._standing))
        self._rest_due.start()

    def _build_payments(self, session: Session) -> None:
        from ui.payments.page import PaymentsPage

        self.payments = PaymentsPage(self.theme, self.tasks, session.payments, self.clock.now)
        self.payments.set_reduced_motion(self.settings.reduced_motion)
        self.payments.summary_changed.connect(self.window.set_summary)
        if self._standing is not None:
            self._standing.read_again.connect(self.payments.reload)
        self.window.add_page("payments", "Payments", "payments", self.payments)
        self._restore_layout()

    def _build_rest(self, session: Session, standing: Standing) -> None:
        if self._closing:
            return
        if self.payments is not None and not self.payments.settled and self._patience:
            # The first payments are painted before the rest is loaded; a database that takes its time is not waited for.
            self._patience -= 1
            self._rest_due.start()
            return
        self._build_reconciliation(session)
        self._build_audit(session)
        self._listen(session, standing)
        self._add_actions(session)
        if self.fleet is not None and self.reconciliation is not None:
            self.reconciliation.set_fleet(self.fleet.id, self.fleet.zone)
        if self.fleet is not None and self.audit is not None:
            self.audit.set_fleet(self.fleet)
        self.window.layout_reset.connect(self._reset_layout)
        self.window.page_changed.connect(self._page_shown)
        self.window.restore_page(self._around.memory)
        self.entered.emit(session)

    def _build_reconciliation(self, session: Session) -> None:
        from services.reconciliation.service import ReconciliationService
        from services.statements.importer import StatementImporter
        from ui.reconciliation.page import ReconciliationPage

        self.reconciliation = ReconciliationPage(
            self.theme,
            self.tasks,
            ReconciliationService(session.database),
            StatementImporter(session.database),
            show_task=self.window.show_task,
            hide_task=self.window.hide_task,
            show_message=self.window.show_message,
            clock=self.clock.now,
        )
        self.reconciliation.import_wanted.connect(self.choose_statements)
        self.reconciliation.import_finished.connect(self._complain_of_refused)
        self.window.add_page(
            "reconciliation", "Reconciliation", "reconciliation", self.reconciliation, compact_rail=True
        )
        self.window.files_dropped.connect(self.import_statements)

    def _build_audit(self, session: Session) -> None:
        from services.audit.anchors import AnchorFile
        from services.audit.service import AuditService
        from ui.audit.page import AuditPage

        anchors = self.settings.anchors_file
        service = AuditService(session.database, AnchorFile(anchors) if anchors.is_file() else None)
        self.audit = AuditPage(
            self.theme,
            self.tasks,
            service,
            show_task=self.window.show_task,
            hide_task=self.window.hide_task,
            show_message=self.window.show_message,
            clock=self.clock.now,
        )
        self.window.add_page("audit", "Audit", "audit", self.audit)

    def _page_shown(self, name: str) -> None:
        # No event tells of new records: who opens the trail wants what was done a moment ago, too.
        if name == "audit" and self.audit is not None:
            self.audit.reload()

    def show_fleet(self, fleet: Fleet) -> None:
        """Shows this fleet on every page."""
        self.fleet = fleet
        self.window.set_fleet(fleet.name)
        if self.payments is not None:
            self.payments.set_fleet(fleet)
        if self.reconciliation is not None:
            self.reconciliation.set_fleet(fleet.id, fleet.zone)
        if self.audit is not None:
            self.audit.set_fleet(fleet)

    def _listen(self, session: Session, standing: Standing) -> None:
        from ui.live import LiveFeed

        self.live = LiveFeed(session.relay_address, session.relay_ticket, self)
        self.live.events.connect(self._happened)
        self.live.reload_wanted.connect(self._reload)
        standing.follow(self.live)
        self.live.start()

    def _happened(self, events: Sequence[Any]) -> None:
        if self.fleet is None or self.payments is None:
            return
        mine = tuple(event for event in events if event.fleet_id == self.fleet.id)
        if mine:
            self.payments.apply_events(mine)

    def _reload(self, fleet_id: object) -> None:
        if self.fleet is not None and fleet_id == self.fleet.id and self.payments is not None:
            self.payments.reload()

    def _offline_changed(self, as_of: datetime | None) -> None:
        for page in self._pages():
            page.set_offline(as_of)
            if as_of is None:
                page.reload()

    def _pages(self) -> list[PaymentsPage | ReconciliationPage | AuditPage]:
        """The pages that are there by now."""
        return [page for page in (self.payments, self.reconciliation, self.audit) if page is not None]

    # Statements ------------------------------------------------------------------------------------------------------

    def import_statements(self, files: Sequence[Path]) -> None:
        """Imports statements and shows what became of them."""
        if self.reconciliation is not None:
            self.window.show_page("reconciliation")
            self.reconciliation.import_files([Path(file) for file in files])

    def _complain_of_refused(self, report: ImportReport) -> None:
        for file in report.files:
            if file.result is None:
                self._around.complain(f"{file.file}: {file.refusal}")

    def choose_statements(self) -> None:
        """Asks for statement files."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self.window, "Import M-Pesa statements", self._statement_folder(), _STATEMENTS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._statements_chosen)
        dialog.open()

    def _statements_chosen(self, names: list[str]) -> None:
        if names:
            self._around.memory.setValue("statements/folder", str(Path(names[0]).parent))
            self.import_statements([Path(name) for name in names])

    def _statement_folder(self) -> str:
        return str(self._around.statements or self._around.memory.value("statements/folder", ""))

    # Actions ---------------------------------------------------------------------------------------------------------

    def _add_actions(self, session: Session) -> None:
        from workstation.finding import Finder

        payments = self.payments
        if payments is None:
            return
        reconciliation, private = "Reconciliation", "Hide amounts and phones"
        self.registry.add_all(
            (
                Action(
                    "statements.import",
                    "Import statements…",
                    "Ctrl+O",
                    reconciliation,
                    self.choose_statements,
                    "open csv mpesa",
                ),
                Action(
                    "payments.find",
                    "Search payments",
                    "Ctrl+F",
                    "Payments",
                    self._search_payments,
                    "name phone receipt",
                ),
                Action("payments.clear", "Clear all filters", "", "Payments", payments.clear_filters),
                Action("view.reload", "Reload", "F5", "Window", self._reload_all, "refresh"),
                Action("window.private", private, "Ctrl+Shift+P", "Window", self._toggle_privacy, "privacy blur mask"),
                Action("window.quit", "Quit", "Ctrl+Q", "Window", self.window.close, "exit close"),
            )
        )
        self.registry.add_all(
            Action(f"fleet.{fleet.code}", f"Show {fleet.name}", "", "Fleet", partial(self.show_fleet, fleet))
            for fleet in (session.fleets if len(session.fleets) > 1 else ())
        )
        self._private = False
        Finder(self.window.palette_overlay, payments, session.payments, self.tasks, self._show_filter)

    def _search_payments(self) -> None:
        self.window.show_page("payments")
        if self.payments is not None:
            self.payments.focus_search()

    def _reload_all(self) -> None:
        for page in self._pages():
            page.reload()

    def _toggle_privacy(self) -> None:
        self._private = not self._private
        for page in self._pages():
            page.conceal(self._private)

    def _show_filter(self, wanted: PaymentFilter) -> None:
        self.window.show_page("payments")
        if self.payments is not None:
            self.payments.show_filter(wanted)

    # Faults and bugs -------------------------------------------------------------------------------------------------

    def _told_fault(self, error: WorkstationError) -> None:
        if self._standing is not None and self._standing.explains(error):
            return
        self._around.complain(str(error))
        self.window.show_message("error", str(error))

    def told_bug(self, error: BaseException) -> None:
        """A bug of ours: said in the window, in full in the log."""
        self.window.show_message(
            "error", "Something in the program went wrong. Nothing was lost; the log says more.", type(error).__name__
        )

    # The window's memory ---------------------------------------------------------------------------------------------

    def _restore_layout(self) -> None:
        kept = self._around.memory.value("payments/grid")
        if isinstance(kept, dict) and self.payments is not None:
            self.payments.restore_layout(kept)

    def _reset_layout(self) -> None:
        if self.payments is not None:
            self.payments.restore_layout({})

    def save(self) -> None:
        """Remembers how window and columns stand."""
        if self.payments is not None:
            self.window.save_state(self._around.memory)
            self._around.memory.setValue("payments/grid", self.payments.layout_state())
        self._around.memory.sync()

    async def close(self) -> None:
        """Ends what runs, in order; the window is gone by then."""
        self._rest_due.stop()
        import asyncio

        self._closing = True
        if self._standing is not None:
            self._standing.stop()
        if self.live is not None:
            await self.live.stopped()
        self.tasks.stop()
        # A query that was cancelled gives its connection back before the pool is closed.
        await asyncio.to_thread(self._threads.shutdown)

    def leave(self) -> None:
        """Closes the database, once no thread of the event loop asks it any more."""
        if self.session is not None:
            self.session.database.close()
