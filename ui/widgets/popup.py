"""A panel that hangs below a chip until the person clicks elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


class Popup(QWidget):
    """A panel of its own window kind; `body` is its layout, `drop()` shows it below its anchor."""

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        # Without it the square corners outside the rounded surface would be drawn.
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._anchor = anchor
        surface = QFrame()
        surface.setProperty("role", "popup")
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)
        self.body = QVBoxLayout(surface)
        self.body.setContentsMargins(7, 7, 7, 7)
        self.body.setSpacing(6)

    def drop(self) -> None:
        """Shows the panel below its anchor, moved so that it stays on the screen."""
        self.adjustSize()
        corner = self._anchor.mapToGlobal(QPoint(0, self._anchor.height() + 4))
        room = self._anchor.screen().availableGeometry()
        left = max(room.left(), min(corner.x(), room.right() - self.width()))
        above = self._anchor.mapToGlobal(QPoint(0, -4)).y() - self.height()
        top = corner.y() if corner.y() + self.height() <= room.bottom() or above < room.top() else above
        self.move(left, top)
        self.show()
