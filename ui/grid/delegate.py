"""Paints the cells of a live table: plain text only, one pass a cell, nothing made anew while painting."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final, Generic

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from ui.grid.columns import Column, Row
from ui.grid.ink import Ink
from ui.grid.model import GridModel

PADDING: Final = 10
PILL_HEIGHT: Final = 20
_PILL_RADIUS: Final = 9
_DOT: Final = 7
_DOT_GAP: Final = 6
_PILL_LEFT: Final = 7
_PILL_RIGHT: Final = 8
_FOCUS_WIDTH: Final = 2
# A new row is a little lighter than a selected one.
_NEW_OPACITY: Final = 0.55
_KEPT_ELISIONS: Final = 4_096
_SMALLEST_FIGURE: Final = 9
_LINE_FLAGS: Final = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_FLAGS: Final = {
    "left": _LINE_FLAGS | int(Qt.AlignmentFlag.AlignLeft),
    "right": _LINE_FLAGS | int(Qt.AlignmentFlag.AlignRight),
}


class GridDelegate(QStyledItemDelegate, Generic[Row]):
    """Paints cells of `model` with `ink`; `row_tint` names a ground colour for a row, `reduced_motion` ends flashes."""

    def __init__(self, model: GridModel[Row], ink: Ink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._ink = ink
        self._elided: dict[tuple[str, int, bool], str] = {}
        self._figures: dict[tuple[str, int, bool], tuple[str, QFont]] = {}
        self._pills: dict[str, int] = {}
        self.row_tint: Callable[[Row], str | None] | None = None
        self.reduced_motion = False
        self.focused_row = -1

    def use(self, ink: Ink) -> None:
        """Paints with other fonts and colours from now on."""
        self._ink = ink
        self._elided.clear()
        self._figures.clear()
        self._pills.clear()

    def clear(self, painter: QPainter, rect: QRect) -> None:
        """Paints the ground that cells are painted on."""
        painter.fillRect(rect, self._ink.ground)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints one cell: its ground, its text or pill, and the hairline below."""
        rect: QRect = option.rect
        at, number = index.row(), index.column()
        column = self._model.columns[number]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._ground(painter, rect, at, number, selected)
        if column.tone == "pill":
            self._pill(painter, rect, at, number, column)
        else:
            self._text(painter, rect, at, number, column)

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The room a cell's whole text takes, for fitting a column to what it shows."""
        column = self._model.columns[index.column()]
        text = self._model.text(index.row(), index.column())
        if column.tone == "pill":
            return QSize(self._pill_width(text) + 2 * PADDING, PILL_HEIGHT)
        return QSize(self._metrics(column).horizontalAdvance(text) + 2 * PADDING + 1, self._ink.metrics.height())

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Shows the cell's hint, or its whole text where it is cut short; always as plain text."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        tip = self.tip(index, view.visualRect(index).width())
        if tip:
            QToolTip.showText(event.globalPos(), plain(tip), view)
        else:
            QToolTip.hideText()
        return True

    def tip(self, index: QModelIndex | QPersistentModelIndex, width: int) -> str:
        """What a tooltip says about a cell `width` px wide; '' when the cell says it all."""
        column = self._model.columns[index.column()]
        if column.hint is not None and (hint := column.hint(self._model.row_at(index.row()))):
            return hint
        text = self._model.text(index.row(), index.column())
        return text if self.sizeHint(QStyleOptionViewItem(), index).width() > width + 1 else ""

    def _ground(self, painter: QPainter, rect: QRect, at: int, number: int, selected: bool) -> None:
        ink, marks = self._ink, self._model.marks
        row = self._model.row_at(at)
        if self.row_tint is not None and (tint := self.row_tint(row)):
            painter.fillRect(rect, QColor(tint))
        if selected:
            painter.fillRect(rect, ink.selection)
        elif marks:
            strength = _strength(marks.newness(self._model.id_of(row)) * _NEW_OPACITY, self.reduced_motion)
            if not self.reduced_motion:
                strength = max(strength, marks.flash(self._model.id_of(row), number))
            if strength > 0.0:
                painter.fillRect(rect, _thinned(ink.selection, strength))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, ink.line)
        if at == self.focused_row and rect.x() <= 0:
            painter.fillRect(rect.x(), rect.y(), _FOCUS_WIDTH, rect.height() - 1, ink.accent)

    def _text(self, painter: QPainter, rect: QRect, at: int, number: int, column: Column[Row]) -> None:
        ink, strong = self._ink, column.tone == "strong"
        width = rect.width() - 2 * PADDING
        text, font = self._model.text(at, number), ink.strong_font if strong else ink.font
        if column.align == "right":
            text, font = self._figure(text, width, font)
        else:
            text = self._fitted(text, width, strong)
        painter.setFont(font)
        painter.setPen(ink.tones[column.tone])
        painter.drawText(rect.x() + PADDING, rect.y(), width, rect.height() - 1, _FLAGS[column.align], text)

    def _pill(self, painter: QPainter, rect: QRect, at: int, number: int, column: Column[Row]) -> None:
        text = self._model.text(at, number)
        if not text or column.status is None:
            return
        pill = self._ink.pill(column.status(self._model.row_at(at)))
        width = min(self._pill_width(text), rect.width() - PADDING)
        left = float(rect.x() + (PADDING if column.align == "left" else rect.width() - PADDING - width))
        top = rect.y() + (rect.height() - 1 - PILL_HEIGHT) / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pill.ground)
        painter.drawRoundedRect(QRectF(left, top, width, PILL_HEIGHT), _PILL_RADIUS, _PILL_RADIUS)
        painter.setBrush(pill.word)
        painter.drawEllipse(QPointF(left + _PILL_LEFT + _DOT / 2, top + PILL_HEIGHT / 2), _DOT / 2, _DOT / 2)
        painter.setFont(self._ink.pill_font)
        painter.setPen(pill.word)
        word = QRectF(left + _PILL_LEFT + _DOT + _DOT_GAP, top, width - _PILL_LEFT - _DOT - _DOT_GAP, PILL_HEIGHT)
        painter.drawText(word, _FLAGS["left"], text)
        painter.restore()

    def _pill_width(self, text: str) -> int:
        known = self._pills.get(text)
        if known is None:
            known = self._pills[text] = (
                _PILL_LEFT + _DOT + _DOT_GAP + self._ink.pill_metrics.horizontalAdvance(text) + _PILL_RIGHT
            )
        return known

    def _metrics(self, column: Column[Row]) -> QFontMetrics:
        return self._ink.strong_metrics if column.tone == "strong" else self._ink.metrics

    def _figure(self, text: str, width: int, font: QFont) -> tuple[str, QFont]:
        """A figure is never cut, because what is left of it would be another: it is set smaller, or hidden as a whole."""
        strong = font is self._ink.strong_font
        known = self._figures.get((text, width, strong))
        if known is None:
            if len(self._figures) >= _KEPT_ELISIONS:
                self._figures.clear()
            known = self._figures[text, width, strong] = fitting_figure(text, width, font)
        return known

    def _fitted(self, text: str, width: int, strong: bool) -> str:
        known = self._elided.get((text, width, strong))
        if known is None:
            if len(self._elided) >= _KEPT_ELISIONS:
                self._elided.clear()
            metrics = self._ink.strong_metrics if strong else self._ink.metrics
            known = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._elided[text, width, strong] = known
        return known


def fitting_figure(text: str, width: int, font: QFont) -> tuple[str, QFont]:
    """The figure and the font in which it is `width` px wide at most; '###' where no legible one is small enough."""
    if QFontMetrics(font).horizontalAdvance(text) <= width:
        return text, font
    for pixels in range(QFontInfo(font).pixelSize() - 1, _SMALLEST_FIGURE - 1, -1):
        smaller = QFont(font)
        smaller.setPixelSize(pixels)
        if QFontMetrics(smaller).horizontalAdvance(text) <= width:
            return text, smaller
    return "###", font


def plain(text: str) -> str:
    """The text for a tooltip, which would otherwise read markup in a payer's name."""
    return f"<span style='white-space:pre-wrap'>{escape(text)}</span>"


def _strength(newness: float, still: bool) -> float:
    # Without motion a new row is marked until it is not, and nothing fades.
    return (_NEW_OPACITY if newness > 0.0 else 0.0) if still else newness


def _thinned(colour: QColor, strength: float) -> QColor:
    thin = QColor(colour)
    thin.setAlphaF(strength)
    return thin
