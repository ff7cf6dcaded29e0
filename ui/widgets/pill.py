"""The small filled button that counts what waits: '14 new ▲'."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget


class Pill(QPushButton):
    """Counts what waits and shows it on a click; hidden while nothing waits."""

    def __init__(self, words: str = "new ▲", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._count = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    @property
    def count(self) -> int:
        """How many wait."""
        return self._count

    def set_count(self, count: int) -> None:
        """Shows how many wait; nothing for none."""
        self._count = count
        self.setText(f"{count:,} {self._words}")
        self.setAccessibleName(f"Show {count:,} {self._words.rstrip(' ▲')}")
        self.setVisible(count > 0)
