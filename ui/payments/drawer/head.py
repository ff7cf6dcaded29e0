"""The top of the drawer: how much, how it stands, when, and the buttons that act on the whole payment."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from services.domain.payment import status_shown
from services.payments.row import PaymentRow
from ui.payments.drawer.copying import CopyButton, IconButton
from ui.payments.drawer.facts import tell, wrapped
from ui.payments.drawer.words import NOTHING, Reading, amount_in_words, given_back, headline
from ui.theme import Theme
from ui.widgets.label import ElidedLabel, label
from ui.widgets.status_pill import StatusPill


class Head(QWidget):
    """Amount, status, moment and receipt; `previous_wanted`, `next_wanted` and `close_wanted` for its buttons."""

    previous_wanted = Signal()
    next_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, theme: Theme, link: Callable[[], str]) -> None:
        super().__init__()
        self._receipt = ""
        self.amount = ElidedLabel(scale="figure")
        self.pill = StatusPill(theme)
        self.moment, self.refund = wrapped(tone="muted"), wrapped(tone="refunded")
        self.receipt = ElidedLabel(tone="muted")
        self.copy_receipt = CopyButton(theme, "Copy receipt", lambda: self._receipt)
        self.copy_link = CopyButton(theme, "Copy link to this payment", link, drawing="link")
        self.previous = IconButton(theme, "arrow_up", "Previous payment (Alt+↑)")
        self.next = IconButton(theme, "arrow_down", "Next payment (Alt+↓)")
        self.close_button = IconButton(theme, "close", "Close (Esc)")
        self._build()
        self.previous.clicked.connect(self.previous_wanted)
        self.next.clicked.connect(self.next_wanted)
        self.close_button.clicked.connect(self.close_wanted)

    def show_row(self, row: PaymentRow | None, reading: Reading, *, removed: bool = False) -> None:
        """Shows a payment; None while it is not known what it says. One that was `removed` has no status, and no receipt is known."""
        for part in (self.pill, self.moment, self.receipt, self.copy_receipt):
            part.setVisible(row is not None)
        self.refund.setVisible(row is not None and bool(row.refunded_amount))
        if row is None:
            self.amount.setText(NOTHING)
            return
        self.amount.setText(reading.masked(amount_in_words(row)))
        self.pill.show_status(*(("Removed", "") if removed else (status_shown(row.status), row.status)))
        tell(self.moment, headline(row, reading))
        tell(self.refund, given_back(row, reading))
        self._receipt = row.receipt
        self.receipt.setText(f"Receipt {row.receipt}" if row.receipt else "No receipt")
        self.receipt.setVisible(not removed)
        self.copy_receipt.setVisible(bool(row.receipt))

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        buttons.addWidget(label("Payment", tone="muted"), 1)
        for made in (self.copy_link, self.previous, self.next, self.close_button):
            buttons.addWidget(made)
        figures = QHBoxLayout()
        figures.setSpacing(10)
        figures.addWidget(self.amount, 1)
        figures.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignVCenter)
        receipt = QHBoxLayout()
        receipt.setSpacing(4)
        receipt.addWidget(self.receipt)
        receipt.addWidget(self.copy_receipt)
        receipt.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(buttons)
        column.addLayout(figures)
        column.addWidget(self.moment)
        column.addWidget(self.refund)
        column.addLayout(receipt)
