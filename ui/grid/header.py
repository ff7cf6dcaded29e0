"""The header of a live table: titles, the sort arrow, and a menu for the columns."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QPainter, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from ui.grid.delegate import PADDING
from ui.grid.ink import tabular
from ui.theme import Tokens

HEIGHT = 30
_ARROW_WIDTH = 7
_ARROW_GAP = 4


class GridHeader(QHeaderView):
    """Paints like the theme; `menu_wanted(section, where)` on a right click (section −1 beside the columns)."""

    menu_wanted = Signal(int, QPoint)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._tokens = tokens
        self._sorted: tuple[int, bool] | None = None
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(44)
        self.setFixedHeight(HEIGHT)

    def set_theme(self, tokens: Tokens) -> None:
        """Paints with other colours from now on."""
        self._tokens = tokens
        self.viewport().update()

    def show_sort(self, section: int | None, descending: bool) -> None:
        """Draws the arrow beside a title; None draws none."""
        self._sorted = None if section is None else (section, descending)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """29 px and a hairline, however wide."""
        return QSize(super().sizeHint().width(), HEIGHT)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for the column menu."""
        self.menu_wanted.emit(self.logicalIndexAt(event.pos()), event.globalPos())
        event.accept()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paints one title on the raised ground, with the arrow of the column sorted by."""
        painter.save()
        painter.fillRect(rect, QColor(self._tokens.raised))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(self._tokens.line))
        font = self._title_font()
        painter.setFont(font)
        painter.setPen(QColor(self._tokens.faint))
        self._title(painter, rect.adjusted(PADDING, 0, -PADDING, -1), section)
        painter.restore()

    def _title(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self.model()
        align = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        right = bool(align & Qt.AlignmentFlag.AlignRight)
        arrow = self._sorted is not None and self._sorted[0] == section
        room = rect.adjusted(0, 0, -(_ARROW_WIDTH + _ARROW_GAP) if arrow else 0, 0)
        metrics = painter.fontMetrics()
        title = str(model.headerData(section, Qt.Orientation.Horizontal))
        text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(align) | int(Qt.TextFlag.TextSingleLine), text)
        if self._sorted is not None and arrow:
            left = room.right() + 1 if right else room.left() + metrics.horizontalAdvance(text)
            self._arrow(painter, QPointF(left + _ARROW_GAP, rect.center().y()), self._sorted[1])

    def _arrow(self, painter: QPainter, at: QPointF, descending: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tokens.faint))
        base, tip = (-1.5, 3.5) if descending else (2.5, -2.5)
        wide = float(_ARROW_WIDTH)
        corners = [QPointF(0, base), QPointF(wide, base), QPointF(wide / 2, tip)]
        painter.drawPolygon(QPolygonF([at + corner for corner in corners]))

    def _title_font(self) -> QFont:
        font = tabular(self.font(), weight=QFont.Weight.Medium)
        # 11.5 px, which only a size in points can say.
        font.setPointSizeF(11.5 * 72 / self.logicalDpiY())
        return font
