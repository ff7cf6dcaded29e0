"""The desktop: the window, the person who signs in, and the wiring between pages and services.

The shell is painted before anything heavy is imported; the database's modules load in a thread behind it.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from services.domain.errors import WorkstationError
from services.domain.period import NAIROBI
from ui.actions import Action, ActionRegistry
from ui.application import make_application, tell_bugs
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.widgets.message_strip import MessageStrip
from ui.widgets.notice import Notice

if TYPE_CHECKING:
    import asyncio

    from ui.reconciliation.page import ReconciliationPage

    from services.database.fleets import Fleet
    from services.payments.filters import PaymentFilter
    from ui.connection import DatabaseWatch
    from ui.live import LiveFeed, LiveState
    from ui.palette import Entry
    from ui.payments.page import PaymentsPage
    from ui.sign_in.dialog import SignInDialog
    from ui.sign_in.request import SignInRequest
    from ui.tasks import Tasks
    from workstation.session import Session
    from workstation.settings import Settings

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

    def __init__(self, settings: Settings, theme: Theme, surroundings: Surroundings) -> None:
        super().__init__()
        self._settings, self.theme, self._around = settings, theme, surroundings
        self.registry = ActionRegistry()
        self.window = MainWindow(theme, self.registry, environment=surroundings.environment)
        self.session: Session | None = None
        self.fleet: Fleet | None = None
        self.payments: PaymentsPage | None = None
        self.reconciliation: ReconciliationPage | None = None
        self.live: LiveFeed | None = None
        self._watch: DatabaseWatch | None = None
        self._sign_in: SignInDialog | None = None
        self._offline: MessageStrip | None = None
        self._waiting = Notice(theme, "loading", "Connecting to the database…")
        self.window.set_placeholder(self._waiting)

    @cached_property
    def tasks(self) -> Tasks:
        """Work that runs in threads for this window."""
        from ui.tasks import Tasks

        tasks = Tasks(self.window)
        tasks.fault.connect(self._told_fault)
        tasks.bug.connect(self.told_bug)
        return tasks

    # Signing in -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Connects where the settings name a database, otherwise asks who wants to sign in."""
        self.window.set_connection("database", "busy", "Connecting…")
        if self._settings.database_url is None:
            self.ask()
        else:
            self.connect_to(self._settings.database_url.get_secret_value(), self._refused_at_start)

    def connect_to(self, url: object, refused: Callable[[WorkstationError], None]) -> None:
        """Signs in at `url` (text or URL) in a thread; `refused` hears what stands in the way."""
        relay = self._settings.relay_url

        def work() -> Session:
            from services.database.engine import database_url
            from workstation.session import open_session

            return open_session(database_url(url) if isinstance(url, str) else url, relay)  # type: ignore[arg-type]

        self.tasks.run("connect", work, self._enter, refused)

    def ask(self, error: str = "") -> None:
        """Opens the sign-in dialog, with what is known already."""
        from ui.sign_in.dialog import SignInDialog
        from workstation.credentials import find_keyring

        ring, memory = find_keyring(), self._around.memory
        dialog = SignInDialog(
            self.theme, remember_available=ring.available, remember_reason=ring.reason, parent=self.window
        )
        server, login = str(memory.value("sign_in/server", "")), str(memory.value("sign_in/login", ""))
        dialog.prefill(server, login, ring.password(server, login) or "", remember=ring.available)
        dialog.submitted.connect(self._submitted)
        dialog.test_requested.connect(self._tested)
        dialog.demo_requested.connect(self._start_demo)
        dialog.rejected.connect(self._sign_in_closed)
        self._sign_in = dialog
        self.window.set_connection("database", "off", "Not signed in")
        dialog.open()
        if error:
            dialog.show_error(error)

    def _sign_in_closed(self) -> None:
        if self.session is None:
            self.window.close()

    def _submitted(self, request: SignInRequest) -> None:
        from workstation.credentials import url_of

        self._dialog.set_busy(True)
        try:
            url = url_of(request)
        except WorkstationError as error:
            self._refused(error)
            return
        self._request = request
        self.connect_to(url, self._refused)

    def _tested(self, request: SignInRequest) -> None:
        def work() -> str:
            from workstation.credentials import url_of
            from workstation.session import try_connection

            return try_connection(url_of(request))

        self._dialog.set_busy(True)
        self.tasks.run("connect", work, self._test_passed, self._refused)

    def _test_passed(self, sentence: str) -> None:
        self._dialog.set_busy(False)
        self._dialog.show_success(sentence)

    def _refused(self, error: WorkstationError) -> None:
        self._around.complain(str(error))
        self._dialog.set_busy(False)
        self._dialog.show_error(str(error))

    def _refused_at_start(self, error: WorkstationError) -> None:
        self._around.complain(str(error))
        self.window.set_connection("database", "bad", "Not connected")
        self.ask(str(error))

    @property
    def _dialog(self) -> SignInDialog:
        if self._sign_in is None:
            raise RuntimeError("nobody is signing in")
        return self._sign_in

    def _start_demo(self) -> None:
        from PySide6.QtCore import QProcess

        command = [] if getattr(sys, "frozen", False) else ["-m", "workstation.cli"]
        QProcess.startDetached(sys.executable, [*command, "demo"])
        self.window.close()

    # Working --------------------------------------------------------------------------------------------------------

    def _enter(self, session: Session) -> None:
        self._remember_sign_in()
        self.session = session
        self._build_pages(session)
        self._watch_database(session)
        self._listen(session)
        self._add_actions()
        self.show_fleet(session.fleets[0])
        self.window.restore_state(self._around.memory)
        self.entered.emit(session)

    def _remember_sign_in(self) -> None:
        if self._sign_in is None:
            return
        request, memory = self._request, self._around.memory
        memory.setValue("sign_in/server", request.server)
        memory.setValue("sign_in/login", request.login)
        if request.remember:
            from workstation.credentials import find_keyring

            if sentence := find_keyring().remember(request):
                self.window.show_message("warning", sentence)
        self._sign_in.accept()
        self._sign_in = None

    def _build_pages(self, session: Session) -> None:
        from ui.reconciliation.page import ReconciliationPage

        from ui.payments.page import PaymentsPage

        self.payments = PaymentsPage(self.theme, self.tasks, session.payments)
        self.payments.set_reduced_motion(self._settings.reduced_motion)
        self.payments.summary_changed.connect(self.window.set_summary)
        self.reconciliation = ReconciliationPage(
            self.theme,
            self.tasks,
            session.reconciliation,
            session.importer,
            show_task=self.window.show_task,
            hide_task=self.window.hide_task,
            show_message=self.window.show_message,
        )
        self.reconciliation.import_wanted.connect(self.choose_statements)
        self.window.add_page("payments", "Payments", "payments", self.payments)
        self.window.add_page(
            "reconciliation", "Reconciliation", "reconciliation", self.reconciliation, compact_rail=True
        )
        self.window.files_dropped.connect(self.import_statements)
        self.window.layout_reset.connect(self._reset_layout)
        self._restore_layout()

    def show_fleet(self, fleet: Fleet) -> None:
        """Shows this fleet on every page."""
        self.fleet = fleet
        self.window.set_fleet(fleet.name)
        if self.payments is not None and self.reconciliation is not None:
            self.payments.set_fleet(fleet)
            self.reconciliation.set_fleet(fleet.id, fleet.zone)

    def _watch_database(self, session: Session) -> None:
        from ui.connection import DatabaseWatch

        self._watch = DatabaseWatch(self.tasks, session.database.ping)
        self._watch.state_changed.connect(partial(self.window.set_connection, "database"))
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

    def _happened(self, events: Sequence[Any]) -> None:
        if self.fleet is None or self.payments is None:
            return
        mine = tuple(event for event in events if event.fleet_id == self.fleet.id)
        if mine:
            self.payments.apply_events(mine)

    def _reload(self, fleet_id: object) -> None:
        if self.fleet is not None and fleet_id == self.fleet.id and self.payments is not None:
            self.payments.reload()

    def _went_offline(self, as_of: datetime) -> None:
        words = f"The database does not answer. What you see is as of {as_of.astimezone(NAIROBI):%H:%M}; reconnecting…"
        self._around.complain(words)
        self._offline = self.window.show_message("warning", words)
        if self.payments is not None:
            self.payments.set_offline(as_of)

    def _came_back(self) -> None:
        if self._offline is not None:
            self.window.dismiss_message(self._offline)
            self._offline = None
        if self.payments is not None and self.reconciliation is not None:
            self.payments.set_offline(None)
            self.payments.reload()
            self.reconciliation.reload()

    # Statements ------------------------------------------------------------------------------------------------------

    def import_statements(self, files: Sequence[Path]) -> None:
        """Imports statements and shows what became of them."""
        if self.reconciliation is not None:
            self.window.show_page("reconciliation")
            self.reconciliation.import_files([Path(file) for file in files])

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

    def _add_actions(self) -> None:
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
            for fleet in (self.session.fleets if self.session and len(self.session.fleets) > 1 else ())
        )
        self._private = False
        self.window.palette_overlay.add_provider(self._found_names)
        self.window.palette_overlay.sought.connect(self._look_up)

    def _search_payments(self) -> None:
        self.window.show_page("payments")
        if self.payments is not None:
            self.payments.focus_search()

    def _reload_all(self) -> None:
        if self.payments is not None and self.reconciliation is not None:
            self.payments.reload()
            self.reconciliation.reload()

    def _toggle_privacy(self) -> None:
        self._private = not self._private
        if self.payments is not None:
            self.payments.conceal(self._private)

    def _found_names(self, typed: str) -> list[Entry]:
        """Buses and routes whose name holds what is typed, for the palette."""
        from ui.palette import Entry

        if self.payments is None or (shown := self.payments.filter) is None:
            return []
        plain, names = _bare(shown), self.payments.names
        buses = [(name, "Bus", replace(plain, vehicles=frozenset({id_}))) for id_, name in names.vehicles.items()]
        routes = [(name, "Route", replace(plain, routes=frozenset({id_}))) for id_, name in names.routes.items()]
        return [
            Entry(name, kind, partial(self._show_filter, wanted))
            for name, kind, wanted in buses + routes
            if typed.casefold() in name.casefold()
        ][:8]

    def _look_up(self, typed: str) -> None:
        """Payments whose receipt, reference, phone or passenger begins with what is typed."""
        if self.session is None or self.payments is None or (shown := self.payments.filter) is None or len(typed) < 3:
            return
        from ui.palette import Entry

        wanted, service = replace(_bare(shown), search=typed), self.session.payments

        def offer(page: Any) -> None:
            found = [
                Entry(
                    f"{row.receipt or row.booking_reference} · {row.passenger}",
                    f"Payment {row.created_at.astimezone(wanted.days.zone):%d %b %H:%M}",
                    partial(self._show_filter, replace(wanted, search=row.receipt or row.booking_reference)),
                    rank=1,
                )
                for row in page.rows
            ]
            self.window.palette_overlay.offer(typed, found)

        self.tasks.run("palette", lambda: service.page(wanted, limit=6), offer, lambda _: None)

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
        if self._watch is not None:
            self._watch.stop()
        if self.live is not None:
            await self.live.stopped()
        self.tasks.stop()
        if self.session is not None:
            self.session.database.close()


