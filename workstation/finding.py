"""What the command palette finds beside actions: buses and routes at once, payments by a look-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from services.payments.filters import PaymentFilter
from services.payments.row import Page
from services.payments.service import PaymentService
from ui.palette import CommandPalette, Entry
from ui.payments.page import PaymentsPage
from ui.tasks import Tasks

_MOST = 8
#: Shorter texts would find half the fleet.
_FROM_LETTERS = 3


class Finder(QObject):
    """Feeds `palette`; choosing an entry calls `show` with the filter that shows it."""

    def __init__(
        self,
        palette: CommandPalette,
        page: PaymentsPage,
        service: PaymentService,
        tasks: Tasks,
        show: Callable[[PaymentFilter], None],
    ) -> None:
        super().__init__(palette)
        self._palette, self._page, self._service, self._tasks, self._show = palette, page, service, tasks, show
        palette.add_provider(self.names)
        palette.sought.connect(self.look_up)

    def names(self, typed: str) -> list[Entry]:
        """Buses and routes whose name holds what is typed."""
        if (plain := self._plain()) is None:
            return []
        known = self._page.names
        buses = [(name, "Bus", replace(plain, vehicles=frozenset({id_}))) for id_, name in known.vehicles.items()]
        routes = [(name, "Route", replace(plain, routes=frozenset({id_}))) for id_, name in known.routes.items()]
        return [
            Entry(name, kind, partial(self._show, wanted))
            for name, kind, wanted in buses + routes
            if typed.casefold() in name.casefold()
        ][:_MOST]

    def look_up(self, typed: str) -> None:
        """Asks the database for payments of the days shown, by receipt, reference, phone or passenger."""
        plain = self._plain()
        if plain is None or len(typed) < _FROM_LETTERS:
            return
        wanted = replace(plain, search=typed)
        self._tasks.run(
            "palette",
            lambda: self._service.page(wanted, limit=_MOST),
            lambda page: self._palette.offer(typed, self._entries(wanted, page)),
        )

    def _entries(self, wanted: PaymentFilter, page: Page) -> list[Entry]:
        return [
            Entry(
                f"{row.receipt or row.booking_reference} · {row.passenger}",
                f"Payment {row.created_at.astimezone(wanted.days.zone):%d %b %H:%M}",
                partial(self._show, replace(wanted, search=row.receipt or row.booking_reference)),
                rank=1,
            )
            for row in page.rows
        ]

    def _plain(self) -> PaymentFilter | None:
        """The days that the page shows, nothing narrowed."""
        shown = self._page.filter
        return None if shown is None else PaymentFilter(shown.fleet_id, shown.days)
