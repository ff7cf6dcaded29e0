"""Pages of a list: below a key, at a place, or all of it; over one connection, and hence of one moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.domain.payment import STATUSES
from services.domain.period import Days
from services.payments.cells import count_statement
from services.payments.filters import OTHER, PaymentFilter
from services.payments.places import Piece, Stretch, pieces_of, stretch_at
from services.payments.queries import above_statement, every_statement, page_statement, unknown_statuses_statement
from services.payments.row import Key, Sort, status_place
from services.payments.statement import asked
from services.payments.totals import served

#: What a query gave, in the order of `queries.ROW`.
Found = Sequence[Any]
_DAY = timedelta(days=1)
_FIRST_ID, _LAST_ID = UUID(int=0), UUID(int=2**128 - 1)
#: Passing over so many rows costs less than finding the hour that lies behind them.
FEW = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """A list by time or amount within the list, how many payments it holds, and their pieces where the totals told them."""

    wanted: PaymentFilter
    sort: Sort
    held: int
    pieces: Sequence[Piece] = ()


def by_one_statement(wanted: PaymentFilter, sort: Sort) -> bool:
    """Whether `page_statement` alone answers: nothing must be looked up before."""
    return sort.column != "status" and not _unnamed(wanted)


def walked(connection: Connection, wanted: PaymentFilter, sort: Sort, after: Key | None, limit: int) -> list[Found]:
    """The first `limit` rows in order, or those behind a key."""
    rows: list[Found] = []
    for part, inner in _parts(connection, wanted, sort, after):
        behind = after if sort.column != "status" or (after and after.status in part.statuses) else None
        rows += asked(connection, page_statement(part, inner, behind, limit - len(rows)))
        if len(rows) == limit:
            break
    return rows


def parts(connection: Connection, wanted: PaymentFilter, sort: Sort) -> list[Part]:
    """The parts that make up the list, in shown order."""
    return [_counted(connection, *part) for part in _parts(connection, wanted, sort)]


def placed(connection: Connection, parts: Iterable[Part], first: int, limit: int) -> list[Found]:
    """`limit` rows from the place `first` (from 0) of the whole list on."""
    rows: list[Found] = []
    for part in parts:
        if first < part.held and len(rows) < limit:
            rows += _from(connection, part, first, limit - len(rows))
        first = max(0, first - part.held)
    return rows


def in_front(connection: Connection, wanted: PaymentFilter, sort: Sort, key: Key) -> int:
    """How many rows of the list stand in front of what is behind a key."""
    passed = 0
    for part, inner in _parts(connection, wanted, sort):
        if sort.column != "status" or part.statuses == {key.status}:
            return passed + _above(connection, part, inner, key)
        if _reaches(next(iter(part.statuses)), key.status, sort.descending):
            break
        passed += _counted(connection, part, inner).held
    return passed


def every(connection: Connection, wanted: PaymentFilter, sort: Sort, batch: int) -> Iterator[Sequence[Found]]:
    """All rows in order, at most `batch` at a time, by a cursor of the server."""
    for part, inner in _parts(connection, wanted, sort):
        made = every_statement(part, inner)
        streamed = connection.execution_options(stream_results=True, max_row_buffer=batch)
        with streamed.exec_driver_sql(made.text, made.values) as result:
            yield from result.partitions(batch)


def _counted(connection: Connection, wanted: PaymentFilter, sort: Sort) -> Part:
    """From the totals where they serve the filter, otherwise one by one."""
    if served(wanted):
        pieces = pieces_of(connection, wanted)
        return Part(wanted, sort, sum(piece.payments for piece in pieces), pieces)
    return Part(wanted, sort, int(asked(connection, count_statement(wanted))[0][0]))


def _from(connection: Connection, part: Part, first: int, limit: int) -> Sequence[Found]:
    """Rows from a place of the part, passing over few others: those to the nearer end, or those of its hour."""
    limit = min(limit, part.held - first)
    behind = part.held - first - limit
    if part.pieces and part.sort.column == "time" and min(first, behind) > FEW:
        descending = part.sort.descending
        stretch = stretch_at(connection, part.wanted, part.pieces, first, descending=descending)
        made = page_statement(part.wanted, part.sort, _edge(stretch, part.sort), limit, first - stretch.before)
        return asked(connection, made)
    if first <= behind:
        return asked(connection, page_statement(part.wanted, part.sort, None, limit, first))
    return asked(connection, page_statement(part.wanted, part.sort.reversed, None, limit, behind))[::-1]


def _above(connection: Connection, wanted: PaymentFilter, sort: Sort, key: Key) -> int:
    """How many rows of a list by time or amount stand above a key; of other days than the key's the totals know it."""
    passed, days = 0, wanted.days
    if sort.column == "time" and served(wanted):
        day = key.created_at.astimezone(days.zone).date()
        first, last = (day + _DAY, days.last) if sort.descending else (days.first, day - _DAY)
        if first <= last:
            passed = _counted(connection, replace(wanted, days=Days(first, last, days.zone)), sort).held
        if not days.first <= day <= days.last:
            return passed
        wanted = replace(wanted, days=Days(day, day, days.zone))
    return passed + int(asked(connection, above_statement(wanted, sort, key))[0][0])


def _edge(stretch: Stretch, sort: Sort) -> Key:
    """The key behind which the stretch begins."""
    if sort.descending:
        return Key(stretch.until, _FIRST_ID, Decimal(0), "")
    return Key(stretch.since - timedelta(microseconds=1), _LAST_ID, Decimal(0), "")


def _parts(
    connection: Connection, wanted: PaymentFilter, sort: Sort, after: Key | None = None
) -> Iterator[tuple[PaymentFilter, Sort]]:
    """The list as lists by time or amount that follow each other, from the one on that holds the key."""
    if sort.column != "status":
        named = _with_unknown(connection, wanted) if _unnamed(wanted) else wanted
        if named.statuses or not wanted.statuses:
            yield named, sort
        return
    for status in _statuses(connection, wanted, sort.descending):
        if after is None or _reaches(status, after.status, sort.descending):
            yield replace(wanted, statuses=frozenset({status})), Sort("time", sort.descending)


def _reaches(status: str, key: str, descending: bool) -> bool:
    here, there = status_place(status), status_place(key)
    return here <= there if descending else here >= there


def _unnamed(wanted: PaymentFilter) -> bool:
    """Whether it means statuses that it cannot name; the door that searches needs no names."""
    return OTHER in wanted.statuses and wanted.sought is None


def _with_unknown(connection: Connection, wanted: PaymentFilter) -> PaymentFilter:
    """The filter with the unknown statuses by name, since an index holds each of them by its name."""
    return replace(wanted, statuses=wanted.statuses - {OTHER} | _unknown(connection, wanted))


def _statuses(connection: Connection, wanted: PaymentFilter, descending: bool) -> Iterator[str]:
    known = [status for status in STATUSES if not wanted.statuses or status in wanted.statuses]
    if descending:
        yield from known
    if not wanted.statuses or OTHER in wanted.statuses:
        yield from sorted(_unknown(connection, wanted), reverse=not descending)
    if not descending:
        yield from reversed(known)


def _unknown(connection: Connection, wanted: PaymentFilter) -> frozenset[str]:
    return frozenset(status for (status,) in asked(connection, unknown_statuses_statement(wanted.fleet_id)))
