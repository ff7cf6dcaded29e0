"""Weekday by hour: one hue, the darker the more; a cell is picked by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from services.domain.money import shown
from ui.charts.lettering import lettering
from ui.charts.scales import short_amount
from ui.theme import Tokens, mixed

HOURS: Final = 24
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: What a cell holds: KES and how many payments.
Cell = tuple[Decimal, int]
_LEFT, _BOTTOM, _GAP, _RADIUS = 44, 22, 2, 3
_LEGEND = 70
#: Where the keyboard begins.
_MORNING: Final = 7
_WEAKEST: Final = 0.10
_NONE: Final = (Decimal(0), 0)
_HIDDEN: Final = "•••••"


class HeatMap(QWidget):
    """7 × 24 cells; `picked(weekday, hour)` with 0 for Monday. The arrow keys walk, Enter picks, Esc lets go.

    The cell under the pointer or the keyboard is told in a tool tip.
    """

    picked = Signal(int, int)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._cells: list[list[Cell]] = [[_NONE] * HOURS for _ in WEEKDAYS]
        self._unit, self._hint = "KES", ""
        self._first = 0
        self._at: tuple[int, int] | None = None
        self._concealed = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Money taken by weekday and hour")
        self._describe()

    @property
    def place(self) -> tuple[int, int] | None:
        """The weekday and hour that the keyboard is on."""
        return self._at

    def set_data(self, cells: Sequence[Sequence[Cell]], unit: str, *, first: int = 0, hint: str = "") -> None:
        """Shows 7 weekdays (0 Monday) of 24 hours, the week beginning with `first`; ValueError for any other shape.

        `hint` says what picking a cell that holds payments does.
        """
        if len(cells) != len(WEEKDAYS) or any(len(day) != HOURS for day in cells):
            raise ValueError("a heat map has 7 weekdays of 24 hours")
        self._cells = [list(day) for day in cells]
        self._unit, self._first, self._hint = unit, first, hint
        self._describe()
        self.update()

    def set_theme(self, tokens: Tokens) -> None:
        """Draws with other colours from now on."""
        self._tokens = tokens
        self.update()

    def conceal(self, concealed: bool) -> None:
        """Masks amounts, or shows them again."""
        self._concealed = concealed
        self._describe()
        self.update()

    def words(self, weekday: int, hour: int) -> str:
        """What a cell holds: 'Mon 07:00–07:59: KES 12,300.00, 41 payments'."""
        amount, count = self._cells[weekday][hour]
        money = _HIDDEN if self._concealed else shown(amount)
        payments = f"{count:,} payment{'' if count == 1 else 's'}"
        return f"{WEEKDAYS[weekday]} {hour:02}:00–{hour:02}:59: {self._unit} {money}, {payments}"

    def told(self, weekday: int, hour: int) -> str:
        """What a cell holds and, in another line, what picking it does."""
        hint = self._hint if self._cells[weekday][hour][1] else ""
        return "\n".join(part for part in (self.words(weekday, hour), hint) if part)

    def strength(self, weekday: int, hour: int) -> float:
        """How dark a cell is, 0 to 1: its share of the greatest, never quite white where there was money."""
        amount, most = self._cells[weekday][hour][0], self._most()
        return 0.0 if amount <= 0 or most <= 0 else _WEAKEST + (1 - _WEAKEST) * float(amount / most)

    def paint_on(self, painter: QPainter, area: QRectF) -> None:
        """Paints the map into an area, as vectors where the paint device takes them."""
        painter.save()
        painter.translate(area.topLeft())
        painter.scale(area.width() / self.width(), area.height() / self.height())
        self._paint(painter)
        painter.restore()

    def sizeHint(self) -> QSize:
        """As large as its neighbours let it be."""
        return QSize(880, 240)

    def minimumSizeHint(self) -> QSize:
        """Cells that can still be told apart."""
        return QSize(_LEFT + HOURS * 9, _BOTTOM + len(WEEKDAYS) * 13)

    # --- Qt ------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints cells, names and the legend."""
        painter = QPainter(self)
        self._paint(painter)
        if self._at is not None and self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._tokens.text), 2))
            painter.drawRoundedRect(self._area(*self._at).adjusted(-1, 0, 1, 1), _RADIUS + 1, _RADIUS + 1)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Shows by the pointer what can be picked."""
        over = self._under(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Picks the cell under the pointer."""
        cell = self._under(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._walk(*cell)
            self.picked.emit(*cell)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walks, picks, lets go."""
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        key = Qt.Key(event.key())
        if key in steps:
            cell = self._step(*steps[key])
            self._tell(cell, self.mapToGlobal(self._area(*cell).bottomRight().toPoint()))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at is not None:
            self.picked.emit(*self._at)
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self._at = None
            QToolTip.hideText()
            self._describe()
            self.update()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows the keyboard's cell."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hides the keyboard's cell."""
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tells what the cell under the pointer holds."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._under(QPointF(event.pos()))
            if cell is None:
                QToolTip.hideText()
            else:
                self._tell(cell, event.globalPos())
            return True
        return super().event(event)

    # --- inside --------------------------------------------------------------------------------------------------

    def _most(self) -> Decimal:
        return max(amount for day in self._cells for amount, _ in day)

    def _row(self, weekday: int) -> int:
        return (weekday - self._first) % len(WEEKDAYS)

    def _area(self, weekday: int, hour: int) -> QRectF:
        wide = (self.width() - _LEFT - _LEGEND) / HOURS
        tall = (self.height() - _BOTTOM) / len(WEEKDAYS)
        return QRectF(_LEFT + hour * wide, self._row(weekday) * tall, wide - _GAP, tall - _GAP)

    def _under(self, where: QPointF) -> tuple[int, int] | None:
        cells = ((weekday, hour) for weekday in range(len(WEEKDAYS)) for hour in range(HOURS))
        return next((cell for cell in cells if self._area(*cell).contains(where)), None)

    def _step(self, days: int, hours: int) -> tuple[int, int]:
        cell = (self._first, _MORNING)
        if self._at is not None:
            weekday, hour = self._at
            row = max(0, min(len(WEEKDAYS) - 1, self._row(weekday) + days))
            cell = ((row + self._first) % len(WEEKDAYS), max(0, min(HOURS - 1, hour + hours)))
        self._walk(*cell)
        return cell

    def _walk(self, weekday: int, hour: int) -> None:
        self._at = (weekday, hour)
        self._describe()
        self.update()

    def _tell(self, cell: tuple[int, int], at: QPoint) -> None:
        QToolTip.showText(at, f"<span style='white-space:pre'>{escape(self.told(*cell))}</span>", self)

    def _describe(self) -> None:
        if self._at is not None:
            words = self.told(*self._at)
        else:
            ranked = max((self._cells[d][h][0], -d, -h) for d in range(7) for h in range(HOURS))
            words = f"most: {self.words(-ranked[1], -ranked[2])}" if ranked[0] > 0 else "no money taken"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _colour(self, strength: float) -> QColor:
        return QColor(mixed(self._tokens.accent, self._tokens.surface, strength) if strength else self._tokens.sunken)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for weekday in range(len(WEEKDAYS)):
            for hour in range(HOURS):
                painter.setBrush(self._colour(self.strength(weekday, hour)))
                painter.drawRoundedRect(self._area(weekday, hour), _RADIUS, _RADIUS)
        painter.setFont(lettering(11))
        painter.setPen(QColor(self._tokens.faint))
        for weekday, name in enumerate(WEEKDAYS):
            row = self._area(weekday, 0)
            painter.drawText(QRectF(2, row.top(), _LEFT - 8, row.height()), Qt.AlignmentFlag.AlignVCenter, name)
        for hour in range(HOURS):
            cell = self._area((self._first + 6) % 7, hour)
            area = QRectF(cell.left() - 4, cell.bottom() + 3, cell.width() + 8, _BOTTOM - 4)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, f"{hour:02}")
        self._paint_legend(painter)

    def _paint_legend(self, painter: QPainter) -> None:
        left, tall = self.width() - _LEGEND + 14, (self.height() - _BOTTOM) / 5
        for step in range(5):
            painter.setPen(Qt.PenStyle.NoPen)
            share = 1 - step / 4
            painter.setBrush(self._colour(_WEAKEST + (1 - _WEAKEST) * share))
            painter.drawRoundedRect(QRectF(left, step * tall, 10, tall - _GAP), 2, 2)
            painter.setPen(QColor(self._tokens.faint))
            value = float(self._most()) * share
            words = "•••" if self._concealed and value else short_amount(float(f"{value:.2g}"))
            area = QRectF(left + 15, step * tall, _LEGEND - 29, tall - _GAP)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, words)
