"""The letters of charts."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont

from ui.theme import font

#: Features that draw a character as another that no code stands for: in a PDF it could not be searched.
_OFF: Final = ("calt", "ccmp", "liga", "dlig", "cv05")


def lettering(pixels: int, weight: int = 400) -> QFont:
    """The product's font with tabular figures, each drawing one character, as charts need it that are also printed."""
    made = font(pixels, weight)
    for feature in _OFF:
        made.setFeature(QFont.Tag(feature), 0)
    return made
