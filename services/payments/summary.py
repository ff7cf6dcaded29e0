"""The figures above the grid, kept right by the feed: every one is the sum of the rows below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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


#: A cell of the summary: hour (of creation, payment or refund, as the days are), status group, result code of a failure or ''.
Cell = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """Payments under a filter by hour and status. `yesterday` is as of the query; everything else is carried on by `after`.

    `foreign` counts the payments in other currencies than the fleet's, which no sum holds. `of` is how many payments the days
    hold without any narrowing, in all currencies; None where the days are not those of creation.
    """

    position: Position
    cells: Mapping[Cell, Figures]
    currency: str
    foreign: Mapping[Cell, int]
    yesterday: Mapping[str, Figures] | None
    as_of: datetime
    oldest_pending: datetime | None
    of: int | None = None

    @property
    def other_currencies(self) -> int:
        """Payments in other currencies than the fleet's."""
        return sum(self.foreign.values())

    def rows(self, statuses: Collection[str] = (), hour: int | None = None) -> int:
        """How many rows the list holds, in all currencies, narrowed further to these statuses (none: all) and this hour."""
        counts = [(cell, figures.count) for cell, figures in self.cells.items()]
        return sum(
            count
            for (in_hour, status, _), count in [*counts, *self.foreign.items()]
            if (hour is None or in_hour == hour) and (not statuses or status in statuses)
        )

    def by_status(self) -> dict[str, Figures]:
        """Figures by status group."""
        totals: dict[str, Figures] = {}
        for (_, status, _), cell in self.cells.items():
            totals[status] = totals.get(status, Figures()).plus(cell.count, cell.amount, cell.refunded)
        return totals

    def by_hour(self) -> list[dict[str, Figures]]:
        """Twenty-four dictionaries: figures by status group for each hour, by the same clock as the days."""
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

        Exact where the filter is `decidable`; otherwise only `of` is, and the figures need the query again.
        """
        cells, foreign = dict(self.cells), dict(self.foreign)
        position, of = self.position, self.of
        for event in events:
            if event.seq <= position.seq:
                continue
            position = Position(position.epoch, event.seq)
            for state, sign in ((event.before, -1), (event.after, 1)):
                if state is None:
                    continue
                if of is not None and state.created_at in wanted.days:
                    of += sign
                if wanted.holds(state):
                    self._count(state, sign, cell_of(state, wanted), cells, foreign)
        return replace(
            self,
            cells={cell: figures for cell, figures in cells.items() if figures != Figures()},
            position=position,
            foreign={cell: count for cell, count in foreign.items() if count},
            of=of,
        )

    def _count(
        self, state: PaymentState, sign: int, cell: Cell, cells: dict[Cell, Figures], foreign: dict[Cell, int]
    ) -> None:
        if state.currency == self.currency:
            cells[cell] = cells.get(cell, Figures()).plus(sign, sign * state.amount, sign * state.refunded_amount)
        else:
            foreign[cell] = foreign.get(cell, 0) + sign


def cell_of(state: PaymentState, wanted: PaymentFilter) -> Cell:
    """The cell that a payment is counted in."""
    status = status_group(state.status)
    code = (state.result_code or "") if status == FAILED else ""
    return wanted.clock(state).hour, status, code


def success_rate(by_status: Mapping[str, Figures]) -> float | None:
    """count(taken set) ÷ count(taken set + failed), in 0…1; None where the divisor is 0."""
    taken = sum(figures.count for status, figures in by_status.items() if status in TAKEN)
    failed = by_status.get(FAILED, Figures()).count
    return taken / (taken + failed) if taken + failed else None


#: The order in which statuses are drawn and listed.
ORDER = (COMPLETED, PENDING, FAILED, REFUNDED, PARTIALLY_REFUNDED, "other")
