"""The Audit page: the trail, a record in full beside it, and the proof of the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from services.audit.record import AuditFilter, AuditRecord, Key
from services.audit.record import AuditPage as Records
from services.audit.verification import AuditVerification
from services.domain.errors import Cancelled, WorkstationError
from ui.audit.columns import Reading, TrailRow, trail_columns
from ui.audit.filter_bar import FilterBar
from ui.audit.panel import WIDTH, RecordPanel
from ui.audit.source import PAGE_ROWS, AuditSource, Fleet, ShowMessage, ShowTask
from ui.audit.words import proven, refuted
from ui.grid import GridModel, GridState, GridView
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets.card import Card
from ui.widgets.message_strip import MessageStrip
from ui.widgets.notice import Notice

#: Names of the tasks this page runs; the window's other pages share the runner.
RECORDS, MORE, PEOPLE, RECORD, VERIFY = (f"audit {work}" for work in ("records", "more", "people", "record", "verify"))


class AuditPage(QWidget):
    """A fleet's audit trail; `payment_wanted(UUID)` for the payment that a record is about."""

    payment_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        service: AuditSource,
        *,
        show_task: ShowTask,
        hide_task: Callable[[], object],
        show_message: ShowMessage,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._tasks, self._service, self._clock = theme, tasks, service, clock
        self._show_task, self._hide_task, self._show_message = show_task, hide_task, show_message
        self._fleet: Fleet | None = None
        self._filter: AuditFilter | None = None
        self._more: Key | None = None
        self._offline = self._lent = False
        self._reading = Reading(clock)
        self.bar = FilterBar(theme, clock)
        self.model: GridModel[TrailRow] = GridModel(trail_columns(self._reading), lambda row: row.id, parent=self)
        self._reason = [column.key for column in self.model.columns].index("reason")
        self.grid: GridView[TrailRow] = GridView(self.model, theme.tokens, "Audit records")
        self.notice = Notice(
            theme, "empty", "No fleet is chosen", "Choose a fleet to see its audit trail.", icon="audit"
        )
        self.panel = RecordPanel(self._reading)
        self.result: MessageStrip | None = None
        self._column = QVBoxLayout(self)
        self._build()
        self._connect()

    def set_fleet(self, fleet: Fleet) -> None:
        """Shows another fleet's trail; what was proven of the one before goes."""
        if self._fleet is None or fleet.id != self._fleet.id:
            self.cancel_verification()
            self._show_result(None)
            self.panel.clear()
            self.model.reset([])
            self.bar.clear()
        self._fleet, self._reading.zone = fleet, fleet.zone
        self._enable()
        self.reload()

    def reload(self) -> None:
        """Asks the trail again; the record that is chosen stays chosen."""
        if self._fleet is None:
            return
        self._filter = self.bar.wanted(self._fleet.id, self._fleet.zone)
        if not self.model.rowCount():
            self.notice.say("loading", "Reading the audit trail…", icon="clock")
        self._tasks.cancel(MORE)
        self._tasks.run(
            RECORDS, partial(self._service.page, self._filter, None, PAGE_ROWS), self._arrived, self._failed
        )
        self._tasks.run(PEOPLE, partial(self._service.people, self._fleet.id), self.bar.set_people)

    def verify(self) -> None:
        """Proves the fleet's trail, with progress in the status bar."""
        if self._fleet is None or not self.bar.verify.isEnabled():
            return
        self._show_result(None)
        tell = self._tasks.poster(self._progress)
        self._tasks.run(
            VERIFY, partial(self._service.verify, self._fleet.id, tell), self._verified, self._verify_failed
        )
        self._progress(0.0)
        self._enable()

    def cancel_verification(self) -> None:
        """Ends a running verification; nothing happens when none runs."""
        if self._tasks.busy(VERIFY):
            self._tasks.cancel(VERIFY)
            self._hide_task()
            self._enable()

    def open_record(self, number: int) -> None:
        """Shows a record in full, also one that the filter leaves out."""
        row = self.model.row_of(number)
        if row is not None:
            self.grid.select(number)
            self.panel.show_row(self.model.row_at(row))
        elif self._fleet is not None:
            self._tasks.run(
                RECORD, partial(self._service.record, self._fleet.id, number), self._record_arrived, self._fault
            )

    def set_offline(self, as_of: datetime | None) -> None:
        """Disables what needs the database while it is away."""
        self._offline = as_of is not None
        self._enable()

    def conceal(self, concealed: bool) -> None:
        """Masks details and fields, or shows them again."""
        self.model.conceal(concealed)
        self.panel.conceal(concealed)

    def layout_state(self) -> GridState:
        """The grid's columns as plain values."""
        state = self.grid.layout_state()
        if self._lent:
            state["hidden"] = [key for key in state["hidden"] if key != "reason"]
        return state

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """Brings back the grid's columns."""
        self.panel.clear()
        self.grid.restore(state)

    def focus_search(self) -> None:
        """Puts the cursor into the search box."""
        self.bar.search.take_focus()

    def clear_filters(self) -> None:
        """Shows every record of the chosen days."""
        self.bar.clear()
        self.reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc that nothing else took closes the record."""
        if event.key() == Qt.Key.Key_Escape and not self.panel.isHidden():
            self.panel.clear()
        else:
            super().keyPressEvent(event)

    # What arrives ---------------------------------------------------------------------------------------------------

    def _arrived(self, page: Records) -> None:
        chosen = self.grid.current_row()
        self._more = page.more
        self.model.reset([TrailRow.of(record) for record in page.records], more=page.more is not None)
        if chosen is not None:
            self.grid.select(chosen.id)
        self._explain()

    def _explain(self) -> None:
        if self._filter is not None and self._filter.narrowed:
            hint = "There may be records that these filters leave out."
            clear = ("Clear all", self.clear_filters)
            self.notice.say("empty", "Nothing matches these filters", hint, action=clear, icon="filter")
        else:
            hint = "Imports, matches, reconciled days, alert rules and members leave a record when they change."
            self.notice.say("empty", "Nothing was changed in these days", hint, icon="audit")

    def _failed(self, error: WorkstationError) -> None:
        if self.model.rowCount():
            self._fault(error)
        elif not isinstance(error, Cancelled):
            self.notice.say("error", "The audit trail could not be read", str(error), action=("Retry", self.reload))

    def _ask_more(self) -> None:
        if self._filter is not None and self._more is not None:
            ask = partial(self._service.page, self._filter, self._more, PAGE_ROWS)
            self._tasks.run(MORE, ask, self._more_arrived, self._more_failed)

    def _more_arrived(self, page: Records) -> None:
        self._more = page.more
        self.model.append([TrailRow.of(record) for record in page.records], more=page.more is not None)

    def _more_failed(self, error: WorkstationError) -> None:
        self.model.set_more(True)
        self._fault(error)

    def _record_arrived(self, record: AuditRecord) -> None:
        self.grid.clearSelection()
        self.panel.show_row(TrailRow.of(record))

    def _progress(self, share: float) -> None:
        if self._tasks.busy(VERIFY):
            self._show_task("Verifying the audit trail", share, self.cancel_verification)

    def _verified(self, found: AuditVerification) -> None:
        self._hide_task()
        self._enable()
        now = self._clock()
        if not found.first_bad:
            self._show_result(MessageStrip(self._theme, "success", *proven(found, now, self._reading.zone)))
            return
        bad = found.first_bad[0]
        number = bad.number - 1 if bad.missing else bad.number
        action = (f"Open No. {number:,}", partial(self.open_record, number)) if number > 0 else None
        self._show_result(MessageStrip(self._theme, "error", refuted(now, self._reading.zone), bad.why, action=action))

    def _verify_failed(self, error: WorkstationError) -> None:
        self._hide_task()
        self._enable()
        self._fault(error)

    def _fault(self, error: WorkstationError) -> None:
        if not isinstance(error, Cancelled):
            self._show_message("error", str(error))

    # Inside ---------------------------------------------------------------------------------------------------------

    def _show_result(self, strip: MessageStrip | None) -> None:
        before, self.result = self.result, strip
        if before is not None:
            before.hide()
            before.deleteLater()
        if strip is not None:
            self._column.insertWidget(1, strip)
            strip.dismissed.connect(partial(self._show_result, None))

    def _enable(self) -> None:
        self.bar.verify.setEnabled(self._fleet is not None and not self._offline and not self._tasks.busy(VERIFY))

    def _selected(self, row: TrailRow | None) -> None:
        # Moving through the rows changes the open record; Enter or a click opens it.
        if row is not None and not self.panel.isHidden():
            self.panel.show_row(row)

    def _panel_opened(self) -> None:
        # The record tells its reason itself, and the details need the room.
        if self._reason in self.grid.columns.shown():
            self._lent = True
            self.grid.columns.show(self._reason, False)

    def _panel_closed(self) -> None:
        if self._lent:
            self._lent = False
            self.grid.columns.show(self._reason, True)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_rows(self) -> None:
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.grid.current_row() is None and self.model.rowCount():
            self.grid.selectRow(0)

    def _build(self) -> None:
        table = Card()
        table.body.addWidget(self.grid)
        self.grid.set_placeholder(self.notice)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setHandleWidth(12)
        both.setChildrenCollapsible(False)
        both.addWidget(table)
        both.addWidget(self.panel)
        both.setStretchFactor(0, 1)
        both.setSizes([1_000, WIDTH])
        self._column.setContentsMargins(18, 14, 18, 13)
        self._column.setSpacing(12)
        self._column.addWidget(self.bar)
        self._column.addWidget(both, 1)
        self.setFocusProxy(self.grid)
        self.setAccessibleName("Audit")
        self._enable()

    def _connect(self) -> None:
        self.bar.changed.connect(self.reload)
        self.bar.left_down.connect(self._to_rows)
        self.bar.verify_wanted.connect(self.verify)
        self.model.more_wanted.connect(self._ask_more)
        self.grid.row_activated.connect(self.panel.show_row)
        self.grid.clicked.connect(lambda index: self.panel.show_row(self.model.row_at(index.row())))
        self.grid.row_selected.connect(self._selected)
        self.panel.opened.connect(self._panel_opened)
        self.panel.closed.connect(self._panel_closed)
        self.panel.payment_wanted.connect(self.payment_wanted)
        self._theme.changed.connect(lambda: self.grid.set_theme(self._theme.tokens))
