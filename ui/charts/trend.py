"""Revenue over time: what came in, what it is compared with, and what the coming days will bring, with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QGraphicsPolygonItem, QWidget

from ui.charts.lettering import lettering
from ui.charts.plot import PeriodPlot
from ui.charts.series import Trend, Values, extent, runs
from ui.theme import Tokens, mixed

#: Up to so many slots every one has its dot.
_DOTTED: Final = 16
_SMALL: Final = 11
_DASHES: Final = [4.0, 3.0]


class TrendChart(PeriodPlot):
    """A line of periods with its comparison, target, smoothed line, changes and forecast."""

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(tokens, "Revenue over time", parent)
        self._trend = Trend()
        self._redraw()

    @property
    def trend(self) -> Trend:
        """What is drawn."""
        return self._trend

    def set_data(self, trend: Trend) -> None:
        """Draws other periods; ValueError where a line has not one value for each slot."""
        lines = (trend.revenue, trend.compared, trend.smoothed, trend.target, trend.expected, *_bands(trend))
        if any(line and len(line) != len(trend.slots) for line in lines):
            raise ValueError(f"a line of the trend does not have {len(trend.slots)} values")
        self._trend = trend
        self._redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Finds the side again where the words fit."""
        super().resizeEvent(event)
        self._redraw()

    def _redraw(self) -> None:
        trend = self._trend
        lines = (trend.revenue, trend.compared, trend.target, trend.expected, *_bands(trend))
        self._begin(trend.slots, trend.grain, trend.unit, *extent(*lines))
        tokens = self._tokens
        self._fill(trend.band95, mixed(tokens.accent, tokens.surface, 0.10), -12)
        self._fill(trend.band80, mixed(tokens.accent, tokens.surface, 0.20), -11)
        self._rule()
        self._line(trend.target, tokens.pending, 1.2, Qt.PenStyle.DashDotLine, -3)
        self._line(trend.compared, tokens.faint, 1.2, Qt.PenStyle.CustomDashLine, -2)
        self._line(trend.smoothed, mixed(tokens.accent, tokens.surface, 0.45), 2.4, Qt.PenStyle.SolidLine, -1)
        self._line(trend.expected, tokens.accent, 1.8, Qt.PenStyle.CustomDashLine, 1)
        self._line(self._whole(), tokens.accent, 1.8, Qt.PenStyle.SolidLine, 2)
        self._partials()
        self._changes()
        self._note()
        self._show_cross()

    def _height_at(self, place: int) -> float | None:
        here = self._trend.revenue[place] if self._trend.revenue else None
        return here if here is not None or not self._trend.expected else self._trend.expected[place]

    def _whole(self) -> Values:
        """The revenue of the periods that are whole: a part would look like a fall."""
        pairs = zip(self._trend.slots, self._trend.revenue, strict=False)
        return tuple(None if slot.partial else value for slot, value in pairs)

    def _line(self, values: Values, colour: str, width: float, style: Qt.PenStyle, height: int) -> None:
        pen = self._pen(colour, width, style)
        if style == Qt.PenStyle.CustomDashLine:
            pen.setDashPattern(_DASHES)
        for run in runs(values):
            heights = [values[at] for at in run]
            if len(run) > 1:
                self._add(pg.PlotCurveItem(run, heights, pen=pen, antialias=True), height)
            if len(run) == 1 or (style == Qt.PenStyle.SolidLine and width < 2 and len(values) <= _DOTTED):
                dots = pg.ScatterPlotItem(
                    run, heights, size=5, pen=pg.mkPen(None), brush=QColor(colour), antialias=True
                )
                self._add(dots, height)

    def _fill(self, band: tuple[Values, Values], colour: str, height: int) -> None:
        low, high = band
        for run in runs(low):
            edge = [(at, high[at]) for at in run] + [(at, low[at]) for at in reversed(run)]
            outline = QPolygonF([QPointF(at, value) for at, value in edge if value is not None])
            area = QGraphicsPolygonItem(outline)
            area.setPen(pg.mkPen(None))
            area.setBrush(QColor(colour))
            self._add(area, height)

    def _rule(self) -> None:
        trend = self._trend
        if trend.now is None:
            return
        line = pg.InfiniteLine(pos=trend.now, angle=90, movable=False, pen=self._pen(self._tokens.strong))
        self._add(line, -10)

    def _note(self) -> None:
        """What is said of the forecast, at the side of its beginning where there is room."""
        trend = self._trend
        ahead = next((at for at, slot in enumerate(trend.slots) if slot.ahead), None)
        if not trend.note or ahead is None:
            return
        at = ahead if trend.now is None else trend.now
        room = (len(trend.slots) - at) / len(trend.slots) * self._plot.getViewBox().width()
        fits = QFontMetrics(lettering(_SMALL)).horizontalAdvance(trend.note) + 12 <= room
        self._say(trend.note, at, self._plot.getViewBox().viewRange()[1][1], (0.0 if fits else 1.0, 0.0))

    def _partials(self) -> None:
        """A period of which only a part is counted: a hollow point, with the word for it, and a thin line to it."""
        for at, (slot, value) in enumerate(zip(self._trend.slots, self._trend.revenue, strict=False)):
            if not slot.partial or value is None:
                continue
            for near in (at - 1, at + 1):
                beside = self._trend.revenue[near] if 0 <= near < len(self._trend.slots) else None
                if beside is not None:
                    pen = self._pen(self._tokens.accent, 1.0, Qt.PenStyle.DotLine)
                    self._add(pg.PlotCurveItem([at, near], [value, beside], pen=pen, antialias=True), 2)
            rim, inside = self._pen(self._tokens.accent, 1.8), QColor(self._tokens.surface)
            self._add(
                pg.ScatterPlotItem([at], [value], size=8, pen=rim, brush=inside, antialias=True, useCache=False), 4
            )
            self._say(slot.partial, at, value, (-0.12, 0.5) if at < len(self._trend.slots) - 3 else (1.12, 0.5))

    def _changes(self) -> None:
        for at, words in self._trend.changes:
            value = self._trend.revenue[at] if 0 <= at < len(self._trend.revenue) else None
            if value is not None:
                rim, inside = self._pen(self._tokens.surface), QColor(self._tokens.text)
                self._add(
                    pg.ScatterPlotItem([at], [value], size=9, symbol="d", pen=rim, brush=inside, useCache=False), 5
                )
                self._say(words, at, value, (0.5, 1.25))

    def _say(self, words: str, at: float, height: float, anchor: tuple[float, float]) -> None:
        text = pg.TextItem(words, color=QColor(self._tokens.muted), anchor=anchor)
        text.setFont(lettering(_SMALL))
        text.setPos(at, height)
        self._add(text, 6)


def _bands(trend: Trend) -> Sequence[Values]:
    return (*trend.band80, *trend.band95)
