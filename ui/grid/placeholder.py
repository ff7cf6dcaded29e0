"""What stands in a table's place while it is empty."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QAbstractScrollArea, QWidget


class Placeholder:
    """A widget over the viewport of `area`, shown while `empty()`."""

    def __init__(self, area: QAbstractScrollArea, empty: Callable[[], bool]) -> None:
        self._area, self._empty = area, empty
        self._widget: QWidget | None = None

    def put(self, widget: QWidget | None) -> None:
        """Takes another widget; the area owns it, and lets the one before go."""
        if self._widget is not None:
            self._widget.hide()
            self._widget.deleteLater()
        self._widget = widget
        if widget is not None:
            widget.setParent(self._area.viewport())
        self.follow()

    def follow(self) -> None:
        """Covers the viewport as it is now, or hides."""
        if self._widget is not None:
            self._widget.setGeometry(self._area.viewport().rect())
            self._widget.setVisible(self._empty())
