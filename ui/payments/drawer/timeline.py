"""A payment's story as a line of dots: what happened, when, and how long ago."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.payments.drawer.facts import tell, wrapped
from ui.theme import Theme
from ui.widgets.label import label, plain_tip

_GUTTER: Final = 22
#: From a step's top to the middle of its dot, which is the middle of its first line.
_DOT_AT: Final = 9.0
_RADIUS: Final = 4.5
_BETWEEN: Final = 10


@dataclass(frozen=True, slots=True)
class Moment:
    """One step as it is drawn: `status` gives the colour, `exact` the time, `ago` how long ago, `tip` the whole of it."""

    status: str
    words: str
    detail: str
    exact: str
    ago: str
    tip: str


class Timeline(QWidget):
    """Shows moments, oldest first; a story that goes on keeps the steps that were there."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._steps: list[Step] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setAccessibleName(name)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that are shown."""
        return tuple(self._steps)

    def show_moments(self, moments: Sequence[Moment]) -> None:
        """Shows these."""
        while len(self._steps) > len(moments):
            gone = self._steps.pop()
            gone.hide()
            gone.deleteLater()
        while len(self._steps) < len(moments):
            self._steps.append(Step(self._theme))
            self._column.addWidget(self._steps[-1])
        for place, (step, moment) in enumerate(zip(self._steps, moments, strict=True)):
            step.show_moment(moment, first=place == 0, last=place == len(moments) - 1)
        self.setVisible(bool(moments))


class Step(QWidget):
    """One dot of the line and what happened there."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._status, self._first, self._last = "", True, True
        self.words, self.detail = wrapped(scale="strong"), wrapped(tone="muted", scale="small")
        self.exact, self.ago = label(tone="muted"), label(tone="faint", scale="small")
        self._build()
        theme.changed.connect(self.update)

    def show_moment(self, moment: Moment, *, first: bool, last: bool) -> None:
        """Shows a moment; the line goes on above unless it is the first, below unless it is the last."""
        self._status, self._first, self._last = moment.status, first, last
        tell(self.words, moment.words)
        tell(self.detail, moment.detail)
        self.detail.setVisible(bool(moment.detail))
        self.exact.setText(moment.exact)
        self.ago.setText(moment.ago)
        self.setToolTip(plain_tip(moment.tip))
        self.setContentsMargins(0, 0, 0, 0 if last else _BETWEEN)
        self.setAccessibleName(" ".join(filter(None, (f"{moment.words},", moment.detail, moment.tip))))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the line and the dot."""
        colour, _ = self._theme.tokens.status(self._status)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.strong), 1.4))
        middle = QPointF(_RADIUS + 1.0, _DOT_AT)
        if not self._first:
            painter.drawLine(QPointF(middle.x(), 0.0), middle)
        if not self._last:
            painter.drawLine(middle, QPointF(middle.x(), float(self.height())))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.surface))
        painter.drawEllipse(middle, _RADIUS + 1.5, _RADIUS + 1.5)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(middle, _RADIUS, _RADIUS)

    def _build(self) -> None:
        told, when = QVBoxLayout(), QVBoxLayout()
        for column, lines in ((told, (self.words, self.detail)), (when, (self.exact, self.ago))):
            column.setSpacing(1)
            for line in lines:
                column.addWidget(line)
            column.addStretch(1)
        for line in (self.exact, self.ago):
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(_GUTTER, 0, 0, 0)
        row.setSpacing(10)
        row.addLayout(told, 1)
        row.addLayout(when)
