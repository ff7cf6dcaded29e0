"""What an event cannot tell of a payment, asked for by id: first what is in view, the rest in small portions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from services.domain.errors import WorkstationError
from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow
from ui.payments.feed import Feed
from ui.payments.rows import LiveRows
from ui.payments.source import PaymentSource
from ui.payments.timers import single, start
from ui.tasks import Tasks

ROWS: Final = "payments.rows"
#: How many rows one query asks for, and how many of those that nobody sees.
BATCH, UNSEEN = 1_000, 150
_AGAIN_MS: Final = 2_000
_UNSEEN_MS: Final = 250
# While a list is scrolled or much happens, one question for several frames: each wakes a thread that takes time from the next.
_BETWEEN_MS: Final = 50


class Details(QObject):
    """Asks for what `rows` want while nothing is `awaited` that would answer it too; `taken` when an answer is in."""

    taken = Signal()

    def __init__(
        self,
        tasks: Tasks,
        source: PaymentSource,
        rows: LiveRows,
        feed: Feed,
        awaited: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._source, self._rows, self._feed = tasks, source, rows, feed
        self._awaited = awaited
        self._filter: PaymentFilter | None = None
        self._asked: tuple[UUID, ...] = ()
        self._asked_after: int | None = None
        self._soon = single(self, 0, self.ask)
        self._again = single(self, _AGAIN_MS, self.ask)
        self._between = single(self, _BETWEEN_MS, self.ask)
        self._unseen_soon = single(self, _UNSEEN_MS, self._ask_unseen)

    @property
    def settled(self) -> bool:
        """Whether nothing is wanted, asked, or about to be."""
        timers = (self._soon, self._again, self._unseen_soon)
        busy = self._tasks.busy(ROWS) or any(timer.isActive() for timer in timers)
        return not busy and not self._rows.wanted and not self._rows.stale

    def narrow(self, narrowed: PaymentFilter) -> None:
        """Under which filter the rows are shown."""
        self._filter = narrowed

    def ask_soon(self) -> None:
        """Asks once what is known already has been painted."""
        start(self._soon)

    def ask(self) -> None:
        """Asks for what is wanted, unless it is being asked."""
        narrowed = self._filter
        if narrowed is None or self._awaited() or self._tasks.busy(ROWS) or self._waiting:
            return
        asked = tuple(self._rows.wanted)[:BATCH]
        self._rows.wanted.difference_update(asked)
        if asked:
            self._asked, self._asked_after = asked, self._feed.heard
            self._between.start()
            self._tasks.run(ROWS, lambda: self._source.rows(narrowed, asked), self._arrived, self._failed)
        elif self._rows.stale:
            start(self._unseen_soon)

    def put_off(self) -> None:
        """Asks no more for now; what was asked is wanted again."""
        self._tasks.cancel(ROWS)
        self._rows.wanted.update(self._asked)
        self._asked = ()

    def drop(self) -> None:
        """Asks no more, because other rows are shown."""
        self._tasks.cancel(ROWS)
        self._asked = ()

    @property
    def _waiting(self) -> bool:
        return self._again.isActive() or self._between.isActive()

    def _ask_unseen(self) -> None:
        some = tuple(self._rows.stale)[:UNSEEN]
        self._rows.stale.difference_update(some)
        self._rows.wanted.update(some)
        self.ask()

    def _arrived(self, rows: list[PaymentRow]) -> None:
        asked, self._asked = self._asked, ()
        since = () if self._asked_after is None else self._feed.since_seq(self._asked_after)
        if since is None:
            self._rows.wanted.update(asked)
        elif self._filter is not None:
            self._rows.take(asked, rows, since, self._filter)
            self.taken.emit()
        self.ask()

    def _failed(self, _error: WorkstationError) -> None:
        # The rows that are missing are asked for again until the database answers; its state stands in the status bar.
        self._rows.wanted.update(self._asked)
        self._asked = ()
        self._again.start()
