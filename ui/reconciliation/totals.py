"""The card above a day: both totals, their difference, how much is matched, and what proves the statement."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from services.domain.money import shown
from services.reconciliation.results import DayDetail
from ui.reconciliation.words import NOTHING, day_status, proof, statement_line
from ui.theme import Theme, restyle
from ui.widgets.card import Card
from ui.widgets.label import ElidedLabel, label
from ui.widgets.status_pill import StatusPill

_TITLES = ("System total", "M-Pesa total", "Difference", "Matched", "Statement")


class TotalsCard(Card):
    """The figures of one day; every figure has its accessible name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(margins=(14, 10, 14, 10))
        self._values = {title: label(NOTHING, scale="figure") for title in _TITLES}
        self._pill = StatusPill(theme)
        self._proof = ElidedLabel(tone="muted", scale="small")
        self._build()

    def text(self, title: str) -> str:
        """The figure under a title."""
        return self._values[title].text()

    @property
    def proof(self) -> str:
        """What is said about the day's statements."""
        return self._proof.text()

    def show_day(self, detail: DayDetail, zone: ZoneInfo) -> None:
        """Shows a day's figures."""
        row = detail.row
        self._say("System total", shown(row.system_total))
        unproved = row.status == "no_statement" and not row.mpesa_total
        self._say("M-Pesa total", NOTHING if unproved else shown(row.mpesa_total))
        tone = "" if unproved else "failed" if row.difference else "completed"
        self._say("Difference", NOTHING if unproved else shown(row.difference), tone)
        matched = sum(match.booking_reference is not None for match in detail.matches)
        self._say("Matched", f"{matched:,} of {detail.line_count:,}")
        self._say("Statement", *proof(detail.statements, detail.explanation.explained))
        self._pill.show_status(*day_status(row))
        self._pill.show()
        lines = [
            statement_line(statement, f"{statement.imported_at.astimezone(zone):%d %b %H:%M}")
            for statement in detail.statements
        ]
        self._proof.setText("   |   ".join(lines) or "No statement covers this day.")

    def clear(self) -> None:
        """Shows that no day is chosen."""
        for title in _TITLES:
            self._say(title, NOTHING)
        self._pill.hide()
        self._proof.setText("")

    def _say(self, title: str, words: str, tone: str = "") -> None:
        self._values[title].setText(words)
        self._values[title].setAccessibleName(f"{title}: {words}")
        restyle(self._values[title], tone=tone)

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(36)
        for title, value in self._values.items():
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(label(title, tone="faint", scale="small"))
            pair.addWidget(value)
            row.addLayout(pair)
        row.addStretch(1)
        row.addWidget(self._pill)
        hairline = QFrame()
        hairline.setProperty("role", "hairline")
        self.body.addLayout(row)
        self.body.addSpacing(8)
        self.body.addWidget(hairline)
        self.body.addSpacing(7)
        self.body.addWidget(self._proof)
