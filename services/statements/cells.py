"""What one cell means, as portals and spreadsheets write text, amounts and times; a ValueError says what is wrong."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from services.domain import money
from services.domain.period import NAIROBI
from services.domain.receipt import is_receipt

#: M-Pesa began in March 2007; a year outside these is a misread date.
YEARS = range(2007, 2100)

_WRAPPED = re.compile(r'="([^"]*)"')
_AMOUNT = re.compile(r"[-+]?(\d{1,3}(?:[, ]\d{3})+|\d+)(\.\d*)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[-+]?\d[\d.]*,\d{1,2}", re.ASCII)
_CLOCK = r"(?:[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?)?"
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})" + _CLOCK, re.ASCII)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    + _CLOCK
    + r"(?P<zone>Z|[-+]\d\d:?\d\d)?",
    re.ASCII,
)
_FLOATED = re.compile(r"\d+\.0", re.ASCII)
_NUMBER = re.compile(r"\d+", re.ASCII)
_YES = frozenset({"true", "yes", "1"})
_NO = frozenset({"false", "no", "0"})


def text(cell: str) -> str:
    """The cell's words, outer spaces and the spreadsheet wrapping ="…" removed; inner line breaks are kept."""
    if "\0" in cell:
        raise ValueError("holds a NUL byte: the file is damaged; export it again")
    stripped = cell.strip()
    wrapped = _WRAPPED.fullmatch(stripped)
    return wrapped[1].strip() if wrapped else stripped


def clipped(words: str, length: int = 40) -> str:
    """The first `length` characters, for a message."""
    return words if len(words) <= length else f"{words[:length]}…"


def amount(cell: str) -> Decimal | None:
    """A signed amount with two decimals; None when blank."""
    written = text(cell).strip("'\" ").replace("\u00a0", " ").replace("\u202f", " ").replace(money.MINUS, "-")
    if not written:
        return None
    _refuse_formula(written)
    if len(written) > 40 or not _AMOUNT.fullmatch(written):
        hint = ": it has a decimal comma; export with decimal points" if _DECIMAL_COMMA.fullmatch(written) else ""
        raise ValueError(f"{clipped(written)!r} is not an amount{hint}")
    return money.parse(written)


def receipt(cell: str) -> str:
    """A receipt number in capitals: ten characters A–Z and 0–9."""
    written = text(cell).upper()
    if not written:
        raise ValueError("is empty: every line has a receipt")
    _refuse_formula(written)
    if not is_receipt(written):
        raise ValueError(f"{clipped(written)!r} is not a receipt of ten letters and digits")
    return written


def account(cell: str) -> str:
    """What the payer typed, leading zeros kept, a spreadsheet's '850060.0' undone."""
    written = text(cell)
    return written[:-2] if _FLOATED.fullmatch(written) else written


def short_code(cell: str) -> str | None:
    """A paybill or till number; None when blank."""
    written = account(cell)
    if written and not _NUMBER.fullmatch(written):
        raise ValueError(f"{clipped(written)!r} is not a short code")
    return written or None


def flag(cell: str) -> bool | None:
    """True or False; None where the cell says neither."""
    word = text(cell).casefold()
    return True if word in _YES else False if word in _NO else None


def instant(cell: str) -> datetime | None:
    """An instant with a time of day (DD-MM-YYYY HH:MM[:SS], DD/MM/YYYY …, ISO), Nairobi's; None when blank."""
    return _moment(text(cell), None)


def first_instant(cell: str) -> datetime | None:
    """An instant; a day alone means its start."""
    return _moment(text(cell), time.min)


def last_instant(cell: str) -> datetime | None:
    """An instant; a day alone means its last second."""
    return _moment(text(cell), time(23, 59, 59))


def swapped(when: datetime) -> date | None:
    """The day that day and month the other way round would name; None where there is no other."""
    if when.day > 12 or when.day == when.month:
        return None
    return date(when.year, when.day, when.month)


def _moment(written: str, clock: time | None) -> datetime | None:
    if not written:
        return None
    _refuse_formula(written)
    found = _DAY_FIRST.fullmatch(written) or _YEAR_FIRST.fullmatch(written)
    if not found:
        raise ValueError(f"{clipped(written)!r} is not a time as DD-MM-YYYY HH:MM:SS")
    parts = found.groupdict()
    day = _day(int(parts["year"]), int(parts["month"]), int(parts["day"]), written)
    if parts["hour"] is None and clock is None:
        raise ValueError(f"{written!r} has no time of day: export with hours and minutes")
    at = f"{int(parts['hour']):02}:{parts['minute']}:{parts['second'] or '00'}" if parts["hour"] else str(clock)
    try:
        moment = datetime.fromisoformat(f"{day.isoformat()}T{at}{parts.get('zone') or ''}")
    except ValueError as error:
        raise ValueError(f"{written!r} is not a time of day") from error
    return moment.astimezone(NAIROBI) if moment.tzinfo else moment.replace(tzinfo=NAIROBI)


def _day(year: int, month: int, day: int, written: str) -> date:
    if year not in YEARS:
        raise ValueError(f"{written!r}: the year {year} cannot be")
    try:
        return date(year, month, day)
    except ValueError as error:
        hint = ": day and month look swapped" if month > 12 >= day else ""
        raise ValueError(f"{written!r} is not a day of the calendar{hint}") from error


def _refuse_formula(written: str) -> None:
    if written.startswith(("=", "@")):
        raise ValueError(f"holds the formula {clipped(written)!r}: export values")
