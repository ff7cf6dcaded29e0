"""The rounded word that says how something stands: a dot and a word, never colour alone."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Theme, font

HEIGHT = 20
_DOT, _LEFT, _GAP, _RIGHT = 7, 7, 6, 8


class StatusPill(QWidget):
    """A word in the colours of a status or tone (`Tokens.status`)."""

    def __init__(self, theme: Theme, text: str = "", status: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text, self._status = text, status
        self._font = font(12, 500)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The word that is shown."""
        return self._text

    def show_status(self, text: str, status: str) -> None:
        """Shows another word and its colours."""
        self._text, self._status = text, status
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the dot and the whole word."""
        words = ceil(QFontMetricsF(self._font).horizontalAdvance(self._text)) + 1
        return QSize(_LEFT + _DOT + _GAP + words + _RIGHT, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Room for the dot and a letter."""
        return QSize(min(44, self.sizeHint().width()), HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws background, dot and word."""
        colour, weak = self._theme.tokens.status(self._status)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(weak))
        painter.drawRoundedRect(QRectF(self.rect()), 9, 9)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QRectF(_LEFT, (HEIGHT - _DOT) / 2, _DOT, _DOT))
        painter.setFont(self._font)
        painter.setPen(QColor(colour))
        words = self.rect().adjusted(_LEFT + _DOT + _GAP, 0, -_RIGHT, 0)
        shown = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
