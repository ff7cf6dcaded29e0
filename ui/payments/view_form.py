"""What the panel of views asks inside itself: a name, or whether a view may go."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from services.payments.views import LONGEST_NAME
from ui.payments.filter_words import on_one_line
from ui.widgets.button import button
from ui.widgets.label import label

_NOT_SHARING: Final = "Only managers and approvers share views."


class ViewForm(QWidget):
    """A name and whether everybody sees it: `named(name, shared)`, or `left()` on Cancel."""

    named = Signal(str, bool)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.share = QCheckBox("Share with everybody in this fleet")
        self.save, self.cancel = button("Save", "primary"), button("Cancel")
        self._why = label(_NOT_SHARING, tone="faint", scale="small")
        self._build()
        self.allow_sharing(False)

    def ask(self, name: str, *, shared: bool) -> None:
        """Asks for a name and whether to share, beginning with these."""
        self.name.setText(name)
        self.name.selectAll()
        self.share.setChecked(shared)
        self._typed()
        self.name.setFocus()

    def allow_sharing(self, allowed: bool) -> None:
        """Lets the person share, or says why not."""
        self.share.setEnabled(allowed)
        self.share.setAccessibleDescription("" if allowed else _NOT_SHARING)
        self._why.setVisible(not allowed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.cancel.hasFocus():
            self._save()
        else:
            super().keyPressEvent(event)

    def _save(self) -> None:
        if name := on_one_line(self.name.text()):
            self.named.emit(name, self.share.isChecked())

    def _typed(self) -> None:
        self.save.setEnabled(bool(on_one_line(self.name.text())))

    def _build(self) -> None:
        self.name.setPlaceholderText("Name of the view")
        self.name.setAccessibleName("Name of the view")
        self.name.textChanged.connect(self._typed)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(7, 4, 7, 5)
        column.setSpacing(6)
        for part in (self.name, self.share, self._why):
            column.addWidget(part)
        column.addLayout(_at_the_right(self.cancel, self.save))


class Confirmation(QWidget):
    """Asks once more before a view goes; `agreed()` or `left()`."""

    agreed = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._question = label()
        self.delete, self.keep = button("Delete", "danger"), button("Keep it")
        self.delete.clicked.connect(self.agreed)
        self.keep.clicked.connect(self.left)
        self._question.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(7, 4, 7, 5)
        column.setSpacing(6)
        column.addWidget(self._question)
        column.addLayout(_at_the_right(self.keep, self.delete))

    @property
    def question(self) -> str:
        """What is asked."""
        return self._question.text()

    def ask(self, question: str) -> None:
        """Asks; the keyboard stands on the harmless answer."""
        self._question.setText(question)
        self.setAccessibleName(question)
        self.keep.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that the keyboard stands on."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)


def _at_the_right(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addStretch(1)
    for one in buttons:
        row.addWidget(one)
    return row
