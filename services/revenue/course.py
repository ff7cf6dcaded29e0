"""Where revenue is heading, in words: what changed lastingly, since when, and which route carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from services.domain.money import ZERO
from services.domain.payment import NOBODY
from services.domain.period import today
from services.payments.naming import read_names
from services.revenue.books import Books
from services.revenue.figures import RevenueFilter, Span
from services.revenue.forecasting.trend import Change, trend
from services.revenue.service import currency_of, labelled

#: Days before the last one that are looked at, whatever the range.
LOOKED_AT: Final = 182
_LEAST_DAYS: Final = 28
_WEEKS: Final = 4  # before and after a change, by which its parts are measured
_SHORTEST: Final = 4  # weeks that a weekday's new level must last
_LEAST: Final = 0.08  # a weekday's change of less is not worth a sentence
_SURE: Final = 5.0  # standard errors that it must exceed: many splits of seven weekdays are tried
_OFTEN: Final = 0.9  # of a weekday's weeks that must have takings
_FLOOR: Final = 0.05  # of the other days: less counts as that
_LEAST_SPREAD: Final = 0.01
_OF_A_MEDIAN: Final = 1.2533  # the standard error of a median ÷ that of a mean
_ALONE: Final = Decimal("0.7")  # of a change, from which on a route is named alone
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Course:
    """Where revenue is heading: in a sentence ('' with too little history), smoothed by day, and its lasting changes."""

    words: str = ""
    smoothed: Mapping[date, float] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A lasting change that began on `day`: of one weekday (0 Monday), or of all days (None)."""

    day: date
    ratio: float
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class _History:
    """Revenue by finished day, from the first one with any on."""

    books: Books
    first: date
    revenue: NDArray[np.float64]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=len(self.revenue) - 1)

    def around(self, turn: Turn) -> tuple[list[Span], list[Span]]:
        """As many whole weeks before the turn as after it, four at most; of a weekday's turn only its days."""
        before, after = (turn.day - self.first).days // 7, ((self.last - turn.day).days + 1) // 7
        weeks = min(_WEEKS, before, after)
        if turn.weekday is None:
            return [Span(turn.day - weeks * _WEEK, turn.day - _DAY)], [Span(turn.day, turn.day + weeks * _WEEK - _DAY)]
        days = [turn.day + each * _WEEK for each in range(-weeks, weeks)]
        return [Span(day, day) for day in days[:weeks]], [Span(day, day) for day in days[weeks:]]


def course(connection: Connection, wanted: RevenueFilter, now: datetime) -> Course:
    """Where the revenue of a filter's days is heading, learnt from the finished ones and at least half a year before them."""
    history = _history(connection, wanted, now)
    if history is None:
        return Course()
    found = trend(history.revenue, history.first)
    days = [history.first + ahead * _DAY for ahead in range(len(found.line))]
    smoothed = {day: value for day, value in zip(days, found.line, strict=True) if day >= wanted.days.first}
    if len(days) < _LEAST_DAYS:
        return Course("", smoothed)
    turn = _turn(history, found.changes)
    if turn is None:
        return Course(f"Steady: no lasting change since {_named(history.first, now)}.", smoothed, found.changes)
    return Course(f"{told(turn, now)}{_carried(connection, history, turn)}.", smoothed, found.changes)


def _history(connection: Connection, wanted: RevenueFilter, now: datetime) -> _History | None:
    last = min(wanted.days.last, today(wanted.days.zone, now) - _DAY)
    first = min(wanted.days.first, last - (LOOKED_AT - 1) * _DAY)
    books = Books(connection, wanted, currency_of(connection, wanted.fleet_id))
    books.open([Span(first, last)])
    each = [first + ahead * _DAY for ahead in range((last - first).days + 1)]
    revenue = np.array([float(books.total(Span(day, day)).revenue) for day in each])
    begun = np.flatnonzero(revenue > 0)
    return _History(books, each[begun[0]], revenue[begun[0] :]) if len(begun) else None


