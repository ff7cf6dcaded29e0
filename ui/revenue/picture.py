"""A chart with its title, legend and stamp on paper: always in light colours, whatever the screen shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from services.domain.errors import EnvironmentFault
from services.exporting import whole_file
from services.revenue.figures import RevenueReport
from ui.charts.heat import HeatMap
from ui.charts.legend import Entry, Legend
from ui.charts.mix import MixChart
from ui.charts.plot import PeriodPlot
from ui.charts.series import Trend
from ui.charts.trend import TrendChart
from ui.printing.characters import put_right
from ui.printing.glyphs import paper_font, private_codes
from ui.revenue.chart_card import View, entries
from ui.revenue.drawing import mix
from ui.revenue.sheets import Sheet, cells_in_words
from ui.theme import LIGHT

#: The size of a picture and its chart, in px.
WIDTH, HEIGHT = 1_200, 560
#: With so many dots an inch a page of A4 is about as wide as the picture: words and dots of a chart keep their size.
RESOLUTION: Final = 110
_MARGIN, _TITLE, _LINE = 28, 34, 18
_RATIO: Final = 2
_ROW: Final = 19
_TITLES: Final[dict[View, str]] = {
    "revenue": "Revenue over time",
    "methods": "Revenue by method",
    "hours": "Money taken by weekday and hour",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: a view of a report, and the lines that say what it is."""

    view: View
    report: RevenueReport
    trend: Trend
    stamp: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the picture is called."""
        return _TITLES[self.view]


def write_png(picture: Picture, path: Path) -> None:
    """Writes the chart at twice its size; EnvironmentFault where the disk says no."""
    image = QImage(QSize(WIDTH, HEIGHT) * _RATIO, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(_RATIO)
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)
    paint(painter, QRectF(0, 0, WIDTH, HEIGHT), picture)
    painter.end()
    with whole_file(path) as part:
        # Qt goes by the ending of the name.
        named = part.with_suffix(".png")
        if not image.save(str(named)):
            raise _unwritten(path)
        named.replace(part)


def write_svg(picture: Picture, path: Path) -> None:
    """Writes the chart as lines and words; EnvironmentFault where the disk says no."""
    with whole_file(path) as part:
        drawing = QSvgGenerator()
        drawing.setFileName(str(part))
        drawing.setSize(QSize(WIDTH, HEIGHT))
        drawing.setViewBox(QRectF(0, 0, WIDTH, HEIGHT))
        drawing.setTitle(picture.title)
        painter = QPainter()
        if not painter.begin(drawing):
            raise _unwritten(path)
        painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), QColor(LIGHT.surface))
        paint(painter, QRectF(0, 0, WIDTH, HEIGHT), picture)
        painter.end()


def write_pdf(picture: Picture, sheet: Sheet, path: Path) -> None:
    """Writes the chart and the table below it, A4 landscape; EnvironmentFault where the disk says no."""
    with whole_file(path) as part:
        paper = QPdfWriter(str(part))
        paper.setResolution(RESOLUTION)
        paper.setTitle(picture.title)
        layout = QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Landscape, QMarginsF(28, 28, 28, 28)
        )
        paper.setPageLayout(layout)
        if not paint_pages(paper, picture, sheet):
            raise _unwritten(path)
        put_right(part, 0, private_codes())


def paint_pages(paper: QPagedPaintDevice, picture: Picture, sheet: Sheet) -> bool:
    """Paints the chart and then the table, over as many pages as it takes; False where the paper cannot be painted on."""
    painter = QPainter()
    if not painter.begin(paper):
        return False
    # Everything is drawn in the px of the picture, and the paper is as wide as that.
    scale = painter.viewport().width() / WIDTH
    painter.scale(scale, scale)
    bottom = painter.viewport().height() / scale
    top = min(HEIGHT, bottom * 0.62)
    paint(painter, QRectF(0, 0, WIDTH, top), picture)
    _paint_table(painter, paper.newPage, sheet, top + 14, bottom)
    painter.end()
    return True


def paint(painter: QPainter, area: QRectF, picture: Picture) -> None:
    """Paints title, legend, chart and stamp."""
    inside = area.adjusted(_MARGIN, _MARGIN - 8, -_MARGIN, -_MARGIN + 8)
    painter.setPen(QColor(LIGHT.text))
    painter.setFont(paper_font(17, 600))
    painter.drawText(
        QRectF(inside.left(), inside.top(), inside.width(), _TITLE), Qt.AlignmentFlag.AlignTop, picture.title
    )
    _paint_legend(painter, inside, entries(picture.view, picture.report, picture.trend, LIGHT))
    foot = len(picture.stamp) * _LINE
    _paint_chart(painter, inside.adjusted(0, _TITLE, 0, -foot - 8), picture)
    painter.setFont(paper_font(11, 400))
    painter.setPen(QColor(LIGHT.faint))
    for number, line in enumerate(picture.stamp):
        at = QRectF(inside.left(), inside.bottom() - foot + number * _LINE, inside.width(), _LINE)
        painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, line)


def _paint_legend(painter: QPainter, area: QRectF, shown: Sequence[Entry]) -> None:
    legend = Legend(LIGHT)
    legend.show_entries(shown)
    size = legend.sizeHint()
    painter.save()
    painter.translate(area.right() - size.width(), area.top() + 2)
    legend.paint_on(painter, QRectF(0, 0, size.width(), size.height()))
    painter.restore()
    legend.deleteLater()


def _paint_chart(painter: QPainter, area: QRectF, picture: Picture) -> None:
    chart = _chart(picture)
    # Laid out like on a screen, which gives a chart its axes, and shown on none.
    chart.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    chart.resize(area.size().toSize())
    chart.show()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    painter.save()
    chart.paint_on(painter, QRectF(area.topLeft(), QSizeF(chart.size())))
    painter.restore()
    chart.hide()
    chart.deleteLater()


def _chart(picture: Picture) -> PeriodPlot | HeatMap:
    report = picture.report
    if picture.view == "revenue":
        trend = TrendChart(LIGHT)
        trend.set_data(picture.trend)
        return trend
    if picture.view == "methods":
        methods = MixChart(LIGHT, "Revenue by method")
        methods.set_data(mix(report, LIGHT))
        return methods
    heat = HeatMap(LIGHT)
    cells = [[(totals.taken, totals.taken_count) for totals in day] for day in report.heat]
    heat.set_data(cells, report.currency, first=report.wanted.week_start)
    return heat


def _paint_table(painter: QPainter, new_page: Callable[[], bool], sheet: Sheet, top: float, bottom: float) -> None:
    """The table's rows under its titles, which stand on every page."""
    widths = _widths(sheet)
    lines = [cells_in_words(sheet, row) for row in sheet.rows]
    at = _paint_titles(painter, sheet, widths, top)
    painter.setFont(paper_font(11, 400))
    for line in lines:
        if at + _ROW > bottom:
            new_page()
            at = _paint_titles(painter, sheet, widths, _MARGIN)
            painter.setFont(paper_font(11, 400))
        painter.setPen(QColor(LIGHT.text))
        _paint_line(painter, sheet, widths, at, line)
        painter.fillRect(QRectF(_MARGIN, at + _ROW - 1, WIDTH - 2 * _MARGIN, 0.6), QColor(LIGHT.line))
        at += _ROW


