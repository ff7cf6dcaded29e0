"""The rows below the figures: known ones follow the feed at once, unknown ones are asked for by id."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from services.feed.event import PaymentEvent, PaymentState
from services.payments.filters import PaymentFilter
from services.payments.row import Key, Names, Page, PaymentRow
from ui.grid import GridModel, Held

NO_NAMES = Names({}, {}, {})
#: Above this many loaded rows a reload begins at the top again instead of comparing each of them.
COMPARED = 2_000


class LiveRows:
    """Keeps a grid's rows right; `wanted` are the payments that only the database can tell."""

    def __init__(self, model: GridModel[PaymentRow], held: Held[PaymentRow]) -> None:
        self._model = model
        self._held = held
        self._known: dict[UUID, PaymentRow] = {}
        # Rows whose place in the filter the feed cannot tell: without an answer they go.
        self._doubtful: set[UUID] = set()
        self._next: Key | None = None
        self.wanted: set[UUID] = set()
        self.names = NO_NAMES

    def __len__(self) -> int:
        return len(self._known)

    @property
    def next(self) -> Key | None:
        """Where the next older page begins; None when everything is loaded."""
        return self._next

    def rows(self) -> list[PaymentRow]:
        """Every loaded row, shown or waiting, in no order."""
        return list(self._known.values())

    def reset(self, page: Page) -> None:
        """Shows a first page instead of everything before."""
        self._forget()
        self._next = page.next
        self._known = {row.id: row for row in page.rows}
        self._model.reset(page.rows, more=page.next is not None)

    def clear(self) -> None:
        """Shows nothing."""
        self.show_only(())

    def merge(self, page: Page) -> None:
        """Takes a first page of the same filter again, without moving what is being read, as far as that is exact."""
        fresh = {row.id for row in page.rows}
        if not page.rows or len(self._known) > COMPARED or fresh.isdisjoint(self._known):
            self.reset(page)
            return
        if page.next is None:
            self._next = None
        self.let_ask_more()
        oldest = page.rows[-1].created_at
        missing = [row for row in self._known.values() if row.id not in fresh]
        older = {row.id for row in missing if page.next is not None and row.created_at <= oldest}
        self._leave(row.id for row in missing if row.id not in older)
        self.wanted |= older
        self._doubtful |= older
        self._arrive(page.rows)

    def show_only(self, rows: Iterable[PaymentRow]) -> None:
        """Shows these rows, which nothing follows, in the place of an answer."""
        self._forget()
        self._next = None
        self._known = {row.id: row for row in rows}
        self._model.reset(sorted(self._known.values(), key=lambda row: (row.created_at, row.id), reverse=True))

    def let_ask_more(self) -> None:
        """Allows the next older page to be asked for (again, after it failed to come)."""
        self._model.set_more(self._next is not None)

    def append(self, page: Page) -> None:
        """Adds an older page below."""
        self._next = page.next
        self._known |= {row.id: row for row in page.rows}
        self._model.append(page.rows, more=page.next is not None)

    def apply(self, events: Iterable[PaymentEvent], narrowed: PaymentFilter) -> None:
        """Follows the feed: changes and takes out what is known, and notes in `wanted` what must be asked for."""
        latest: dict[UUID, PaymentState | None] = {}
        for event in events:
            if event.payment_id is not None:
                latest[event.payment_id] = event.after
                self._ask_again(event.payment_id, narrowed)
        self._leave(known for known, state in latest.items() if state is None or not narrowed.holds(state))
        self._change({known: state for known, state in latest.items() if state is not None and narrowed.holds(state)})

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
            if state is not None and narrowed.holds(state):
                coming.append(restated(row, state, self.names))
        told = {row.id for row in coming}
        self._leave(known for known in asked if known in self._doubtful and known not in told)
        self._doubtful.difference_update(asked)
        self._arrive(coming)

    def rename(self, names: Names) -> None:
        """Shows routes, vehicles and drivers by their present names."""
        self.names = names
        self._replace(restated(row, row.state, names) for row in self._known.values())

    def _ask_again(self, known: UUID, narrowed: PaymentFilter) -> None:
        # An event is silent about receipt, passenger and reason, and they may be all that changed.
        if known in self._known:
            self.wanted.add(known)
            if narrowed.search.strip():
                self._doubtful.add(known)

    def _change(self, states: dict[UUID, PaymentState]) -> None:
        changed: list[PaymentRow] = []
        for known, state in states.items():
            row = self._known.get(known)
            if row is None:
                if self._within_reach(state):
                    self.wanted.add(known)
            elif row.created_at != state.created_at:
                # It belongs elsewhere in the order of time.
                self._leave((known,))
                self.wanted.add(known)
            elif row.state != state:
                changed.append(restated(row, state, self.names))
        self._replace(changed)

    def _within_reach(self, state: PaymentState) -> bool:
        """Whether a payment belongs among the loaded rows; an older one comes with its page."""
        if self._next is None:
            return True
        return state.created_at >= self._next.created_at

    def _arrive(self, rows: Iterable[PaymentRow]) -> None:
        coming = list(rows)
        self._known |= {row.id: row for row in coming}
        self._held.arrive(coming)

    def _replace(self, rows: Iterable[PaymentRow]) -> None:
        changed = list(rows)
        self._known |= {row.id: row for row in changed}
        self._held.update(changed)

    def _leave(self, ids: Iterable[UUID]) -> None:
        gone = list(ids)
        for known in gone:
            self._known.pop(known, None)
        self.wanted.difference_update(gone)
        self._doubtful.difference_update(gone)
        self._held.remove(gone)

    def _forget(self) -> None:
        self._held.clear()
        self._known.clear()
        self._doubtful.clear()
        self.wanted.clear()


def restated(row: PaymentRow, state: PaymentState, names: Names) -> PaymentRow:
    """The row of a payment that is in this state now; names stay where nothing newer is known."""
    return replace(
        row,
        status=state.status,
        amount=state.amount,
        refunded_amount=state.refunded_amount,
        currency=state.currency,
        method=state.method,
        created_at=state.created_at,
        completed_at=state.completed_at,
        result_code=state.result_code,
        failure_reason=row.failure_reason if state.result_code == row.result_code else "",
        route_id=state.route_id,
        route=_named(names.routes, state.route_id, row.route_id, row.route),
        vehicle_id=state.vehicle_id,
        vehicle=_named(names.vehicles, state.vehicle_id, row.vehicle_id, row.vehicle),
        driver_id=state.driver_id,
        driver=_named(names.drivers, state.driver_id, row.driver_id, row.driver),
    )


def _named(names: dict[UUID, str], now: UUID | None, before: UUID | None, name: str) -> str:
    if now is None:
        return ""
    return names.get(now, name if now == before else "")
