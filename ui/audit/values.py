"""A field's value as people read it: days and instants of the fleet, ids and digests in short."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from ui.audit.columns import Reading

_ID = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
# A word longer than this (a digest, say) would push its neighbours away.
_LONG_WORD = re.compile(r"\S{28,}")
_KEPT: Final = 16
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\S*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_value(value: str, reading: Reading) -> str:
    """The value in short; the whole of it belongs into the tool tip where the two differ."""
    try:
        if _INSTANT.fullmatch(value) and (at := datetime.fromisoformat(value)).tzinfo is not None:
            return reading.moment(at)
        if _DAY.fullmatch(value):
            day = date.fromisoformat(value)
            return f"{day.day} {day:%b %Y}"
    except ValueError:
        pass  # looks like a date and is none: it is shown as it stands
    return in_short(_ID.sub(r"\1…", value))


def in_short(text: str) -> str:
    """The text with its longest words cut."""
    return _LONG_WORD.sub(lambda found: f"{found[0][:_KEPT]}…", text)
