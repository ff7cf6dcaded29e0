"""How sums of spans are made of months, days and hours that are kept: adding and taking away, whatever reads fewest of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final, Literal
from zoneinfo import ZoneInfo

from services.payments.statement import Statement
from services.revenue.figures import Span

_DAY: Final = timedelta(days=1)
_NOON: Final = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """The totals of one grain from `since` to before `until`, and how often they count (−1, 0, 1) in each of the sums wanted."""

    grain: Literal["hour", "day", "month"]
    since: datetime
    until: datetime
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment as the fleet's clock shows it: its day, its hour, and when that hour began."""

    day: date
    hour: int
    began: datetime
    until: datetime

    @staticmethod
    def of(until: datetime, zone: ZoneInfo) -> Clock:
        """The moment `until`."""
        # By way of UTC, so that a clock time which the day skips is the one that clocks showed instead.
        local = until.astimezone(UTC).astimezone(zone)
        # Of an hour that clocks show twice, from the first time.
        return Clock(local.date(), local.hour, local.replace(minute=0, second=0, microsecond=0, fold=0), until)

    @property
    def in_hour(self) -> bool:
        """Whether any of the hour has passed."""
        return self.began.astimezone(UTC) < self.until.astimezone(UTC)


def pieces(spans: Iterable[Span], zone: ZoneInfo) -> list[Piece]:
    """What the spans are made of, except for what was booked in a running hour."""
    parts = [_Part.of(span, zone) for span in spans]
    return [*_whole(parts), *_hours(parts)]


@dataclass(frozen=True, slots=True)
class _Part:
    """A span as days that count and, at its end, the hours of a day that is cut."""

    first: date
    last: date
    clock: Clock | None

    @staticmethod
    def of(span: Span, zone: ZoneInfo) -> _Part:
        if span.until is None:
            return _Part(span.first, span.last, None)
        clock = Clock.of(span.until, zone)
        # After noon it is less to take the rest of the day away.
        return _Part(span.first, span.last if clock.hour >= _NOON else span.last - _DAY, clock)

    def count(self, day: date) -> int:
        return int(self.first <= day <= self.last)


def _whole(parts: list[_Part]) -> Iterator[Piece]:
    months = list(_months(parts))
    for base, each in groupby(months, key=attrgetter("base")):
        held = list(each)
        if any(base):
            yield Piece("month", midnight(held[0].runs[0].since), midnight(held[-1].runs[-1].until), base)
    for month in months:
        yield from month.corrections()


@dataclass(frozen=True, slots=True)
class _Run:
    """Days from `since` until before `until` that count alike."""

    since: date
    until: date
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Month:
    """The runs of a month, and how often the month as a whole is to be counted."""

    runs: list[_Run]
    base: tuple[int, ...]

    def corrections(self) -> Iterator[Piece]:
        """Runs of days that count otherwise."""
        for run in self.runs:
            if run.counts != self.base:
                left = tuple(one - counted for one, counted in zip(run.counts, self.base, strict=True))
                yield Piece("day", midnight(run.since), midnight(run.until), left)


def _months(parts: list[_Part]) -> Iterator[_Month]:
    """Each month, counted as a whole as most of its days are; days after all parts have likely nothing in them and weigh nothing."""
    month, end = min(part.first for part in parts).replace(day=1), max(part.last for part in parts) + _DAY
    edges = {edge for part in parts for edge in (part.first, part.last + _DAY)}
    while month < end:
        next_month = (month + timedelta(days=31)).replace(day=1)
        cuts = [month, *sorted(edge for edge in edges if month < edge < next_month), next_month]
        runs = [_Run(since, until, tuple(part.count(since) for part in parts)) for since, until in pairwise(cuts)]
        days: dict[tuple[int, ...], int] = {}
        for run in runs:
            days[run.counts] = days.get(run.counts, 0) + max(0, (min(run.until, end) - run.since).days)
        yield _Month(runs, max(days, key=days.__getitem__))
        month = next_month


def _hours(parts: list[_Part]) -> Iterator[Piece]:
    for place, part in enumerate(parts):
        if (clock := part.clock) is None:
            continue
        start = midnight(clock.day)
        cut = start + timedelta(hours=clock.hour)
        since, until, count = (cut, start + _DAY, -1) if clock.hour >= _NOON else (start, cut, 1)
        if since < until:
            yield Piece("hour", since, until, tuple(count if at == place else 0 for at in range(len(parts))))


def midnight(day: date) -> datetime:
    """When the day begins on the fleet's clock."""
    return datetime.combine(day, time.min)


def listed(made: Statement, wanted: Sequence[Piece]) -> str:
    """The pieces as what stands behind FROM: (grain, since, until, of0, of1, …), the last ones how often they count in each sum."""
    places = range(len(wanted[0].counts))
    counts = [f"{made.apart([piece.counts[place] for piece in wanted])}::integer[]" for place in places]
    grains, since, until = (made.apart([getattr(one, name) for one in wanted]) for name in ("grain", "since", "until"))
    return f"""unnest({grains}::text[], {since}::timestamp[], {until}::timestamp[], {", ".join(counts)})
             AS piece (grain, since, until, {", ".join(f"of{place}" for place in places)})"""


def counted(column: str, kind: str, place: int) -> str:
    """The SQL of a sum over the pieces, each as often as it counts in the sum of this place."""
    return f"coalesce(sum(CASE of{place} WHEN 1 THEN {column} WHEN -1 THEN -{column} END), 0)::{kind}"
