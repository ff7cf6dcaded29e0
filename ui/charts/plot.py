"""The ground of a chart over time: pyqtgraph's plot with our axes, and a crosshair for the mouse and the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from ui.charts.lettering import lettering
from ui.charts.scales import Grain, date_marks, short_amount, ticks
from ui.charts.series import Slot
from ui.charts.value_card import ValueCard
from ui.theme import Tokens

_AXIS_PIXELS: Final = 11
_BOTTOM: Final = 22
_HIDDEN: Final = "•••"
#: Room a date takes along the axis, and a value across it, in px.
_DATE_WIDTH, _VALUE_HEIGHT = 64, 34
_BESIDE: Final = 12
_MOST_VALUES: Final = 7


_BY_KEYBOARD: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class PeriodPlot(QWidget):
    """Slots side by side; `picked(place)` when one is clicked or chosen with Enter, for the payments behind it.

    Left and Right walk the slots, Home and End go to the first and the last, Esc takes the crosshair away.
    """

    picked = Signal(int)

    def __init__(self, tokens: Tokens, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._slots: Sequence[Slot] = ()
        self._grain: Grain = "daily"
        self._unit = ""
        self._range = (0.0, 1.0)
        self._at: int | None = None
        self._paper: float | None = None
        self._words: dict[str, list[tuple[float, str]]] = {}
        self._concealed = self._framed = False
        self._drawn: list[Any] = []
        self._view = pg.PlotWidget()
        self._plot = self._view.getPlotItem()
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._dot = pg.ScatterPlotItem(size=8, pxMode=True, antialias=True)
        self._card = ValueCard(tokens, self)
        self._prepare(name)
        self._paint_ground()

    @property
    def slots(self) -> Sequence[Slot]:
        """The places along the axis."""
        return self._slots

    @property
    def place(self) -> int | None:
        """The slot that the crosshair is on."""
        return self._at

    @property
    def card(self) -> ValueCard:
        """What is said beside the crosshair."""
        return self._card

    def set_theme(self, tokens: Tokens) -> None:
        """Draws with other colours from now on."""
        self._tokens = tokens
        self._card.set_theme(tokens)
        self._paint_ground()
        self._redraw()

    def conceal(self, concealed: bool) -> None:
        """Masks amounts at the axis and in the card, or shows them again."""
        self._concealed = concealed
        self._card.conceal(concealed)
        self._mark_axes()
        self._describe()

    def go_to(self, place: int | None) -> None:
        """Puts the crosshair on a slot, or takes it away."""
        self._at = None if place is None or not self._slots else max(0, min(len(self._slots) - 1, place))
        self._show_cross()
        self._describe()

    def paint_on(self, painter: QPainter, area: QRectF) -> None:
        """Paints the chart, without its crosshair, as vectors where the paint device takes them."""
        self.go_to(None)
        self._paper = painter.deviceTransform().m11() * area.width() / max(1, self.width())
        self._paint_ground()
        self.settle()
        # pyqtgraph keeps its axes' words as pictures in the screen's resolution, which another device would misplace.
        self._show_words(False)
        self._view.render(painter, area, self._view.rect(), Qt.AspectRatioMode.IgnoreAspectRatio)
        self._paint_words(painter, area)
        self._show_words(True)
        self._paper = None
        self._paint_ground()
        self._redraw()

    def settle(self) -> None:
        """Gives the axes their places at once, where nobody waits for the next event."""
        self._mark_axes()
        self._plot.layout.activate()
        self._plot.getViewBox().updateViewRange()
        self._plot.getViewBox().updateMatrix()
        self._redraw()

    def sizeHint(self) -> QSize:
        """As the drawing of the page has it."""
        return QSize(880, 240)

    def minimumSizeHint(self) -> QSize:
        """Little, so that the page fits a small screen."""
        return QSize(280, 120)

    # --- what charts draw ----------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        """Draws everything anew; a chart adds its own marks."""
        raise NotImplementedError

    def _height_at(self, _place: int) -> float | None:
        """Where the crosshair's dot stands."""
        raise NotImplementedError

    def _begin(self, slots: Sequence[Slot], grain: Grain, unit: str, low: float, high: float) -> None:
        """Clears the plot and scales it to these slots and values."""
        for item in self._drawn:
            self._plot.removeItem(item)
        self._drawn.clear()
        self._slots, self._grain, self._unit = slots, grain, unit
        self._range = (low, high if high > low else low + 1.0)
        self._mark_axes()
        if self._at is not None and self._at >= len(slots):
            self._at = None
        self._show_cross()
        self._describe()

    def _pen(self, colour: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A pen of so many px of ours, however fine the pixels of the screen or the paper are."""
        pen: QPen = pg.mkPen(colour, width=width * (self._paper or self.devicePixelRatioF()))
        pen.setStyle(style)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    def _add(self, item: Any, height: int = 0) -> None:
        item.setZValue(height)
        self._plot.addItem(item, ignoreBounds=True)
        self._drawn.append(item)

    # --- Qt ------------------------------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Takes the mouse from pyqtgraph, which would pan with it."""
        if isinstance(event, QMouseEvent):
            place = self._place_at(event.position().toPoint())
            if event.type() == QEvent.Type.MouseMove:
                self.go_to(place)
            elif event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self.go_to(place)
                self._pick()
            return True
        if event.type() == QEvent.Type.Leave and not self.hasFocus():
            self.go_to(None)
        return event.type() in (QEvent.Type.Wheel, QEvent.Type.ContextMenu)

    def event(self, event: QEvent) -> bool:
        """Draws anew on a screen with finer or coarser pixels."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._paint_ground()
            self._redraw()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walks, picks, lets go."""
        key = Qt.Key(event.key())
        last = len(self._slots) - 1
        here = self._last_known() if self._at is None else self._at
        steps = {Qt.Key.Key_Left: here - 1, Qt.Key.Key_Right: here + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        if key in steps and self._slots:
            self._framed = True
            begins = self._at is None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
            self.go_to(here if begins else steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at is not None:
            self._pick()
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self.go_to(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows that the keyboard is here; the crosshair comes with the first key, so that it hides nothing before."""
        super().focusInEvent(event)
        self._framed = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Takes the crosshair away."""
        super().focusOutEvent(event)
        self.go_to(None)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Marks as many dates and values as there is room for."""
        super().resizeEvent(event)
        self._mark_axes()
        self._show_cross()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws a frame around the chart that has the keyboard."""
        if self.hasFocus() and self._framed:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._tokens.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.end()

    # --- inside --------------------------------------------------------------------------------------------------

    def _prepare(self, name: str) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(self._view)
        view = self._view
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setAntialiasing(True)
        view.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.viewport().installEventFilter(self)
        view.viewport().setMouseTracking(True)
        plot = self._plot
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.getViewBox().setMouseEnabled(x=False, y=False)
        plot.getViewBox().setDefaultPadding(0)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setStyle(tickFont=lettering(_AXIS_PIXELS), tickLength=0, tickAlpha=0, autoExpandTextSpace=False)
        plot.getAxis("bottom").setHeight(_BOTTOM)
        self._cross.setZValue(20)
        self._dot.setZValue(21)
        for item in (self._cross, self._dot):
            plot.addItem(item, ignoreBounds=True)
            item.hide()

    def _paint_ground(self) -> None:
        tokens = self._tokens
        self._view.setBackground(QColor(tokens.surface))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(pg.mkPen(None))
            axis.setTextPen(QColor(tokens.faint))
        self._cross.setPen(self._pen(tokens.strong))
        self._dot.setPen(self._pen(tokens.surface, 2.0))
        self._dot.setBrush(QColor(tokens.accent))

    def _mark_axes(self) -> None:
        values = ticks(*self._range, most=max(2, min(_MOST_VALUES, round((self.height() - _BOTTOM) / _VALUE_HEIGHT))))
        words = [_HIDDEN if self._concealed and value else short_amount(value) for value in values]
        if len(words) > 1 and self._unit and not self._concealed:
            words[-1] = f"{self._unit} {words[-1]}"
        left, bottom = self._plot.getAxis("left"), self._plot.getAxis("bottom")
        self._words["left"] = list(zip(values, words, strict=True))
        left.setTicks([self._words["left"]])
        left.setWidth(max(QFontMetrics(lettering(_AXIS_PIXELS)).horizontalAdvance(word) for word in words) + _BESIDE)
        most = max(1, int((self.width() - left.width()) / _DATE_WIDTH))
        dates = date_marks([slot.first for slot in self._slots], self._grain, most)
        self._words["bottom"] = [(float(at), words) for at, words in dates]
        bottom.setTicks([self._words["bottom"]])
        # A little above the last mark, so that its line and its words are not cut.
        above = (values[-1] - values[0]) * 0.04
        self._plot.getViewBox().setRange(
            xRange=(-0.6, max(1, len(self._slots)) - 0.4), yRange=(values[0], values[-1] + above), padding=0
        )
        self._draw_grid(values)

    def _draw_grid(self, values: Sequence[float]) -> None:
        for item in [item for item in self._drawn if getattr(item, "is_grid", False)]:
            self._plot.removeItem(item)
            self._drawn.remove(item)
        right = max(1, len(self._slots)) - 0.4
        for value in values:
            colour = self._tokens.strong if value == 0 else self._tokens.line
            line = pg.PlotCurveItem([-0.6, right], [value, value], pen=self._pen(colour), antialias=False)
            line.is_grid = True
            self._add(line, -20)

    def _show_words(self, shown: bool) -> None:
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setStyle(showValues=shown)

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Paints what the axes say."""
        view, box = self._view, self._plot.getViewBox()
        painter.save()
        painter.translate(area.topLeft())
        painter.scale(area.width() / view.width(), area.height() / view.height())
        painter.setFont(lettering(_AXIS_PIXELS))
        painter.setPen(QColor(self._tokens.faint))
        inside = box.sceneBoundingRect()
        for value, words in self._words["left"]:
            y = box.mapViewToScene(QPointF(0, value)).y()
            room = QRectF(0, y - 10, inside.left() - 6, 20)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        for value, words in self._words["bottom"]:
            x = box.mapViewToScene(QPointF(value, 0)).x()
            painter.drawText(QRectF(x - 60, inside.bottom() + 2, 120, 20), Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()

    def _place_at(self, where: QPoint) -> int | None:
        if not self._slots:
            return None
        box = self._plot.getViewBox()
        scene = self._view.mapToScene(where)
        if not box.sceneBoundingRect().adjusted(-6, 0, 6, _BOTTOM).contains(scene):
            return None
        place: int = round(box.mapSceneToView(scene).x())
        return max(0, min(len(self._slots) - 1, place))

    def _last_known(self) -> int:
        known = [at for at, slot in enumerate(self._slots) if not slot.ahead]
        return known[-1] if known else 0

    def _pick(self) -> None:
        if self._at is not None and not self._slots[self._at].ahead:
            self.picked.emit(self._at)

    def _show_cross(self) -> None:
        if self._at is None:
            self._cross.hide()
            self._dot.hide()
            self._card.hide()
            return
        height = self._height_at(self._at)
        self._cross.setPos(self._at)
        self._cross.show()
        self._dot.setVisible(height is not None)
        self._dot.setData([self._at], [height or 0.0])
        self._card.show_slot(self._slots[self._at])
        self._card.move(self._beside(self._at))

    def _beside(self, place: int) -> QPoint:
        at: QPointF = self._plot.getViewBox().mapViewToScene(QPointF(place, self._range[1]))
        x = self._view.mapFromScene(at).x() + self._view.x()
        card = self._card.size()
        right = x + _BESIDE
        left = right if right + card.width() <= self.width() else x - _BESIDE - card.width()
        return QPoint(max(0, left), 6)

    def _describe(self) -> None:
        words = self._told(self._last_known() if self._at is None else self._at)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _told(self, place: int) -> str:
        if not self._slots:
            return "no figures"
        slot = self._slots[place]
        return f"{slot.title}, amounts are hidden" if self._concealed else slot.words
