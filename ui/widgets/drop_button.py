"""A button that opens a panel below itself: Views, Export."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.icons import icon
from ui.theme import Theme, font, restyle
from ui.widgets.label import plain_tip

_WIDEST, _SHORT = 120, 72
# Borders, padding, the arrow and what Qt leaves before it.
_BESIDE = 42


class DropButton(QPushButton):
    """Words with ▾, the words cut where they are long; Down and Enter press it like a click."""

    def __init__(self, theme: Theme, text: str, *, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._tip = theme, tip
        self._words, self._mark = text, ""
        self._metrics = QFontMetrics(font(weight=600))
        # Qt draws a button's icon before its words; read from the right, that is behind them.
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setIconSize(QSize(12, 12))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(text)
        theme.changed.connect(self._redraw)
        self._redraw()

    @property
    def widths(self) -> tuple[int, int, int, int]:
        """How wide the button is, in px, from all its words to the fewest."""
        full, short = self._width(_WIDEST), self._width(_SHORT)
        return full, full, full, short

    def say(self, text: str, *, mark: str = "", active: bool = False) -> None:
        """Shows other words; `mark` is never cut off; an active button stands out like a chip that filters."""
        self._words, self._mark = text, mark and f" {mark}"
        self.setToolTip(plain_tip(text) if self._elided(_WIDEST) != text + self._mark else self._tip)
        self.setAccessibleName(text)
        restyle(self, active=active)
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
        """Down and Enter open."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        most = _WIDEST if self.widths[0] <= self.width() else max(_SHORT, self.width() - _BESIDE)
        self.setText(self._elided(most).replace("&", "&&"))

    def _width(self, most: int) -> int:
        return self._metrics.horizontalAdvance(self._elided(most)) + _BESIDE

    def _elided(self, most: int) -> str:
        room = most - self._metrics.horizontalAdvance(self._mark)
        return self._metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room) + self._mark

    def _redraw(self) -> None:
        self.setIcon(icon("chevron_down", self._theme.tokens.muted, 12))
