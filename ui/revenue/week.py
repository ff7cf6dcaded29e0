"""The choice of the weekday on which weeks begin, at the foot of the days' panel."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.day_range import DayRangeButton
from ui.widgets.label import label
from ui.widgets.segmented import Segmented

#: Weekdays that weeks begin on, 0 is Monday.
WEEK_STARTS: Final[dict[int, str]] = {0: "Monday", 6: "Sunday", 5: "Saturday"}


class WeekStart(QWidget):
    """`changed(weekday)` when a person chooses another; the calendar of `days` begins on the same weekday."""

    changed = Signal(int)

    def __init__(self, days: DayRangeButton) -> None:
        super().__init__()
        self._calendar = days.popup.calendar
        choices = [(str(weekday), name) for weekday, name in WEEK_STARTS.items()]
        self.choice = Segmented(choices, name="Weeks begin on")
        self._build()
        self.choice.changed.connect(self._chosen)
        days.popup.body.addWidget(self)

    @property
    def value(self) -> int:
        """The weekday, 0 is Monday."""
        return int(self.choice.value)

    def set_value(self, weekday: int) -> None:
        """Chooses one of `WEEK_STARTS` without a signal."""
        self.choice.set_value(str(weekday))
        self._calendar.setFirstDayOfWeek(Qt.DayOfWeek(weekday + 1))

    def _chosen(self, weekday: str) -> None:
        self.set_value(int(weekday))
        self.changed.emit(int(weekday))

    def _build(self) -> None:
        rule = QFrame()
        rule.setFixedHeight(1)
        rule.setProperty("role", "rule")
        line = QHBoxLayout()
        line.setContentsMargins(8, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(label("Weeks begin on", tone="muted", scale="small"))
        line.addStretch(1)
        line.addWidget(self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(6)
        column.addWidget(rule)
        column.addLayout(line)
