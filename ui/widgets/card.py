"""A surface with a hairline around it, on which a page puts its content."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


class Card(QFrame):
    """A rounded surface; `body` is its vertical layout."""

    def __init__(self, parent: QWidget | None = None, *, margins: tuple[int, int, int, int] = (1, 1, 1, 1)) -> None:
        super().__init__(parent)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(*margins)
        self.body.setSpacing(0)
