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

from PySide6.QtCore import QObject, Signal

from services.domain.errors import EnvironmentFault, WorkstationError
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Key, Names, Page, PaymentRow, Sort
from services.payments.summary import Summary
from ui.payments.asked import Asked
from ui.payments.cache import Cache
from ui.payments.details import Details
from ui.payments.feed import Feed
from ui.payments.memory import remembered
from ui.payments.naming import Naming
from ui.payments.rows import LiveRows
from ui.payments.source import MORE_ROWS, PAGE_ROWS, PaymentSource
from ui.payments.stretch import Stretch
from ui.payments.sums import LiveSums
from ui.payments.timers import single, start
from ui.tasks import Tasks

PAGE: Final = "payments.page"
MORE: Final = "payments.more"
EARLIER: Final = "payments.earlier"
#: Further than any list goes.
END: Final = 2**31 - 1
# How many rows above a place are asked for with it.
_LEAD: Final = 100
_SOON_MS: Final = 300
#: Nothing says "loading" before a person could notice the wait.
_NOTICED_MS: Final = 200


class LivePayments(QObject):
    """Rows and figures of one filter in one order; asks `source` in tasks, and follows the feed."""

    #: The figures are others; read `summary` and `counts`.
    changed = Signal()
    #: Another stretch of the list is loaded, or rows above it came or went; read `rows.first`.
    moved = Signal()
    #: The first page is in.
    arrived = Signal()
    #: The rows around a place that was gone to are in, or could not be had.
    landed = Signal()
    missed = Signal()
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
        self._tasks, self._source, self.rows = tasks, source, rows
        self._filter: PaymentFilter | None = None
        self._sort = NEWEST_FIRST
        self._feed = Feed(self._rebuilt)
        self._sums = LiveSums(tasks, source, self._feed, clock, self)
        self._details = Details(tasks, source, rows, self._feed, lambda: tasks.busy(PAGE), self)
        self._naming = Naming(tasks, source, self)
        self._cache: Cache[tuple[PaymentFilter, Sort], Stretch] = Cache()
        self._question, self._unanswered = Asked(), False
        self._awaiting_other = False
        self._doubtful = False
        self._from_memory = False
        self._noticed = single(self, _NOTICED_MS, self._notice)
        self._page_soon = single(self, _SOON_MS, self._ask_again)
        self._sums.changed.connect(self.changed)
        self._details.taken.connect(self.moved)
        self._naming.read.connect(self._renamed)

    @property
    def filter(self) -> PaymentFilter | None:
        """What is shown; None before there is a fleet."""
        return self._filter

    @property
    def sort(self) -> Sort:
        """The order it is shown in."""
        return self._sort

    @property
    def summary(self) -> Summary | None:
        """The figures without regard to status and hour, which a page shows side by side; None while not known."""
        return self._sums.summary

    @property
    def answered(self) -> bool:
        """Whether `summary` belongs to what is shown, and not to what was shown before."""
        return self._sums.answered

    @property
    def from_memory(self) -> bool:
        """Whether the rows are only those that had been loaded before the database stopped answering."""
        return self._from_memory

    @property
    def doubtful(self) -> bool:
        """Whether the rows are as they were when they were left, and are being read again."""
        return self._doubtful

    @property
    def settled(self) -> bool:
        """Whether nothing is being asked, and nothing is about to be."""
        asking = any(self._tasks.busy(name) for name in (PAGE, MORE, EARLIER)) or self._page_soon.isActive()
        return not asking and all(part.settled for part in (self._details, self._sums, self._naming))

    def counts(self) -> tuple[int | None, int | None]:
        """How many payments are shown, and how many the days hold; None while not known."""
        summary = self.summary if self.answered else None
        if summary is None or self._filter is None:
            return None, None
        return summary.rows(self._filter.statuses, self._filter.hour), summary.of

    # --- what people ask for -------------------------------------------------------------------------------------

    def show(self, narrowed: PaymentFilter, sort: Sort | None = None) -> None:
        """Shows other payments, or the same in another order: what was shown before comes at once."""
        before, before_sort = self._filter, self._sort
        if (narrowed, sort or before_sort) == (before, before_sort) and self._shown:
            self._sums.show(narrowed)
            return
        self._leave()
        self._filter, self._sort = narrowed, sort or before_sort
        self._details.narrow(narrowed)
        if before is None or before.fleet_id != narrowed.fleet_id:
            self._begin_anew()
            self._naming.ask(narrowed.fleet_id)
        self._sums.show(narrowed)
        left = self._cache.take((narrowed, self._sort))
        if left is not None:
            self._come_back(narrowed, left.answer, left.run)
            return
        self._awaiting_other, self._doubtful = True, False
        self._noticed.start()
        self._ask(Asked())

    def sort_by(self, sort: Sort) -> None:
        """The order of what is shown first."""
        self._sort = sort

    def newest(self) -> None:
        """Shows the list from its beginning; `landed` tells when it is in."""
        self._ask(Asked(place=0))

    def reload(self) -> None:
        """Asks everything again; what is shown stays until the answers are there."""
        if self._filter is None:
            return
        self._begin_anew()
        self._noticed.start()
        self._naming.ask(self._filter.fleet_id)
        self._sums.ask()
        self._ask_again()

    def set_live(self, live: bool) -> None:
        """Says whether the feed is being heard; while it is not, what was left is read again when it is shown."""
        self._feed.live = live

    def apply(self, events: Sequence[PaymentEvent]) -> None:
        """Follows the feed by these events, in order; those seen before are passed over."""
        narrowed = self._filter
        if narrowed is None:
            return
        known = self._feed.heard
        fresh = self._feed.hear(events, narrowed.fleet_id)
        if not fresh:
            return
        if known is not None and fresh[0].seq > known + 1 and not self._tasks.busy(PAGE):
            start(self._page_soon)
        self._sums.follow(fresh)
        if not self._awaiting_other:
            self.rows.apply(fresh, narrowed)
            self.moved.emit()
            # What is known is painted first.
            self._details.ask_soon()
        if any(event.kind == "names" for event in fresh):
            self._naming.ask_soon()

    def more(self) -> None:
        """Asks for the page below."""
        narrowed, sort, after = self._filter, self._sort, self.rows.bottom
        if narrowed is not None and after is not None and not self._tasks.busy(PAGE):
            work = partial(self._source.page, narrowed, after, MORE_ROWS, sort=sort)
            self._tasks.run(MORE, work, partial(self._more_arrived, after), self._more_failed)

    def earlier(self) -> None:
        """Asks for the page above."""
        narrowed, sort, before = self._filter, self._sort, self.rows.top
        if narrowed is not None and before is not None and not self._tasks.busy(PAGE):
            work = partial(self._source.page, narrowed, None, MORE_ROWS, sort=sort, before=before)
            self._tasks.run(EARLIER, work, partial(self._earlier_arrived, before), self._more_failed)

    def go_to(self, place: int) -> None:
        """Loads the rows around a place of the list (past its end: the last ones); `landed` tells when they are in."""
        if self._filter is not None:
            self._ask(Asked(place=max(0, place - _LEAD), limit=PAGE_ROWS + _LEAD))

    def look(self) -> None:
        """What is in view may be another: asks for what was put off because nobody saw it."""
        self.rows.attend()
        self.rows.tidy()
        self._details.ask()

    def ask_summary(self) -> None:
        """Reads the figures again, and yesterday's."""
        self._sums.ask()

    # --- asking --------------------------------------------------------------------------------------------------

    def _ask(self, question: Asked) -> None:
        narrowed, sort = self._filter, self._sort
        if narrowed is None:
            return
        for name in (MORE, EARLIER):
            self._tasks.cancel(name)
        self._details.put_off()
        self._question, self._unanswered = question, True
        limit = question.limit or PAGE_ROWS
        if question.place:
            work = partial(self._source.page_at, narrowed, question.place, limit, sort=sort)
        else:
            # What was missed may have changed how many rows stand above.
            work = partial(self._source.page, narrowed, question.after, limit, sort=sort, counted=question.again)
        self._tasks.run(PAGE, work, self._page_arrived, self._page_failed)

    def _ask_again(self) -> None:
        if self._awaiting_other or (self._unanswered and not self._question.again):
            self._ask(self._question)
        else:
            after, limit = self.rows.again()
            self._ask(Asked(after, limit, again=True))

    # --- answers -------------------------------------------------------------------------------------------------

    def _page_arrived(self, page: Page) -> None:
        self._noticed.stop()
        question, narrowed = self._question, self._filter
        since = self._feed.since(page.position)
        if since is None or narrowed is None:
            start(self._page_soon)
            return
        instead = self._take_page(page, question)
        if instead is not None:
            self._ask(instead)
            return
        self._unanswered = self._awaiting_other = self._from_memory = self._doubtful = False
        self._feed.known_up_to(page.position.seq)
        self.rows.apply(since, narrowed)
        self.moved.emit()
        self.arrived.emit()
        if question.place is not None:
            self.landed.emit()
        self._details.ask()

    def _take_page(self, page: Page, question: Asked) -> Asked | None:
        """Shows the page; what to ask instead where it does not reach what is being read."""
        if question.again and not self._awaiting_other:
            if self.rows.merge(page, question.after):
                return None
            if question.after is not None:
                return Asked()
            if page.rows and self.rows.being_read:
                return Asked(*self.rows.here(), again=True)
        self.rows.show(page, self._sort)
        return None

    def _page_failed(self, error: WorkstationError) -> None:
        self._noticed.stop()
        self._unanswered = False
        if self._awaiting_other and self._filter is not None:
            known = self._all_known(self._filter.fleet_id)
            found = remembered(known, self._filter) if isinstance(error, EnvironmentFault) else []
            self._from_memory = bool(found)
            self.rows.show_only(found, self._sort)
        self.rows.let_ask_more()
        if self._question.place is not None:
            self.missed.emit()
        self.moved.emit()
        self.failed.emit(error)

    def _more_arrived(self, after: Key, page: Page) -> None:
        since = self._feed.since(page.position)
        if since is None or self._filter is None:
            start(self._page_soon)
        elif after == self.rows.bottom:
            self.rows.append(page)
            self._grown(since, self._filter)
        else:
            self.rows.let_ask_more()

    def _earlier_arrived(self, before: Key, page: Page) -> None:
        since = self._feed.since(page.position)
        if since is None or self._filter is None:
            start(self._page_soon)
        elif before == self.rows.top:
            self.rows.put_above(page, since, self._filter)
            self._grown(since, self._filter)
        else:
            self.rows.let_ask_more()

    def _grown(self, since: tuple[PaymentEvent, ...], narrowed: PaymentFilter) -> None:
        self.rows.apply(since, narrowed)
        self.moved.emit()
        self._details.ask()

    def _more_failed(self, error: WorkstationError) -> None:
        self.rows.let_ask_more()
        self._tasks.fault.emit(error)

    def _renamed(self, names: Names, methods: list[str]) -> None:
        self.rows.rename(names)
        self.named.emit(names, methods)

    # --- leaving and coming back ---------------------------------------------------------------------------------

    @property
    def _shown(self) -> bool:
        return self._filter is not None and not self._awaiting_other

    def _leave(self) -> None:
        if self._filter is None or not self._shown:
            return
        self._details.put_off()
        sure = not (self._doubtful or self._page_soon.isActive() or self._tasks.busy(PAGE))
        self._cache.keep((self._filter, self._sort), self.rows.leave(), self._feed.run if sure else 0)

    def _come_back(self, narrowed: PaymentFilter, stretch: Stretch, run: int) -> None:
        for name in (PAGE, MORE, EARLIER):
            self._tasks.cancel(name)
        self._details.drop()
        self._noticed.stop()
        self._page_soon.stop()
        self._unanswered = self._awaiting_other = self._from_memory = False
        self.rows.come_back(stretch, self._sort)
        since = self._feed.since_left(run, stretch.seq)
        self.rows.apply(since or (), narrowed)
        self._doubtful = since is None or not narrowed.decidable
        self.moved.emit()
        self.arrived.emit()
        if self._doubtful:
            self._ask_again()
        else:
            self._details.ask()

    def _all_known(self, fleet_id: UUID) -> list[PaymentRow]:
        """Every payment of the fleet that was left, as it was known last."""
        left = sorted(
            (left.answer for (asked, _), left in self._cache if asked.fleet_id == fleet_id), key=lambda one: one.seq
        )
        return list({row.id: row for stretch in left for row in stretch.rows}.values())

    # --- the feed ------------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        self._feed.begin_anew()
        self._sums.begin_anew()

    def _rebuilt(self) -> None:
        self._sums.begin_anew()
        self._sums.ask()
        start(self._page_soon)

    def _notice(self) -> None:
        if self._awaiting_other:
            self.rows.show_only((), self._sort)
            self._sums.forget_if_old()
            self.moved.emit()
        self.awaited.emit()
