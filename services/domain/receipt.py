"""M-Pesa receipt numbers: ten characters whose first three say year, month and day in Nairobi."""

from __future__ import annotations

import re
from datetime import date

_SHAPE = re.compile(r"[A-Z0-9]{10}")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_YEAR = 2006


def is_receipt(text: str) -> bool:
    """Whether `text` has the shape of a receipt (ten of A–Z, 0–9)."""
    return _SHAPE.fullmatch(text) is not None


def written_on(receipt: str) -> date | None:
    """The day the receipt's letters name, or None. A hint, not a proof: one dated receipt in eleven disagrees."""
    if not is_receipt(receipt):
        return None
    try:
        return date(
            _FIRST_YEAR + ord(receipt[0]) - ord("A"),
            1 + ord(receipt[1]) - ord("A"),
            _DIGITS.index(receipt[2]),
        )
    except ValueError:
        return None


def receipt_on(day: date, number: int) -> str:
    """The receipt of `day` with the running `number` (0 ≤ number < 36⁷) in its last seven characters."""
    if not 0 <= number < 36**7:
        raise ValueError(f"a receipt's number lies between 0 and 36^7: {number}")
    tail = ""
    for _ in range(7):
        number, digit = divmod(number, 36)
        tail = _DIGITS[digit] + tail
    return chr(ord("A") + day.year - _FIRST_YEAR) + chr(ord("A") + day.month - 1) + _DIGITS[day.day] + tail
