"""The small card beside the crosshair: what the place under it is called, and its values."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.charts.series import Mark, Slot, Told
from ui.theme import Tokens, font

_PAD, _SAMPLE, _GAP = 10, 16, 14
_TITLE, _LINE = 22, 19
_HIDDEN: Final = "•••••"
_DASHES: Final[dict[Mark, Qt.PenStyle]] = {
    "dashed": Qt.PenStyle.DashLine,
    "target": Qt.PenStyle.DashDotLine,
    "smooth": Qt.PenStyle.SolidLine,
}


class ValueCard(QWidget):
    """Paints a slot's title and told lines, amounts right-aligned; the mouse goes through it."""

    def __init__(self, tokens: Tokens, parent: QWidget) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._slot: Slot | None = None
        self._concealed = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, tokens: Tokens) -> None:
        """Draws with other colours from now on."""
        self._tokens = tokens
        self.update()

    def conceal(self, concealed: bool) -> None:
        """Masks values, or shows them again."""
        self._concealed = concealed
        self.update()

    def show_slot(self, slot: Slot) -> None:
        """Tells of another slot."""
        self._slot = slot
        self.resize(self.sizeHint())
        self.show()
        self.raise_()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as its words."""
        if self._slot is None:
            return QSize(0, 0)
        title, small = QFontMetrics(font(12, 600)), QFontMetrics(font(12))
        widths = [title.horizontalAdvance(self._slot.title)]
        for line in self._slot.told:
            value = QFontMetrics(font(12, 500)).horizontalAdvance(self._value(line))
            widths.append(_SAMPLE + 6 + small.horizontalAdvance(line.label) + _GAP + value)
        return QSize(max(widths) + 2 * _PAD + 2, 2 * _PAD - 4 + _TITLE + _LINE * len(self._slot.told))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the card."""
        if self._slot is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._tokens.strong), 1))
        painter.setBrush(QColor(self._tokens.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        area = QRectF(_PAD, _PAD - 3, self.width() - 2 * _PAD, _TITLE - 2)
        painter.setFont(font(12, 600))
        painter.setPen(QColor(self._tokens.text))
        painter.drawText(area, _LEFT, self._slot.title)
        for number, line in enumerate(self._slot.told):
            area = QRectF(_PAD, _PAD - 4 + _TITLE + number * _LINE, self.width() - 2 * _PAD, _LINE)
            self._paint_line(painter, area, line)
        painter.end()

    def _paint_line(self, painter: QPainter, area: QRectF, line: Told) -> None:
        self._paint_sample(painter, QPointF(area.left(), area.center().y()), line)
        painter.setFont(font(12))
        painter.setPen(QColor(self._tokens.muted))
        painter.drawText(area.adjusted(_SAMPLE + 6, 0, 0, 0), _LEFT, line.label)
        painter.setFont(font(12, 500))
        painter.setPen(QColor(self._tokens.text))
        painter.drawText(area, _RIGHT, self._value(line))

    def _paint_sample(self, painter: QPainter, at: QPointF, line: Told) -> None:
        if line.colour:
            painter.fillRect(QRectF(at.x() + 3, at.y() - 4, 9, 9), QColor(line.colour))
        elif line.mark == "band":
            painter.fillRect(QRectF(at.x(), at.y() - 4, _SAMPLE, 8), QColor(self._tokens.accentweak))
        elif line.mark:
            quiet = line.mark in ("smooth", "target")
            colour = self._tokens.accent if line.mark == "line" else self._tokens.muted
            painter.setPen(QPen(QColor(colour), 1.2 if quiet else 1.8, _DASHES.get(line.mark, Qt.PenStyle.SolidLine)))
            painter.drawLine(QLineF(at.x(), at.y(), at.x() + _SAMPLE, at.y()))

    def _value(self, line: Told) -> str:
        return _HIDDEN if self._concealed and not line.public else line.value


_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
