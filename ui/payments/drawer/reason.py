"""Asking why somebody wants to see a name, and showing it: the two forms that the passenger's section opens."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from services.domain.phone import spaced
from services.payments.revealing import SHORTEST_REASON, Revealed
from ui.payments.drawer.facts import NAME_WIDTH, breakable, wrapped
from ui.widgets.button import button
from ui.widgets.label import label

_LONGEST_REASON: Final = 500
_TOO_SHORT: Final = f"Say why, in at least {SHORTEST_REASON} characters."
_NOTE: Final = "The reason is kept in the audit trail, with your name and the time."


class ReasonForm(QWidget):
    """Asks why; `submitted(reason)` with at least five characters, `cancelled()` by its button."""

    submitted = Signal(str)
    cancelled = Signal()
    #: It takes more room than before.
    grown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._busy, self._allowed = False, True
        self.reason = QLineEdit()
        self.show_button = button("Show", "primary")
        self.cancel_button = button("Cancel")
        self.note = wrapped(tone="muted", scale="small")
        self.refusal = wrapped(tone="failed")
        self._build()
        self.reason.textChanged.connect(lambda _: self._check())
        self.reason.returnPressed.connect(self._submit)
        self.show_button.clicked.connect(self._submit)
        self.cancel_button.clicked.connect(self.cancelled)
        self.close_form()

    def open_form(self) -> None:
        """Shows the form, the cursor in it."""
        self.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self.grown.emit()

    def close_form(self) -> None:
        """Hides and empties the form."""
        self.reason.clear()
        self._say("", busy=False)
        self.hide()

    def refuse(self, sentence: str) -> None:
        """Says why not."""
        self._say(sentence, busy=False)

    def allow(self, allowed: bool) -> None:
        """Lets the form be sent, or only be filled in."""
        self._allowed = allowed
        self._check()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the form and no more."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _submit(self) -> None:
        if self.show_button.isEnabled():
            self._say("", busy=True)
            self.submitted.emit(self.reason.text().strip())
        elif not self._busy and not self._enough():
            self._say(_TOO_SHORT, busy=False)

    def _say(self, refusal: str, *, busy: bool) -> None:
        self._busy = busy
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))
        self.note.setText("Asking…" if busy else _NOTE)
        self.reason.setReadOnly(busy)
        self._check()
        if refusal:
            self.grown.emit()

    def _check(self) -> None:
        enough = self._enough()
        self.show_button.setEnabled(enough and not self._busy and self._allowed)
        self.show_button.setToolTip("" if enough else _TOO_SHORT)
        if enough and self.refusal.text() == _TOO_SHORT:
            self._say("", busy=False)

    def _enough(self) -> bool:
        return len("".join(self.reason.text().split())) >= SHORTEST_REASON

    def _build(self) -> None:
        self.reason.setMaxLength(_LONGEST_REASON)
        self.reason.setPlaceholderText("Why? For example: customer calls about a refund")
        self.reason.setAccessibleName("Reason to show name and phone")
        self.reason.setAccessibleDescription(_NOTE)
        self.refusal.setAccessibleName("Why it is not shown")
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(6)
        for part in (self.reason, self.note, self.refusal):
            column.addWidget(part)
        column.addLayout(buttons)


class FullName(QWidget):
    """Name and phone in full, the seconds that are left, and a button that masks them now."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.phone = wrapped(scale="strong"), wrapped(scale="strong")
        self.left = label(tone="pending", scale="small")
        self.mask_button: QPushButton = button("Mask now", "plain")
        row = QHBoxLayout()
        row.addWidget(self.left, 1)
        row.addWidget(self.mask_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        lines = QGridLayout()
        lines.setHorizontalSpacing(8)
        lines.setVerticalSpacing(8)
        lines.setColumnMinimumWidth(0, NAME_WIDTH)
        lines.setColumnStretch(1, 1)
        for place, (title, line) in enumerate((("Name", self.name), ("Phone", self.phone))):
            lines.addWidget(label(title, tone="muted"), place, 0, Qt.AlignmentFlag.AlignTop)
            lines.addWidget(line, place, 1)
        column.addLayout(lines)
        column.addLayout(row)
        self.hide()

    def show_revealed(self, revealed: Revealed) -> None:
        """Shows them; the cursor goes to the button that masks them."""
        _tell(self.name, revealed.passenger, "No name is known", "Passenger")
        _tell(self.phone, spaced(revealed.phone), "No phone is known", "Phone")
        self.show()
        self.mask_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_left(self, seconds: int) -> None:
        """Says how long they are still shown."""
        self.left.setText(f"Masked again in {seconds} s")

    def forget(self) -> None:
        """Hides them and lets go of what they said."""
        for line in (self.name, self.phone):
            line.clear()
            line.setAccessibleName("")
        self.hide()


def _tell(line: QLabel, said: str, otherwise: str, name: str) -> None:
    line.setText(breakable(said) or otherwise)
    line.setAccessibleName(f"{name}: {said or otherwise}")
