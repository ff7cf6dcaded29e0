"""Where a place of the list by time lies, found from the totals: no payment in front of it is passed over."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from services.payments.filters import PaymentFilter
from services.payments.pieces import Grain
from services.payments.statement import Statement, asked
from services.payments.totals import narrowed, rows


@dataclass(frozen=True, slots=True)
class Piece:
    """A year, month or day by its first day, and how many payments it holds."""

    grain: Grain
    start: date
    payments: int

    def ends(self) -> tuple[Literal["month", "day"], date, date]:
        """What it consists of, and the first and the last of these."""
        if self.grain == "year":
            return "month", self.start, self.start.replace(month=12)
        return "day", self.start, self.start.replace(day=monthrange(self.start.year, self.start.month)[1])


@dataclass(frozen=True, slots=True)
class Stretch:
    """An hour of the list, from `since` until before `until`; `before` payments stand in front of it."""

    since: datetime
    until: datetime
    before: int


def pieces_of(connection: Connection, wanted: PaymentFilter) -> list[Piece]:
    """The largest pieces that the list consists of, oldest first, under a filter that totals serve."""
    made = Statement(wanted.fleet_id, exact=True)
    made.text = f"""
        SELECT total.grain, total.start, sum(payments)::bigint FROM {rows(wanted, made)} GROUP BY 1, 2 ORDER BY 2"""
    return [Piece(*found) for found in asked(connection, made)]


def stretch_at(
    connection: Connection, wanted: PaymentFilter, pieces: Sequence[Piece], place: int, *, descending: bool
) -> Stretch:
    """The hour that holds the payment at `place` (from 0) of the list by time; `pieces` are the list's, and hold more than `place`.

    From the piece down to its month, day and hour, each looked for from its nearer end.
    """
    before, shown = 0, iter(reversed(pieces) if descending else pieces)
    piece = next(shown)
    while before + piece.payments <= place:
        before += piece.payments
        piece = next(shown)
    while piece.grain != "day":
        piece, passed = _part_at(connection, wanted, piece, place - before, descending)
        before += passed
    return _hour_at(connection, wanted, piece.start, place, before, descending)


def _part_at(
    connection: Connection, wanted: PaymentFilter, piece: Piece, place: int, descending: bool
) -> tuple[Piece, int]:
    """The month of a year, or day of a month, that holds a place of the piece, and how many payments stand before it there."""
    near = 2 * place < piece.payments
    part, begin, end = piece.ends()
    made = Statement(wanted.fleet_id)
    step, begin, end = ("-", end, begin) if descending is near else ("+", begin, end)
    following = f"(walked.start {step} interval '1 {part}')::date"
    sought, last = (made.apart(value) for value in (place if near else piece.payments - 1 - place, end))
    made.text = f"""
        WITH RECURSIVE walked (start, passed, payments) AS (
            SELECT day, 0::bigint, {_held(wanted, part, "day", made)} FROM (SELECT {made.apart(begin)}::date AS day) AS begun
            UNION ALL
            SELECT {following}, passed + payments, {_held(wanted, part, following, made)}
            FROM walked WHERE passed + payments <= {sought} AND start <> {last}
        )
        SELECT start, passed, payments FROM walked WHERE passed + payments > {sought}"""
    ((start, passed, payments),) = asked(connection, made)
    return Piece(part, start, payments), passed if near else piece.payments - passed - payments


def _held(wanted: PaymentFilter, grain: Grain, start: str, made: Statement) -> str:
    return f"""
        (SELECT coalesce(sum(t.payments), 0)::bigint FROM finance.payment_totals t
         WHERE {narrowed(wanted, made)} AND t.grain = '{grain}' AND t.start = {start})"""


def _hour_at(
    connection: Connection, wanted: PaymentFilter, day: date, place: int, before: int, descending: bool
) -> Stretch:
    made = Statement(wanted.fleet_id)
    made.text = f"""
        SELECT t.hour::integer, sum(t.payments)::bigint FROM finance.payment_totals t
        WHERE {narrowed(wanted, made)} AND t.grain = 'day' AND t.start = {made.apart(day)}
        GROUP BY 1 ORDER BY 1 {"DESC" if descending else ""}"""
    shown = iter(asked(connection, made))
    hour, payments = next(shown)
    while before + payments <= place:
        before += payments
        hour, payments = next(shown)
    zone = wanted.days.zone
    return Stretch(_clock(day, hour, zone), _clock(day, hour + 1, zone), before)


def _clock(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The first instant of an hour of the day; hour 24 is the next day's first."""
    return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), zone)
