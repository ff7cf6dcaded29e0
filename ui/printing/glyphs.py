"""The paper's font, and what its drawings stand for."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont, QRawFont, QTextLayout

from ui.theme import FAMILY

#: Features that draw several characters as one, or one as another that no code stands for.
_OFF: Final = ("calt", "ccmp", "liga", "dlig")
_PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F))) + "−–…"
_PRIVATE: Final = "".join(map(chr, range(0xE000, 0xF900)))


def paper_font(size: int, weight: int) -> QFont:
    """Inter with tabular figures; `size` in units of the paper."""
    made = QFont(FAMILY)
    made.setPixelSize(size)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    for feature in _OFF:
        made.setFeature(QFont.Tag(feature), 0)
    return made


def glyph_of(font: QFont, character: str) -> int | None:
    """The number of the drawing that a font has for a character, with its features; None where it is not a single one."""
    layout = QTextLayout(character, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    glyphs = [glyph for run in layout.glyphRuns() for glyph in run.glyphIndexes()]
    return glyphs[0] if len(glyphs) == 1 else None


def private_codes() -> dict[int, str]:
    """The characters behind the private codes under which Inter lists its tabular drawings."""
    font = paper_font(100, 400)
    drawn = {glyph_of(font, character): character for character in _PRINTABLE}
    listed = QRawFont.fromFont(font).glyphIndexesForString(_PRIVATE)
    return {ord(code): drawn[glyph] for code, glyph in zip(_PRIVATE, listed, strict=True) if glyph and glyph in drawn}
