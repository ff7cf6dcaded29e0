"""The rows below the figures: known ones follow the feed at once, unknown ones are asked for by id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.feed.event import PaymentEvent, PaymentState
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Key, Names, Page, PaymentRow, Sort, sort_key
from ui.grid import Window
from ui.payments.deciding import decider
from ui.payments.loaded import AROUND, Loaded
from ui.payments.restating import key_of, moves, renamed, restated
from ui.payments.source import PAGE_ROWS

_LOWEST, _HIGHEST = UUID(int=0), UUID(int=2**128 - 1)
_MOMENT: Final = timedelta(microseconds=1)


class LiveRows(Loaded):
    """Keeps a grid's rows right; `wanted` are the payments that only the database can tell, `stale` those that can wait."""

    # --- the same rows anew --------------------------------------------------------------------------------------

    def again(self) -> tuple[Key | None, int]:
        """What to ask for to see the same stretch anew: a page below a key (None: the first one), and its length."""
        seen = self._model.sight()
        if not seen or (self._window.top is None and seen.start < AROUND):
            return None, PAGE_ROWS + (seen.stop if seen.start else 0)
        return self.here()

    def here(self) -> tuple[Key, int]:
        """The same for a page that begins a little above what is seen."""
        seen = self._model.sight()
        begin = max(0, seen.start - PAGE_ROWS)
        return just_above(self._model.sorted_at(begin), self._sort), seen.stop - begin + PAGE_ROWS

    def merge(self, page: Page, after: Key | None) -> bool:
        """Takes the answer to `again` without moving what is being read; False where it does not reach that."""
        region: Window[Key] = Window(sort_key(self._sort), self._sort.descending)
        region.show(0, after, page.next, 0)
        sides = [region.side(Key.of(self._model.sorted_at(at))) for at in range(self._model.rowCount())]
        seen = self._model.sight()
        if not page.rows or "within" not in sides[seen.start : seen.stop]:
            return False
        self._cut_below(sides.count("below"))
        self._cut_above(sides.count("above"))
        fresh = {row.id for row in page.rows}
        self._leave([row.id for row in self.rows() if row.id not in fresh])
        self._settle(fresh)
        first = page.first or 0
        self._window.show(first, Key.of(page.rows[0]) if first else None, page.next, page.position.seq)
        self._seq = page.position.seq
        self.let_ask_more()
        self._arrive(page.rows)
        return True

    # --- what happens --------------------------------------------------------------------------------------------

    def apply(self, events: Sequence[PaymentEvent], narrowed: PaymentFilter) -> None:
        """Follows the feed: changes and takes out what is known, and notes in `wanted` what must be asked for."""
        if not events:
            return
        if self._window.top is not None and narrowed.decidable:
            self._follow_above(events, narrowed)
        latest, moved = latest_of(events, self._sort)
        rest = self._change(latest, moved, narrowed)
        gone = [known for known, state, _ in rest if state is None]
        self._leave(gone)
        for known, state, at in rest:
            if state is not None:
                self._follow_elsewhere(known, state, at, narrowed)
        self._seq = max(self._seq, events[-1].seq)
        self._window.passed(self._seq)

    def take(
        self,
        asked: Collection[UUID],
        rows: Iterable[PaymentRow],
        since: Iterable[PaymentEvent],
        narrowed: PaymentFilter,
    ) -> None:
        """Lets in the answer for `asked`, brought up to the moment by the events `since` it was asked for."""
        later = {event.payment_id: event.after for event in since if event.payment_id in asked}
        # What the feed cannot tell may have changed with an event that the answer does not know of.
        overtaken = set() if narrowed.decidable else set(later)
        coming: list[PaymentRow] = []
        for row in rows:
            if row.id in later:
                state = later[row.id]
                if state is None or not narrowed.holds(state):
                    continue
                row = restated(row, state, self.names)
            if self._window.side(Key.of(row)) == "within":
                coming.append(row)
        told = {row.id for row in coming}
        sure = set(asked) - overtaken
        self._leave([known for known in sure if known in self._doubtful and known not in told])
        self._doubtful -= sure
        self._arrive(coming)
        self._note(told & overtaken, narrowed)

    def rename(self, names: Names) -> None:
        """Shows routes, vehicles and drivers by their present names."""
        if names != self.names:
            self.names = names
            self._model.update([renamed(row, names) for row in self._model.rows])
            self._held.update([renamed(row, names) for row in self._held.waiting])

    def attend(self) -> None:
        """Wants at once what is stale and in view."""
        if self.stale:
            seen = {row.id for row in map(self._model.sorted_at, self._model.sight()) if row.id in self.stale}
            self.stale -= seen
            self.wanted |= seen

    def disturbs(self, row: PaymentRow) -> bool:
        """Whether letting in this row would disturb somebody who reads: newest first, news are counted and wait."""
        seen = self._model.sight()
        return self._sort == NEWEST_FIRST or seen.start < self._model.place_for(row) < seen.stop

    # --- inside --------------------------------------------------------------------------------------------------

    def _follow_above(self, events: Sequence[PaymentEvent], narrowed: PaymentFilter) -> None:
        holds = decider(narrowed)
        for event in events:
            known, before, after = event.payment_id, event.before, event.after
            if known is None or event.seq <= self._seq:
                continue
            was, now = before is not None and holds(before), after is not None and holds(after)
            if was == now and (before is None or after is None or not moves(before, after, self._sort)):
                continue
            into = key_of(known, after) if after is not None and now else None
            self._window.follow(event.seq, key_of(known, before) if before is not None and was else None, into)
            news = not was and into is not None and self._sort == NEWEST_FIRST
            if news and into is not None and self._window.side(into) == "above":
                self._held.count_beyond(known)

    def _change(
        self, latest: Mapping[UUID, PaymentState | None], moved: Collection[UUID], narrowed: PaymentFilter
    ) -> list[tuple[UUID, PaymentState | None, bool]]:
        """Changes the rows that stay where they are; returns the others: what they are now under the filter, and if shown."""
        seen, holds = self._model.sight(), decider(narrowed)
        same: list[UUID] = []
        news: list[PaymentState] = []
        places: list[int] = []
        rest: list[tuple[UUID, PaymentState | None, bool]] = []
        for (known, state), at in zip(latest.items(), self._model.places(latest), strict=True):
            if state is None or not holds(state):
                rest.append((known, None, at is not None))
            elif at is None or known in moved:
                rest.append((known, state, at is not None))
            else:
                same.append(known)
                news.append(state)
                places.append(at)
                if seen.start <= at < seen.stop:
                    self.wanted.add(known)
        self._note(same, narrowed)
        self._model.change(places, news, self._told)
        return rest

    def _told(self, row: PaymentRow, state: PaymentState) -> PaymentRow:
        # A row that was read after this event is ahead of it: the event that moves it is still to come.
        return row if moves(row, state, self._sort) else restated(row, state, self.names)

    def _note(self, known: Collection[UUID], narrowed: PaymentFilter) -> None:
        # An event is silent about receipt, passenger and reason, and they may be all that changed.
        if narrowed.decidable:
            self.stale.update(one for one in known if one not in self.wanted)
        else:
            self.wanted.update(known)
            self._doubtful.update(known)

    def _follow_elsewhere(self, known: UUID, state: PaymentState, shown: bool, narrowed: PaymentFilter) -> None:
        """A payment that is not shown, or no longer belongs where it is shown."""
        at = self._model.row_of(known) if shown else None
        row = self._held.row(known) if at is None else self._model.row_at(at)
        if row is not None and not moves(row, state, self._sort):
            self._held.update([restated(row, state, self.names)])
            self._note([known], narrowed)
            return
        if row is not None:
            self._leave([known])
        if self._window.side(key := key_of(known, state)) != "within":
            self._awaited.pop(known, None)
            self._settle([known])
        elif row is not None:
            self._arrive([restated(row, state, self.names)])
            self._note([known], narrowed)
        else:
            self._awaited[known] = key
            self.wanted.add(known)

    def _arrive(self, rows: Iterable[PaymentRow]) -> None:
        coming = list(rows)
        for row in coming:
            self._awaited.pop(row.id, None)
            known = self._row(row.id)
            if known is not None and moves(known, row, self._sort):
                self._held.remove([row.id])
        self._held.arrive(coming)
        self.tidy()

    def _leave(self, ids: Collection[UUID]) -> None:
        if ids:
            self._settle(ids)
            for known in ids:
                self._awaited.pop(known, None)
            self._held.remove(ids)


def latest_of(events: Iterable[PaymentEvent], sort: Sort) -> tuple[dict[UUID, PaymentState | None], set[UUID]]:
    """What each payment is after the events, and which of them are new, gone or elsewhere in the order."""
    latest: dict[UUID, PaymentState | None] = {}
    moved: set[UUID] = set()
    for event in events:
        known, before, after = event.payment_id, event.before, event.after
        if known is not None:
            latest[known] = after
            if before is None or after is None or moves(before, after, sort):
                moved.add(known)
    return latest, moved


def just_above(row: PaymentRow, sort: Sort) -> Key:
    """A key right above a row and all that equal it in what the list is sorted by."""
    key = Key.of(row)
    if sort.descending:
        return Key(key.created_at + _MOMENT, _LOWEST, key.amount, key.status)
    return Key(key.created_at - _MOMENT, _HIGHEST, key.amount, key.status)
