"""The figures above the grid, kept right by the feed: every one is the sum of the rows below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from services.domain.money import ZERO
from services.domain.payment import COMPLETED, FAILED, PARTIALLY_REFUNDED, PENDING, REFUNDED, TAKEN
from services.feed.event import PaymentEvent, PaymentState
from services.payments.filters import PaymentFilter, status_group
from services.payments.row import Position


@dataclass(frozen=True, slots=True)
class Figures:
    """Count of payments, Σ amount and Σ refunded amount, in the fleet's currency."""

    count: int = 0
    amount: Decimal = ZERO
    refunded: Decimal = ZERO

    def plus(self, count: int, amount: Decimal, refunded: Decimal) -> Figures:
        """These figures with more payments in them; negative to take some out."""
        return Figures(self.count + count, self.amount + amount, self.refunded + refunded)


#: A cell of the summary: hour of creation (fleet's clock), status group, result code of a failure ('' otherwise).
Cell = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """Payments under a filter by hour and status. `yesterday` and `other_currencies` are as of the query."""

    position: Position
    cells: Mapping[Cell, Figures]
    currency: str
    other_currencies: int
    yesterday: Mapping[str, Figures] | None
    as_of: datetime
    oldest_pending: datetime | None

    def by_status(self) -> dict[str, Figures]:
        """Figures by status group."""
        totals: dict[str, Figures] = {}
        for (_, status, _), cell in self.cells.items():
            totals[status] = totals.get(status, Figures()).plus(cell.count, cell.amount, cell.refunded)
        return totals

    def by_hour(self) -> list[dict[str, Figures]]:
        """Twenty-four dictionaries: figures by status group for each hour of creation."""
        hours: list[dict[str, Figures]] = [{} for _ in range(24)]
        for (hour, status, _), cell in self.cells.items():
            hours[hour][status] = hours[hour].get(status, Figures()).plus(cell.count, cell.amount, cell.refunded)
        return hours

    def failures(self) -> dict[str, int]:
        """How many failed for which result code ('' where none was given)."""
        codes: dict[str, int] = {}
        for (_, status, code), cell in self.cells.items():
            if status == FAILED:
                codes[code] = codes.get(code, 0) + cell.count
        return codes

    def count(self) -> int:
        """Payments in the fleet's currency under the filter."""
        return sum(cell.count for cell in self.cells.values())

    def after(self, events: Iterable[PaymentEvent], wanted: PaymentFilter) -> Summary:
        """The summary once these events, in order, have happened; those already in it are passed over.

        Exact for every filter without a search text; a search needs the query again.
        """
        cells = dict(self.cells)
        position, foreign = self.position, self.other_currencies
        for event in events:
            if event.seq <= position.seq:
                continue
            position = Position(position.epoch, event.seq)
            for state, sign in ((event.before, -1), (event.after, 1)):
                if state is None or not wanted.holds(state):
                    continue
                if state.currency != self.currency:
                    foreign += sign
                    continue
                cell = cell_of(state, wanted)
                cells[cell] = cells.get(cell, Figures()).plus(sign, sign * state.amount, sign * state.refunded_amount)
        return replace(
            self,
            cells={cell: f for cell, f in cells.items() if f != Figures()},
            position=position,
            other_currencies=foreign,
        )


def cell_of(state: PaymentState, wanted: PaymentFilter) -> Cell:
    """The cell that a payment is counted in."""
    status = status_group(state.status)
    code = (state.result_code or "") if status == FAILED else ""
    return state.created_at.astimezone(wanted.days.zone).hour, status, code


def success_rate(by_status: Mapping[str, Figures]) -> float | None:
    """count(taken set) ÷ count(taken set + failed), in 0…1; None where the divisor is 0."""
    taken = sum(figures.count for status, figures in by_status.items() if status in TAKEN)
    failed = by_status.get(FAILED, Figures()).count
    return taken / (taken + failed) if taken + failed else None


#: The order in which statuses are drawn and listed.
ORDER = (COMPLETED, PENDING, FAILED, REFUNDED, PARTIALLY_REFUNDED, "other")
