"""A filter's sums by day, by part of a day and by member, read in one transaction and added up here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.payments.row import Names
from services.revenue import queries
from services.revenue.asking import Answer, Round, Rows
from services.revenue.breakdown import parts
from services.revenue.figures import Dimension, RevenueFilter, Span, Totals
from services.revenue.pieces import Clock
from services.revenue.source import DIMENSIONS, Source

_NOTHING = Totals()
_THURSDAY = 3  # the first day of 1970, from which the server counts the hours of the week
#: Sums by the member's id or name.
Members = dict[str, Totals]
Parts = dict[Dimension, Members]
#: What was taken by weekday (0 Monday) and hour of the fleet's clock: 7 × 24.
Heat = tuple[tuple[Totals, ...], ...]


@dataclass
class Books:
    """What a fleet took and gave back under a filter; only sums in `currency` are counted, others in `unsummed`."""

    connection: Connection
    wanted: RevenueFilter
    currency: str
    _days: dict[int, Totals] = field(default_factory=dict)
    _unsummed: dict[int, int] = field(default_factory=dict)
    _parts_of_days: dict[datetime, Totals] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._source = Source.of(self.wanted, self.currency)

    def open(self, spans: Iterable[Span]) -> None:
        """Reads the days of all these spans, and the days that they end in the middle of."""
        together = Round(self.connection)
        self.ask_open(together, spans)
        together.send()

    def ask_open(self, together: Round, spans: Iterable[Span]) -> None:
        """The same, in a round with other questions."""
        spans = list(spans)
        untils = list({span.until for span in spans if span.until is not None})
        clocks = (Clock.of(until, self.wanted.days.zone) for until in untils)
        statements = [
            queries.by_day(self._source, spans),
            *(queries.part_of_day(self._source, clock) for clock in clocks),
        ]
        together.ask(statements, lambda rows: self._opened(untils, rows))

    def _opened(self, untils: Sequence[datetime], found: Sequence[Rows]) -> None:
        for day, currency, *sums in found[0]:
            number = day.toordinal()
            if currency == self.currency:
                self._days[number] = Totals(*sums)
            else:
                self._unsummed[number] = self._unsummed.get(number, 0) + sums[1]
        for until, ((taken, *sums),) in zip(untils, found[1:], strict=True):
            self._parts_of_days[until] = _NOTHING if taken is None else Totals(taken, *sums)

    def total(self, span: Span) -> Totals:
        """The sums of a span that was opened."""
        found = [self._days[day] for day in _numbers(span) if day in self._days]
        if span.until is not None:
            found.append(self._parts_of_days[span.until])
        return found[0] if len(found) == 1 else Totals.sum(found)

    def unsummed(self, span: Span) -> int:
        """Payments taken in other currencies on the days of a span that was opened."""
        return sum(self._unsummed.get(day, 0) for day in _numbers(span.whole))

    def parts(self, span: Span, dimensions: Sequence[Dimension] = DIMENSIONS) -> Parts:
        """The sums of a span by these dimensions' members."""
        together = Round(self.connection)
        asked = self.ask_parts(together, [span], dimensions)
        together.send()
        return asked.value[0]

    def ask_parts(
        self, together: Round, spans: Sequence[Span], dimensions: Sequence[Dimension] = DIMENSIONS
    ) -> Answer[list[Parts]]:
        """The same for each of these spans, in a round with other questions."""
        asked = parts(self._source, spans, dimensions)
        places = [of for _, of in asked]

        def read(found: Sequence[Rows]) -> list[Parts]:
            held: list[Parts] = [{dimension: {} for dimension in dimensions} for _ in spans]
            for of, rows in zip(places, found, strict=True):
                for at, place in enumerate(of):
                    _add(held[place], rows, 4 * at)
            return held

        return together.ask([statement for statement, _ in asked], read)

    def members(self, dimension: Dimension, spans: Iterable[Span]) -> dict[date, Members]:
        """The sums of each day of these spans by the dimension's members."""
        together = Round(self.connection)
        asked = together.ask([queries.members_by_day(self._source, dimension, spans)], lambda found: _by_key(found[0]))
        together.send()
        return asked.value

    def together(self, days: Mapping[date, Members], dimension: Dimension, span: Span) -> Members:
        """The sums of a span by the dimension's members, from those of its days."""
        found: Members = {}
        if span.until is not None:
            found = self.parts(Span(span.last, span.last, span.until), (dimension,))[dimension]
        for number in _numbers(span):
            for member, totals in days.get(date.fromordinal(number), {}).items():
                found[member] = found[member].plus(totals) if member in found else totals
        return found

    def ask_periods(self, together: Round, dimension: Dimension, spans: Sequence[Span]) -> Answer[list[Members]]:
        """The sums of these periods by the dimension's members, over whole days; each begins where the one before ends."""
        whole = Span(spans[0].first, spans[-1].last)
        statement = queries.members_by_period(self._source, dimension, whole, [span.first for span in spans])

        def read(found: Sequence[Rows]) -> list[Members]:
            periods = _by_key(found[0])
            return [periods.get(number, {}) for number in range(1, len(spans) + 1)]

        return together.ask([statement], read)

    def ask_heat(self, together: Round, span: Span) -> Answer[Heat]:
        """What was taken over whole days, by weekday and hour."""
        return together.ask([queries.by_hour_of_week(self._source, span)], lambda found: _heat(found[0]))

    def ask_names(self, together: Round) -> Answer[Names]:
        """How the fleet's routes, vehicles and drivers are called; tills are left out."""
        return together.ask([queries.names(self._source)], lambda found: _names(found[0]))


def _by_key(rows: Rows) -> dict[Any, Members]:
    found: dict[Any, Members] = {}
    for key, member, *sums in rows:
        # A row of zeros is the same as none.
        if any(sums):
            found.setdefault(key, {})[member] = Totals(*sums)
    return found


def _heat(rows: Rows) -> Heat:
    cells = [[_NOTHING] * 24 for _ in range(7)]
    for hour_of_week, taken, count in rows:
        day, hour = divmod(hour_of_week, 24)
        cells[(day + _THURSDAY) % 7][hour] = Totals(taken, count)
    return tuple(tuple(row) for row in cells)


def _names(rows: Rows) -> Names:
    found: dict[str, dict[UUID, str]] = {"route": {}, "vehicle": {}, "driver": {}}
    for kind, id_, name in rows:
        found[kind][id_] = name
    return Names(found["route"], found["vehicle"], found["driver"], {})


def _add(into: Parts, rows: Rows, at: int) -> None:
    """Adds the four sums that begin behind dimension and member at the place `at`."""
    for row in rows:
        # A row of zeros is the same as none.
        if any(sums := row[at + 2 : at + 6]):
            members, member = into[row[0]], row[1]
            members[member] = members[member].plus(Totals(*sums)) if member in members else Totals(*sums)


def _numbers(span: Span) -> range:
    """Its whole days, as ordinals."""
    return range(span.first.toordinal(), span.last.toordinal() + (span.until is None))
