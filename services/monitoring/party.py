"""The other party of a statement line as people may see it: statements carry names and sometimes whole numbers."""

from __future__ import annotations

import re
from typing import Final

from services.domain.phone import BULLETS, masked

#: Nine digits or more, as phones, accounts and identity cards have them, also spaced or partly masked; and hashed phones.
_NUMBER: Final = re.compile(r"\+?(?:\d[ \-]?|[*•xX](?=[*•xX\d])){8,}\d|[0-9a-fA-F]{64}")
_WORD: Final = re.compile(r"[^\W\d_][\w'’.*•]*")


def party_shown(written: str | None) -> str:
    """'0712 ••• 345 - Alice M.' for '254712000345 - ALICE MFANO'; numbers masked, of every name after its first word initials."""
    text = _NUMBER.sub(lambda found: masked(found[0]) or BULLETS, written or "")
    return " - ".join(_name_shown(part) for part in text.split(" - ")).strip()


def _name_shown(part: str) -> str:
    words = _WORD.findall(part)
    if len(words) < 2:
        return part.strip()
    first = part.index(words[0]) + len(words[0])
    return f"{part[:first].strip()} {words[-1][0]}."
