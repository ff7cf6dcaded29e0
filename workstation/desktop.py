"""The desktop: the window, the person who signs in, and the wiring between pages and services.

The shell is painted before anything heavy is imported; the database's modules load in a thread behind it.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from services.domain.errors import WorkstationError
from services.domain.period import NAIROBI
from ui.actions import Action, ActionRegistry
from ui.application import log_qt_messages, make_application, tell_bugs
from ui.clock import OfficeClock
from ui.main_window import MainWindow
from ui.theme import MODES, Theme
from ui.widgets.message_strip import MessageStrip
from ui.widgets.notice import Notice
from workstation.early import early

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from services.database.fleets import Fleet
    from services.payments.filters import PaymentFilter
    from ui.audit.page import AuditPage
    from ui.connection import DatabaseWatch
    from ui.live import LiveFeed, LiveState
    from ui.payments.page import PaymentsPage
    from ui.reconciliation.importing import ImportReport
    from ui.reconciliation.page import ReconciliationPage
    from ui.tasks import Tasks
    from workstation.entrance import Entrance
    from workstation.session import Session
    from workstation.settings import Settings

#: What a program does with a running desktop, instead of a person.
Job = Callable[["Desktop"], Coroutine[Any, Any, None]]
#: Without the live feed, how often the payments are read.
_READ_AGAIN_S = 15
_REST_AFTER_MS = 80
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
        self._watch: DatabaseWatch | None = None
        self.entrance: Entrance | None = None
        self._closing = False
        self._offline: MessageStrip | None = None
        self._not_live: MessageStrip | None = None
        self._rest_due = QTimer(self, interval=_REST_AFTER_MS, singleShot=True)
        self._reading_again = QTimer(self, interval=_READ_AGAIN_S * 1000)
        self._reading_again.timeout.connect(self._read_again)
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
        self.session = session
        self._watch_database(session)
        self._build_payments(session)
        self.show_fleet(session.fleets[0])
        # The first payments are asked for and painted before the rest is loaded.
        self._rest_due.timeout.connect(partial(self._build_rest, session))
        self._rest_due.start()

    def _build_payments(self, session: Session) -> None:
        from ui.payments.page import PaymentsPage

        self.payments = PaymentsPage(self.theme, self.tasks, session.payments, self.clock.now)
        self.payments.set_reduced_motion(self.settings.reduced_motion)
        self.payments.summary_changed.connect(self.window.set_summary)
        self.window.add_page("payments", "Payments", "payments", self.payments)
        self._restore_layout()

    def _build_rest(self, session: Session) -> None:
        if self._closing:
            return
        self._build_reconciliation(session)
        self._build_audit(session)
        self._listen(session)
        self._add_actions(session)
        if self.fleet is not None and self.reconciliation is not None:
            self.reconciliation.set_fleet(self.fleet.id, self.fleet.zone)
        if self.fleet is not None and self.audit is not None:
            self.audit.set_fleet(self.fleet)
        self.window.layout_reset.connect(self._reset_layout)
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

        anchors = self.settings.audit_anchors
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

    def _watch_database(self, session: Session) -> None:
        from ui.connection import DatabaseWatch

        self._watch = DatabaseWatch(self.tasks, session.database.clock, self.clock)
        self._watch.state_changed.connect(partial(self.window.set_connection, "database"))
        self._watch.clock_differs.connect(self._clock_differs)
        self._watch.lost.connect(self._went_offline)
        self._watch.returned.connect(self._came_back)
        self._watch.start()

    def _listen(self, session: Session) -> None:
        from ui.live import LiveFeed

        self.live = LiveFeed(session.relay_address, session.relay_ticket, self)
        self.live.events.connect(self._happened)
        self.live.reload_wanted.connect(self._reload)
        self.live.state_changed.connect(self._live_changed)
        self.live.start()

    def _live_changed(self, state: LiveState) -> None:
        self.window.set_connection("relay", state.kind, state.words)
        if state.kind == "bad" and self._not_live is None:
            words = f"Payments are not live: {state.detail or state.words}. They are read again every {_READ_AGAIN_S} seconds."
            self._around.complain(words)
            self._not_live = self.window.show_message("warning", words)
            self._reading_again.start()
        elif state.kind == "ok" and self._not_live is not None:
            self.window.dismiss_message(self._not_live)
            self._not_live = None
            self._reading_again.stop()

    def _read_again(self) -> None:
        if self.payments is not None and self._watch is not None and self._watch.offline_since is None:
            self.payments.reload()

    def _happened(self, events: Sequence[Any]) -> None:
        if self.fleet is None or self.payments is None:
            return
        mine = tuple(event for event in events if event.fleet_id == self.fleet.id)
        if mine:
            self.payments.apply_events(mine)

    def _reload(self, fleet_id: object) -> None:
        if self.fleet is not None and fleet_id == self.fleet.id and self.payments is not None:
            self.payments.reload()

    def _clock_differs(self, ahead: timedelta) -> None:
        words = f"This computer's clock is {_long(abs(ahead))} {'behind' if ahead > timedelta() else 'ahead of'} the database's."
        self._around.complain(words)
        self.window.show_message(
            "warning", words, "Days and times follow the database's clock. Set this computer's right."
        )

    def _went_offline(self, as_of: datetime) -> None:
        words = f"The database does not answer. What you see is as of {as_of.astimezone(NAIROBI):%H:%M}; reconnecting…"
        self._around.complain(words)
        self._offline = self.window.show_message("warning", words)
        if self.payments is not None and self.reconciliation is not None:
            self.payments.set_offline(as_of)
            self.reconciliation.set_offline(as_of)
        if self.audit is not None:
            self.audit.set_offline(as_of)

    def _came_back(self) -> None:
        if self._offline is not None:
            self.window.dismiss_message(self._offline)
            self._offline = None
        if self.payments is not None and self.reconciliation is not None:
            self.payments.set_offline(None)
            self.reconciliation.set_offline(None)
            if self.audit is not None:
                self.audit.set_offline(None)
                self.audit.reload()
            self.payments.reload()
            self.reconciliation.reload()

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
        for page in (self.payments, self.reconciliation, self.audit):
            if page is not None:
                page.reload()

    def _toggle_privacy(self) -> None:
        self._private = not self._private
        if self.payments is not None:
            self.payments.conceal(self._private)
        if self.reconciliation is not None:
            self.reconciliation.conceal(self._private)
        if self.audit is not None:
            self.audit.conceal(self._private)

    def _show_filter(self, wanted: PaymentFilter) -> None:
        self.window.show_page("payments")
        if self.payments is not None:
            self.payments.show_filter(wanted)

    # Faults and bugs -------------------------------------------------------------------------------------------------

    def _told_fault(self, error: WorkstationError) -> None:
        if self._watch is not None:
            self._watch.heard(error)
            if self._watch.offline_since is not None:
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
        self._reading_again.stop()
        import asyncio

        self._closing = True
        if self._watch is not None:
            self._watch.stop()
        if self.live is not None:
            await self.live.stopped()
        self.tasks.stop()
        # A query that was cancelled gives its connection back before the pool is closed.
        await asyncio.to_thread(self._threads.shutdown)

    def leave(self) -> None:
        """Closes the database, once no thread of the event loop asks it any more."""
        if self.session is not None:
            self.session.database.close()


def run_desktop(
    settings: Settings | None = None, surroundings: Surroundings | None = None, *, job: Job | None = None
) -> int:
    """Shows the window until it is closed (or until the coroutine of `job` has run); returns the exit code.

    Without `settings` they are loaded once the window is painted: its look is then what it was last time.
    """
    log_qt_messages()
    theme = Theme(next((mode for mode in MODES if mode == early("theme", "system")), "system"))
    if settings is not None:
        theme.set_mode(settings.theme)
    application = make_application(theme)
    around = surroundings or Surroundings(early("environment", "production"), QSettings())
    desktop = Desktop(_load_settings if settings is None else lambda: settings, theme, around)
    desktop.window.restore_look(around.memory)
    restore_hook = tell_bugs(desktop.told_bug)
    desktop.window.show()
    application.processEvents()

    # The event loop and everything that talks to a server is loaded behind the painted window.
    import asyncio

    import qasync

    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    closed = asyncio.Event()
    desktop.window.closed.connect(closed.set)
    _end_on_signals(desktop.window)
    QTimer.singleShot(0, desktop.start)
    try:
        with loop:
            work = loop.create_task(_until_closed(desktop, closed, job))
            work.add_done_callback(lambda _: loop.stop())
            while not work.done():
                # Qt leaves its loop when the last window closes; what has to end in order still needs it.
                loop.run_forever()
            work.result()
    finally:
        restore_hook()
        desktop.leave()
    return 0


def _long(time: timedelta) -> str:
    """'23 h 58 min'."""
    minutes = round(time.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _load_settings() -> Settings:
    from workstation.logs import start_logging
    from workstation.settings import load_settings

    settings = load_settings()
    start_logging(settings.log_level)
    return settings


async def _until_closed(desktop: Desktop, closed: asyncio.Event, job: Job | None) -> None:
    """Until the window is closed or the job is done, whichever is first; a job that fails fails the program."""
    import asyncio

    waiting = asyncio.ensure_future(closed.wait())
    working = asyncio.ensure_future(job(desktop)) if job is not None else None
    try:
        await asyncio.wait([task for task in (waiting, working) if task], return_when=asyncio.FIRST_COMPLETED)
        if working is not None and working.done():
            working.result()
    finally:
        for task in (waiting, working):
            if task is not None:
                task.cancel()
        desktop.save()
        desktop.window.hide()
        await desktop.close()


def _end_on_signals(window: QWidget) -> None:
    """Ctrl+C in the terminal closes the window as its own button does."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    # Python hears a signal only while its code runs: the clock in the status bar ticks every second, this more often.
    ticking = QTimer(window, interval=200)
    ticking.timeout.connect(lambda: None)
    ticking.start()
