"""The figures above the rows: asked for, carried on by the feed, and kept for coming back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from services.domain.errors import WorkstationError
from services.domain.period import today
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.summary import Summary
from ui.payments.cache import Cache
from ui.payments.feed import Feed
from ui.payments.figures import carried_on, concerns, overall
from ui.payments.source import PaymentSource
from ui.payments.timers import single, start
from ui.tasks import Tasks

SUMMARY: Final = "payments.summary"
_SOON_MS: Final = 300
_LATER_MS: Final = 5_000
_SHOWN_EVERY_MS: Final = 50
# Yesterday's figures up to the same clock time are asked for again after this.
_FRESH: Final = timedelta(minutes=1)


class LiveSums(QObject):
    """The summary of one filter, its status and hour aside; events are added up when somebody looks, or soon."""

    #: The figures are others; read `summary`.
    changed = Signal()

    def __init__(
        self, tasks: Tasks, source: PaymentSource, feed: Feed, clock: Callable[[], datetime], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tasks, self._source, self._feed, self._clock = tasks, source, feed, clock
        self._wanted: PaymentFilter | None = None
        self._summary: Summary | None = None
        self._old = self._doubtful = False
        self._happened: list[PaymentEvent] = []
        self._cache: Cache[PaymentFilter, Summary] = Cache()
        self._soon = single(self, _SOON_MS, self.ask)
        self._later = single(self, _LATER_MS, self.ask)
        self._show_soon = single(self, _SHOWN_EVERY_MS, self._tell)

    @property
    def summary(self) -> Summary | None:
        """The figures without regard to status and hour; None while not known."""
        self._add_up()
        return self._summary

    @property
    def answered(self) -> bool:
        """Whether `summary` belongs to what is shown, and not to what was shown before."""
        return not self._old

    @property
    def settled(self) -> bool:
        """Whether nothing is being asked, and nothing is about to be."""
        return not (self._tasks.busy(SUMMARY) or self._soon.isActive() or self._show_soon.isActive())

    def show(self, narrowed: PaymentFilter) -> None:
        """Shows the figures of other payments: at once where they are known, and asked for where that is not exact."""
        wanted, before = overall(narrowed), self._wanted
        if wanted == before:
            # While nothing is heard of the feed, every look is a new question.
            if (self._summary is None or not self._feed.live) and not self._tasks.busy(SUMMARY):
                self.ask()
            return
        self._add_up()
        if before is not None and self._summary is not None and not self._old:
            self._leave(before, self._summary)
        self._wanted = wanted
        self._happened.clear()
        if not self._come_back(wanted):
            self.ask()

    def begin_anew(self) -> None:
        """Forgets what was heard and not yet added up, because the feed begins anew."""
        self._happened.clear()

    def follow(self, events: Sequence[PaymentEvent]) -> None:
        """Adds events, in order, before they are looked at."""
        if self._summary is not None and not self._old:
            self._happened += events
            start(self._show_soon)

    def ask(self) -> None:
        """Reads the figures again, and yesterday's."""
        if self._wanted is not None:
            work = partial(self._source.summary, self._wanted, self._clock())
            self._tasks.run(SUMMARY, work, self._arrived, self._failed)

    def forget_if_old(self) -> None:
        """Figures of what was shown before are not to be seen any longer."""
        if self._old and self._summary is not None:
            self._summary = None
            self.changed.emit()

    # --- inside --------------------------------------------------------------------------------------------------

    def _leave(self, wanted: PaymentFilter, summary: Summary) -> None:
        sure = not (self._doubtful or self._soon.isActive())
        self._cache.keep(wanted, summary, self._feed.run if sure else 0)

    def _come_back(self, wanted: PaymentFilter) -> bool:
        """Shows what was left, if anything was; whether that is exact."""
        left = self._cache.take(wanted)
        self._old = left is None
        if left is None:
            return False
        self._tasks.cancel(SUMMARY)
        since = self._feed.since_left(left.run, left.answer.position.seq)
        self._summary, self._happened = left.answer, list(since or ())
        self._doubtful = since is None or not wanted.decidable
        self.changed.emit()
        return not self._doubtful and self._yesterday_is_fresh(wanted, left.answer)

    def _yesterday_is_fresh(self, wanted: PaymentFilter, summary: Summary) -> bool:
        now = self._clock()
        return today(wanted.days.zone, now) not in (wanted.days.first, wanted.days.last) or (
            now - summary.as_of < _FRESH
        )

    def _arrived(self, summary: Summary) -> None:
        since = self._feed.since(summary.position)
        if since is None:
            start(self._soon)
            return
        self._old = self._doubtful = False
        self._summary, self._happened = summary, list(since)
        self._show_soon.stop()
        self.changed.emit()

    def _failed(self, _error: WorkstationError) -> None:
        # The page's own query tells the person; figures of another filter must not stay beside it.
        self.forget_if_old()
        start(self._later)

    def _tell(self) -> None:
        self.changed.emit()

    def _add_up(self) -> None:
        events, self._happened = self._happened, []
        summary, wanted = self._summary, self._wanted
        if summary is None or wanted is None or not events:
            return
        if not wanted.decidable:
            if any(concerns(event, wanted) for event in events):
                start(self._soon)
        elif events[0].seq > summary.position.seq + 1 or events[-1].seq - events[0].seq >= len(events):
            # Something was missed before the first of them, or among them.
            start(self._soon)
        else:
            self._summary, settled = carried_on(summary, events, wanted)
            if settled:
                start(self._later)
