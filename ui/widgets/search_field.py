"""The box people search in: it waits until the typing pauses, and says when an answer takes its time."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit

from ui.icons import icon
from ui.theme import Theme

PAUSE_MS = 150
#: Nothing says "searching" before a person could notice the wait.
BUSY_AFTER_MS = 200
_TURN_MS = 90
_TURN_DEGREES = 40


class SearchField(QLineEdit):
    """`searched(text)` is emitted when the typing pauses, at once on Enter, and once for each different text."""

    searched = Signal(str)

    def __init__(self, theme: Theme, placeholder: str, *, pause_ms: int = PAUSE_MS) -> None:
        super().__init__()
        self._theme = theme
        self._last = ""
        self._angle = 0
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._pause.timeout.connect(self._tell)
        self._turning = QTimer(self)
        self._turning.timeout.connect(self._turn)
        self._glass = QAction(self)
        self._cross = QAction("Clear", self)
        self._cross.setVisible(False)
        self._cross.triggered.connect(self.clear_now)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._cross, QLineEdit.ActionPosition.TrailingPosition)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.textChanged.connect(self._typed)
        self.returnPressed.connect(self._tell)
        theme.changed.connect(self._redraw)
        self._redraw()

    @property
    def waiting(self) -> bool:
        """Whether typing has not paused yet, so that what is written is still to be searched."""
        return self._pause.isActive()

    @property
    def busy(self) -> bool:
        """Whether the box says that it is searching."""
        return self._angle != 0

    def show_busy(self, busy: bool) -> None:
        """Says that the answer is on its way, once that takes noticeably long; or that it is there."""
        if busy and not self._turning.isActive():
            self._turning.start(BUSY_AFTER_MS)
        elif not busy:
            self._turning.stop()
            self._angle = 0
            self._redraw()

    def take_focus(self) -> None:
        """Puts the cursor here and selects what is written; what a page's Ctrl+F runs."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def set_query(self, text: str) -> None:
        """Shows a text without searching for it, as a saved view asks."""
        self._last = text.strip()
        self.setText(text)
        self._pause.stop()

    def clear_now(self) -> None:
        """Empties the box and searches for everything at once."""
        self.clear()
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties the box; with nothing in it, Esc belongs to the page."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear_now()
        else:
            super().keyPressEvent(event)

    def _typed(self, text: str) -> None:
        self._cross.setVisible(bool(text))
        self._pause.start()

    def _tell(self) -> None:
        self._pause.stop()
        text = self.text().strip()
        if text != self._last:
            self._last = text
            self.searched.emit(text)

    def _turn(self) -> None:
        self._turning.setInterval(_TURN_MS)
        self._angle = self._angle % 360 + _TURN_DEGREES
        self._glass.setIcon(QIcon(_ring(self._angle, self._theme.tokens.accent, self.devicePixelRatioF())))
        self._glass.setToolTip("Searching…")

    def _redraw(self) -> None:
        self._cross.setIcon(icon("close", self._theme.tokens.faint))
        if not self.busy:
            self._glass.setIcon(icon("search", self._theme.tokens.faint))
            self._glass.setToolTip("")


def _ring(angle: int, colour: str, ratio: float) -> QPixmap:
    """Three quarters of a ring, turned clockwise by `angle` degrees."""
    picture = QPixmap(round(16 * ratio), round(16 * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), 1.6, c=Qt.PenCapStyle.RoundCap))
    painter.drawArc(QRectF(2.5, 2.5, 11, 11), -angle * 16, 270 * 16)
    painter.end()
    return picture
