"""A filter as a chip: what is filtered, by what value, and a way to change or clear it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QToolButton

from ui.icons import icon, pixmap
from ui.theme import Theme, restyle
from ui.widgets.label import label, plain_tip, see_through

_WIDEST_VALUE = 150
_SHORT_VALUE = 66
_LEFT, _RIGHT, _GAP = 10, 8, 5
_ARROW, _CROSS = 12, 18
# The two borders of the style sheet.
_BORDERS = 2


class Chip(QPushButton):
    """Label and value with ▾; `cleared` is emitted by its × and by Delete.

    In a narrow place (`widths`) it gives up words: a value that says nothing, then the caption, then the end of the value.
    """

    cleared = Signal()

    def __init__(self, theme: Theme, name: str, *, caption: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._caption = caption
        self._text, self._more, self._active, self._clearable = "", "", False, False
        self._label = label(name if caption else "", part="label")
        self._value = label(part="value")
        self._arrow = QLabel()
        self._clear = QToolButton()
        self._build()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._redraw)
        self._redraw()

    @property
    def name(self) -> str:
        """What is filtered."""
        return self._name

    @property
    def shown(self) -> str:
        """The value in words, as they stand where there is room."""
        return self._elided(_WIDEST_VALUE)

    @property
    def widths(self) -> tuple[int, int, int, int]:
        """How wide the chip is, in px, from all its words to the fewest."""
        full, short = self._width(self._caption, _WIDEST_VALUE), self._width(False, _SHORT_VALUE)
        if not self._caption:
            return full, full, full, full
        if self._active:
            return full, full, self._width(False, _WIDEST_VALUE), short
        alone = self._width(True, 0)
        return full, alone, alone, alone

    def show_value(self, text: str, *, active: bool, clearable: bool, more: str = "", whole: str = "") -> None:
        """Shows a value; an active chip stands out, a clearable one has its ×.

        `more` ('+3') is never cut off; `whole` is the tool tip and what is read aloud where the value does not say all.
        """
        self._text, self._more, self._active, self._clearable = text, more and f" {more}", active, clearable
        told = whole or text + self._more
        self.setToolTip(plain_tip(told) if told != self.shown else "")
        self.setAccessibleName(f"{self._name}: {told}")
        self._clear.setVisible(clearable)
        self._arrow.setVisible(not clearable)
        restyle(self, active=active)
        restyle(self._label, active=active)
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return QSize(self.widths[0], 30)

    def minimumSizeHint(self) -> QSize:
        """As wide as its fewest words."""
        return QSize(self.widths[-1], 30)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows the words there is room for."""
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter open, Delete and Backspace clear."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not self._clear.isHidden():
            self.cleared.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        stage = next((place for place, width in enumerate(self.widths) if width <= self.width()), 3)
        captioned = self._caption and not (self._active and stage >= 2)
        most = _WIDEST_VALUE
        if self._caption and self._active and stage == 3:
            most = max(_SHORT_VALUE, self.width() - self._width(False, 0) - _GAP)
        worded = bool(self._text) and (self._active or stage == 0 or not self._caption)
        self._label.setVisible(captioned)
        self._value.setVisible(worded)
        self._value.setText(self._elided(most))

    def _width(self, captioned: bool, most: int) -> int:
        sign = _CROSS if self._clearable else _ARROW
        parts = [self._label.fontMetrics().horizontalAdvance(self._name)] if captioned else []
        if most and self._text:
            parts.append(self._value.fontMetrics().horizontalAdvance(self._elided(most)))
        return _BORDERS + _LEFT + _RIGHT + sum(parts) + _GAP * len(parts) + sign

    def _elided(self, most: int) -> str:
        metrics = self._value.fontMetrics()
        room = most - metrics.horizontalAdvance(self._more)
        return metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room) + self._more

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT, 0, _RIGHT, 0)
        row.setSpacing(_GAP)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for part in (self._label, self._value, self._arrow):
            see_through(part)
            row.addWidget(part)
        row.addWidget(self._clear)
        self._label.setVisible(self._caption)
        self._clear.setFixedSize(_CROSS, _CROSS)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setToolTip("Clear (Delete)")
        self._clear.setAccessibleName(f"Clear {self._name}")
        self._clear.setVisible(False)
        self._clear.clicked.connect(self.cleared)

    def _redraw(self) -> None:
        colour = self._theme.tokens.muted
        self._arrow.setPixmap(pixmap("chevron_down", colour, _ARROW, self.devicePixelRatioF()))
        self._clear.setIcon(icon("close", colour, 12))
        self._clear.setIconSize(QSize(12, 12))
