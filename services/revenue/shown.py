"""The periods of a range, each with the spans that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.domain.period import Days
from services.revenue.books import Books
from services.revenue.figures import PeriodRow, RevenueFilter, Span
from services.revenue.periods import Period, counterpart, elapsed, period_back, periods, range_back


@dataclass(frozen=True, slots=True)
class Shown:
    """A period as far as it has happened, what it is compared with, and what stood at its place in the range before."""

    period: Period
    span: Span
    before: Span
    aligned: Span

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.span.until is not None

    @property
    def cut(self) -> bool:
        """Whether the range shows only a part of it; that a running one has not come further is no cut."""
        period = self.period
        return period.first != period.whole_first or (not self.running and period.last != period.whole_last)

    @property
    def spans(self) -> tuple[Span, Span, Span]:
        """Those of which sums are shown: its own with all that is known of it."""
        return self.span.whole, self.before, self.aligned

    def row(self, books: Books) -> PeriodRow:
        """The period with its sums; its spans were opened."""
        return PeriodRow(
            span=self.span,
            totals=books.total(self.span.whole),
            before_span=self.before,
            before=books.total(self.before),
            running=self.running,
            cut=self.cut,
        )


def periods_shown(wanted: RevenueFilter, now: datetime) -> list[Shown]:
    """The periods that have begun, oldest first; of a range that is all to come, its first."""
    days, zone = wanted.days, wanted.days.zone
    has_been = elapsed(days.first, days.last, now, zone)
    of_range = range_back(days, wanted.compare, now, wanted.week_start)
    of_period = period_back(wanted.grain, wanted.compare)
    found = []
    for period in periods(Days(has_been.first, has_been.last, zone), wanted.grain, wanted.week_start):
        span = elapsed(period.first, period.last, now, zone)
        before = counterpart(span, of_period, zone)
        aligned = before if wanted.compare != "previous" else counterpart(span, of_range, zone)
        found.append(Shown(period, span, before, aligned))
    return found
