"""The list of days: each with its difference and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from services.reconciliation.results import DayRow
from ui.reconciliation.words import day_status, day_title, difference
from ui.theme import Theme, font

HEIGHT = 58
WIDTH = 184
_Index = QModelIndex | QPersistentModelIndex


class _Days(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[DayRow] = []

    def show(self, rows: Sequence[DayRow]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) or not index.isValid():
            return None
        row = self.rows[index.row()]
        return f"{day_title(row.day)}, {day_status(row)[0]}, difference {difference(row)}"


class _DayPainter(QStyledItemDelegate):
    def __init__(self, theme: Theme, days: _Days, parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._days = theme, days
        self._title, self._plain, self._pill = font(13, 600), font(13), font(12, 500)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(WIDTH - 2, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens, row, rect = self._theme.tokens, self._days.rows[index.row()], option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens.accentweak))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(tokens.line))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect.x(), rect.y(), 2, rect.height() - 1, QColor(tokens.accent))
        line = QRect(rect.x() + 12, rect.y() + 8, rect.width() - 24, 20)
        painter.setPen(QColor(tokens.text))
        painter.setFont(self._title)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), day_title(row.day))
        painter.setFont(self._plain)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), difference(row))
        self._draw_pill(painter, rect.x() + 12, rect.y() + 30, *day_status(row))

    def _draw_pill(self, painter: QPainter, left: int, top: int, words: str, status: str) -> None:
        word, ground = (QColor(colour) for colour in self._theme.tokens.status(status))
        width = QFontMetricsF(self._pill).horizontalAdvance(words) + 29
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(left, top, width, 20), 9, 9)
        painter.setBrush(word)
        painter.drawEllipse(QRectF(left + 7, top + 6.5, 7, 7))
        painter.setFont(self._pill)
        painter.setPen(word)
        painter.drawText(QRectF(left + 20, top, width, 20), int(Qt.AlignmentFlag.AlignVCenter), words)
        painter.restore()


class DaysList(QListView):
    """Days from oldest to newest; `picked(date)` when a person chooses one."""

    picked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._telling = True
        self._days = _Days(self)
        self.setModel(self._days)
        self.setItemDelegate(_DayPainter(theme, self._days, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Days")
        self.selectionModel().currentChanged.connect(self._chosen)
        theme.changed.connect(self.viewport().update)

    @property
    def rows(self) -> Sequence[DayRow]:
        """The days that are listed."""
        return self._days.rows

    @property
    def day(self) -> date | None:
        """The chosen day."""
        current = self.currentIndex()
        return self._days.rows[current.row()].day if current.isValid() else None

    def show_days(self, rows: Sequence[DayRow], chosen: date | None) -> None:
        """Lists other days and chooses one without a signal; the newest where `chosen` is not among them."""
        self._telling = False
        self._days.show(rows)
        places = [place for place, row in enumerate(rows) if row.day == chosen]
        place = places[0] if places else len(rows) - 1
        if place >= 0:
            index = self._days.index(place, 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self._keep_in_sight()
        self._telling = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chosen day stays in sight, also when the list gets its height only now."""
        super().resizeEvent(event)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        # The list lays itself out later; until then it does not know where the day will stand.
        self.doItemsLayout()
        self.scrollTo(self.currentIndex())

    def _chosen(self, current: QModelIndex) -> None:
        if current.isValid() and self._telling:
            self.picked.emit(self._days.rows[current.row()].day)
