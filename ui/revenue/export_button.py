"""The button that writes what is seen: the chart as a picture, the table as data, or both on paper."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout

from ui.theme import Theme
from ui.widgets.button import button
from ui.widgets.drop_button import DropButton
from ui.widgets.label import label, see_through
from ui.widgets.popup import Popup

Kind = Literal["png", "svg", "pdf", "csv", "xlsx", "print"]
#: What can be written, and the words for it.
KINDS: Final[dict[Kind, tuple[str, str]]] = {
    "png": ("Picture (PNG)", "the chart, for a message or a slide"),
    "svg": ("Drawing (SVG)", "the chart, sharp at every size"),
    "pdf": ("PDF", "the chart and the table below it"),
    "csv": ("CSV", "the table, for any spreadsheet or program"),
    "xlsx": ("Excel", "the table with numbers and dates"),
    "print": ("Print…", "the chart and the table below it"),
}


class ExportButton(DropButton):
    """`wanted(kind)` when a person asks for one of `KINDS`."""

    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Export", tip="Write the chart or the table into a file, or print both")
        self.popup = Popup(self)
        self.popup.setAccessibleName("Export")
        self.popup.setMinimumWidth(280)
        self.choices = {kind: self._choice(kind, *words) for kind, words in KINDS.items()}
        self.clicked.connect(self._open)

    def _open(self) -> None:
        self.popup.drop()
        self.choices["png"].setFocus()

    def _choice(self, kind: str, title: str, hint: str) -> QPushButton:
        made = button("")
        made.setProperty("choice", True)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.setAccessibleName(f"{title}, {hint}")
        column = QVBoxLayout(made)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(0)
        for line in (label(title, scale="strong"), label(hint, tone="faint", scale="small")):
            see_through(line)
            column.addWidget(line)
        made.clicked.connect(lambda: self._pick(kind))
        self.popup.body.addWidget(made)
        return made

    def _pick(self, kind: str) -> None:
        self.popup.hide()
        self.wanted.emit(kind)
