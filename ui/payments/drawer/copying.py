"""The small buttons of the drawer: an icon that acts, and one that copies and says that it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from ui.icons import icon
from ui.theme import Theme

_SAID_MS: Final = 1_500
_SIZE: Final = 14
_SIDE: Final = 20


class IconButton(QToolButton):
    """A button that is an icon; its name is its tool tip and what a screen reader says."""

    def __init__(self, theme: Theme, drawing: str, name: str) -> None:
        super().__init__()
        self._theme, self._drawing = theme, drawing
        self.setIconSize(QSize(_SIZE, _SIZE))
        self.setFixedSize(_SIDE, _SIDE)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._redraw)
        self._redraw()

    def show_drawing(self, drawing: str) -> None:
        """Shows another icon."""
        self._drawing = drawing
        self._redraw()

    def _redraw(self) -> None:
        tokens = self._theme.tokens
        self.setIcon(icon(self._drawing, tokens.accent if self._drawing == "check" else tokens.muted, _SIZE))


class CopyButton(IconButton):
    """Copies what `text` returns at that moment and shows a tick for a while; `copied(str)`."""

    copied = Signal(str)

    def __init__(self, theme: Theme, name: str, text: Callable[[], str], drawing: str = "copy") -> None:
        super().__init__(theme, drawing, name)
        self._text, self._usual = text, drawing
        self._said = QTimer(self, singleShot=True, interval=_SAID_MS)
        self._said.timeout.connect(lambda: self.show_drawing(self._usual))
        self.clicked.connect(self.copy)

    def copy(self) -> None:
        """Copies."""
        text = self._text()
        QGuiApplication.clipboard().setText(text)
        self.show_drawing("check")
        self._said.start()
        self.copied.emit(text)
