"""The chip behind which the rarer filters are: driver, till, amount, weekday, reason, and which day of a payment the days mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from services.domain.payment import FAILURE_CODES
from services.payments.filters import Basis
from ui.payments.filter_words import BASES, WEEKDAYS, reason_word
from ui.theme import Theme
from ui.widgets.amount_range import AmountRange
from ui.widgets.chip import Chip
from ui.widgets.filter_button import Choice, FilterButton
from ui.widgets.label import label
from ui.widgets.popup import Popup
from ui.widgets.segmented import Segmented

_SHORT_BASES: dict[Basis, str] = {"created": "Creation", "taken": "Payment", "refunded": "Refund"}


@dataclass(frozen=True, slots=True)
class More:
    """What the rarer filters say; empty and None mean any."""

    drivers: tuple[str, ...] = ()
    tills: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    basis: Basis = "created"
    weekdays: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many of them narrow anything."""
        amounts = self.least is not None or self.most is not None
        lists = (self.drivers, self.tills, self.weekdays, self.reasons)
        return sum(map(bool, (*lists, amounts, self.basis != "created")))


class MoreButton(Chip):
    """`changed()` when a person chooses something else among the rarer filters."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "More filters", caption=False)
        self.popup = MorePopup(theme, self)
        self.popup.changed.connect(self._changed)
        self.clicked.connect(self.open_panel)
        self.cleared.connect(self._cleared)
        self._tell()

    @property
    def chosen(self) -> More:
        """What is chosen now."""
        return self.popup.chosen

    def show_chosen(self, more: More) -> None:
        """Shows what is chosen, without a signal."""
        self.popup.show_chosen(more)
        self._tell()

    def open_panel(self) -> None:
        """Opens the panel with the filters."""
        self.popup.drop()
        self.popup.basis.setFocus()

    def _changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _cleared(self) -> None:
        self.show_chosen(More())
        self.changed.emit()

    def _tell(self) -> None:
        count = self.chosen.count
        whole = f"{count} chosen" if count else "driver, till, amount, weekday, reason"
        self.show_value("More", active=bool(count), clearable=bool(count), more=str(count or ""), whole=whole)


class MorePopup(Popup):
    """The panel of the rarer filters."""

    changed = Signal()

    def __init__(self, theme: Theme, anchor: Chip) -> None:
        super().__init__(anchor)
        self.basis = Segmented(list(_SHORT_BASES.items()), name="The days are those of")
        self.amounts = AmountRange()
        self.driver, self.till = FilterButton(theme, "Driver"), FilterButton(theme, "Till")
        self.weekday = FilterButton(theme, "Weekday", [Choice(str(day), words) for day, words in WEEKDAYS.items()])
        self.reason = FilterButton(theme, "Reason")
        self._reasons: set[str] = set()
        self.offer_reasons((*FAILURE_CODES, ""))
        self._amounts_of = label("Amount", tone="muted", scale="small")
        self._build()
        self.basis.changed.connect(lambda _: self.changed.emit())
        for button in (self.driver, self.till, self.weekday, self.reason):
            button.changed.connect(lambda _: self.changed.emit())
        self.amounts.changed.connect(self.changed)

    @property
    def chosen(self) -> More:
        """What is chosen now."""
        amounts = self.amounts
        return More(
            self.driver.values,
            self.till.values,
            amounts.least,
            amounts.most,
            basis_of(self.basis.value),
            self.weekday.values,
            self.reason.values,
        )

    def show_chosen(self, more: More) -> None:
        """Shows what is chosen, without a signal."""
        self.basis.set_value(more.basis)
        self.driver.set_values(more.drivers)
        self.till.set_values(more.tills)
        self.amounts.set_bounds(more.least, more.most)
        self.weekday.set_values(more.weekdays)
        self.offer_reasons(more.reasons)
        self.reason.set_values(more.reasons)

    def by_creation(self) -> None:
        """Reads the days as those of creation again, as a person does by an ×."""
        self.basis.set_value("created")
        self.changed.emit()

    def offer_reasons(self, codes: Iterable[str]) -> None:
        """Offers these result codes too, beside the known ones and those that were offered before."""
        if self._reasons.issuperset(codes):
            return
        self._reasons.update(codes)
        ranked = sorted(self._reasons, key=lambda code: (not code, not code.isdigit(), len(code), code))
        self.reason.set_choices([Choice(code, reason_word(code)) for code in ranked])

    def set_currency(self, currency: str) -> None:
        """Says what the amounts are in."""
        self._amounts_of.setText(f"Amount, {currency}")

    def _build(self) -> None:
        self.body.setContentsMargins(13, 11, 13, 13)
        self._add("The days are those of", self.basis)
        self.body.addSpacing(6)
        self.body.addWidget(self._amounts_of)
        self.body.addWidget(self.amounts)
        self.body.addSpacing(6)
        self._add("Who and where to", _beside(self.driver, self.till))
        self.body.addSpacing(6)
        self._add("On which weekdays, and why they failed", _beside(self.weekday, self.reason))
        self.setMinimumWidth(300)
        self.setAccessibleName("More filters")

    def _add(self, words: str, widget: QWidget) -> None:
        self.body.addWidget(label(words, tone="muted", scale="small"))
        self.body.addWidget(widget)


def basis_of(value: str) -> Basis:
    """The basis of that name; StopIteration when there is none."""
    return next(basis for basis in BASES if basis == value)


def _beside(*widgets: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return both
