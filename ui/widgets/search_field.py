"""The box people search in: it waits until the typing pauses."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ui.icons import icon
from ui.theme import Theme

PAUSE_MS = 250


class SearchField(QLineEdit):
    """`searched(text)` is emitted when the typing pauses, at once on Enter, and once for each different text."""

    searched = Signal(str)

    def __init__(self, theme: Theme, placeholder: str, *, pause_ms: int = PAUSE_MS) -> None:
        super().__init__()
        self._theme = theme
        self._last = ""
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._pause.timeout.connect(self._tell)
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

    def _redraw(self) -> None:
        self._glass.setIcon(icon("search", self._theme.tokens.faint))
        self._cross.setIcon(icon("close", self._theme.tokens.faint))
