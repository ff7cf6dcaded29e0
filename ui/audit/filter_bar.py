"""The line above the trail: which records the page is about, and the button that proves them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from services.audit.record import KINDS, OTHER, AuditFilter
from services.domain.period import Days, preset
from ui.theme import Theme
from ui.widgets.button import button
from ui.widgets.day_range import DayRangeButton
from ui.widgets.filter_button import Choice, FilterButton
from ui.widgets.label import label
from ui.widgets.search_field import SearchField

_SEARCH_WIDTH = 170


class FilterBar(QWidget):
    """Days, who, what, search, and "Verify now"; `changed()` when a person chooses something else."""

    changed = Signal()
    verify_wanted = Signal()
    #: Down leaves the search box for the rows.
    left_down = Signal()

    def __init__(self, theme: Theme, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.days = DayRangeButton(theme, chosen="last_30_days", now=clock)
        self.who = FilterButton(theme, "Who")
        kinds = [Choice(kind, words) for kind, (words, _) in KINDS.items()]
        self.kind = FilterButton(theme, "What", [*kinds, Choice(OTHER, "Other")])
        self.search = SearchField(theme, "Search the records (Ctrl+F)")
        self.verify = button(
            "Verify now", "primary", tip="Prove every record, every link and every import of this fleet"
        )
        self._build()
        self._connect()

    def wanted(self, fleet_id: UUID, zone: ZoneInfo) -> AuditFilter:
        """The filter that the bar says; a preset's days are reckoned from now, where the fleet is."""
        chosen = self.days.days
        days = (
            preset(self.days.preset, zone, self._clock()) if self.days.preset else Days(chosen.first, chosen.last, zone)
        )
        text = self.search.text().strip()
        return AuditFilter(fleet_id, days, frozenset(self.who.values), frozenset(self.kind.values), text)

    def set_people(self, people: Iterable[str]) -> None:
        """Offers people to filter by."""
        self.who.set_choices([Choice(person, person) for person in people])

    def clear(self) -> None:
        """Leaves only the days, without a signal."""
        self.who.set_values(())
        self.kind.set_values(())
        self.search.set_query("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the search box goes to the rows."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
            self.left_down.emit()
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        title = label("Audit", scale="title")
        title.setContentsMargins(0, 0, 8, 0)
        self.search.setMinimumWidth(_SEARCH_WIDTH)
        self.search.installEventFilter(self)
        for part in (title, self.days, self.who, self.kind):
            row.addWidget(part)
        row.addWidget(self.search, 1)
        row.addWidget(self.verify)

    def _connect(self) -> None:
        self.days.changed.connect(lambda _: self.changed.emit())
        for chip in (self.who, self.kind):
            chip.changed.connect(lambda _: self.changed.emit())
        self.search.searched.connect(lambda _: self.changed.emit())
        self.verify.clicked.connect(self.verify_wanted)
