"""The line above the figures: which payments the page is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from services.domain.payment import method_shown
from services.domain.period import Days, preset
from services.payments.filters import PaymentFilter
from services.payments.row import Names
from services.payments.summary import ORDER
from ui.payments.flow import GAP, FlowRow
from ui.payments.words import status_word
from ui.theme import Theme
from ui.widgets.day_range import PRESETS, DayRangeButton
from ui.widgets.filter_button import Choice, FilterButton
from ui.widgets.label import label
from ui.widgets.pill import Pill
from ui.widgets.search_field import SearchField

# The search box and, beside it, the room for the pill: it comes and goes without pushing anything into another line.
_SEARCH_WIDTH = 290


class FilterBar(QWidget):
    """Days, status, route, vehicle, method, search, and the pill that counts new payments.

    `changed()` when a person chooses something else; `left_down()` when Down leaves the search box for the rows.
    """

    changed = Signal()
    left_down = Signal()

    def __init__(self, theme: Theme, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.days = DayRangeButton(theme, now=clock)
        self.status = FilterButton(theme, "Status", [Choice(status, status_word(status)) for status in ORDER])
        self.route = FilterButton(theme, "Route")
        self.vehicle = FilterButton(theme, "Vehicle")
        self.method = FilterButton(theme, "Method")
        self.search = SearchField(theme, "Search name, phone or receipt (Ctrl+F)")
        self.pill = Pill()
        self._build()
        self._connect()

    @property
    def rolling(self) -> bool:
        """Whether the days move on with the calendar, as Today does."""
        return bool(self.days.preset)

    def days_in(self, zone: ZoneInfo) -> Days:
        """The chosen days where the fleet is; a preset is reckoned from now."""
        if self.days.preset:
            return preset(self.days.preset, zone, self._clock())
        chosen = self.days.days
        return Days(chosen.first, chosen.last, zone)

    def applied_to(self, narrowed: PaymentFilter) -> PaymentFilter:
        """The filter with what the bar says; hour and drivers stay."""
        return replace(
            narrowed,
            days=self.days_in(narrowed.days.zone),
            statuses=frozenset(self.status.values),
            methods=frozenset(self.method.values),
            routes=_ids(self.route.values),
            vehicles=_ids(self.vehicle.values),
            search=self.search.text().strip(),
        )

    def show_filter(self, narrowed: PaymentFilter) -> None:
        """Says what a filter says, without a signal."""
        if self.days_in(narrowed.days.zone) != narrowed.days:
            self._show_days(narrowed.days)
        self.status.set_values(narrowed.statuses)
        self.method.set_values(narrowed.methods)
        self.route.set_values(map(str, narrowed.routes))
        self.vehicle.set_values(map(str, narrowed.vehicles))
        if self.search.text().strip() != narrowed.search.strip():
            self.search.set_query(narrowed.search)

    def set_names(self, names: Names) -> None:
        """Offers routes and vehicles by their names."""
        self.route.set_choices(_choices(names.routes))
        self.vehicle.set_choices(_choices(names.vehicles))

    def set_methods(self, methods: Iterable[str]) -> None:
        """Offers payment methods, in this order."""
        self.method.set_choices([Choice(method, method_shown(method)) for method in methods])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the search box goes to the rows."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
            self.left_down.emit()
            return True
        return super().eventFilter(watched, event)

    def _show_days(self, days: Days) -> None:
        now = self._clock()
        named = next((name for name in PRESETS if preset(name, days.zone, now) == days), None)
        if named is not None:
            self.days.set_preset(named)
        else:
            self.days.set_days(days)

    def _build(self) -> None:
        row = FlowRow(self)
        title = label("Payments", scale="title")
        title.setContentsMargins(0, 0, 8, 0)
        self.search.installEventFilter(self)
        row.add(title, self.days, self.status, self.route, self.vehicle, self.method, self._search_and_pill())

    def _search_and_pill(self) -> QWidget:
        both = QWidget()
        both.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        both.setMinimumWidth(_SEARCH_WIDTH)
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        line.addWidget(self.search, 1)
        line.addWidget(self.pill)
        return both

    def _connect(self) -> None:
        self.days.changed.connect(lambda _: self.changed.emit())
        for button in (self.status, self.route, self.vehicle, self.method):
            button.changed.connect(lambda _: self.changed.emit())
        self.search.searched.connect(lambda _: self.changed.emit())


def _ids(values: Iterable[str]) -> frozenset[UUID]:
    return frozenset(map(UUID, values))


def _choices(names: Mapping[UUID, str]) -> list[Choice]:
    return [Choice(str(known), name) for known, name in sorted(names.items(), key=lambda pair: pair[1].casefold())]
