"""A panel that hangs below a chip until the person clicks elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

# What pages keep free at their right.
_MARGIN = 18


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
        """Shows the panel below its anchor, as high as its parts, moved so that it stays on the screen and inside the page."""
        self._fit_height()
        corner = self._anchor.mapToGlobal(QPoint(0, self._anchor.height() + 4))
        room = self._anchor.screen().availableGeometry()
        window = self._anchor.window().frameGeometry()
        right = min(room.right(), max(window.right() - _MARGIN, corner.x() + self._anchor.width()))
        left = max(room.left(), min(corner.x(), right - self.width()))
        above = self._anchor.mapToGlobal(QPoint(0, -4)).y() - self.height()
        top = corner.y() if corner.y() + self.height() <= room.bottom() or above < room.top() else above
        self.move(left, top)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that the keyboard stands on, as Space does."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def _fit_height(self) -> None:
        # What was shown, hidden or reworded inside tells the layouts around it only later; the innermost is asked first.
        for part in (*reversed(self.findChildren(QWidget)), self):
            layout = part.layout()
            if layout is not None and (part is self or not part.isWindow()):
                layout.invalidate()
                layout.activate()
        wanted = self.sizeHint().expandedTo(self.minimumSize()).boundedTo(self.maximumSize())
        # Lines of wrapped words are reckoned for the width there is, not for the one they would like.
        height = self.heightForWidth(wanted.width()) if self.hasHeightForWidth() else wanted.height()
        self.resize(wanted.width(), max(height, self.minimumHeight()))
