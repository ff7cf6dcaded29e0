"""The stretch of the list that is loaded: shown, left and come back to, grown by pages, and cut at the far side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final
from uuid import UUID

from services.feed.event import PaymentEvent, PaymentState
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Key, Page, PaymentRow, Sort, sort_key
from ui.grid import GridModel, Held, Order, Window
from ui.grid.window import Side
from ui.payments.restating import NO_NAMES, key_of, renamed
from ui.payments.stretch import KEPT_ROWS, Reader, Stretch

#: The most rows that are loaded at a time, and how many are kept on either side of what is seen.
MOST, AROUND = 5_000, 600
# Letting go leaves room, so that it is not done for every row.
_ROOM: Final = 400


class Loaded:
    """A grid's rows as a window of a list in the order of `sort`."""

    def __init__(self, model: GridModel[PaymentRow], held: Held[PaymentRow], reader: Reader) -> None:
        self._model, self._held, self._reader = model, held, reader
        self._sort = NEWEST_FIRST
        self._window: Window[Key] = Window(sort_key(NEWEST_FIRST))
        self._seq = 0
        # New rows of the window that are not here yet.
        self._awaited: dict[UUID, Key] = {}
        # Rows whose place in the filter the feed cannot tell: without an answer they go.
        self._doubtful: set[UUID] = set()
        self.wanted: set[UUID] = set()
        self.stale: set[UUID] = set()
        self.names = NO_NAMES

    def __len__(self) -> int:
        return self._model.rowCount() + self._held.count

    @property
    def top(self) -> Key | None:
        """Where the page above ends; None when the list begins here."""
        return self._window.top

    @property
    def bottom(self) -> Key | None:
        """Where the page below begins; None when the list ends here."""
        return self._window.bottom

    @property
    def first(self) -> int:
        """The place of the first loaded row in the whole list."""
        return self._window.first

    @property
    def seq(self) -> int:
        """The position of the feed up to which the rows are right."""
        return self._seq

    @property
    def being_read(self) -> bool:
        """Whether the list is scrolled away from its top."""
        return self._reader.reading_place() is not None

    def rows(self) -> list[PaymentRow]:
        """Every loaded row, shown or waiting, in no order."""
        return [*self._model.rows, *self._held.waiting]

    # --- other rows ----------------------------------------------------------------------------------------------

    def show(self, page: Page, sort: Sort) -> None:
        """Shows a page instead of everything before."""
        self._begin(sort, page.position.seq)
        self._window.show(page.first or 0, page.previous, page.next, page.position.seq)
        self._fill(page.rows)

    def show_only(self, rows: Iterable[PaymentRow], sort: Sort) -> None:
        """Shows these rows, which nothing follows, in the place of an answer."""
        self._begin(sort, 0)
        self._fill(sorted(rows, key=sort_key(sort), reverse=sort.descending))

    def leave(self) -> Stretch:
        """What is loaded around what is seen, for coming back to it."""
        window, reading, count = self._window, self._reader.reading_place(), self._model.rowCount()
        seen = self._model.sight().start if reading else 0
        begin = max(0, min(seen - KEPT_ROWS // 2, count - KEPT_ROWS))
        end = min(count, begin + KEPT_ROWS)
        kept: Window[Key] = Window(sort_key(self._sort), self._sort.descending)
        kept.show(
            window.first + begin,
            Key.of(self._model.sorted_at(begin)) if begin else window.top,
            Key.of(self._model.sorted_at(end - 1)) if end < count else window.bottom,
            self._seq,
        )
        sides = [(kept.side(Key.of(row)), row) for row in self._held.waiting]
        rows = [self._model.row_at(at) for at in range(begin, end)] + [row for side, row in sides if side == "within"]
        strays = [side for side, _ in sides].count("above")
        order = Order[PaymentRow](sort_key(self._sort), self._sort.descending)
        stale = frozenset(self.stale | self.wanted)
        return Stretch(
            tuple(order.arranged(rows)),
            kept.first + strays,
            kept.top,
            kept.bottom,
            self._seq,
            stale,
            reading,
            self.names,
        )

    def come_back(self, stretch: Stretch, sort: Sort) -> None:
        """Shows what was left."""
        self._begin(sort, stretch.seq)
        self._window.show(stretch.first, stretch.top, stretch.bottom, stretch.seq)
        same = stretch.names is self.names
        self._fill(stretch.rows if same else [renamed(row, self.names) for row in stretch.rows])
        self.stale |= stretch.stale
        self._reader.resume(stretch.reading)

    # --- pages ---------------------------------------------------------------------------------------------------

    def append(self, page: Page) -> None:
        """Adds the page below."""
        self._window.grow_down(page.next)
        self._model.append(page.rows, more=page.next is not None)
        self.tidy()

    def put_above(self, page: Page, since: Iterable[PaymentEvent], narrowed: PaymentFilter) -> None:
        """Adds the page above; `since` is what happened after its answer."""
        count = len(page.rows)
        for event in since:
            # The rows above were counted up to here, and the page is as it was before.
            if event.payment_id is not None and event.seq <= self._seq:
                count += self._inside(event, event.after, page, narrowed) - self._inside(
                    event, event.before, page, narrowed
                )
        self._window.grow_up(count, page.previous, page.position.seq)
        self._model.put_above(page.rows, earlier=page.previous is not None)
        self.tidy()

    def let_ask_more(self) -> None:
        """Allows the next pages to be asked for (again, after one failed to come)."""
        self._model.set_more(self._window.bottom is not None)
        self._model.set_earlier(self._window.top is not None)

    def tidy(self) -> None:
        """Lets go of rows at the far side of what is seen, once there are too many."""
        rows = self._model.rowCount()
        if rows <= MOST:
            return
        seen, excess = self._model.sight(), rows - MOST + _ROOM
        above, below = max(0, seen.start - AROUND), max(0, rows - seen.stop - AROUND)
        from_below = min(below, excess if below >= above else max(0, excess - above))
        self._cut_below(from_below)
        self._cut_above(min(above, excess - from_below))

    # --- inside --------------------------------------------------------------------------------------------------

    def _begin(self, sort: Sort, seq: int) -> None:
        self._held.clear()
        self._awaited.clear()
        for noted in (self._doubtful, self.wanted, self.stale):
            noted.clear()
        self._sort, self._seq = sort, seq
        self._window = Window(sort_key(sort), sort.descending)
        self._model.set_order(Order(sort_key(sort), sort.descending))

    def _fill(self, rows: Sequence[PaymentRow]) -> None:
        window = self._window
        self._model.reset(rows, more=window.bottom is not None, earlier=window.top is not None)

    def _row(self, known: UUID) -> PaymentRow | None:
        row = self._model.sorted_row(known)
        return row if row is not None else self._held.row(known)

    def _inside(self, event: PaymentEvent, state: PaymentState | None, page: Page, narrowed: PaymentFilter) -> bool:
        if state is None or event.payment_id is None or not narrowed.holds(state):
            return False
        region: Window[Key] = Window(sort_key(self._sort), self._sort.descending)
        region.show(0, page.previous, self._window.top, 0)
        key = key_of(event.payment_id, state)
        return region.side(key) == "within" and key != self._window.top

    def _cut_above(self, count: int) -> None:
        if count <= 0:
            return
        top = Key.of(self._model.sorted_at(count))
        self._settle([self._model.sorted_at(at).id for at in range(count)])
        self._window.let_go_above(count, top)
        self._model.let_go_above(count)
        strays = [row.id for row in self._held.waiting if self._window.side(Key.of(row)) == "above"]
        strays += self._forget_awaited("above")
        self._window.let_go_above(len(strays), top)
        for known in strays:
            self._held.count_beyond(known)

    def _cut_below(self, count: int) -> None:
        if count <= 0:
            return
        rows = self._model.rowCount()
        self._settle([self._model.sorted_at(at).id for at in range(rows - count, rows)])
        self._window.let_go_below(Key.of(self._model.sorted_at(rows - count - 1)))
        self._model.let_go_below(count)
        self._held.remove([row.id for row in self._held.waiting if self._window.side(Key.of(row)) == "below"])
        self._forget_awaited("below")

    def _forget_awaited(self, side: Side) -> list[UUID]:
        gone = [known for known, key in self._awaited.items() if self._window.side(key) == side]
        for known in gone:
            del self._awaited[known]
        self._settle(gone)
        return gone

    def _settle(self, ids: Collection[UUID]) -> None:
        """Nothing more is to be asked about these."""
        for noted in (self.wanted, self.stale, self._doubtful):
            noted.difference_update(ids)
