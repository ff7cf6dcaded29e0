"""A panel over the whole window that takes the keyboard until it is closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

_SCRIM = QColor(8, 14, 20, 92)


class Panel(QFrame):
    """The surface in the middle of an overlay."""


class Overlay(QWidget):
    """Covers its parent and dims it; Esc or a click beside the panel closes it and gives the focus back."""

    closed = Signal()

    def __init__(self, parent: QWidget, *, width: int, top: int) -> None:
        super().__init__(parent)
        self.panel = Panel(self)
        self.body = QVBoxLayout(self.panel)
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.setSpacing(0)
        self.covered, self._width, self._top = parent, width, top
        self._focus_before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        self.hide()

    def show_over(self) -> None:
        """Covers the parent and takes the keyboard."""
        self._focus_before = self.window().focusWidget()
        self._cover()
        self.show()
        self.raise_()
        self.setFocus()

    def dismiss(self) -> None:
        """Closes the panel; nothing happens when it is closed already."""
        if self.isHidden():
            return
        self.hide()
        before, self._focus_before = self._focus_before, None
        if before is not None:
            before.setFocus()
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Keeps the window's shortcuts quiet while the panel is open."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the size of the window."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._cover()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; every other key ends here."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel closes it."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.dismiss()
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dims what is below."""
        QPainter(self).fillRect(self.rect(), _SCRIM)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the panel."""
        stops = [
            child
            for child in self.panel.findChildren(QWidget)
            if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if stops:
            current = self.window().focusWidget()
            place = stops.index(current) if current in stops else -1
            stops[(place + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _cover(self) -> None:
        parent = self.covered
        self.setGeometry(parent.rect())
        width = min(self._width, parent.width() - 48)
        self.panel.setFixedWidth(width)
        self.panel.setMaximumHeight(parent.height() - self._top - 48)
        self.panel.adjustSize()
        self.panel.move((parent.width() - width) // 2, self._top)
