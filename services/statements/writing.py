"""Writes layout L1 as the classic portal does, so that reader, demo and tests agree on one format."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from services.domain.money import ZERO, stated
from services.domain.period import NAIROBI
from services.statements.header import StatementHeader
from services.statements.line import StatementLine

UTILITY: Final = "Utility Account"
MERCHANT: Final = "Merchant Account"

_COLUMNS: Final = (
    "Receipt No.",
    "Completion Time",
    "Initiation Time",
    "Details",
    "Transaction Status",
    "Paid In",
    "Withdrawn",
    "Balance",
    "Balance Confirmed",
    "Reason Type",
    "Other Party Info",
    "Linked Transaction ID",
    "A/C No.",
    "Currency",
)
_BREAK = re.compile(r"\r\n|\r|\n")
_FIRST_LINE: Final = 8  # six preamble rows and the column names stand above it


def file_name(header: StatementHeader, written_at: datetime) -> str:
    """The portal's name for an export of `header`'s account (UTILITY for a paybill, MERCHANT for a till)."""
    moment = written_at.astimezone(NAIROBI)
    return f"ORG_{header.short_code}_{header.account}_Completed_{moment:%Y%m%d%H%M%S}.csv"


def settle(lines: Iterable[StatementLine], header: StatementHeader) -> tuple[list[StatementLine], StatementHeader]:
    """The lines newest first with their rows and balances, and the header with closing balance and totals to match.

    Lines of one instant are taken in the order given; balances run from `header.opening` (0 where it has none).
    """
    opening = balance = header.opening or ZERO
    settled = []
    for line in sorted(lines, key=lambda line: line.completed_at):
        balance += line.effect
        settled.append(replace(line, balance=balance))
    settled.reverse()
    moved = [line for line in settled if line.completed]
    paid_in = sum((line.amount for line in moved if line.direction == "in"), ZERO)
    withdrawn = sum((line.amount for line in moved if line.direction == "out"), ZERO)
    closed = replace(header, opening=opening, closing=balance, available=balance)
    return _numbered(settled), replace(closed, total_paid_in=paid_in, total_withdrawn=withdrawn)


def write_l1(lines: Iterable[StatementLine], header: StatementHeader, path: Path) -> None:
    """Writes a true L1 file: newest first, balances that chain, controls that agree, whatever `lines` carry."""
    path.write_bytes(render_l1(*settle(lines, header)))


def render_l1(lines: Sequence[StatementLine], header: StatementHeader) -> bytes:
    """The bytes of an L1 file that says exactly this, agreeing with itself or not: tests write wrong statements too."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for cells in _preamble(header):
        writer.writerow([*cells, *[""] * (len(_COLUMNS) - len(cells))])
    writer.writerow(_COLUMNS)
    writer.writerows(_cells(line) for line in lines)
    return out.getvalue().encode()


def _numbered(lines: Iterable[StatementLine]) -> list[StatementLine]:
    row, numbered = _FIRST_LINE, []
    for line in lines:
        numbered.append(replace(line, row=row))
        row += 1 + sum(len(_BREAK.findall(cell)) for cell in _cells(line))
    return numbered


def _preamble(header: StatementHeader) -> list[list[str]]:
    figures = {
        "Opening Balance:": header.opening,
        "Closing Balance:": header.closing,
        "Available Balance:": header.available,
        "Total Paid In:": header.total_paid_in,
        "Total Withdrawn:": header.total_withdrawn,
    }
    return [
        ["Account Holder:", header.holder],
        ["Short Code:", header.short_code or ""],
        ["Account:", header.account],
        ["Time Period:", "From", _time(header.period_from), "To", _time(header.period_to)],
        ["Operator:", header.operator, "Organization:", header.holder],
        [cell for label, figure in figures.items() for cell in (label, _money(figure))],
    ]


def _cells(line: StatementLine) -> list[str]:
    return [
        line.receipt,
        _time(line.completed_at),
        _time(line.initiated_at),
        line.details,
        line.status,
        _money(line.paid_in),
        _money(None if line.withdrawn is None else -line.withdrawn),
        _money(line.balance),
        "" if line.balance_confirmed is None else str(line.balance_confirmed).lower(),
        line.reason_type,
        line.other_party,
        line.linked_receipt or "",
        line.account,
        line.currency,
    ]


def _money(value: Decimal | None) -> str:
    return "" if value is None else stated(value)


def _time(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(NAIROBI):%d-%m-%Y %H:%M:%S}"
