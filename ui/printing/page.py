"""One printed page: title, stamp, column heads, rows, totals, and the page's number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from ui.printing.columns import Column
from ui.printing.pen import Pen
from ui.printing.sheet import GAP, HEAD, LINE, MARGIN, ROW, TITLE, UNITS, sheet_for, widths
from ui.theme import LIGHT

_HAIRLINE: Final = UNITS // 2
#: From a line's top to its baseline.
_TITLE_BASE, _LINE_BASE, _ROW_BASE = 15 * UNITS, 9 * UNITS, 10 * UNITS


class Inks:
    """The pens of a page."""

    def __init__(self) -> None:
        self.title = Pen(14 * UNITS, 600, LIGHT.text)
        self.stamp = Pen(8 * UNITS, 400, LIGHT.muted)
        self.head = Pen(round(7.5 * UNITS), 500, LIGHT.muted)
        self.cell = Pen(8 * UNITS, 400, LIGHT.text)
        self.total = Pen(8 * UNITS, 600, LIGHT.text)
        self.hairline = QPen(QColor(LIGHT.line), _HAIRLINE)
        self.rule = QPen(QColor(LIGHT.strong), UNITS)


class PageArtist:
    """Draws the pages of one table; `sheet` is the paper it wants, `pages` holds how many rows each page has."""

    def __init__(
        self,
        title: str,
        stamp: Sequence[str],
        columns: Sequence[Column],
        totals: Sequence[tuple[str, dict[int, str]]],
        inks: Inks,
        rows: int,
    ) -> None:
        self._title, self._columns, self._totals, self._inks = title, columns, totals, inks
        for _, sums in totals:
            for place, text in sums.items():
                columns[place].widen(text, inks.total)
        needs = [column.need for column in columns]
        self.sheet = sheet_for(needs)
        self._stamp = [line for said in stamp for line in inks.stamp.lines(said, self.sheet.room)]
        self._widths = widths(needs, self.sheet.room)
        self._lefts = [MARGIN + sum(self._widths[:place]) + GAP * place for place in range(len(columns))]
        self.pages = self.sheet.paging(len(self._stamp), min(1, len(self._stamp)), len(totals)).pages(rows)

    def draw(self, painter: QPainter, number: int, rows: Sequence[Sequence[str]]) -> None:
        """Draws one page; `number` counts from 0."""
        painter.resetTransform()
        painter.scale(self.sheet.scale, self.sheet.scale)
        top = self._draw_heading(painter, first=number == 0)
        top = self._draw_heads(painter, top)
        for row in rows:
            self._draw_row(painter, top, row)
            top += ROW
        if number == len(self.pages) - 1:
            self._draw_totals(painter, top)
        self._draw_foot(painter, number)

    def _draw_heading(self, painter: QPainter, *, first: bool) -> int:
        self._inks.title.write(painter, QPointF(MARGIN, MARGIN + _TITLE_BASE), self._title)
        top = MARGIN + TITLE
        for line in self._stamp if first else self._stamp[:1]:
            self._inks.stamp.write(painter, QPointF(MARGIN, top + _LINE_BASE), line)
            top += LINE
        return top

    def _draw_heads(self, painter: QPainter, top: int) -> int:
        baseline = top + HEAD - 6 * UNITS
        for place, column in enumerate(self._columns):
            self._write(painter, place, baseline, column.title, self._inks.head)
        self._rule(painter, top + HEAD - 2 * UNITS, self._inks.rule)
        return top + HEAD

    def _draw_row(self, painter: QPainter, top: int, row: Sequence[str]) -> None:
        for place, text in enumerate(row):
            if text:
                self._write(painter, place, top + _ROW_BASE, text, self._inks.cell)
        self._rule(painter, top + ROW, self._inks.hairline)

    def _draw_totals(self, painter: QPainter, top: int) -> None:
        for words, sums in self._totals:
            self._inks.total.write(painter, QPointF(MARGIN, top + _ROW_BASE), words)
            for place, text in sums.items():
                self._write(painter, place, top + _ROW_BASE, text, self._inks.total)
            top += ROW

    def _draw_foot(self, painter: QPainter, number: int) -> None:
        baseline = self.sheet.height - MARGIN
        words = f"Page {number + 1:,} of {len(self.pages):,}"
        self._inks.stamp.write(painter, QPointF(self.sheet.width - MARGIN, baseline), words, "right")

    def _write(self, painter: QPainter, place: int, baseline: int, text: str, pen: Pen) -> None:
        column, left, width = self._columns[place], self._lefts[place], self._widths[place]
        # A hundredth more, because a width is a sum of fractions.
        text = pen.fitted(text, width + 0.01)
        if column.right:
            pen.write(painter, QPointF(left + width, baseline), text, "right")
        else:
            pen.write(painter, QPointF(left, baseline), text)

    def _rule(self, painter: QPainter, at: int, pen: QPen) -> None:
        painter.setPen(pen)
        painter.drawLine(QLineF(MARGIN, at, self.sheet.width - MARGIN, at))
