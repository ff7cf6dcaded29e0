"""A statement proves itself: its totals against its rows, and each balance against the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from services.domain.money import ZERO
from services.statements.header import StatementHeader
from services.statements.line import StatementLine


@dataclass(frozen=True, slots=True)
class Control:
    """One figure the statement states and the same figure from its lines, positive KES."""

    name: str
    stated: Decimal
    computed: Decimal
    ok: bool


@dataclass(frozen=True, slots=True)
class Break:
    """A row whose balance does not follow from the one before (or, for the newest, is not the closing balance)."""

    row: int
    expected: Decimal
    found: Decimal


@dataclass(frozen=True, slots=True)
class BalanceChain:
    """How many balances were checked against the balance before them, and the rows where the chain breaks."""

    checked: int
    breaks: tuple[Break, ...]


def in_time_order(lines: Sequence[StatementLine]) -> list[StatementLine]:
    """Lines from oldest to newest; lines of one instant keep the order the file gives them, whichever way it runs."""
    times = [line.completed_at for line in lines]
    rising = sum(earlier < later for earlier, later in pairwise(times))
    falling = sum(earlier > later for earlier, later in pairwise(times))
    # A portal writes the newest first, so that is assumed where times do not tell.
    forward = lines if rising > falling else lines[::-1]
    return sorted(forward, key=lambda line: line.completed_at)


def balance_chain(lines: Sequence[StatementLine], header: StatementHeader) -> BalanceChain:
    """Checks that previous balance ± amount is the balance of every completed line, from opening to closing balance."""
    moved = [line for line in in_time_order(lines) if line.completed]
    checked, breaks = 0, []
    balance = header.opening
    for line in moved:
        expected = None if balance is None else balance + line.effect
        if line.balance is not None and expected is not None:
            checked += 1
            if line.balance != expected:
                breaks.append(Break(line.row, expected, line.balance))
        balance = expected if line.balance is None else line.balance
    if moved and balance is not None and header.closing is not None and balance != header.closing:
        newest = moved[-1].row
        if not breaks or breaks[-1].row != newest:
            breaks.append(Break(newest, header.closing, balance))
    return BalanceChain(checked, tuple(breaks))


def controls(lines: Sequence[StatementLine], header: StatementHeader) -> tuple[Control, ...]:
    """Every figure the preamble states beside what its completed lines make of it."""
    return tuple(_controls([line for line in in_time_order(lines) if line.completed], header))


def _controls(moved: Sequence[StatementLine], header: StatementHeader) -> Iterator[Control]:
    paid_in = sum((line.amount for line in moved if line.direction == "in"), ZERO)
    withdrawn = sum((line.amount for line in moved if line.direction == "out"), ZERO)
    if header.total_paid_in is not None:
        yield _control("total_paid_in", header.total_paid_in, paid_in)
    if header.total_withdrawn is not None:
        # Portals disagree on this total's sign; its direction is in its name.
        yield _control("total_withdrawn", abs(header.total_withdrawn), withdrawn)
    closing = _closing(moved, header.opening, paid_in - withdrawn)
    if closing is not None and header.closing is not None:
        yield _control("closing_balance", header.closing, closing)
    if closing is not None and header.available is not None:
        yield _control("available_balance", header.available, closing)


def _closing(moved: Sequence[StatementLine], opening: Decimal | None, change: Decimal) -> Decimal | None:
    if opening is not None:
        return opening + change
    return moved[-1].balance if moved else None


def _control(name: str, stated: Decimal, computed: Decimal) -> Control:
    return Control(name, stated, computed, stated == computed)
