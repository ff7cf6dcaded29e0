"""A row of choices of which exactly one holds: Daily · Weekly · Monthly."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget


class Segmented(QWidget):
    """Buttons of which one is chosen; `changed(value)` is emitted when a person chooses another."""

    changed = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for value, text in options:
            row.addWidget(self._segment(value, text))
        self._buttons[options[0][0]].setChecked(True)
        self.setFocusProxy(self._buttons[options[0][0]])

    @property
    def value(self) -> str:
        """The chosen value."""
        return next(value for value, button in self._buttons.items() if button.isChecked())

    def set_value(self, value: str) -> None:
        """Chooses a value without a signal; KeyError when there is no such choice."""
        self._buttons[value].setChecked(True)

    def _segment(self, value: str, text: str) -> QPushButton:
        made = QPushButton(text)
        made.setCheckable(True)
        made.setProperty("segment", True)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self.changed.emit(value))
        self._group.addButton(made)
        self._buttons[value] = made
        return made
