"""Two kinds of cells that tell by form as well as by words: a change with its arrow, and a share with its bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.grid import GridModel
from ui.theme import Theme, font, mixed

_PADDING: Final = 10
_BAR: Final = 8
_SHARE: Final = 62
_ALPHA: Final = 0.75


class CellPainter(QStyledItemDelegate):
    """Paints the ground of a cell as the table's own cells have it; a subclass paints what stands on it."""

    def __init__(self, theme: Theme, model: GridModel[Any], parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints one cell."""
        tokens, rect = self._theme.tokens, QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens.accentweak))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), QColor(tokens.line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font())
        inside = rect.adjusted(_PADDING, 0, -_PADDING, -1)
        self._paint_inside(painter, inside, index.row(), self._model.text(index.row(), index.column()))
        painter.restore()

    def _paint_inside(self, painter: QPainter, area: QRectF, at: int, text: str) -> None:
        raise NotImplementedError


class TonedText(CellPainter):
    """Right-aligned words in the colour of a tone that the row names; the words themselves say the same."""

    def __init__(self, theme: Theme, model: GridModel[Any], parent: QObject, tone: Callable[[Any], str]) -> None:
        super().__init__(theme, model, parent)
        self._tone = tone

    def _paint_inside(self, painter: QPainter, area: QRectF, at: int, text: str) -> None:
        tone = self._tone(self._model.row_at(at))
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.faint if tone == "faint" else tokens.status(tone)[0]))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


class ShareBar(CellPainter):
    """A bar as long as the row's share of the greatest, and the words at its left."""

    def __init__(self, theme: Theme, model: GridModel[Any], parent: QObject, length: Callable[[Any], float]) -> None:
        """`length` is 0 to 1."""
        super().__init__(theme, model, parent)
        self._length = length

    def _paint_inside(self, painter: QPainter, area: QRectF, at: int, text: str) -> None:
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.muted))
        words = QRectF(area.left(), area.top(), _SHARE - 12, area.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        room = area.width() - _SHARE
        length = max(0.0, min(1.0, self._length(self._model.row_at(at)))) * room
        if room > 0 and length > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mixed(tokens.accent, tokens.surface, _ALPHA)))
            bar = QRectF(area.left() + _SHARE, area.center().y() - _BAR / 2, max(2.0, length), _BAR)
            painter.drawRoundedRect(bar, min(4.0, bar.width() / 2), 4)