def _bare(shown: PaymentFilter) -> PaymentFilter:
    return type(shown)(shown.fleet_id, shown.days)


def run_desktop(
    settings: Settings,
    surroundings: Surroundings | None = None,
    *,
    job: Callable[[Desktop], Any] | None = None,
) -> int:
    """Shows the window until it is closed (or until the coroutine of `job` has run); returns the exit code."""
    theme = Theme(settings.theme)
    application = make_application(theme)
    around = surroundings or Surroundings(settings.environment, QSettings())
    desktop = Desktop(settings, theme, around)
    restore_hook = tell_bugs(desktop.told_bug)
    desktop.window.show()
    application.processEvents()

    # The event loop and everything that talks to a server is loaded behind the painted window.
    import asyncio

    import qasync

    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    closed = asyncio.Event()
    application.aboutToQuit.connect(closed.set)
    _end_on_signals(desktop.window)
    QTimer.singleShot(0, desktop.start)
    try:
        with loop:
            loop.run_until_complete(_until_closed(desktop, closed, job))
    finally:
        restore_hook()
    return 0


async def _until_closed(desktop: Desktop, closed: asyncio.Event, job: Callable[[Desktop], Any] | None) -> None:
    try:
        if job is None:
            await closed.wait()
        else:
            await job(desktop)
    finally:
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
