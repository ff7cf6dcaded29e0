"""The button that exports what the filters match: as which kind of file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ui.payments.filter_words import payments_counted
from ui.theme import Theme
from ui.widgets.button import button
from ui.widgets.drop_button import DropButton
from ui.widgets.label import label, see_through
from ui.widgets.popup import Popup

#: What can be written, and the words for it.
KINDS: Final = {
    "csv": ("CSV", "for any spreadsheet or program"),
    "xlsx": ("Excel", "a workbook with numbers and dates"),
    "pdf": ("PDF", "to print or to send"),
}


class ExportButton(DropButton):
    """`wanted(kind)` with 'csv', 'xlsx' or 'pdf' when a person asks for a file of every payment that matches."""

    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Export", tip="Write every payment that matches into a file")
        self.popup = ExportPopup(self)
        self.popup.picked.connect(self.wanted)
        self.clicked.connect(self._open)
        self.show_count(None)

    def show_count(self, count: int | None) -> None:
        """Says how many payments would be exported; None while that is not known."""
        self.popup.show_count(count)
        self.setEnabled(count != 0)

    def _open(self) -> None:
        self.popup.drop()
        self.popup.choices[0].setFocus()


class ExportPopup(Popup):
    """The kinds of file, and how many payments; `picked(kind)`."""

    picked = Signal(str)

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._count = label(tone="muted", scale="small")
        self._count.setContentsMargins(7, 2, 7, 0)
        self.body.addWidget(self._count)
        self.choices = [self._choice(kind, *words) for kind, words in KINDS.items()]
        self.setMinimumWidth(270)
        self.setAccessibleName("Export")

    @property
    def words(self) -> str:
        """What is said above the kinds."""
        return self._count.text()

    def show_count(self, count: int | None) -> None:
        """Says how many payments would be exported."""
        self._count.setText("Every payment that matches" if count is None else payments_counted(count))

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
        self.body.addWidget(made)
        return made

    def _pick(self, kind: str) -> None:
        self.hide()
        self.picked.emit(kind)
