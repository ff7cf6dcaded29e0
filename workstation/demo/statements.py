"""M-Pesa's statements of a day, one file a short code: what M-Pesa recorded, whether the booking system heard of it or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Connection

from services.domain.money import CENT, ZERO
from services.domain.period import NAIROBI, Days
from services.statements.header import StatementHeader
from services.statements.kind import classify
from services.statements.line import CURRENCY, StatementLine
from services.statements.writing import MERCHANT, UTILITY, file_name, write_l1
from workstation.demo.bookings import live_entries
from workstation.demo.day import plans
from workstation.demo.fleet import Fleet, ShortCode
from workstation.demo.names import masked_name, masked_phone
from workstation.demo.rows import MpesaEntry
from workstation.demo.story import new_receipt

_RATE: Final = Decimal("0.0055")
#: A till pays nothing for small amounts.
_FREE_BELOW: Final = {"paybill": ZERO, "till": Decimal(200)}
_SWEPT_AT: Final = time(3, 31, 4)
_ACCOUNTS: Final = {"paybill": UTILITY, "till": MERCHANT}
_CHARGES: Final = {"paybill": "Pay Bill Charge", "till": "Pay merchant Charge"}
_REASONS: Final = {"paybill": "Pay Utility", "till": "Pay Merchant"}
_PAYMENTS: Final = {"paybill": "Pay Bill Online", "till": "Merchant Payment Online"}


def mpesa_record(connection: Connection, fleet: Fleet, seed: int, day: date, *, scale: float = 1.0) -> list[MpesaEntry]:
    """What M-Pesa recorded, planned and live, as far as the statements of `day` need it.

    `seed` and `scale` are those of the history in `connection`'s database.
    """
    before = day - timedelta(days=1)
    known = plans(seed, fleet, before - timedelta(days=1), day, scale=scale)
    planned = [entry for plan in known for entry in plan.entries]
    return [*planned, *live_entries(connection, fleet, Days(before, day))]


def write_statements(
    folder: Path,
    fleet: Fleet,
    day: date,
    entries: Iterable[MpesaEntry],
    opening: Mapping[str, Decimal] | None = None,
) -> list[Path]:
    """Writes the day's statement of every short code into `folder`, exported the next morning; returns the files.

    `entries` are M-Pesa's, at least those of `day` and of the day before (of which the night's sweep takes the balance);
    `opening` are balances by short code that are known from an earlier file.
    """
    known = list(entries)
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder, fleet, code, day, known, (opening or {}).get(code.number)) for code in fleet.short_codes]


def charge_on(code: ShortCode, amount: Decimal) -> Decimal:
    """What M-Pesa keeps of a payment, KES."""
    if amount < _FREE_BELOW[code.kind]:
        return ZERO
    return (amount * _RATE).quantize(CENT, ROUND_HALF_UP)


def _write(
    folder: Path, fleet: Fleet, code: ShortCode, day: date, known: list[MpesaEntry], opening: Decimal | None
) -> Path:
    days = Days(day, day)
    today = _lines(code, (entry for entry in known if entry.completed_at in days))
    if opening is None:
        opening = _left(code, day - timedelta(days=1), known)
    header = StatementHeader(
        holder=f"{fleet.name.upper()} - DEMO",
        short_code=code.number,
        account=_ACCOUNTS[code.kind],
        period_from=days.start,
        period_to=days.end - timedelta(seconds=1),
        operator="DEMO",
        opening=opening,
    )
    path = folder / file_name(header, days.end + timedelta(hours=6))
    write_l1([*today, *_sweep(code, day, opening, today)], header, path)
    return path


def _left(code: ShortCode, day: date, known: list[MpesaEntry]) -> Decimal:
    """What a day leaves for the next night's sweep: all since its own."""
    lines = _lines(code, (entry for entry in known if _swept_at(day) < entry.completed_at < Days(day, day).end))
    return max(ZERO, sum((line.effect for line in lines), ZERO))


def _lines(code: ShortCode, entries: Iterable[MpesaEntry]) -> list[StatementLine]:
    mine = sorted((entry for entry in entries if entry.short_code == code.number), key=lambda one: one.completed_at)
    return [line for entry in mine for line in _legs(code, entry)]


def _legs(code: ShortCode, entry: MpesaEntry) -> list[StatementLine]:
    payer = f"{masked_phone(entry.payer_phone)} - {masked_name(entry.payer_name)}"
    reason = _REASONS[code.kind]
    if entry.kind == "reversal":
        back = _line(entry, f"{reason} Reversal", f"{reason} Reversal", withdrawn=entry.amount)
        return [replace(back, other_party=payer, linked_receipt=entry.linked)]
    words = entry.via or f"{_PAYMENTS[code.kind]} from {payer}" + (f" Acc. {entry.account}" if entry.account else "")
    paid = _line(entry, words, reason, paid_in=entry.amount)
    lines = [replace(paid, other_party=payer, account=entry.account)]
    if charge := charge_on(code, entry.amount):
        lines.append(_line(entry, _CHARGES[code.kind], reason, withdrawn=charge))
    return lines


def _line(
    entry: MpesaEntry, details: str, reason: str, *, paid_in: Decimal | None = None, withdrawn: Decimal | None = None
) -> StatementLine:
    return StatementLine(
        row=0,
        receipt=entry.receipt,
        completed_at=entry.completed_at.astimezone(NAIROBI),
        initiated_at=entry.initiated_at.astimezone(NAIROBI),
        details=details,
        status="Completed",
        paid_in=paid_in,
        withdrawn=withdrawn,
        balance=None,
        balance_confirmed=True,
        reason_type=reason,
        other_party="M-PESA",
        linked_receipt=None,
        account="",
        currency=CURRENCY,
        kind=classify(details, reason, "out" if paid_in is None else "in"),
    )


def _swept_at(day: date) -> datetime:
    return datetime.combine(day, _SWEPT_AT, NAIROBI)


def _sweep(code: ShortCode, day: date, opening: Decimal, lines: Iterable[StatementLine]) -> list[StatementLine]:
    at = _swept_at(day)
    balance = sum((line.effect for line in lines if line.completed_at <= at), opening)
    if balance <= 0:
        return []
    receipt = new_receipt(Random(f"{code.number}/sweep/{day}"), at)
    moved = MpesaEntry("payment", receipt, code.number, balance, at - timedelta(seconds=1), at, "", "")
    words = f"{_ACCOUNTS[code.kind]} to Organization Settlement Account"
    return [_line(moved, words, words, withdrawn=balance)]
