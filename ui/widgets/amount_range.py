"""Two fields that bound an amount: from, to, each blank where there is no bound."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from services.domain.money import parse, shown
from ui.theme import restyle
from ui.widgets.label import label

_PAUSE_MS = 400


class AmountRange(QWidget):
    """`changed()` once the typing pauses, or on Enter, and both fields hold amounts or nothing; see `least` and `most`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.last = _field("From"), _field("To")
        self._bounds: tuple[Decimal | None, Decimal | None] = (None, None)
        self._complaint = label(tone="failed", scale="small")
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._build()
        self._pause.timeout.connect(self._take)
        for field in (self.first, self.last):
            field.textEdited.connect(lambda: self._pause.start())
            field.editingFinished.connect(self._take)

    @property
    def least(self) -> Decimal | None:
        """The smallest amount; None for any."""
        return self._bounds[0]

    @property
    def most(self) -> Decimal | None:
        """The largest amount; None for any."""
        return self._bounds[1]

    @property
    def complaint(self) -> str:
        """What is wrong with what is written; '' where nothing is."""
        return self._complaint.text()

    def set_bounds(self, least: Decimal | None, most: Decimal | None) -> None:
        """Shows other bounds without a signal; what means the same already keeps its spelling."""
        if (least, most) == self._bounds and not self.complaint:
            return
        self._pause.stop()
        self._bounds = (least, most)
        for field, bound in ((self.first, least), (self.last, most)):
            field.setText("" if bound is None else shown(bound))
        self._complain("", ())

    def clear(self) -> None:
        """Takes both bounds away, as a person does by an ×."""
        for field in (self.first, self.last):
            field.clear()
        self._take()

    def _take(self) -> None:
        self._pause.stop()
        wrong = [field for field in (self.first, self.last) if not _readable(field)]
        if wrong:
            self._complain("An amount is written like 1,200 or 150.50.", wrong)
            return
        least, most = parse(self.first.text()), parse(self.last.text())
        if least is not None and most is not None and least > most:
            self._complain("From is more than to: no amount is between them.", (self.first, self.last))
            return
        self._complain("", ())
        if (least, most) != self._bounds:
            self._bounds = (least, most)
            self.changed.emit()

    def _complain(self, words: str, wrong: tuple[QLineEdit, ...] | list[QLineEdit]) -> None:
        self._complaint.setText(words)
        self._complaint.setVisible(bool(words))
        for field in (self.first, self.last):
            restyle(field, invalid=field in wrong)
            field.setAccessibleDescription(words if field in wrong else "")

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.first, 1)
        row.addWidget(label("–", tone="faint"))
        row.addWidget(self.last, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._complaint)
        self._complaint.hide()


def _field(words: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(words)
    field.setAccessibleName(f"Amount {words.lower()}")
    field.setMinimumWidth(96)
    return field


def _readable(field: QLineEdit) -> bool:
    try:
        parse(field.text())
    except ValueError:
        return False
    return True
