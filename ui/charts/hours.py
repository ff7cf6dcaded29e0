"""Payments by hour of the day: bars stacked by status; an hour or a colour is picked by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from html import escape
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from services.domain import money, payment
from ui.charts.stack import HOURS, OTHER, STACKED, Hour, Segment, hour_at, segment_at, segments, told
from ui.theme import Tokens

HEIGHT: Final = 110
_LABELS: Final = 22
_HEADROOM: Final = 4
_LABEL_PIXELS: Final = 10.5
_HIDDEN: Final = "•••••"


class HoursChart(QWidget):
    """24 stacked bars; `picked(hour, status)` when one is clicked or chosen with Enter, status '' for the whole hour.

    Left and Right walk the hours, Up and Down the colours of an hour, Enter picks.
    """

    picked = Signal(int, str)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._hours: list[Hour] = [{} for _ in range(HOURS)]
        self._segments: list[Segment] = []
        self._filter: tuple[int | None, frozenset[str]] = (None, frozenset())
        self._concealed = False
        self._at: tuple[int, str] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Payments by hour"))
        self._describe()

    def set_data(self, hours: Sequence[Hour]) -> None:
        """Shows 24 hours, each by status: count and KES; ValueError for any other number of hours."""
        if len(hours) != HOURS:
            raise ValueError(f"a day has {HOURS} hours, not {len(hours)}")
        self._hours = [dict(hour) for hour in hours]
        if self._at is not None and self._at[1] not in told(self._hours[self._at[0]]):
            self._at = (self._at[0], "")
        self._lay_out()
        self._describe()

    def set_theme(self, tokens: Tokens) -> None:
        """Draws with other colours from now on."""
        self._tokens = tokens
        self.update()

    def set_filter(self, hour: int | None, statuses: Collection[str] = ()) -> None:
        """Brings out the hour and the statuses that the page filters by, and dims the others; None and () for no filter."""
        self._filter = (hour, frozenset(statuses))
        self.update()

    def conceal(self, concealed: bool) -> None:
        """Leaves amounts out of the words, or tells them again."""
        self._concealed = concealed
        self._describe()

    def sizeHint(self) -> QSize:
        """110 px high."""
        return QSize(24 * 46, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a small window."""
        return QSize(24 * 18, HEIGHT)

    def words(self, hour: int, status: str = "") -> str:
        """What an hour holds, in lines: the hour, then each status (or the one asked for) with count and KES."""
        lines = [f"{hour:02}:00–{hour:02}:59"]
        known = told(self._hours[hour])
        for name, (count, amount) in known.items():
            if status in ("", name):
                lines.append(f"{self._word(name)}: {count:,} · KES {self._shown(amount)}")
        return "\n".join(lines if len(lines) > 1 else [*lines, self.tr("no payments")])

    # --- Qt ------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the bars, their ground line and the hours below."""
        painter = QPainter(self)
        self._paint_marks(painter)
        self._paint_bars(painter)
        ground = self._ground()
        painter.fillRect(QRectF(0, ground, self.width(), 1), QColor(self._tokens.line))
        self._paint_labels(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the bars out anew."""
        super().resizeEvent(event)
        self._lay_out()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Picks the colour, or the hour, under the pointer."""
        hour = hour_at(event.position().x(), self.width())
        if event.button() != Qt.MouseButton.LeftButton or hour is None:
            event.ignore()
            return
        under = self._under(event.position())
        self._walk(hour, "" if under is None else under.status)
        self.picked.emit(*self._here())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Shows by the pointer what can be picked."""
        over = self._under(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walks the hours and colours, and picks."""
        hour, status = self._here()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -HOURS, Qt.Key.Key_End: HOURS}
        key = Qt.Key(event.key())
        if key in steps:
            first = self._at is None
            self._walk(hour if first else max(0, min(HOURS - 1, hour + steps[key])), "")
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._climb(1 if key == Qt.Key.Key_Up else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at is not None:
            self.picked.emit(hour, status)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Shows what the hour under the pointer holds."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hour = hour_at(event.pos().x(), self.width())
            if hour is not None:
                text = escape(self.words(hour))
                QToolTip.showText(event.globalPos(), f"<span style='white-space:pre'>{text}</span>", self)
            return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    # --- inside --------------------------------------------------------------------------------------------------

    def _ground(self) -> int:
        return self.height() - _LABELS

    def _lay_out(self) -> None:
        self._segments = segments(self._hours, self.width(), max(0, self._ground() - _HEADROOM))
        self.update()

    def _under(self, where: QPointF) -> Segment | None:
        return segment_at(self._segments, where.x(), where.y() - _HEADROOM)

    def _here(self) -> tuple[int, str]:
        return self._at if self._at is not None else (0, "")

    def _walk(self, hour: int, status: str) -> None:
        self._at = (hour, status)
        self._describe()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.update()

    def _climb(self, by: int) -> None:
        hour, status = self._here()
        known = told(self._hours[hour])
        steps = ["", *(name for name in STACKED if name in known)]
        self._walk(hour, steps[max(0, min(len(steps) - 1, steps.index(status) + by))])

    def _colour(self, status: str) -> QColor:
        return QColor(self._tokens.status(status)[0])

    def _dimmed(self, segment: Segment) -> bool:
        hour, statuses = self._filter
        return (hour is not None and hour != segment.hour) or (bool(statuses) and segment.status not in statuses)

    def _paint_marks(self, painter: QPainter) -> None:
        slot = self.width() / HOURS
        if self._filter[0] is not None:
            area = QRectF(self._filter[0] * slot, 0, slot, self.height())
            self._round(painter, area, QColor(self._tokens.accentweak))
        if self._at is not None and self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self._at[0] * slot + 0.5, 0.5, slot - 1, self.height() - 1), 4, 4)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _round(self, painter: QPainter, area: QRectF, colour: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(area, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_bars(self, painter: QPainter) -> None:
        ratio = self.devicePixelRatioF()
        colours = {status: self._colour(status) for status in STACKED}
        for segment in self._segments:
            # Edges on whole device pixels are what keeps bars crisp.
            top = round((segment.top + _HEADROOM) * ratio) / ratio
            low = round((segment.top + segment.height + _HEADROOM) * ratio) / ratio
            painter.setOpacity(0.3 if self._dimmed(segment) else 1.0)
            painter.fillRect(QRectF(segment.left, top, segment.width, low - top), colours[segment.status])
        painter.setOpacity(1.0)
        self._paint_chosen(painter)

    def _paint_chosen(self, painter: QPainter) -> None:
        if self._at is None or not self._at[1] or not self.hasFocus():
            return
        painter.setPen(QPen(QColor(self._tokens.text), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for s in self._segments:
            if (s.hour, s.status) == self._at:
                painter.drawRect(QRectF(s.left - 1, s.top + _HEADROOM - 1, s.width + 1, s.height + 1))

    def _paint_labels(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPointSizeF(_LABEL_PIXELS * 72 / self.logicalDpiY())
        painter.setFont(font)
        slot = self.width() / HOURS
        for hour in range(HOURS):
            chosen = hour == self._filter[0]
            painter.setPen(QColor(self._tokens.accent if chosen else self._tokens.faint))
            area = QRectF(hour * slot, self._ground() + 1, slot, _LABELS - 3)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, f"{hour:02}")

    def _word(self, status: str) -> str:
        return self.tr("Other") if status == OTHER else payment.status_shown(status)

    def _shown(self, amount: Decimal) -> str:
        return _HIDDEN if self._concealed else money.shown(amount)

    def _describe(self) -> None:
        if self._at is not None:
            self.setAccessibleDescription(self.words(*self._at))
            return
        counts = [sum(count for count, _ in told(hour).values()) for hour in self._hours]
        total = sum(counts)
        if not total:
            self.setAccessibleDescription(self.tr("no payments"))
            return
        busiest = counts.index(max(counts))
        kes = sum((amount for hour in self._hours for _, amount in hour.values()), Decimal(0))
        self.setAccessibleDescription(
            self.tr("{total} payments, KES {kes}; most at {hour}:00 ({most})").format(
                total=f"{total:,}", kes=self._shown(kes), hour=f"{busiest:02}", most=f"{counts[busiest]:,}"
            )
        )
