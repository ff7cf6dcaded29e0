"""Kenyan phone numbers as people, bookings and statements write them: full, spaced, or masked."""

from __future__ import annotations

import re

BULLETS = "•••"
_SPACES = re.compile(r"[\s().\-]")
_MASK = re.compile(r"[*•xX]+")


def local(written: str | None) -> str | None:
    """'0712345678' from 0712…, 712…, 254712…, +254 712 …, 00254…; other digits as they are; None when there are none."""
    if not written:
        return None
    text = _SPACES.sub("", written).removeprefix("+")
    if not text.isascii() or not text.isdigit():
        return None
    text = text.removeprefix("00") if text.startswith("00254") else text
    if len(text) == 12 and text.startswith("254"):
        return "0" + text[3:]
    if len(text) == 9 and text[0] in "17":
        return "0" + text
    return text


def spaced(written: str | None) -> str:
    """'0712 345 678': the form read aloud; what is no number of ten digits stays as it was written."""
    number = local(written)
    return f"{number[:4]} {number[4:7]} {number[7:]}" if number and len(number) == 10 else written or ""


def masked(written: str | None) -> str:
    """'0712 ••• 678': the form shown by default; '' when there is no number."""
    number = local(written)
    if number is None:
        return _mask_shown(written)
    if len(number) < 8:
        return BULLETS
    return f"{number[:4]} {BULLETS} {number[-3:]}"


def _mask_shown(written: str | None) -> str:
    if not written or not (parts := _mask_parts(written)):
        return ""
    return f"{parts[0][:4]} {BULLETS} {parts[1][-3:]}"


def _mask_parts(written: str) -> tuple[str, str] | None:
    text = _SPACES.sub("", written).removeprefix("+")
    pieces = _MASK.split(text)
    if len(pieces) != 2 or not all(piece.isascii() and (piece.isdigit() or not piece) for piece in pieces):
        return None
    prefix, suffix = pieces
    return ("0" + prefix[3:] if prefix.startswith("254") else prefix), suffix


def mask_fits(mask: str, number: str | None) -> bool:
    """Whether a masked number ('25470****430', '070****430') can be `number`: visible prefix and last three agree."""
    full = local(number)
    if full is None:
        return False
    if (plain := local(mask)) is not None:
        return plain == full
    parts = _mask_parts(mask)
    if parts is None:
        return False
    prefix, suffix = parts
    return len(suffix) >= 3 and full.startswith(prefix) and full[-3:] == suffix[-3:]


def digits_sought(query: str) -> str | None:
    """The run of digits a search means, in local form ('+254 712 34' → '071234'); None below four digits."""
    text = _SPACES.sub("", query).removeprefix("+")
    if not text.isascii() or not text.isdigit() or len(text) < 4:
        return None
    if text.startswith("00254"):
        text = text[2:]
    # '2547' alone can only be looked for as it stands: its local form, '07', is everybody's.
    if text.startswith("254") and len(text) >= 6 and text[3] in "17":
        return "0" + text[3:]
    return text
