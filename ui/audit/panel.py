"""One record in full, beside the trail: the row before and after, what changed first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QWidget

from services.audit.record import Change, Op, changes
from ui.audit.columns import NOTHING, Reading, TrailRow
from ui.audit.values import in_short, read_value
from ui.grid.texts import CONCEALED
from ui.widgets.button import button
from ui.widgets.card import Card
from ui.widgets.label import label, plain_tip

WIDTH = 408
_HEADS: Final = {"insert": "Added", "update": "Changed", "delete": "Removed"}


class RecordPanel(Card):
    """A record's act, author, moment, reason and hash over its fields; `opened()` and `closed()` as it comes and goes.

    `payment_wanted(UUID)` for the payment that the record is about.
    """

    opened = Signal()
    payment_wanted = Signal(object)
    closed = Signal()

    def __init__(self, reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=(14, 12, 8, 12))
        self._reading = reading
        self._row: TrailRow | None = None
        self._concealed = False
        self._title = label(scale="heading")
        self._details = label()
        self._author = label(tone="muted")
        self._reason = label(tone="muted")
        self._hash = label(tone="faint", scale="small")
        self.close_button = button("Close", "plain", tip="Close the record (Esc)")
        self.payment_button = button("Show the payment", "link", tip="Open the payment that this record is about")
        self._fields = QScrollArea()
        self._build()
        self.hide()

    @property
    def number(self) -> int | None:
        """The number of the record that is shown; None while nothing is."""
        return None if self._row is None or self.isHidden() else self._row.record.number

    def show_row(self, row: TrailRow) -> None:
        """Shows a record."""
        self._row = row
        record = row.record
        self._title.setText(f"No. {record.number:,} · {row.act.what}")
        self._details.setText(CONCEALED if self._concealed else in_short(row.act.details))
        self._details.setVisible(bool(row.act.details))
        self._author.setText(f"{record.who}, {self._reading.moment(record.at)}")
        self._reason.setText(f"Reason: {record.reason}")
        self._reason.setVisible(bool(record.reason))
        self._hash.setText(f"SHA-256 {record.hash.hex()[:16]}…")
        self._hash.setToolTip(record.hash.hex())
        self.payment_button.setVisible(record.payment_id is not None)
        self._fields.setWidget(self._table(record.op, changes(record)))
        self.setAccessibleName(f"Record {record.number:,}: {row.act.what} {self._details.text()}")
        if self.isHidden():
            self.show()
            self.opened.emit()

    def clear(self) -> None:
        """Lets go of the record and closes."""
        self._row = None
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def conceal(self, concealed: bool) -> None:
        """Masks what the fields say, or shows it again."""
        self._concealed = concealed
        if self._row is not None and not self.isHidden():
            self.show_row(self._row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the panel."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _show_payment(self) -> None:
        if self._row is not None and (payment := self._row.record.payment_id) is not None:
            self.payment_wanted.emit(payment)

    def _table(self, op: Op, rows: Sequence[Change]) -> QWidget:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        for column in _columns(op):
            grid.setColumnStretch(column, 1)
            grid.addWidget(label("Before" if column == 1 else "After", tone="faint", scale="small"), 0, column)
        grid.addWidget(label("Field", tone="faint", scale="small"), 0, 0)
        place = 1
        for changed, group in groupby(rows, key=lambda row: row.changed):
            members = list(group)
            head = label(f"{_HEADS[op] if changed else 'The same'} ({len(members)})", tone="muted", scale="small")
            head.setContentsMargins(0, 6, 0, 0)
            grid.addWidget(head, place, 0, 1, 3)
            for step, row in enumerate(members, start=1):
                self._add(grid, place + step, op, row)
            place += len(members) + 1
        grid.setRowStretch(place, 1)
        return content

    def _add(self, grid: QGridLayout, place: int, op: Op, row: Change) -> None:
        name = label(row.field.replace("_", " "), tone="" if row.changed else "muted")
        grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
        for column in _columns(op):
            value = row.before if column == 1 else row.after
            grid.addWidget(self._value(value, _tone(op, row, column)), place, column, Qt.AlignmentFlag.AlignTop)

    def _value(self, value: str, tone: str) -> QLabel:
        shown = CONCEALED if self._concealed and value else read_value(value, self._reading) or NOTHING
        made = label(shown, tone=tone if value else "faint", scale="strong" if value and tone != "muted" else "")
        made.setWordWrap(True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if value and not self._concealed and shown != value:
            made.setToolTip(plain_tip(value))
        return made

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.close_button)
        self.body.setSpacing(4)
        self.body.addLayout(head)
        for line in (self._details, self._author, self._reason, self._hash):
            line.setWordWrap(True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.body.addWidget(line)
        self.body.addWidget(self.payment_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addSpacing(6)
        self._fields.setWidgetResizable(True)
        self._fields.setFrameShape(QFrame.Shape.NoFrame)
        self._fields.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fields.setAccessibleName("Fields before and after")
        self.body.addWidget(self._fields, 1)
        self.setMinimumWidth(280)
        self.close_button.clicked.connect(self.clear)
        self.payment_button.clicked.connect(self._show_payment)


def _columns(op: Op) -> tuple[int, ...]:
    """Before and after stand in columns 1 and 2; what was added has no before, what was removed no after."""
    return {"insert": (2,), "update": (1, 2), "delete": (1,)}[op]


def _tone(op: Op, row: Change, column: int) -> str:
    if not row.changed:
        return "muted"
    if op != "update":
        return ""
    return "failed" if column == 1 else "completed"
