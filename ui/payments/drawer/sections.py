"""What stands below the head: the story, and everything that is known of the payment beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from services.monitoring.detail import LineMatch, PaymentDetail
from services.payments.row import PaymentRow
from ui.payments.drawer.facts import Facts, tell, wrapped
from ui.payments.drawer.passenger import PassengerSection
from ui.payments.drawer.section import Section
from ui.payments.drawer.timeline import Timeline
from ui.payments.drawer.words import (
    Reading,
    alert_moments,
    audit_moments,
    booking_facts,
    days_behind,
    finding_moments,
    match_facts,
    passenger_facts,
    story_moments,
    unmatched,
)
from ui.reconciliation.words import day_title
from ui.theme import Theme
from ui.widgets.button import button

_EDGE: Final = 18


class LineSection(Section):
    """The statement line that proves the payment, or why there is none; `open_day(date)` for its day of reconciliation."""

    open_day = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__("Statement line")
        self._theme = theme
        self.said = wrapped(tone="muted")
        self.findings = Timeline(theme, "Open in reconciliation")
        self.lines: list[Facts] = []
        self.days: list[QPushButton] = []
        self._matched = QVBoxLayout()
        self._matched.setSpacing(10)
        for part in (self.said, self.findings):
            self.body.addWidget(part)
        self.body.addLayout(self._matched)

    def show_detail(self, detail: PaymentDetail, reading: Reading) -> None:
        """Shows what the detail says of statements."""
        tell(self.said, "" if detail.matches else unmatched(detail.row, detail.findings, detail.removed))
        self.said.setVisible(bool(self.said.text()))
        self.findings.show_moments(finding_moments(detail.findings, reading))
        self._show_lines(detail.matches, reading)
        self._show_days(days_behind(detail.matches, detail.findings))

    def _show_lines(self, matches: tuple[LineMatch, ...], reading: Reading) -> None:
        while len(self.lines) > len(matches):
            _drop(self.lines.pop())
        while len(self.lines) < len(matches):
            self.lines.append(Facts(self._theme))
            self._matched.addWidget(self.lines[-1])
        for line, match in zip(self.lines, matches, strict=True):
            line.conceal(reading.concealed)
            line.show_facts(match_facts(match, reading))

    def _show_days(self, days: list[date]) -> None:
        words = [f"Open {day_title(day)}" for day in days]
        if words == [made.text() for made in self.days]:
            return
        while self.days:
            _drop(self.days.pop())
        for day, text in zip(days, words, strict=True):
            made = button(text, "plain", tip="Show this day's reconciliation")
            made.clicked.connect(partial(self.open_day.emit, day))
            self.aside.addWidget(made)
            self.days.append(made)


class Sections(QWidget):
    """Every section; what a person does in one of them comes out as its own signal."""

    followed = Signal(str)
    open_day = Signal(object)
    retry_wanted = Signal()

    def __init__(self, theme: Theme, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.story, self.told = Section("Story"), Timeline(theme, "Story of the payment")
        self.waiting = wrapped(tone="muted")
        self.retry = button("Try again")
        self.booking, self.booked = Section("Booking"), Facts(theme)
        self.passenger = PassengerSection(theme, clock)
        self.line = LineSection(theme)
        self.alerts, self.alerted = Section("Alerts"), Timeline(theme, "Alerts of the payment")
        self.audit, self.audited = Section("Audit"), Timeline(theme, "Who did what with the payment")
        self.nobody = wrapped(tone="muted")
        self._build()
        self._connect()

    def show_payment(self, row: PaymentRow | None, detail: PaymentDetail | None, reading: Reading) -> None:
        """Shows what is known: nothing, the grid's row, or everything."""
        self.booking.setVisible(row is not None)
        self.passenger.setVisible(row is not None and not (detail and detail.removed))
        if row is not None:
            self.booked.show_facts(booking_facts(row, detail.booking if detail else None, reading))
            self.passenger.show_facts(passenger_facts(row))
        for section in (self.line, self.audit):
            section.setVisible(detail is not None)
        self.alerts.setVisible(detail is not None and bool(detail.alerts))
        self.told.show_moments(story_moments(detail.story, reading) if detail else ())
        if detail is not None:
            self._show_detail(detail, reading)

    def leave_room(self, taken: int) -> None:
        """Keeps the right edge where it is while a scroll bar takes some of the room beside it."""
        column = self.layout()
        if column is not None:
            column.setContentsMargins(18, 0, max(0, _EDGE - taken), 18)

    def say(self, words: str, *, failed: bool = False) -> None:
        """Says in the story's place why it is not there, or above it why it is old; `failed` offers to try again."""
        tell(self.waiting, words, tone="failed" if failed else "muted")
        self.waiting.setVisible(bool(words))
        self.retry.setVisible(failed)

    def _show_detail(self, detail: PaymentDetail, reading: Reading) -> None:
        self.line.show_detail(detail, reading)
        self.alerted.show_moments(alert_moments(detail.alerts, reading))
        self.audited.show_moments(audit_moments(detail.audit, reading))
        self.nobody.setVisible(not detail.audit)

    def _build(self) -> None:
        self.nobody.setText("Nobody has matched it by hand, nor seen name and phone.")
        self.story.body.addWidget(self.waiting)
        self.story.body.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignLeft)
        self.story.body.addWidget(self.told)
        self.booking.body.addWidget(self.booked)
        self.alerts.body.addWidget(self.alerted)
        for part in (self.nobody, self.audited):
            self.audit.body.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 0, _EDGE, 18)
        column.setSpacing(12)
        for section in (self.story, self.booking, self.passenger, self.line, self.alerts, self.audit):
            column.addWidget(section)
        column.addStretch(1)
        self.say("")

    def _connect(self) -> None:
        self.retry.clicked.connect(self.retry_wanted)
        self.booked.followed.connect(self.followed)
        self.passenger.followed.connect(self.followed)
        self.line.open_day.connect(self.open_day)


def _drop(widget: QWidget) -> None:
    widget.hide()
    widget.deleteLater()
