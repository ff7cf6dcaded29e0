"""Puts right what a PDF that Qt wrote says about its characters, so that its words can be searched and copied.

Qt tells a drawing's character by looking it up backwards in the font. For Inter it so finds a tab for the blank, which looks the
same, and private codes for tabular figures. The tables that say so are plain text of a fixed length, and are corrected in place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_TABLE: Final = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
#: First drawing, last drawing, and the characters they stand for.
_RANGE: Final = re.compile(rb"(<\w{4}> <\w{4}> )(\[[^\]]*\]|<\w{4}>)")
_CODE: Final = re.compile(rb"<(\w{4})>")


def put_right(file: Path, start: int, private: Mapping[int, str]) -> None:
    """Corrects the tables that stand at `start` (in bytes) or after it, where Qt writes the fonts; `private` codes by character."""
    characters = {**private, ord("\t"): " "}
    with file.open("r+b") as pdf:
        pdf.seek(start)
        after = pdf.read()
        for table in _TABLE.finditer(after):
            pdf.seek(start + table.start())
            pdf.write(corrected(table[0], characters))


def corrected(table: bytes, characters: Mapping[int, str]) -> bytes:
    """The table of one font, as long as before."""

    def code(found: re.Match[bytes]) -> bytes:
        character = characters.get(int(found[1], 16))
        return found[0] if character is None else b"<%04X>" % ord(character)

    return _RANGE.sub(lambda run: run[1] + _CODE.sub(code, run[2]), table)
