"""Writes words on paper: Inter with tabular figures, letter by letter, which for a million cells is several times faster."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGlyphRun, QPainter, QRawFont

from ui.printing.glyphs import glyph_of, paper_font

Align = Literal["left", "right"]
ELLIPSIS: Final = "…"
#: Routes, vehicles and statuses come again in every row.
_REMEMBERED: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Laid:
    """A text's width, and its letters in their places; None where Qt has to shape it."""

    width: float
    run: QGlyphRun | None


class Pen:
    """One size, weight and colour of Inter; `size` and every width are in units of the paper."""

    def __init__(self, size: int, weight: int, colour: str) -> None:
        self._font = paper_font(size, weight)
        self._raw = QRawFont.fromFont(self._font)
        self._metrics = QFontMetricsF(self._font)
        self._colour = QColor(colour)
        #: The font's number for a character and how far it moves on; None where it takes more than one glyph of one font.
        self._glyphs: dict[str, tuple[int, float] | None] = {}
        self._laid = lru_cache(_REMEMBERED)(self._lay)
        self.widest: Final = self._metrics.maxWidth()
        """What no single character exceeds."""

    def width(self, text: str) -> float:
        """How wide the text will be."""
        return self._laid(text).width

    def fitted(self, text: str, room: float) -> str:
        """The text, ended by '…' where it is wider than `room`."""
        if self.width(text) <= room:
            return text
        kept = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        # Without kerning a text is a little wider than Qt reckons.
        while self.width(kept) > room and len(kept) > 1:
            kept = kept[:-2] + ELLIPSIS
        return kept

    def lines(self, text: str, room: float) -> list[str]:
        """The text in lines no wider than `room`, broken between words; a longer word is ended by '…'."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer) <= room:
                lines[-1] = longer
            else:
                lines.append(self.fitted(word, room))
        return lines

    def write(self, painter: QPainter, at: QPointF, text: str, align: Align = "left") -> None:
        """Writes text with its baseline at a point, which is its left or its right end."""
        laid = self._laid(text)
        start = QPointF(at.x() - (laid.width if align == "right" else 0.0), at.y())
        painter.setPen(self._colour)
        if laid.run is None:
            painter.setFont(self._font)
            painter.drawText(start, text)
        else:
            painter.drawGlyphRun(start, laid.run)

    def _lay(self, text: str) -> _Laid:
        steps = []
        for character in text:
            step = self._glyphs[character] if character in self._glyphs else self._learn(character)
            if step is None:
                return _Laid(self._metrics.horizontalAdvance(text), None)
            steps.append(step)
        places, left = [], 0.0
        for _, step_width in steps:
            places.append(QPointF(left, 0.0))
            left += step_width
        run = QGlyphRun()
        run.setRawFont(self._raw)
        run.setGlyphIndexes([glyph for glyph, _ in steps])
        run.setPositions(places)
        return _Laid(left, run)

    def _learn(self, character: str) -> tuple[int, float] | None:
        alone = self._raw.supportsCharacter(ord(character)) and not unicodedata.combining(character)
        glyph = glyph_of(self._font, character) if alone else None
        step = None if glyph is None else (glyph, self._raw.advancesForGlyphIndexes([glyph])[0].x())
        self._glyphs[character] = step
        return step
