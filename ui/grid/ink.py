"""Fonts and colours of a table, made once for a theme and not once for a cell."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontMetrics

from ui.theme import Tokens


@dataclass(frozen=True, slots=True)
class Pill:
    """The colours of one status: word and dot, and the ground below them."""

    word: QColor
    ground: QColor


class Ink:
    """What a table is drawn with: the theme's tokens as colours, and the view's font in three cuts."""

    def __init__(self, tokens: Tokens, font: QFont) -> None:
        self._tokens = tokens
        self._pills: dict[str, Pill] = {}
        self.ground = QColor(tokens.surface)
        self.line = QColor(tokens.line)
        self.selection = QColor(tokens.accentweak)
        self.accent = QColor(tokens.accent)
        self.tones = {
            "text": QColor(tokens.text),
            "strong": QColor(tokens.text),
            "muted": QColor(tokens.muted),
            "faint": QColor(tokens.faint),
        }
        self.font = tabular(font)
        self.strong_font = tabular(font, weight=QFont.Weight.Medium)
        self.pill_font = tabular(font, pixels=12, weight=QFont.Weight.Medium)
        self.metrics = QFontMetrics(self.font)
        self.strong_metrics = QFontMetrics(self.strong_font)
        self.pill_metrics = QFontMetrics(self.pill_font)

    def pill(self, status: str) -> Pill:
        """The colours of a status; one the theme does not know is neutral."""
        known = self._pills.get(status)
        if known is None:
            word, ground = self._tokens.status(status)
            known = self._pills[status] = Pill(QColor(word), QColor(ground))
        return known


def tabular(font: QFont, *, pixels: float | None = None, weight: QFont.Weight | None = None) -> QFont:
    """The font with figures of one width, in another size or weight where asked."""
    changed = QFont(font)
    changed.setFeature(QFont.Tag("tnum"), 1)
    if pixels is not None:
        changed.setPixelSize(round(pixels))
    if weight is not None:
        changed.setWeight(weight)
    return changed