def _turn(history: _History, changes: tuple[Change, ...]) -> Turn | None:
    """The latest change of all days; without one, the largest of a single weekday, which all days together do not show."""
    if changes:
        return Turn(changes[-1].day, changes[-1].ratio)
    turns = [turn for weekday in range(7) if (turn := weekday_turn(history.revenue, history.first, weekday))]
    return max(turns, key=lambda turn: abs(np.log(turn.ratio)), default=None)


def weekday_turn(revenue: NDArray[np.float64], first: date, weekday: int) -> Turn | None:
    """The surest lasting jump of a weekday (0 Monday) against the other days of its weeks, in daily revenue from `first` on.

    None where none is sure, where it is recent (under four weeks) and where the weekday is often without takings.
    """
    begins = (weekday - first.weekday()) % 7 or 7  # three days to each side are needed
    at = np.arange(begins, len(revenue) - 3, 7)[0 if begins >= 3 else 1 :]
    days, others = revenue[at], np.stack([revenue[at + away] for away in (-3, -2, -1, 1, 2, 3)]).mean(axis=0)
    if len(at) < 2 * _SHORTEST or (days > 0).mean() < _OFTEN or not (others > 0).all():
        return None
    against = np.log(np.maximum(days / others, _FLOOR))
    spread = max(1.4826 * float(np.median(np.abs(np.diff(against)))) / 2**0.5, _LEAST_SPREAD)
    splits = range(_SHORTEST, len(at) - _SHORTEST + 1)
    split = min(splits, key=lambda split: _apart(against[:split]) + _apart(against[split:]))
    jump = float(np.median(against[split:]) - np.median(against[:split]))
    error = _OF_A_MEDIAN * spread * (1 / split + 1 / (len(at) - split)) ** 0.5
    if abs(jump) <= max(np.log1p(_LEAST), _SURE * error):
        return None
    return Turn(first + int(at[split]) * _DAY, float(np.exp(jump)), weekday)


def _apart(values: NDArray[np.float64]) -> float:
    """How far the values lie from their median, all together: days that are not like the others weigh little."""
    return float(np.abs(values - np.median(values)).sum())


# In words -------------------------------------------------------------------------------------------------------------


def told(turn: Turn, now: datetime) -> str:
    """'Saturdays up 12 % since 3 August'."""
    subject = "Revenue" if turn.weekday is None else f"{turn.day:%A}s"
    way = "up" if turn.ratio > 1 else "down"
    return f"{subject} {way} {abs(turn.ratio - 1):.0%} since {_named(turn.day, now)}".replace("%", " %")


def carried(changes: Mapping[str, Decimal]) -> str:
    """Who carries a change, from each one's part of it: '; Nairobi – Nakuru carries 80 % of it'; '' where there is one alone."""
    whole = sum(changes.values(), ZERO)
    if len(changes) < 2 or not whole:
        return ""
    (most, part), (second, next_part) = sorted(changes.items(), key=lambda one: (-one[1] / whole, one[0]))[:2]
    if part / whole > 1:
        return f"; {most} carries all of it"
    if part / whole >= _ALONE:
        return f"; {most} carries {_percent(part / whole)} of it"
    if (part + next_part) / whole >= _ALONE and next_part / whole > 0:
        return f"; {most} and {second} carry {_percent(min((part + next_part) / whole, Decimal(1)))} of it"
    return f"; no route carries it alone, {most} the most with {_percent(part / whole)}"


def _carried(connection: Connection, history: _History, turn: Turn) -> str:
    before, after = (_by_route(history.books, spans) for spans in history.around(turn))
    names = read_names(connection, history.books.wanted.fleet_id)
    routes = sorted({*before, *after})
    return carried(
        {
            "what has no route" if route == str(NOBODY) else labelled("route", route, names): (
                after.get(route, ZERO) - before.get(route, ZERO)
            )
            for route in routes
        }
    )


def _by_route(books: Books, spans: list[Span]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for span in spans:
        for route, totals in books.parts(span, ("route",))["route"].items():
            found[route] = found.get(route, ZERO) + totals.revenue
    return found


def _percent(share: Decimal) -> str:
    return f"{share:.0%}".replace("%", " %")


def _named(day: date, now: datetime) -> str:
    year = "" if day.year == now.year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"
