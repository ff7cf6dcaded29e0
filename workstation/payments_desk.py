"""The Payments page with what belongs to it: drawer, views, export, the way back, the notices beside the clock.

The page comes first and alone, so that payments are seen before the rest is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, QSettings, Signal

from services.database.fleets import Fleet
from services.domain.errors import WorkstationError
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow, Sort
from ui.actions import Action
from ui.main_window import MainWindow
from ui.payments.live import PAGE
from ui.payments.page import PaymentsPage
from ui.tasks import Tasks
from ui.theme import Theme
from workstation.session import Session

if TYPE_CHECKING:
    from services.payments.views import SavedView
    from ui.payments.drawer import PaymentDrawer
    from ui.payments.exporting import ExportController
    from ui.payments.views import SavedViews

NAME = "payments"
_FOLDER = "payments/export folder"
_LAYOUT = "payments/grid"
_MARGIN = 18


class PaymentsDesk(QObject):
    """Wires the page. `day_wanted(date)` leads to a day of reconciliation, `shown_changed()` says that other payments are shown."""

    day_wanted = Signal(object)
    shown_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        tasks: Tasks,
        session: Session,
        clock: Callable[[], datetime],
        memory: QSettings,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._tasks = window, theme, tasks
        self._session, self._clock, self._memory = session, clock, memory
        self._fleet: Fleet | None = None
        self.page = PaymentsPage(theme, tasks, session.payments, clock)
        self.drawer: PaymentDrawer | None = None
        self.views: SavedViews | None = None
        self.exports: ExportController | None = None
        self.page.summary_changed.connect(window.set_summary)
        self.page.shown_changed.connect(self._shown)
        self.page.counts_changed.connect(self._counted)
        tasks.busy_changed.connect(self._busy)
        window.add_page(NAME, "Payments", "payments", self.page)
        self._restore_layout()

    def complete(self) -> None:
        """Adds what nobody needs before the first payments are seen."""
        self._add_drawer()
        self._add_views()
        self._add_exports()
        if self._fleet is not None:
            self._take_fleet(self._fleet)

    def set_fleet(self, fleet: Fleet) -> None:
        """Shows another fleet's payments."""
        self._fleet = fleet
        self.page.bar.set_currency(fleet.currency)
        self.page.set_fleet(fleet)
        self._take_fleet(fleet)

    def show(self, wanted: PaymentFilter, sort: Sort | None = None, preset: str = "") -> None:
        """Brings the page up with these payments."""
        self._window.show_page(NAME)
        if preset:
            self.page.bar.days.set_preset(preset)
        self.page.show_filter(wanted, sort)

    def show_again(self, wanted: PaymentFilter, sort: Sort, preset: str) -> None:
        """Brings back what was shown before; a view that is something else is no longer named."""
        self.show(wanted, sort, preset)
        if self.views is not None and self.views.changed:
            self.views.leave()

    def open_payment(self, payment_id: UUID) -> None:
        """Opens one payment of the present fleet, wherever in the list it is."""
        self._window.show_page(NAME)
        self._open(payment_id)

    def close_payment(self) -> None:
        """Closes the drawer."""
        if self.drawer is not None:
            self.drawer.dismiss()

    def set_offline(self, as_of: datetime | None) -> None:
        """Says that everything is as of an instant, or that it is live again."""
        self.page.set_offline(as_of)
        if self.drawer is not None:
            self.drawer.set_offline(as_of)

    def set_still(self, since: datetime | None) -> None:
        """Says since when no payment comes in, or that they do again."""
        self.page.set_still(since)

    def conceal(self, concealed: bool) -> None:
        """Masks amounts and phones, or shows them again."""
        self.page.conceal(concealed)
        if self.drawer is not None:
            self.drawer.conceal(concealed)

    def set_reduced_motion(self, reduced: bool) -> None:
        """Switches flashes and slides off, or on again."""
        self.page.set_reduced_motion(reduced)
        if self.drawer is not None:
            self.drawer.set_reduced_motion(reduced)

    def reload(self) -> None:
        """Asks everything again."""
        self.page.reload()
        if self.drawer is not None:
            self.drawer.refresh()

    def save(self) -> None:
        """Remembers how the columns stand."""
        self._memory.setValue(_LAYOUT, self.page.layout_state())

    def reset_layout(self) -> None:
        """The columns as they were made."""
        self.page.restore_layout({})

    def export(self, kind: str) -> None:
        """Asks where to write all payments that are shown."""
        from ui.payments.exporting import KINDS, Request
        from ui.payments.words import filter_in_words

        wanted, fleet = self.page.filter, self._fleet
        written = next((known for known in KINDS if known == kind), None)
        if self.exports is None or wanted is None or fleet is None or written is None:
            return
        words = filter_in_words(wanted, self.page.names)
        count, _ = self.page.counts()
        self.exports.ask(Request(written, fleet.name, wanted, words, self.page.sort, self._columns(), count))

    def actions(self) -> tuple[Action, ...]:
        """What a person can do here, for menus, shortcuts and the palette."""
        return (
            Action("payments.find", "Search payments", "Ctrl+F", "Payments", self.search, "name phone receipt"),
            Action("payments.clear", "Clear all filters", "", "Payments", self.page.clear_filters),
            Action("payments.newest", "Show the newest payments", "", "Payments", self.page.show_newest),
            Action("payments.csv", "Export payments as CSV…", "", "Payments", partial(self.export, "csv"), "save"),
            Action("payments.xlsx", "Export payments to Excel…", "", "Payments", partial(self.export, "xlsx"), "save"),
            Action("payments.pdf", "Export payments as PDF…", "", "Payments", partial(self.export, "pdf"), "print"),
        )

    def search(self) -> None:
        """Puts the cursor into the search box."""
        self._window.show_page(NAME)
        self.page.focus_search()

    # The drawer -------------------------------------------------------------------------------------------------------

    def _add_drawer(self) -> None:
        from services.monitoring.detail import PaymentDetailService
        from services.payments.revealing import reveal
        from ui.payments.drawer import PaymentDrawer

        database = self._session.database
        drawer = PaymentDrawer(
            self._theme,
            self._tasks,
            PaymentDetailService(database),
            partial(reveal, database),
            self.page,
            self._clock,
        )
        drawer.set_reduced_motion(self.page.grid.reduced_motion)
        drawer.previous_wanted.connect(partial(self._step, -1))
        drawer.next_wanted.connect(partial(self._step, 1))
        drawer.filter_wanted.connect(self.show)
        drawer.open_day.connect(self.day_wanted)
        drawer.link_copied.connect(
            lambda _: self._window.show_message("success", "The link to this payment was copied.")
        )
        drawer.room_wanted.connect(self._make_room)
        drawer.closed.connect(lambda: self.page.grid.setFocus())
        self.page.payment_activated.connect(self._activated)
        self.page.payment_chosen.connect(self._chosen)
        self.page.happened.connect(self._happened)
        self.drawer = drawer

    def _activated(self, row: PaymentRow) -> None:
        self._open(row.id, row)

    def _open(self, payment_id: UUID, row: PaymentRow | None = None, *, take_focus: bool = True) -> None:
        if self.drawer is not None and self._fleet is not None:
            days = self.page.filter.days if self.page.filter is not None and row is not None else None
            self.drawer.show_payment(self._fleet, payment_id, row, days=days, take_focus=take_focus)

    def _chosen(self, row: PaymentRow | None) -> None:
        """An open drawer follows the row that is chosen in the grid."""
        if self.drawer is not None and row is not None and self.drawer.payment_id not in (None, row.id):
            self._open(row.id, row, take_focus=False)

    def _step(self, by: int) -> None:
        row = self.page.step(by)
        if row is not None:
            self._open(row.id, row)

    def _happened(self, events: Sequence[PaymentEvent]) -> None:
        shown = self.drawer.payment_id if self.drawer is not None else None
        if self.drawer is not None and shown is not None and any(event.payment_id == shown for event in events):
            self.drawer.refresh()

    def _make_room(self, pixels: int) -> None:
        layout = self.page.layout()
        if layout is not None:
            margins = layout.contentsMargins()
            layout.setContentsMargins(margins.left(), margins.top(), _MARGIN + pixels, margins.bottom())

    # Views ------------------------------------------------------------------------------------------------------------

    def _add_views(self) -> None:
        from services.payments.views import ViewService
        from ui.payments.views import SavedViews

        self.views = SavedViews(self.page.bar.views, self._tasks, ViewService(self._session.database))
        self.views.chosen.connect(self._show_view)
        self.page.hours.cleared.connect(self.views.leave)
        self._tell_views()

    def _show_view(self, kept: SavedView) -> None:
        from services.payments.codec import filter_from_json

        if self._fleet is None:
            return
        try:
            view = filter_from_json(kept.definition, self._fleet.id, self._fleet.zone, self._clock())
        except WorkstationError as error:
            self._window.show_message("error", f"The view “{kept.name}” cannot be shown.", str(error))
            return
        if view.columns:
            self._show_columns(view.columns)
        self.show(view.wanted, view.sort, view.preset)

    def _tell_views(self) -> None:
        from services.payments.codec import filter_to_json

        if self.views is not None and self.page.filter is not None:
            preset = self.page.bar.days.preset
            self.views.show_state(filter_to_json(self.page.filter, preset, self.page.sort, self._columns()))

    def _columns(self) -> tuple[str, ...]:
        state = self.page.layout_state()
        return tuple(key for key in state["order"] if key not in state["hidden"])

    def _show_columns(self, shown: Sequence[str]) -> None:
        state = self.page.layout_state()
        others = [key for key in state["order"] if key not in shown]
        self.page.grid.restore({**state, "order": [*shown, *others], "hidden": others})

    # Exports ----------------------------------------------------------------------------------------------------------

    def _add_exports(self) -> None:
        from ui.payments.exporting import ExportController

        self.exports = ExportController(
            self._window,
            self._tasks,
            self._session.payments,
            str(self._session.database.url.username or ""),
            self._clock,
            show_task=self._window.show_task,
            hide_task=self._window.hide_task,
            show_message=self._window.show_message,
            folder=str(self._memory.value(_FOLDER, "")),
        )
        self.exports.folder_chosen.connect(partial(self._memory.setValue, _FOLDER))
        self.page.bar.export_wanted.connect(self.export)

    # What the page says -----------------------------------------------------------------------------------------------

    def _take_fleet(self, fleet: Fleet) -> None:
        if self.drawer is not None:
            self.drawer.dismiss()
        if self.views is not None:
            self.views.set_fleet(fleet.id)
            self._tell_views()

    def _shown(self, *_: Any) -> None:
        self._tell_views()
        self.shown_changed.emit()

    def _counted(self, rows: int | None, of: int | None) -> None:
        self.page.hours.show_counts(rows, of)
        self.page.bar.show_counts(rows, of)

    def _busy(self, name: str, busy: bool) -> None:
        if name == PAGE:
            self.page.bar.show_busy(busy)

    def _restore_layout(self) -> None:
        kept = self._memory.value(_LAYOUT)
        if isinstance(kept, dict):
            self.page.restore_layout(kept)
