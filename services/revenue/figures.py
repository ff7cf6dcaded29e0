"""What revenue is made of: sums with their counts, compared, shared out and ranked. Amounts in the fleet's currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from uuid import UUID

from services.domain.money import CENT, ZERO
from services.domain.period import Days

_RATIO = Decimal("0.0001")
Grain = Literal["daily", "weekly", "monthly"]
Dimension = Literal["route", "vehicle", "driver", "method"]
#: With what a range is compared: the same number of days just before it, or the same days a week, month or year earlier.
Compare = Literal["previous", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class RevenueFilter:
    """Whose revenue, of which days (as FIGURES books them), in which grain, against what; an empty set means any.

    `NOBODY` among routes, vehicles or drivers means payments without one. `week_start` is 0 for Monday … 6 for Sunday.
    """

    fleet_id: UUID
    days: Days
    grain: Grain = "daily"
    compare: Compare = "previous"
    routes: frozenset[UUID] = frozenset()
    vehicles: frozenset[UUID] = frozenset()
    drivers: frozenset[UUID] = frozenset()
    methods: frozenset[str] = frozenset()
    week_start: int = 0

    @property
    def narrowed(self) -> bool:
        """Whether only a part of the fleet's revenue is asked for."""
        return any((self.routes, self.vehicles, self.drivers, self.methods))


@dataclass(frozen=True, slots=True)
class Totals:
    """What was taken and given back."""

    taken: Decimal = ZERO
    taken_count: int = 0
    refunded: Decimal = ZERO
    refunded_count: int = 0

    @property
    def revenue(self) -> Decimal:
        """taken − refunded."""
        return self.taken - self.refunded

    @property
    def average(self) -> Decimal | None:
        """taken ÷ number of payments taken, to the cent; None where there is none."""
        return _rounded(self.taken / self.taken_count, CENT) if self.taken_count else None

    def plus(self, other: Totals) -> Totals:
        """Both together."""
        return Totals(
            self.taken + other.taken,
            self.taken_count + other.taken_count,
            self.refunded + other.refunded,
            self.refunded_count + other.refunded_count,
        )

    @staticmethod
    def sum(each: Sequence[Totals]) -> Totals:
        """All together."""
        return Totals(
            sum([one.taken for one in each], ZERO),
            sum([one.taken_count for one in each]),
            sum([one.refunded for one in each], ZERO),
            sum([one.refunded_count for one in each]),
        )


def growth(now: Decimal, before: Decimal | None) -> Decimal | None:
    """Change ÷ previous, to four decimals; None where previous is 0 or not known."""
    return _rounded((now - before) / before, _RATIO) if before else None


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Part ÷ whole, to four decimals; None where the whole is not positive."""
    return _rounded(part / whole, _RATIO) if whole > ZERO else None


def _rounded(value: Decimal, to: Decimal) -> Decimal:
    # Halves go up, as in the database and on paper.
    return value.quantize(to, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Span:
    """Days, and in the last of them only what happened before `until` (the fleet's clock); None: whole days."""

    first: date
    last: date
    until: datetime | None = None

    @property
    def whole(self) -> Span:
        """The same days, the last one as far as it is known, whatever `until`."""
        return Span(self.first, self.last)


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One day, week or month, and the period it is compared with over the same elapsed part.

    `running`: it has not ended yet; `cut`: the range shows only a part of the week or month.
    """

    span: Span
    totals: Totals
    before_span: Span | None
    before: Totals | None
    running: bool
    cut: bool

    @property
    def change(self) -> Decimal | None:
        """Revenue against the period before."""
        return None if self.before is None else self.totals.revenue - self.before.revenue

    @property
    def growth(self) -> Decimal | None:
        """Change ÷ previous revenue; None where that is 0 or not known."""
        return None if self.before is None else growth(self.totals.revenue, self.before.revenue)


@dataclass(frozen=True, slots=True)
class Part:
    """A route's, vehicle's, driver's or method's part of the revenue; `key` is '' and the label says so where there is none.

    `share` is of the whole revenue (None where that is not positive); ranks begin at 1, `rank_before` None for a newcomer.
    """

    key: str
    label: str
    totals: Totals
    before: Totals | None
    share: Decimal | None
    rank: int
    rank_before: int | None

    @property
    def growth(self) -> Decimal | None:
        """Change ÷ previous revenue; None where that is 0 or not known."""
        return None if self.before is None else growth(self.totals.revenue, self.before.revenue)


@dataclass(frozen=True, slots=True)
class Rates:
    """Payments created in the range: how many succeeded (taken set) and failed, and failures by result code ('' for none)."""

    succeeded: int
    failed: int
    reasons: dict[str, int]

    @property
    def success(self) -> float | None:
        """succeeded ÷ (succeeded + failed), in 0…1; None where there is neither."""
        return self.succeeded / (self.succeeded + self.failed) if self.succeeded + self.failed else None


@dataclass(frozen=True, slots=True)
class RevenueReport:
    """Everything the Revenue page shows, of one moment (`as_of`).

    `total` and `before` cover the range and what it is compared with over the same elapsed part (`before_span`). `aligned` is
    what stood at each period's place in that range: drawn over each other, the two lines are the two ranges, while a period's
    own `before` is the period just before it. `parts` are the breakdowns, largest first. `method_periods` holds revenue by
    method for each row of `periods`. `heat` is money taken by weekday (0 Monday) and hour: 7 × 24. `unsummed` counts payments
    taken in other currencies.
    """

    wanted: RevenueFilter
    as_of: datetime
    currency: str
    span: Span
    total: Totals
    before_span: Span
    before: Totals
    periods: tuple[PeriodRow, ...]
    aligned: tuple[Totals, ...]
    parts: dict[Dimension, tuple[Part, ...]]
    method_periods: tuple[dict[str, Totals], ...]
    heat: tuple[tuple[Totals, ...], ...]
    rates: Rates
    rates_before: Rates
    unsummed: int
