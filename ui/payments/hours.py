"""The day at a glance: payments by hour, what they are narrowed to, and as of when."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from services.domain.payment import PARTIALLY_REFUNDED, REFUNDED
from services.payments.filters import PaymentFilter
from services.payments.summary import Figures, Summary
from ui.charts import HoursChart
from ui.payments.filter_words import HOURS, counts_in_words, hour_in_words
from ui.theme import Theme
from ui.widgets.button import button
from ui.widgets.card import Card
from ui.widgets.label import ElidedLabel, label

INVITATION = "Payments by hour — click an hour or a colour to filter"
_BACK = frozenset({REFUNDED, PARTIALLY_REFUNDED})


class HoursCard(Card):
    """The chart and the line above it; `picked(hour, statuses)`, `hour_cleared()` and `cleared()` are what a person asks for."""

    picked = Signal(int, object)
    hour_cleared = Signal()
    cleared = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=(13, 6, 13, 3))
        self._theme = theme
        self._words = ElidedLabel(INVITATION, tone="faint", scale="small")
        self._narrowed, self._counts, self._filtered = "", "", False
        self._hour = button("", "plain", tip="Show every hour again")
        self._clear = button("Clear all", "plain", tip="Show every payment of these days")
        self._aside = label(tone="faint", scale="small")
        self.chart = HoursChart(theme.tokens)
        self._build()
        theme.changed.connect(lambda: self.chart.set_theme(theme.tokens))

    def show_summary(self, summary: Summary | None) -> None:
        """Draws the hours; none where the figures are not known."""
        hours: list[dict[str, Figures]] = summary.by_hour() if summary else [{} for _ in range(24)]
        self.chart.set_data([_drawn(hour) for hour in hours])

    def show_filter(self, narrowed: PaymentFilter, words: str) -> None:
        """Says what the rows are narrowed to beside the hour, which has its own ×, and brings out hour and statuses below."""
        self._narrowed = " · ".join((words, HOURS[narrowed.basis])) if narrowed.basis != "created" else words
        self._filtered = bool(words) or narrowed.hour is not None
        self._clear.setVisible(self._filtered)
        self._show_hour(narrowed.hour)
        self._say()
        self.chart.set_filter(narrowed.hour, _colours(narrowed.statuses))

    def conceal(self, concealed: bool) -> None:
        """Masks every amount in privacy mode, or shows them again."""
        self.chart.conceal(concealed)

    def show_counts(self, rows: int | None, of: int | None) -> None:
        """Says how many payments match, of how many in these days; None while that is not known."""
        self._counts = counts_in_words(rows, of)
        self._say()

    def show_aside(self, text: str) -> None:
        """Says at the right as of when the figures are."""
        self._aside.setText(text)

    @property
    def words(self) -> str:
        """The line above the chart."""
        return self._words.text()

    @property
    def aside(self) -> str:
        """The words at the right."""
        return self._aside.text()

    @property
    def clear(self) -> QWidget:
        """The button that clears the filters; hidden while there are none."""
        return self._clear

    @property
    def hour(self) -> QPushButton:
        """The button with the chosen hour that takes it out; hidden while none is chosen."""
        return self._hour

    def _show_hour(self, hour: int | None) -> None:
        words = "" if hour is None else hour_in_words(hour)
        self._hour.setText(f"{words} ×")
        self._hour.setAccessibleName(f"Clear the hour {words}")
        self._hour.setVisible(hour is not None)

    def _say(self) -> None:
        filtered = " · ".join(part for part in (self._counts, self._narrowed) if part)
        self._words.setText(f"Filtered: {filtered}".rstrip(": ") if self._filtered else INVITATION)

    def _build(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._clear.setVisible(False)
        self._clear.clicked.connect(self.cleared)
        self._hour.setVisible(False)
        self._hour.clicked.connect(self.hour_cleared)
        self._words.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._words)
        line.addWidget(self._hour)
        line.addWidget(self._clear)
        line.addStretch(1)
        line.addWidget(self._aside)
        head = QWidget()
        head.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        head.setFixedHeight(24)
        self.body.addWidget(head)
        self.body.addWidget(self.chart)
        self.chart.picked.connect(lambda hour, status: self.picked.emit(hour, _statuses(status)))


def _drawn(hour: Mapping[str, Figures]) -> dict[str, tuple[int, Decimal]]:
    """What the chart draws: money given back in part stands with money given back."""
    drawn: dict[str, tuple[int, Decimal]] = {}
    for status, figures in hour.items():
        name = REFUNDED if status in _BACK else status
        count, amount = drawn.get(name, (0, Decimal("0.00")))
        drawn[name] = (count + figures.count, amount + figures.amount)
    return drawn


def _statuses(colour: str) -> frozenset[str]:
    if colour == REFUNDED:
        return _BACK
    return frozenset({colour}) if colour else frozenset()


def _colours(statuses: frozenset[str]) -> frozenset[str]:
    return frozenset(REFUNDED if status in _BACK else status for status in statuses)
