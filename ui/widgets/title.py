"""A page's name, at the left of the line above its figures."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel


class Title(QLabel):
    """The page's name; it gives way where the line is narrow, since the rail says it too."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("scale", "title")
        self.setContentsMargins(0, 0, 4, 0)

    @property
    def widths(self) -> tuple[int, int, int, int]:
        """How wide it is, in px, from roomy to narrow."""
        width = self.sizeHint().width()
        return width, width, width, 0
