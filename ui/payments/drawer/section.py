"""A part of the drawer under a heading."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.label import label

#: As high as a button beside it.
_HEADING: Final = 24


class Section(QWidget):
    """A hairline, a heading, and below it whatever is added to `body`; `aside` holds buttons beside the heading."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.heading = label(title, scale="heading")
        self.heading.setMinimumHeight(_HEADING)
        self.setAccessibleName(title)
        self.aside = QHBoxLayout()
        self.aside.setSpacing(4)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        line = QFrame()
        line.setProperty("role", "hairline")
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addLayout(self.aside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(line)
        column.addLayout(top)
        column.addLayout(self.body)
