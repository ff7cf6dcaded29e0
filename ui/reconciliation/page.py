"""The Reconciliation page: days on the left, the chosen day on the right, statements dropped anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from services.database.fleets import Fleet
from services.domain.errors import Cancelled, DatabaseUnreachable, WorkstationError
from services.domain.period import NAIROBI, today
from services.reconciliation.results import DayDetail, DayResult, DayRow, ExceptionRow
from ui.reconciliation.days_list import WIDTH, DaysList
from ui.reconciliation.importing import Importer, ImportReport, Reconciliation, import_all
from ui.reconciliation.summary import ImportSummary
from ui.reconciliation.tables import DayTables
from ui.reconciliation.totals import TotalsCard
from ui.reconciliation.words import run_in_words
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets.button import button
from ui.widgets.card import Card
from ui.widgets.day_range import DayRangeButton
from ui.widgets.label import label
from ui.widgets.message_strip import Kind

#: Names of the tasks this page runs; the window's other pages share the runner.
DAYS, DAY, MATCH, IMPORT = (f"reconciliation {work}" for work in ("days", "day", "match", "import"))


class ShowTask(Protocol):
    """Shows running work in the status bar."""

    def __call__(
        self, title: str, progress: float | None = None, cancel: Callable[[], object] | None = None, /
    ) -> object: ...


class ShowMessage(Protocol):
    """Shows a message above the page."""

    def __call__(self, kind: Kind, text: str, detail: str = "", /) -> object: ...


class ReconciliationPage(QWidget):
    """A fleet's days; `day_changed(date)` when another day is shown, `import_wanted` when files are to be chosen."""

    day_changed = Signal(object)
    import_wanted = Signal()
    #: The ImportReport of files that were dropped or chosen, once every day they touch is matched.
    import_finished = Signal(object)
    #: The id of the payment behind an exception, on Enter or a double click.
    payment_activated = Signal(object)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        service: Reconciliation,
        importer: Importer,
        *,
        show_task: ShowTask,
        hide_task: Callable[[], object],
        show_message: ShowMessage,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._service, self._importer = tasks, service, importer
        self._show_task, self._hide_task, self._show_message = show_task, hide_task, show_message
        self._clock = clock
        self._fleet: UUID | None = None
        self._zone: ZoneInfo = NAIROBI
        self._wanted: date | None = None
        self._shown: date | None = None
        self._offline = False
        self.range = DayRangeButton(theme, chosen="last_30_days", now=clock)
        self.days = DaysList(theme)
        self.totals = TotalsCard(theme)
        self.tables = DayTables(theme, clock)
        self.summary = ImportSummary(theme)
        self.said = label(tone="muted")
        self.import_button = button("Import statement…", tip="Import M-Pesa statements (Ctrl+O), or drop them here")
        self.match_button = button("Auto-match  A", "primary", tip="Match what is open on this day (A)")
        self._build()
        self._connect()
        self._nothing()

    @property
    def day(self) -> date | None:
        """The day that is shown."""
        return self._shown

    def set_fleet(self, fleet: Fleet) -> None:
        """Shows another fleet's days."""
        if fleet.id != self._fleet:
            self._wanted = self._shown = None
            self.summary.hide()
            self.said.clear()
            self.days.show_days((), None)
            self._nothing()
        self._fleet, self._zone = fleet.id, fleet.zone
        self.reload()

    def reload(self) -> None:
        """Asks days and the chosen day again; what is chosen stays chosen."""
        if self._fleet is None:
            return
        days = self.range.days
        ask = partial(self._service.days, self._fleet, days.first, days.last)
        self._tasks.run(DAYS, ask, self._days_arrived, self._days_failed)

    def show_day(self, day: date) -> None:
        """Shows a day, also one that is not in the list."""
        if self._tasks.busy(DAYS):
            self._wanted = day
        self.days.show_days(list(self.days.rows), day)
        self._ask_day(day)

    def import_files(self, paths: Sequence[Path]) -> None:
        """Imports statements one after another, matches every day they touch, and tells what was done."""
        if self._fleet is None or self._offline or not paths:
            return
        if self._tasks.busy(IMPORT):
            self._show_message("info", "An import is running: wait for it, or cancel it first.")
            return
        tell = self._tasks.poster(self._progress)
        work = partial(import_all, list(paths), self._fleet, self._importer, self._service, tell)
        self._busy(True)
        self._progress(("Importing statements", 0.0))
        self._tasks.run(IMPORT, work, self._imported, self._import_failed)

    def cancel_import(self) -> None:
        """Ends a running import; the file it is at leaves nothing behind."""
        self._tasks.cancel(IMPORT)
        self._hide_task()
        self._busy(False)
        self._show_message("info", "The import was cancelled.", "Files that were finished before are kept.")
        self.reload()

    def auto_match(self) -> None:
        """Matches what is open on the shown day."""
        if self._fleet is None or self._shown is None or not self.match_button.isEnabled():
            return
        self._busy(True)
        ask = partial(self._service.reconcile_payments, self._shown, self._fleet)
        self._tasks.run(MATCH, ask, self._matched, self._match_failed)

    def set_offline(self, as_of: datetime | None) -> None:
        """Disables what writes while the database is away."""
        self._offline = as_of is not None
        self._busy(False)

    def conceal(self, concealed: bool) -> None:
        """Masks amounts and phones in the tables, or shows them again."""
        self.tables.conceal(concealed)

    # What arrives ---------------------------------------------------------------------------------------------------

    def _days_arrived(self, rows: list[DayRow]) -> None:
        self.days.show_days(rows, self._wanted or self.days.day or self._last_whole_day(rows))
        day = self._wanted or self.days.day
        self._wanted = None
        if day is None:
            self._shown = None
            self._nothing()
        else:
            self._ask_day(day)

    def _last_whole_day(self, rows: list[DayRow]) -> date | None:
        """The newest day that is over: today's statement does not exist yet."""
        return max((row.day for row in rows if row.day < today(self._zone, self._clock())), default=None)

    def _days_failed(self, error: WorkstationError) -> None:
        if not self.days.rows:
            self.tables.fail("The days could not be read", str(error), self.reload)
        self._fault(error)

    def _ask_day(self, day: date) -> None:
        if self._fleet is not None:
            self._tasks.run(DAY, partial(self._service.day, self._fleet, day), self._day_arrived, self._day_failed)

    def _day_arrived(self, detail: DayDetail) -> None:
        changed = detail.row.day != self._shown
        self._shown = detail.row.day
        self.totals.show_day(detail, self._zone)
        self.tables.show_day(detail, self._zone)
        self.match_button.setEnabled(not self._offline and detail.row.status != "signed_off")
        if changed:
            self.said.clear()
            self.day_changed.emit(self._shown)

    def _day_failed(self, error: WorkstationError) -> None:
        self.tables.fail("The day could not be read", str(error), self.reload)
        self._fault(error)

    def _matched(self, result: DayResult) -> None:
        self._busy(False)
        self.reload()
        self.said.setText(run_in_words(result))

    def _match_failed(self, error: WorkstationError) -> None:
        self._busy(False)
        self._fault(error)

    def _progress(self, told: tuple[str, float]) -> None:
        if self._tasks.busy(IMPORT) or told[1] == 0.0:
            self._show_task(told[0], told[1], self.cancel_import)

    def _imported(self, report: ImportReport) -> None:
        self._hide_task()
        self._busy(False)
        self.summary.show_report(report)
        self.import_finished.emit(report)
        self._wanted = report.day
        if report.day is not None:
            self._widen(report.day)
        self.reload()

    def _import_failed(self, error: WorkstationError) -> None:
        self._hide_task()
        self._busy(False)
        self._fault(error)
        self.reload()

    # Inside ---------------------------------------------------------------------------------------------------------

    def _widen(self, day: date) -> None:
        """Makes sure that the list shows the day."""
        days = self.range.days
        if not days.first <= day <= days.last:
            self.range.set_days(type(days)(min(day, days.first), max(day, days.last), days.zone))

    def _fault(self, error: WorkstationError) -> None:
        if isinstance(error, DatabaseUnreachable):
            # The window says this once, for all its pages.
            self._tasks.fault.emit(error)
        elif not isinstance(error, Cancelled):
            self._show_message("error", str(error))

    def _busy(self, busy: bool) -> None:
        for made in (self.import_button, self.match_button):
            made.setEnabled(not busy and not self._offline)

    def _nothing(self) -> None:
        self.totals.clear()
        self.match_button.setEnabled(False)
        if self._fleet is None:
            self.tables.clear("No fleet is chosen", "Choose a fleet to see its days.")
        else:
            hint = "Choose other days above, or drop an M-Pesa statement anywhere on this window."
            self.tables.clear("No payments and no statements in these days", hint)

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for part in (label("Reconciliation", scale="title"), self.range, self.said):
            bar.addWidget(part)
        bar.addStretch(1)
        bar.addWidget(self.import_button)
        bar.addWidget(self.match_button)
        list_card = Card()
        list_card.setFixedWidth(WIDTH)
        list_card.body.addWidget(self.days)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.totals)
        right.addWidget(self.summary)
        right.addWidget(self.tables, 1)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(list_card)
        both.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 13)
        column.setSpacing(12)
        column.addLayout(bar)
        column.addLayout(both, 1)
        self.setFocusProxy(self.days)
        self.setAccessibleName("Reconciliation")

    def _connect(self) -> None:
        self.range.changed.connect(lambda _days: self.reload())
        self.days.picked.connect(self._ask_day)
        self.import_button.clicked.connect(self.import_wanted)
        self.match_button.clicked.connect(self.auto_match)
        self.tables.import_wanted.connect(self.import_wanted)
        self.tables.match_wanted.connect(self.auto_match)
        self.tables.exception_activated.connect(self._activated)
        match_key = QShortcut(QKeySequence(Qt.Key.Key_A), self)
        match_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        match_key.activated.connect(self.auto_match)

    def _activated(self, found: ExceptionRow) -> None:
        if found.payment_id is not None:
            self.payment_activated.emit(found.payment_id)