def _paint_titles(painter: QPainter, sheet: Sheet, widths: Sequence[float], top: float) -> float:
    painter.setFont(paper_font(11, 600))
    painter.setPen(QColor(LIGHT.muted))
    _paint_line(painter, sheet, widths, top, [field.title for field in sheet.table.columns])
    painter.fillRect(QRectF(_MARGIN, top + _ROW - 1, WIDTH - 2 * _MARGIN, 1), QColor(LIGHT.strong))
    return top + _ROW + 2


def _paint_line(painter: QPainter, sheet: Sheet, widths: Sequence[float], top: float, cells: Sequence[str]) -> None:
    left = float(_MARGIN)
    for field, width, cell in zip(sheet.table.columns, widths, cells, strict=True):
        side = Qt.AlignmentFlag.AlignLeft if field.kind in ("text", "date") else Qt.AlignmentFlag.AlignRight
        room = QRectF(left + 4, top, width - 8, _ROW)
        words = painter.fontMetrics().elidedText(cell, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, words)
        left += width


def _widths(sheet: Sheet) -> list[float]:
    """Names take twice the room of figures."""
    shares = [2.0 if field.kind == "text" else 1.0 for field in sheet.table.columns]
    return [(WIDTH - 2 * _MARGIN) * share / sum(shares) for share in shares]


def _unwritten(path: Path) -> EnvironmentFault:
    return EnvironmentFault(
        f"{path.name} could not be written in {path.parent}. Nothing was kept; choose another folder."
    )
