"""The rows below the figures: known ones follow the feed at once, unknown ones are asked for by id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from services.feed.event import PaymentEvent, PaymentState
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Key, Names, Page, PaymentRow, Sort, sort_key
from ui.grid import Window
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
        top = None if after is None else Key.of(page.rows[0])
        self._window.show(max(1, self._window.first), top, page.next, page.position.seq)
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
        latest = {event.payment_id: event.after for event in events if event.payment_id is not None}
        gone: list[UUID] = []
        changes: dict[UUID, Callable[[PaymentRow], PaymentRow]] = {}
        moving: list[tuple[UUID, PaymentState]] = []
        holds, names, sort, find = narrowed.holds, self.names, self._sort, self._row
        for known, state in latest.items():
            if state is None or not holds(state):
                gone.append(known)
            elif (row := find(known)) is None:
                self._await(known, state)
            elif moves(row, state, sort):
                moving.append((known, state))
            else:
                changes[known] = partial(restated, state=state, names=names)
        self._note([*changes, *(known for known, _ in moving)], narrowed)
        self._leave(gone)
        self._change(changes)
        self._move(moving)
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
        coming: list[PaymentRow] = []
        for row in rows:
            state = later.get(row.id, row.state)
            if state is not None and narrowed.holds(state) and self._window.side(key_of(row.id, state)) == "within":
                coming.append(restated(row, state, self.names))
        told = {row.id for row in coming}
        self._leave([known for known in asked if known in self._doubtful and known not in told])
        self._doubtful.difference_update(asked)
        self._arrive(coming)

    def rename(self, names: Names) -> None:
        """Shows routes, vehicles and drivers by their present names."""
        if names != self.names:
            self.names = names
            self._change({row.id: partial(renamed, names=names) for row in self.rows()})

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
        for event in events:
            known = event.payment_id
            if known is None or event.seq <= self._seq:
                continue
            was, now = (
                key_of(known, state) if state is not None and narrowed.holds(state) else None
                for state in (event.before, event.after)
            )
            self._window.follow(event.seq, was, now)
            news = was is None and now is not None and self._sort == NEWEST_FIRST
            if news and now is not None and self._window.side(now) == "above":
                self._held.count_beyond(known)

    def _await(self, known: UUID, state: PaymentState) -> None:
        key = key_of(known, state)
        if self._window.side(key) == "within":
            self._awaited[known] = key
            self.wanted.add(known)
        else:
            self._awaited.pop(known, None)
            self.wanted.discard(known)

    def _note(self, known: Collection[UUID], narrowed: PaymentFilter) -> None:
        # An event is silent about receipt, passenger and reason, and they may be all that changed.
        if narrowed.decidable:
            self.stale.update(known)
            self.attend()
        else:
            self.wanted.update(known)
            self._doubtful.update(known)

    def _change(self, changes: dict[UUID, Callable[[PaymentRow], PaymentRow]]) -> None:
        self._model.change(changes)
        if self._held.count:
            self._held.update(
                [change(row) for known, change in changes.items() if (row := self._held.row(known)) is not None]
            )

    def _move(self, moving: Iterable[tuple[UUID, PaymentState]]) -> None:
        for known, state in moving:
            at = self._model.row_of(known)
            row = self._held.row(known) if at is None else self._model.row_at(at)
            self._held.remove([known])
            if row is not None and self._window.side(key_of(known, state)) == "within":
                self._arrive([restated(row, state, self.names)])
            else:
                self._settle([known])

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


def just_above(row: PaymentRow, sort: Sort) -> Key:
    """A key right above a row and all that equal it in what the list is sorted by."""
    key = Key.of(row)
    if sort.descending:
        return Key(key.created_at + _MOMENT, _LOWEST, key.amount, key.status)
    return Key(key.created_at - _MOMENT, _HIGHEST, key.amount, key.status)
