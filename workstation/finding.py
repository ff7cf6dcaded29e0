"""What the command palette finds beside actions: names and saved views at once, payments by a look-up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import QObject

from services.domain.period import Days, day_of, today
from services.payments.filters import PaymentFilter
from services.payments.row import Page, PaymentRow
from services.payments.service import PaymentService
from ui.palette import CommandPalette, Entry
from ui.payments.page import PaymentsPage
from ui.payments.view_list import told
from ui.payments.views import SavedViews
from ui.tasks import Tasks

_MOST = 8
#: Shorter texts would find half the fleet.
_FROM_LETTERS = 3
#: Before there was M-Pesa nobody paid by it.
_EVER = date(2007, 1, 1)


class Finder(QObject):
    """Feeds `palette`; choosing an entry calls `show` with the filter that shows it, or has `views` show a view."""

    def __init__(
        self,
        palette: CommandPalette,
        page: PaymentsPage,
        service: PaymentService,
        tasks: Tasks,
        show: Callable[[PaymentFilter], None],
        views: SavedViews | None = None,
    ) -> None:
        super().__init__(palette)
        self._palette, self._page, self._service, self._tasks, self._show = palette, page, service, tasks, show
        self._views = views
        palette.add_provider(self.names)
        palette.sought.connect(self.look_up)

    def names(self, typed: str) -> list[Entry]:
        """Saved views, buses, routes, drivers and tills whose name holds what is typed."""
        sought = typed.casefold()
        found = [*self._saved(), *self._named()]
        return [entry for entry in found if sought in entry.text.casefold()][:_MOST]

    def look_up(self, typed: str) -> None:
        """Asks the database for payments of any day, by receipt, reference, phone or passenger."""
        plain = self._plain()
        if plain is None or len(typed) < _FROM_LETTERS:
            return
        zone = plain.days.zone
        ever = Days(_EVER, max(plain.days.last, today(zone)), zone)
        wanted = replace(plain, search=typed, days=ever)
        self._tasks.run(
            "palette",
            lambda: self._service.page(wanted, limit=_MOST),
            lambda page: self._palette.offer(typed, self._payments(plain, page)),
        )

    def _saved(self) -> Iterator[Entry]:
        if self._views is not None:
            for view in self._views.views:
                yield Entry(view.name, f"View {told(view)}".strip(), partial(self._views.choose, view))

    def _named(self) -> Iterator[Entry]:
        if (plain := self._plain()) is None:
            return
        known = self._page.names
        for id_, name in known.vehicles.items():
            yield self._entry(name, "Bus", replace(plain, vehicles=frozenset({id_})))
        for id_, name in known.routes.items():
            yield self._entry(name, "Route", replace(plain, routes=frozenset({id_})))
        for id_, name in known.drivers.items():
            yield self._entry(name, "Driver", replace(plain, drivers=frozenset({id_})))
        for till, name in known.tills.items():
            yield self._entry(name, "Till", replace(plain, tills=frozenset({till})))

    def _entry(self, name: str, kind: str, wanted: PaymentFilter) -> Entry:
        return Entry(name, kind, partial(self._show, wanted))

    def _payments(self, plain: PaymentFilter, page: Page) -> list[Entry]:
        return [self._payment(plain, row) for row in page.rows]

    def _payment(self, plain: PaymentFilter, row: PaymentRow) -> Entry:
        zone, known = plain.days.zone, row.receipt or row.booking_reference
        day = day_of(row.created_at, zone)
        days = plain.days if row.created_at in plain.days else Days(day, day, zone)
        hint = f"Payment {row.created_at.astimezone(zone):%d %b %H:%M}"
        show = partial(self._show, replace(plain, days=days, search=known))
        return Entry(f"{known} · {row.passenger}", hint, show, rank=1)

    def _plain(self) -> PaymentFilter | None:
        """The days that the page shows, nothing narrowed."""
        shown = self._page.filter
        return None if shown is None else PaymentFilter(shown.fleet_id, shown.days)
