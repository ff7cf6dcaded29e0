"""However spans are made of months, days and hours: each hour counts as often as it should, and few pieces are read."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.revenue.figures import Span
from services.revenue.pieces import Piece, pieces

NAIROBI = ZoneInfo("Africa/Nairobi")
HOUR = timedelta(hours=1)


def at(day: date, hour: int = 0) -> datetime:
    return datetime.combine(day, time(hour))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(st.dates(date(2024, 1, 20), date(2024, 5, 10)))
    last = first + timedelta(days=draw(st.integers(0, 80)))
    if draw(st.booleans()):
        return Span(first, last)
    return Span(first, last, datetime.combine(last, time(draw(st.integers(0, 23)), draw(st.integers(0, 59))), NAIROBI))


@given(wanted=st.lists(spans(), min_size=1, max_size=3))
def test_every_whole_hour_counts_once_in_its_spans(wanted: list[Span]) -> None:
    found = [Counter[datetime]() for _ in wanted]
    for piece in pieces(wanted, NAIROBI):
        for place, count in enumerate(piece.counts):
            clock = piece.since
            while clock < piece.until:
                found[place][clock] += count
                clock += HOUR
    for span, counts in zip(wanted, found, strict=True):
        end = at(span.last) + 24 * HOUR if span.until is None else at(span.last, span.until.hour)
        hours = int((end - at(span.first)) / HOUR)
        assert {clock: count for clock, count in counts.items() if count} == {
            at(span.first) + ahead * HOUR: 1 for ahead in range(hours)
        }


@given(wanted=st.lists(spans(), min_size=1, max_size=3))
def test_pieces_are_whole_units_that_do_not_overlap(wanted: list[Span]) -> None:
    for grain in ("month", "day"):
        held = sorted((one.since, one.until) for one in pieces(wanted, NAIROBI) if one.grain == grain)
        assert all(before[1] <= after[0] for before, after in pairwise(held))
        for ends in held:
            assert all(end.time() == time.min and (grain == "day" or end.day == 1) for end in ends)


def test_days_that_two_spans_share_are_read_once() -> None:
    """42 days until today and the 42 before them, until the same time: two thirds of August lie in the second."""
    until = datetime(2026, 8, 19, 20, 5, tzinfo=NAIROBI)
    found = pieces(
        [Span(date(2026, 8, 20), date(2026, 9, 30)), Span(date(2026, 7, 9), date(2026, 8, 19), until)], NAIROBI
    )
    assert found == [
        Piece("month", at(date(2026, 7, 1)), at(date(2026, 9, 1)), (0, 1)),
        Piece("month", at(date(2026, 9, 1)), at(date(2026, 10, 1)), (1, 0)),
        Piece("day", at(date(2026, 7, 1)), at(date(2026, 7, 9)), (0, -1)),
        Piece("day", at(date(2026, 8, 20)), at(date(2026, 9, 1)), (1, -1)),
        Piece("hour", at(date(2026, 8, 19), 20), at(date(2026, 8, 20)), (0, -1)),
    ]


def test_a_month_that_is_running_is_the_month_without_its_days_to_come() -> None:
    (month, to_come) = pieces([Span(date(2026, 9, 1), date(2026, 9, 4))], NAIROBI)
    assert (month.grain, month.counts) == ("month", (1,))
    assert to_come == Piece("day", at(date(2026, 9, 5)), at(date(2026, 10, 1)), (-1,))


def test_nothing_is_made_of_nothing() -> None:
    midnight = datetime(2026, 9, 4, tzinfo=NAIROBI)
    assert pieces([Span(date(2026, 9, 4), date(2026, 9, 4), midnight)], NAIROBI) == []
