"""Statement files written by hand, row by row, as the classic portal writes them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from services.domain.period import NAIROBI
from services.statements.kind import classify
from services.statements.line import StatementLine
from services.statements.statement import Statement, parse_statement

COLUMNS = (
    "Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,"
    "Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.,Currency"
)
PREAMBLE = """\
Account Holder:,TAUSI SACCO
Short Code:,850060
Account:,Utility Account
Time Period:,From,25-09-2026 00:00:00,To,25-09-2026 23:59:59
Operator:,jane,Organization:,TAUSI SACCO,Date of Report:,26-09-2026 06:00:00
Opening Balance:,1000.00,Closing Balance:,1580.00,Available Balance:,1580.00,\
Total Paid In:,600.00,Total Withdrawn:,-20.00
"""
FARE = "Pay Bill Online from 25470****430 - ASHA **** DEMO Acc. 0012"
#: 1,000.00 + 250.00 - 20.00 + 350.00 = 1,580.00, newest first; the charge shares its payment's receipt and second.
LEDGER = (
    f"UIPAAA0002,25-09-2026 09:30:00,25-09-2026 09:29:58,{FARE},Completed,350.00,,1580.00,true,Pay Utility,X,,0012,KES",
    "UIPAAA0001,25-09-2026 08:00:00,25-09-2026 08:00:00,Pay Bill Charge,Completed,,-20.00,1230.00,true,,X,,,KES",
    f"UIPAAA0001,25-09-2026 08:00:00,25-09-2026 07:59:58,{FARE},Completed,250.00,,1250.00,true,Pay Utility,X,,0012,KES",
)
#: The physical row of the newest line where `PREAMBLE` and `COLUMNS` stand above.
FIRST = 8


def written(*rows: str, preamble: str = PREAMBLE, columns: str = COLUMNS, end: str = "\r\n") -> str:
    """The text of a statement with these data rows."""
    return (preamble + "\n".join((columns, *rows)) + "\n").replace("\n", end)


def read(*rows: str, preamble: str = PREAMBLE, columns: str = COLUMNS, name: str = "export.csv") -> Statement:
    """The statement with these data rows, read."""
    return parse_statement(written(*rows, preamble=preamble, columns=columns).encode(), name)


def row(**cells: str) -> str:
    """One data row, a fare of 250 unless told otherwise; keys are column names in short."""
    usual = {
        "receipt": "UIPAAA0001",
        "at": "25-09-2026 08:00:00",
        "begun": "25-09-2026 07:59:58",
        "details": FARE,
        "status": "Completed",
        "paid_in": "250.00",
        "withdrawn": "",
        "balance": "1250.00",
        "confirmed": "true",
        "reason": "Pay Utility",
        "other_party": "25470****430 - ASHA **** DEMO",
        "linked": "",
        "account": "0012",
        "currency": "KES",
    }
    return ",".join((usual | cells).values())


def at(clock: str, day: int = 25) -> datetime:
    """A clock time in September 2026, Nairobi's."""
    return datetime.fromisoformat(f"2026-09-{day:02}T{clock}").replace(tzinfo=NAIROBI)


def line(
    receipt: str = "UIPAAA0001",
    clock: str = "08:00:00",
    amount: str = "250.00",
    details: str = FARE,
    *,
    balance: str | None = None,
    status: str = "Completed",
    number: int = FIRST,
    day: int = 25,
) -> StatementLine:
    """A line; a negative amount is withdrawn."""
    money = Decimal(amount)
    return StatementLine(
        row=number,
        receipt=receipt,
        completed_at=at(clock, day),
        initiated_at=None,
        details=details,
        status=status,
        paid_in=money if money > 0 else None,
        withdrawn=-money if money < 0 else None,
        balance=None if balance is None else Decimal(balance),
        balance_confirmed=True,
        reason_type="Pay Utility",
        other_party="",
        linked_receipt=None,
        account="0012",
        currency="KES",
        kind=classify(details, "Pay Utility", "in" if money > 0 else "out"),
    )
