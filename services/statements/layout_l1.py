"""Layout L1, the classic portal's: a preamble of any length, then a header with `Receipt No.`, then one row a line."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import takewhile
from typing import Final, TypeVar

from services.domain.errors import StatementRefused
from services.domain.receipt import written_on
from services.statements import cells
from services.statements.header import StatementHeader, read_header
from services.statements.kind import classify
from services.statements.line import CURRENCY, Direction, Rejected, StatementLine
from services.statements.reading import DELIMITERS, Record, records

REQUIRED: Final = (
    "Receipt No.",
    "Completion Time",
    "Details",
    "Transaction Status",
    "Paid In",
    "Withdrawn",
    "Balance",
)
OPTIONAL: Final = (
    "Initiation Time",
    "Balance Confirmed",
    "Reason Type",
    "Other Party Info",
    "Linked Transaction ID",
    "A/C No.",
    "Currency",
)
_NAMES: Final = {name.casefold().rstrip("."): name for name in (*REQUIRED, *OPTIONAL)}
_SHILLINGS: Final = frozenset({"", "KES", "KSH", "KSHS"})
#: Words of the header rows that other exports have, and whose they are.
_OTHER_LAYOUTS: Final = (
    (("paid in (kshs)",), "the new portal"),
    (("receipt_number",), "the head-office daily file"),
    (("receipt no", "transaction type"), "the M-PESA for Business app"),
)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Contents:
    """What one file says: its preamble, how many rows follow its header, and those rows as lines or rejected."""

    header: StatementHeader
    rows: int
    lines: tuple[StatementLine, ...]
    rejected: tuple[Rejected, ...]


class _RowError(Exception):
    """A cell, or the row where `field` is '', cannot be read; the message is the reason."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def read_l1(text: str, name: str) -> Contents:
    """The contents of an L1 file; StatementRefused where no L1 header is found. No row is lost."""
    rows = list(records(text, _delimiter(text, name)))
    above = list(takewhile(lambda record: not _is_header(record), rows))
    if len(above) == len(rows):
        raise StatementRefused(name, _unknown(text))
    columns = _columns(rows[len(above)], name)
    header, rejected = read_header(above)
    lines, more = _lines(rows[len(above) + 1 :], columns, header)
    return Contents(header, len(lines) + len(more), lines, (*rejected, *more))


def _delimiter(text: str, name: str) -> str:
    for line in io.StringIO(text, newline=None):
        words = line.casefold()
        if "receipt no" in words and "completion time" in words:
            return max(DELIMITERS, key=line.count)
    raise StatementRefused(name, _unknown(text))


def _unknown(text: str) -> str:
    if layout := _other_layout(text):
        return f"is an export of {layout}: only the classic portal's CSV is read; export it there"
    return (
        "has no header row beginning 'Receipt No.': it is not an M-Pesa organisation statement, or its top is cut off"
    )


def _other_layout(text: str) -> str | None:
    words = text.casefold()
    return next((layout for marks, layout in _OTHER_LAYOUTS if all(mark in words for mark in marks)), None)


def _column(cell: str) -> str:
    return " ".join(cell.casefold().split()).rstrip(".")


def _is_header(record: Record) -> bool:
    return {"receipt no", "completion time"} <= {_column(cell) for cell in record.cells}


def _columns(header: Record, name: str) -> dict[str, int]:
    named = [_NAMES.get(_column(cell), "") for cell in header.cells]
    twice = sorted({column for column in named if column and named.count(column) > 1})
    if twice:
        raise StatementRefused(name, f"the header in row {header.row} names {', '.join(twice)} twice: remove one")
    missing = [column for column in REQUIRED if column not in named]
    if missing:
        lacks = f"the header in row {header.row} lacks {', '.join(missing)}: export the statement with all its columns"
        raise StatementRefused(name, _unknown(header.raw) if _other_layout(header.raw) else lacks)
    return {column: place for place, column in enumerate(named) if column} | {"": len(named)}


