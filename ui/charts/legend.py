"""What the lines of a chart mean: a sample of each and its word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.charts.lettering import lettering
from ui.charts.series import Mark
from ui.theme import Tokens, mixed

_SAMPLE, _GAP, _BETWEEN = 16, 6, 14
#: (word, mark, colour); a colour ('#RRGGBB') is shown as a square; with neither, the word stands alone.
Entry = tuple[str, Mark, str]


class Legend(QWidget):
    """Entries side by side; those for which there is no room are left out from the end."""

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> list[str]:
        """What is said."""
        return [word for word, _, _ in self._entries]

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Explains other lines."""
        self._entries = tuple(entries)
        self.setAccessibleName(", ".join(self.words))
        self.updateGeometry()
        self.update()

    def set_theme(self, tokens: Tokens) -> None:
        """Draws with other colours from now on."""
        self._tokens = tokens
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as all entries."""
        return QSize(sum(map(self._width, self._entries)), 20)

    def minimumSizeHint(self) -> QSize:
        """It gives way."""
        return QSize(0, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the entries, aligned to the right."""
        painter = QPainter(self)
        self.paint_on(painter, QRectF(self.rect()))
        painter.end()

    def paint_on(self, painter: QPainter, area: QRectF) -> None:
        """Paints the entries at the right end of an area."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(lettering(12))
        kept = list(self._entries)
        while kept and sum(map(self._width, kept)) > area.width():
            kept.pop()
        left = round(area.right()) - sum(map(self._width, kept)) + _BETWEEN
        for entry in kept:
            self._paint_entry(painter, QRectF(left, area.top(), area.width(), area.height()), entry)
            left += self._width(entry)

    def _width(self, entry: Entry) -> int:
        sample = _SAMPLE + _GAP if entry[1] or entry[2] else 0
        return _BETWEEN + sample + QFontMetrics(lettering(12)).horizontalAdvance(entry[0])

    def _paint_entry(self, painter: QPainter, area: QRectF, entry: Entry) -> None:
        word, mark, colour = entry
        left, middle, tokens = area.left(), area.center().y(), self._tokens
        if colour:
            painter.fillRect(QRectF(left + 4, middle - 4, 9, 9), QColor(colour))
        elif mark == "band":
            painter.fillRect(QRectF(left, middle - 5, _SAMPLE, 10), QColor(mixed(tokens.accent, tokens.surface, 0.2)))
        elif mark:
            painter.setPen(_PENS[mark](tokens))
            painter.drawLine(QLineF(left, middle, left + _SAMPLE, middle))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(
            area.adjusted(_SAMPLE + _GAP if mark or colour else 0, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, word
        )


def _pen(colour: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    return QPen(QColor(colour), width, style)


_PENS: Final = {
    "line": lambda tokens: _pen(tokens.accent, 1.8),
    "dashed": lambda tokens: _pen(tokens.faint, 1.2, Qt.PenStyle.DashLine),
    "target": lambda tokens: _pen(tokens.pending, 1.2, Qt.PenStyle.DashDotLine),
    "smooth": lambda tokens: _pen(mixed(tokens.accent, tokens.surface, 0.45), 2.4),
}
