"""The office: one window, the person in it, and the wiring between its pages and the services.

What is heavy is imported where it is first needed, so that the shell is painted before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from services.domain.errors import WorkstationError
from ui.actions import ActionRegistry
from ui.clock import OfficeClock
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.widgets.notice import Notice
from workstation.surroundings import Surroundings

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from services.database.fleets import Fleet
    from ui.audit.page import AuditPage
    from ui.live import LiveFeed
    from ui.payments.page import PaymentsPage
    from ui.reconciliation.page import ReconciliationPage
    from ui.revenue.page import RevenuePage
    from ui.tasks import Tasks
    from ui.tray import TrayNotices
    from workstation.entrance import Entrance
    from workstation.links_desk import LinksDesk
    from workstation.other_pages import OtherPages
    from workstation.payments_desk import PaymentsDesk
    from workstation.roaming import Roaming
    from workstation.session import Session
    from workstation.settings import Settings
    from workstation.standing import Standing

_REST_AFTER_MS = 20
#: How often the rest is put off while the first payments are on their way.
_PATIENCE = 50


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
        self.notices: TrayNotices | None = None
        self._payments: PaymentsDesk | None = None
        self._others: OtherPages | None = None
        self._links: LinksDesk | None = None
        self._roaming: Roaming | None = None
        self._link: tuple[UUID, UUID] | None = None
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
        from workstation.payments_desk import PaymentsDesk
        from workstation.standing import Standing

        self.session = session
        self._standing = Standing(self.window, self.tasks, self.clock, session, self._around.complain)
        self._standing.offline_changed.connect(self._offline_changed)
        self._payments = PaymentsDesk(self.window, self.theme, self.tasks, session, self.clock.now, self._around.memory)
        self._payments.set_reduced_motion(self.settings.reduced_motion)
        self._standing.still_changed.connect(self._payments.set_still)
        self._standing.read_again.connect(self._payments.reload)
        self.show_fleet(session.fleets[0])
        self._standing.start()
        self._rest_due.timeout.connect(partial(self._build_rest, session, self._standing))
        self._rest_due.start()

    def _build_rest(self, session: Session, standing: Standing) -> None:
        if self._closing or self._payments is None:
            return
        if not self._payments.page.settled and self._patience:
            # The first payments are painted before the rest is loaded; a database that takes its time is not waited for.
            self._patience -= 1
            self._rest_due.start()
            return
        self._payments.complete()
        self._build_pages(session, self._payments, standing)
        self._listen(session, standing)
        self._add_actions(session, self._payments)
        if self.fleet is not None and self._others is not None:
            self._others.set_fleet(self.fleet)
        self.window.layout_reset.connect(self._payments.reset_layout)
        self.window.restore_page(self._around.memory)
        self._answer_links(session, self._payments)
        self.entered.emit(session)

    def _build_pages(self, session: Session, payments: PaymentsDesk, standing: Standing) -> None:
        from workstation.notices import tray_notices
        from workstation.other_pages import OtherPages
        from workstation.roaming import Roaming

        now = self.clock.now
        others = OtherPages(self.window, self.theme, self.tasks, session, now, self.settings, self._around)
        others.revenue.payments_wanted.connect(payments.show)
        others.revenue.set_still(standing.still_since)
        standing.still_changed.connect(others.revenue.set_still)
        payments.day_wanted.connect(others.show_day)
        others.audit.payment_wanted.connect(payments.open_payment)
        self._roaming = Roaming(self.window, payments, now)
        self._others = others
        self.notices = tray_notices(self.window, self.theme, payments, now, enabled=self.settings.tray_notices)

    def show_fleet(self, fleet: Fleet) -> None:
        """Shows this fleet on every page."""
        self.fleet = fleet
        self.window.set_fleet(fleet.name)
        if self._payments is not None:
            self._payments.set_fleet(fleet)
        if self._others is not None:
            self._others.set_fleet(fleet)
        if self._roaming is not None:
            self._roaming.forget()

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
            if self.revenue is not None:
                self.revenue.apply_events(mine)
            if self.notices is not None:
                self.notices.apply(mine)

    def _reload(self, fleet_id: object) -> None:
        if self.fleet is not None and fleet_id == self.fleet.id and self._payments is not None:
            self._payments.reload()

    def _offline_changed(self, as_of: datetime | None) -> None:
        for page in self._pages():
            page.set_offline(as_of)
            if as_of is None:
                page.reload()

    def _pages(self) -> list[PaymentsDesk | RevenuePage | ReconciliationPage | AuditPage]:
        """The pages that are there by now."""
        return [*([self._payments] if self._payments is not None else []), *(self._others or ())]

    @property
    def payments(self) -> PaymentsPage | None:
        """The Payments page, once a person is in."""
        return self._payments.page if self._payments is not None else None

    @property
    def reconciliation(self) -> ReconciliationPage | None:
        """The Reconciliation page, once the first payments have been seen."""
        return self._others.reconciliation if self._others is not None else None

    @property
    def revenue(self) -> RevenuePage | None:
        """The Revenue page, then too."""
        return self._others.revenue if self._others is not None else None

    @property
    def audit(self) -> AuditPage | None:
        """The Audit page, then too."""
        return self._others.audit if self._others is not None else None

    def import_statements(self, files: Sequence[Path]) -> None:
        """Imports statements and shows what became of them."""
        if self._others is not None:
            self._others.statements.import_statements(files)

    def open_payment(self, payment_id: UUID) -> None:
        """Opens one payment of the fleet that is shown."""
        if self._payments is not None:
            self._payments.open_payment(payment_id)

    def close_payment(self) -> None:
        """Closes it again."""
        if self._payments is not None:
            self._payments.close_payment()

    # Links -----------------------------------------------------------------------------------------------------------

    def open_link(self, fleet_id: UUID, payment_id: UUID) -> None:
        """Shows the payment that a link leads to; before a person is in, it waits for them."""
        if self._links is None:
            self._link = (fleet_id, payment_id)
        else:
            self._links.show(fleet_id, payment_id)

    def _answer_links(self, session: Session, payments: PaymentsDesk) -> None:
        from workstation.links_desk import LinksDesk

        url = self.settings.database_url
        self._links = LinksDesk(self.window, session.fleets, lambda: self.fleet, self.show_fleet, payments.open_payment)
        self._links.listen(url.get_secret_value() if url is not None else "", demo=self._around.environment == "demo")
        if self._link is not None:
            self._links.show(*self._link)

    # Actions ---------------------------------------------------------------------------------------------------------

    def _add_actions(self, session: Session, payments: PaymentsDesk) -> None:
        from workstation.finding import Finder
        from workstation.window_actions import WindowActions

        self.registry.add_all(payments.actions())
        if self._others is not None:
            self.registry.add_all(self._others.statements.actions())
        whole = WindowActions(self._pages, session.fleets, self.show_fleet, self.window.close)
        self.registry.add_all(whole.actions())
        Finder(self.window.palette_overlay, payments.page, session.payments, self.tasks, payments.show, payments.views)

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

    def save(self) -> None:
        """Remembers how window and columns stand."""
        if self._payments is not None:
            self.window.save_state(self._around.memory)
            self._payments.save()
        if self._others is not None:
            self._others.save()
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
