"""What the page shows, kept right by three truths.

The database answers for the rows and figures at some position of the feed; the feed's events carry both on from there; what
an event cannot tell (a name, a receipt, whether a search finds it) is asked for again, by id, in as few queries as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from services.domain.errors import EnvironmentFault, WorkstationError
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.row import Names, Page, PaymentRow
from services.payments.summary import Summary
from ui.payments.figures import carried_on, concerns, overall
from ui.payments.memory import remembered
from ui.payments.rows import LiveRows
from ui.payments.source import PAGE_ROWS, PaymentSource
from ui.payments.tail import Tail
from ui.tasks import Tasks

PAGE: Final = "payments.page"
MORE: Final = "payments.more"
ROWS: Final = "payments.rows"
SUMMARY: Final = "payments.summary"
NAMES: Final = "payments.names"
#: How many rows one query asks for by id.
BATCH: Final = 1_000
_SOON_MS: Final = 300
_AGAIN_MS: Final = 2_000
_LATER_MS: Final = 5_000
_SHOWN_EVERY_MS: Final = 50
#: Nothing says "loading" before a person could notice the wait.
_NOTICED_MS: Final = 200


class LivePayments(QObject):
    """Rows and figures of one filter; asks `source` in tasks, and follows the feed."""

    #: The figures are others; read `summary`.
    changed = Signal()
    #: The first page is in.
    arrived = Signal()
    #: The first page is taking noticeably long.
    awaited = Signal()
    #: The first page could not be read: a WorkstationError.
    failed = Signal(object)
    #: Routes, vehicles, drivers, and the methods people pay by: `Names`, list[str].
    named = Signal(object, object)

    def __init__(
        self,
        tasks: Tasks,
        source: PaymentSource,
        rows: LiveRows,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._source, self._rows, self._clock = tasks, source, rows, clock
        self._filter: PaymentFilter | None = None
        self._summary: Summary | None = None
        self._summary_old = False
        self._awaiting_other = False
        self._last_known: list[PaymentRow] = []
        self._from_memory = False
        self._epoch = 0
        self._asked: tuple[UUID, ...] = ()
        self._tail = Tail()
        self._asked_after = 0
        # How far the rows have come; None while no answer has said so.
        self._last_seq: int | None = None
        self._noticed = self._timer(_NOTICED_MS, self._notice)
        self._figures_soon = self._timer(_SOON_MS, self.ask_summary)
        self._figures_later = self._timer(_LATER_MS, self.ask_summary)
        self._page_soon = self._timer(_SOON_MS, self._ask_page)
        self._names_soon = self._timer(_SOON_MS, self.ask_names)
        self._rows_again = self._timer(_AGAIN_MS, self._ask_rows)
        self._show_soon = self._timer(_SHOWN_EVERY_MS, self.changed.emit)

    @property
    def filter(self) -> PaymentFilter | None:
        """What is shown; None before there is a fleet."""
        return self._filter

    @property
    def summary(self) -> Summary | None:
        """The figures without regard to status and hour, which a page shows side by side; None while not known."""
        return self._summary

    @property
    def from_memory(self) -> bool:
        """Whether the rows are only those that had been loaded before the database stopped answering."""
        return self._from_memory

    @property
    def answered(self) -> bool:
        """Whether `summary` belongs to what is shown, and not to what was shown before."""
        return not self._summary_old

    @property
    def settled(self) -> bool:
        """Whether nothing is being asked, and nothing is about to be."""
        soon = (self._figures_soon, self._page_soon, self._names_soon, self._rows_again, self._show_soon)
        asking = any(self._tasks.busy(name) for name in (PAGE, MORE, ROWS, SUMMARY, NAMES))
        return not asking and not self._rows.wanted and not any(timer.isActive() for timer in soon)

    def show(self, narrowed: PaymentFilter) -> None:
        """Shows other payments."""
        before, self._filter = self._filter, narrowed
        if before is None or before.fleet_id != narrowed.fleet_id:
            self._begin_anew()
            self.ask_names()
        if before is None or overall(before) != overall(narrowed):
            self._summary_old = True
            self.ask_summary()
        elif self._summary is None and not self._tasks.busy(SUMMARY):
            self.ask_summary()
        if not self._awaiting_other:
            self._last_known = self._rows.rows()
        self._awaiting_other = True
        self._noticed.start()
        self._ask_page()

    def reload(self) -> None:
        """Asks everything again; what is shown stays until the answers are there."""
        if self._filter is None:
            return
        self._begin_anew()
        self._noticed.start()
        self.ask_names()
        self.ask_summary()
        self._ask_page()

    def apply(self, events: Sequence[PaymentEvent]) -> None:
        """Follows the feed by these events, in order; those seen before are passed over."""
        narrowed = self._filter
        if narrowed is None:
            return
        fresh = self._tail.add(event for event in events if event.fleet_id == narrowed.fleet_id)
        if not fresh:
            return
        if self._last_seq is not None and fresh[0].seq > self._last_seq + 1 and not self._tasks.busy(PAGE):
            _start(self._page_soon)
        self._last_seq = fresh[-1].seq
        self._advance(fresh, narrowed)
        if not self._awaiting_other:
            self._rows.apply(fresh, narrowed)
            self._ask_rows()
        if any(event.kind == "names" for event in fresh):
            _start(self._names_soon)

    def more(self) -> None:
        """Asks for the next older page."""
        narrowed, after = self._filter, self._rows.next
        if narrowed is None or after is None or self._tasks.busy(PAGE) or self._tasks.busy(MORE):
            return
        self._tasks.run(
            MORE, lambda: self._source.page(narrowed, after, PAGE_ROWS), self._more_arrived, self._more_failed
        )

    def ask_names(self) -> None:
        """Reads the names again."""
        if self._filter is not None:
            self._tasks.run(NAMES, partial(self._read_names, self._filter.fleet_id), self._names_arrived)

    def ask_summary(self) -> None:
        """Reads the figures again, and yesterday's."""
        if self._filter is not None:
            wanted = overall(self._filter)
            work = partial(self._source.summary, wanted, self._clock())
            self._tasks.run(SUMMARY, work, self._summary_arrived, self._summary_failed)

    # --- asking --------------------------------------------------------------------------------------------------

    def _ask_page(self) -> None:
        narrowed = self._filter
        if narrowed is None:
            return
        for name in (MORE, ROWS):
            self._tasks.cancel(name)
        self._rows.wanted.update(self._asked)
        self._asked = ()
        self._tasks.run(
            PAGE, lambda: self._source.page(narrowed, None, PAGE_ROWS), self._page_arrived, self._page_failed
        )

    def _ask_rows(self) -> None:
        narrowed = self._filter
        waiting = self._tasks.busy(ROWS) or self._tasks.busy(PAGE) or self._rows_again.isActive()
        if narrowed is None or not self._rows.wanted or waiting:
            return
        asked = tuple(self._rows.wanted)[:BATCH]
        self._rows.wanted.difference_update(asked)
        self._asked, self._asked_after = asked, self._last_seq or 0
        self._tasks.run(ROWS, lambda: self._source.rows(narrowed, asked), self._rows_arrived, self._rows_failed)

    # --- answers -------------------------------------------------------------------------------------------------

    def _page_arrived(self, page: Page) -> None:
        self._noticed.stop()
        since = self._since(page.position.epoch, page.position.seq)
        if since is None or self._filter is None:
            _start(self._page_soon)
            return
        if self._awaiting_other:
            self._rows.reset(page)
        else:
            self._rows.merge(page)
        self._awaiting_other = self._from_memory = False
        self._last_seq = max(self._last_seq or 0, page.position.seq)
        self._rows.apply(since, self._filter)
        self.arrived.emit()
        self._ask_rows()

    def _page_failed(self, error: WorkstationError) -> None:
        self._noticed.stop()
        if self._awaiting_other and self._filter is not None:
            found = remembered(self._last_known, self._filter) if isinstance(error, EnvironmentFault) else []
            self._from_memory = bool(found)
            self._rows.show_only(found)
        self._rows.let_ask_more()
        self.failed.emit(error)

    def _more_arrived(self, page: Page) -> None:
        since = self._since(page.position.epoch, page.position.seq)
        if since is None or self._filter is None:
            _start(self._page_soon)
            return
        self._rows.append(page)
        self._rows.apply(since, self._filter)
        self._ask_rows()

    def _more_failed(self, error: WorkstationError) -> None:
        self._rows.let_ask_more()
        self._tasks.fault.emit(error)

    def _rows_arrived(self, rows: list[PaymentRow]) -> None:
        asked, self._asked = self._asked, ()
        if self._filter is not None:
            since = self._tail.since(self._asked_after) or ()
            self._rows.take(asked, rows, since, self._filter)
        self._ask_rows()

    def _rows_failed(self, _error: WorkstationError) -> None:
        # The rows that are missing are asked for again until the database answers; its state stands in the status bar.
        self._rows.wanted.update(self._asked)
        self._asked = ()
        self._rows_again.start()

    def _summary_arrived(self, summary: Summary) -> None:
        since = self._since(summary.position.epoch, summary.position.seq)
        if since is None or self._filter is None:
            _start(self._figures_soon)
            return
        self._summary_old = False
        self._summary = summary
        self._advance(since, self._filter)
        self._show_soon.stop()
        self.changed.emit()

    def _summary_failed(self, _error: WorkstationError) -> None:
        # The page's own query tells the person; figures of another filter must not stay beside it.
        if self._summary_old:
            self._summary = None
            self.changed.emit()
        _start(self._figures_later)

    def _read_names(self, fleet_id: UUID) -> tuple[Names, list[str]]:
        return self._source.names(fleet_id), self._source.methods(fleet_id)

    def _names_arrived(self, read: tuple[Names, list[str]]) -> None:
        names, methods = read
        self._rows.rename(names)
        self.named.emit(names, methods)

    def _since(self, epoch: int, seq: int) -> tuple[PaymentEvent, ...] | None:
        if epoch != self._epoch:
            # The feed was rebuilt: its numbers begin anew, and what was kept of the old ones means nothing.
            if self._epoch:
                self._begin_anew()
            self._epoch = epoch
        return self._tail.since(seq)

    def _begin_anew(self) -> None:
        self._tail.clear()
        self._last_seq = None
        self._epoch = 0

    # --- carrying on ---------------------------------------------------------------------------------------------

    def _advance(self, events: Sequence[PaymentEvent], narrowed: PaymentFilter) -> None:
        summary, wanted = self._summary, overall(narrowed)
        if summary is None or not events or self._summary_old:
            return
        if wanted.search.strip():
            if any(concerns(event, wanted) for event in events):
                _start(self._figures_soon)
        elif events[0].seq > summary.position.seq + 1:
            _start(self._figures_soon)
        else:
            self._summary, settled = carried_on(summary, events, wanted)
            _start(self._show_soon)
            if settled:
                _start(self._figures_later)

    def _notice(self) -> None:
        if self._awaiting_other:
            self._rows.clear()
            if self._summary_old:
                self._summary = None
                self.changed.emit()
        self.awaited.emit()

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(call)
        return timer


def _start(timer: QTimer) -> None:
    # Started once and not again: what goes on coming must not put it off for ever.
    if not timer.isActive():
        timer.start()