def _lines(
    rows: Sequence[Record], columns: dict[str, int], header: StatementHeader
) -> tuple[tuple[StatementLine, ...], tuple[Rejected, ...]]:
    lines, rejected = [], []
    for record in rows:
        if record.blank:
            continue
        try:
            lines.append(_line(record, columns, header))
        except _RowError as fault:
            rejected.append(Rejected(record.row, fault.field, str(fault), record.raw))
    return tuple(lines), tuple(rejected)


def _line(record: Record, columns: dict[str, int], header: StatementHeader) -> StatementLine:
    _check_shape(record, columns)

    def cell(column: str, read: Callable[[str], _T]) -> _T:
        place = columns.get(column, len(record.cells))
        try:
            return read(record.cells[place] if place < len(record.cells) else "")
        except ValueError as error:
            raise _RowError(column, str(error)) from error

    receipt = cell("Receipt No.", cells.receipt)
    completed_at = cell("Completion Time", _needed(cells.instant))
    _check_day(completed_at, receipt, header)
    paid_in, withdrawn = _sides(cell("Paid In", cells.amount), cell("Withdrawn", cells.amount))
    direction: Direction = "out" if paid_in is None else "in"
    details, reason_type = cell("Details", cells.text), cell("Reason Type", cells.text)
    return StatementLine(
        row=record.row,
        receipt=receipt,
        completed_at=completed_at,
        initiated_at=cell("Initiation Time", cells.instant),
        details=details,
        status=cell("Transaction Status", _needed(cells.text)),
        paid_in=paid_in,
        withdrawn=withdrawn,
        balance=cell("Balance", cells.amount),
        balance_confirmed=cell("Balance Confirmed", cells.flag),
        reason_type=reason_type,
        other_party=cell("Other Party Info", cells.text),
        linked_receipt=cell("Linked Transaction ID", cells.text).upper() or None,
        account=cell("A/C No.", cells.account),
        currency=cell("Currency", _currency),
        kind=classify(details, reason_type, direction),
    )


def _check_shape(record: Record, columns: dict[str, int]) -> None:
    width = columns[""]
    if record.fault:
        raise _RowError("", record.fault)
    if any(cell.strip() for cell in record.cells[width:]):
        raise _RowError("", f"has more cells than the header's {width}: a comma inside a cell is not quoted")
    short = next((column for column in REQUIRED if columns[column] >= len(record.cells)), None)
    if short:
        raise _RowError(short, f"the row ends before this column, after {len(record.cells)} cells: it is cut short")


def _needed(read: Callable[[str], _T | None]) -> Callable[[str], _T]:
    def read_needed(cell: str) -> _T:
        value = read(cell)
        if not value:
            raise ValueError("is empty")
        return value

    return read_needed


def _check_day(when: datetime, receipt: str, header: StatementHeader) -> None:
    other = cells.swapped(when)
    if other is None:
        return
    outside = False
    if header.period_from and header.period_to:
        first, last = header.period_from.date(), header.period_to.date()
        outside = not first <= when.date() <= last and first <= other <= last
    if outside or written_on(receipt) == other:
        against = "the statement's period" if outside else "its receipt"
        raise _RowError(
            "Completion Time", f"{when:%d-%m-%Y}: day and month are swapped, {against} says {other:%d-%m-%Y}"
        )


def _sides(paid_in: Decimal | None, withdrawn: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    if paid_in and withdrawn:
        raise _RowError("Withdrawn", "both Paid In and Withdrawn are filled: a line is one or the other")
    if not paid_in and not withdrawn:
        raise _RowError("Paid In", "neither Paid In nor Withdrawn is filled: the line has no amount")
    if paid_in and paid_in < 0:
        raise _RowError("Paid In", f"is negative ({paid_in}): money out belongs in Withdrawn")
    return paid_in or None, abs(withdrawn) if withdrawn else None


def _currency(cell: str) -> str:
    written = cells.text(cell)
    if written.upper() not in _SHILLINGS:
        raise ValueError(f"currency {cells.clipped(written)}: only {CURRENCY} statements")
    return CURRENCY
