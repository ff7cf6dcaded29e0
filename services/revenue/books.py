"""A filter's sums by day, by part of a day and by member, read in one transaction and added up here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select

from services.domain.money import ZERO
from services.revenue import queries
from services.revenue.figures import Dimension, RevenueFilter, Span, Totals
from services.revenue.queries import DIMENSIONS, Source

_NOTHING = Totals()
_DAY = timedelta(days=1)
#: Sums by the member's id or name.
Members = dict[str, Totals]


@dataclass
class Books:
    """What a fleet took and gave back under a filter; only sums in `currency` are counted, others in `unsummed`."""

    connection: Connection
    wanted: RevenueFilter
    currency: str
    _days: dict[date, Totals] = field(default_factory=dict)
    _unsummed: dict[date, int] = field(default_factory=dict)
    _parts_of_days: dict[datetime, dict[str, Members]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._source = Source.of(self.wanted)

    def open(self, spans: Iterable[Span]) -> None:
        """Reads the days of all these spans, in one query."""
        days = {day for span in spans for day in _days_of(span)}
        for day, currency, *sums in self.connection.execute(queries.by_day(self._source, sorted(days))):
            if currency == self.currency:
                self._days[day] = _totals(*sums)
            else:
                self._unsummed[day] = self._unsummed.get(day, 0) + int(sums[1])

    def total(self, span: Span, *, whole_days: bool = False) -> Totals:
        """The sums of a span that was opened; with `whole_days` its last day counts as far as it is known, whatever `until`."""
        until = None if whole_days else span.until
        found = _NOTHING
        for day in _days_of(span, without_last=until is not None):
            found = found.plus(self._days.get(day, _NOTHING))
        return found if until is None else found.plus(self._part_of_day(until).get("", {}).get("", _NOTHING))

    def unsummed(self, span: Span) -> int:
        """Payments taken in other currencies on the days of a span that was opened."""
        return sum(count for day, count in self._unsummed.items() if span.first <= day <= span.last)

    def parts(self, span: Span, *, whole_days: bool = False) -> dict[Dimension, Members]:
        """The sums of a span by route, vehicle, driver and method."""
        until = None if whole_days else span.until
        last = span.last if until is None else span.last - _DAY
        found: dict[str, Members] = {}
        if last >= span.first:
            found = self._members(queries.parts(self._source, span.first, last))
        if until is not None:
            for dimension, members in self._part_of_day(until).items():
                _add(found.setdefault(dimension, {}), members)
        return {dimension: found.get(dimension, {}) for dimension in DIMENSIONS}

    def members(self, dimension: Dimension, spans: Iterable[Span]) -> dict[date, Members]:
        """The sums of each day of these spans by the dimension's members."""
        days = {day for span in spans for day in _days_of(span)}
        found: dict[date, Members] = {}
        query = queries.members_by_day(self._source, dimension, sorted(days))
        for day, member, currency, *sums in self.connection.execute(query):
            if currency == self.currency and (totals := _totals(*sums)) != _NOTHING:
                found.setdefault(day, {})[member] = totals
        return found

    def together(
        self, days: Mapping[date, Members], dimension: Dimension, span: Span, *, whole_days: bool = False
    ) -> Members:
        """The sums of a span by the dimension's members, from those of its days."""
        until = None if whole_days else span.until
        found: Members = {} if until is None else dict(self._part_of_day(until).get(dimension, {}))
        for day in _days_of(span, without_last=until is not None):
            _add(found, days.get(day, {}))
        return found

    def heat(self, span: Span) -> tuple[tuple[Totals, ...], ...]:
        """What was taken by weekday (0 Monday) and hour of the fleet's clock: 7 × 24."""
        cells = [[_NOTHING] * 24 for _ in range(7)]
        query = queries.by_weekday_and_hour(self._source, span.first, span.last)
        for weekday, hour, currency, taken, count in self.connection.execute(query):
            if currency == self.currency:
                cells[int(weekday) - 1][int(hour)] = _totals(taken, count)
        return tuple(tuple(row) for row in cells)

    def _part_of_day(self, until: datetime) -> dict[str, Members]:
        """The sums of the day of `until`, as far as that moment; '' stands for all together."""
        known = self._parts_of_days.get(until)
        if known is None:
            known = self._parts_of_days[until] = self._read_part_of_day(until)
        return known

    def _read_part_of_day(self, until: datetime) -> dict[str, Members]:
        zone = self.wanted.days.zone
        # By way of UTC, so that a clock time which the day skips is the one that clocks showed instead.
        local = until.astimezone(UTC).astimezone(zone)
        day = local.date()
        if not self._source.whole:
            # The totals by hour name one dimension; a part of the fleet has few payments in one day.
            midnight = datetime.combine(day, time.min, zone)
            return self._members(queries.moments(self._source, midnight, until, day))
        found = self._members(queries.hours(self._source, day, local.hour))
        # Of an hour that clocks show twice, from the first time.
        since = local.replace(minute=0, second=0, microsecond=0, fold=0)
        if since.astimezone(UTC) < until.astimezone(UTC):
            for dimension, members in self._members(queries.moments(self._source, since, until, day)).items():
                _add(found.setdefault(dimension, {}), members)
        return found

    def _members(self, query: Select[Any]) -> dict[str, Members]:
        found: dict[str, Members] = {}
        for dimension, member, currency, *sums in self.connection.execute(query):
            # A row of zeros is the same as none.
            if currency == self.currency and (totals := _totals(*sums)) != _NOTHING:
                found.setdefault(dimension, {})[member] = totals
        return found


def _totals(taken: Decimal, taken_count: Any, refunded: Decimal = ZERO, refunded_count: Any = 0) -> Totals:
    """Sums as the server gives them: those of counts are numeric."""
    return Totals(taken, int(taken_count), refunded, int(refunded_count))


def _days_of(span: Span, *, without_last: bool = False) -> Iterator[date]:
    for ahead in range((span.last - span.first).days + (0 if without_last else 1)):
        yield span.first + timedelta(days=ahead)


def _add(into: Members, members: Members) -> None:
    for member, totals in members.items():
        into[member] = into.get(member, _NOTHING).plus(totals)
