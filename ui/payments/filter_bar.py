"""The line above the figures: which payments the page is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from services.domain.payment import NOBODY, method_shown
from services.domain.period import Days, preset
from services.payments.filters import PaymentFilter
from services.payments.row import Names
from services.payments.summary import ORDER
from ui.payments.chosen import ChosenLine, chosen_by
from ui.payments.export_button import ExportButton
from ui.payments.filter_words import status_word, till_word
from ui.payments.more_filters import More, MoreButton
from ui.payments.views_menu import ViewsButton
from ui.theme import Theme
from ui.widgets.day_range import PRESETS, DayRangeButton
from ui.widgets.filter_button import Choice, FilterButton
from ui.widgets.flow import GAP, FlowRow
from ui.widgets.pill import Pill
from ui.widgets.search_field import SearchField
from ui.widgets.title import Title

# The search box and, beside it, the room for the pill: it comes and goes without pushing anything into another line.
_SEARCH_WIDTH = 220


class FilterBar(QWidget):
    """Days, status, route, vehicle, method and more, search, views, export, and the pill that counts new payments.

    `changed()` when a person chooses something else; `left_down()` when Down leaves the search box for the rows;
    `export_wanted(kind)` with 'csv', 'xlsx' or 'pdf'.
    """

    changed = Signal()
    left_down = Signal()
    export_wanted = Signal(str)

    def __init__(self, theme: Theme, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.days = DayRangeButton(theme, now=clock)
        self.status = FilterButton(theme, "Status", [Choice(status, status_word(status)) for status in ORDER])
        self.route, self.vehicle = FilterButton(theme, "Route"), FilterButton(theme, "Vehicle")
        self.method = FilterButton(theme, "Method")
        self.more = MoreButton(theme)
        self.search = SearchField(theme, "Search name, phone or receipt (Ctrl+F)")
        self.pill = Pill()
        self.views = ViewsButton(theme)
        self.export = ExportButton(theme)
        self.chosen = ChosenLine(theme)
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
        """The filter with what the bar says; the hour stays."""
        more = self.more.chosen
        return replace(
            narrowed,
            days=self.days_in(narrowed.days.zone),
            statuses=frozenset(self.status.values),
            methods=frozenset(self.method.values),
            routes=_ids(self.route.values),
            vehicles=_ids(self.vehicle.values),
            drivers=_ids(more.drivers),
            tills=frozenset(more.tills),
            least=more.least,
            most=more.most,
            basis=more.basis,
            weekdays=frozenset(map(int, more.weekdays)),
            reasons=frozenset(more.reasons),
            search=self.search.text().strip(),
        )

    def show_filter(self, narrowed: PaymentFilter) -> None:
        """Says what a filter says, without a signal; what is just being typed is left alone."""
        if self.days_in(narrowed.days.zone) != narrowed.days:
            self._show_days(narrowed.days)
        self.status.set_values(narrowed.statuses)
        self.method.set_values(narrowed.methods)
        self.route.set_values(map(str, narrowed.routes))
        self.vehicle.set_values(map(str, narrowed.vehicles))
        self.more.show_chosen(_more(narrowed))
        if not self.search.waiting and self.search.text().strip() != narrowed.search.strip():
            self.search.set_query(narrowed.search)
        self._spell_out()

    def set_names(self, names: Names) -> None:
        """Offers routes, vehicles, drivers and tills by their names, and payments without one."""
        self.route.set_choices(_choices(names.routes, "No route"))
        self.vehicle.set_choices(_choices(names.vehicles, "No vehicle"))
        self.more.popup.driver.set_choices(_choices(names.drivers, "No driver"))
        tills = sorted(names.tills, key=lambda till: till_word(till, names).casefold())
        self.more.popup.till.set_choices([Choice(till, till_word(till, names)) for till in ("", *tills)])
        self._spell_out()

    def set_methods(self, methods: Iterable[str]) -> None:
        """Offers payment methods, in this order."""
        self.method.set_choices([Choice(method, method_shown(method)) for method in methods])
        self._spell_out()

    def offer_reasons(self, codes: Iterable[str]) -> None:
        """Offers these result codes of failures too, beside those that are well known."""
        self.more.popup.offer_reasons(codes)

    def set_currency(self, currency: str) -> None:
        """Says what amounts are in."""
        self.more.popup.set_currency(currency)

    def show_counts(self, rows: int | None, _of: int | None = None) -> None:
        """Says how many payments match, which is how many an export would write."""
        self.export.show_count(rows)

    def show_busy(self, busy: bool) -> None:
        """Says that the rows are being asked for, where that takes noticeably long."""
        self.search.show_busy(busy)

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

    def _spell_out(self) -> None:
        self.chosen.show_chosen(chosen_by((self.route, self.vehicle, self.method), self.more), self.export)

    def _build(self) -> None:
        self.search.installEventFilter(self)
        line = QWidget()
        FlowRow(line).add(Title("Payments"), *self._chips(), self._search_and_pill(), self.views, self.export)
        both = QVBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(GAP)
        both.addWidget(line)
        both.addWidget(self.chosen)
        for left, right in pairwise((*self._chips(), self.search, self.pill, self.views, self.export)):
            QWidget.setTabOrder(left, right)

    def _chips(self) -> tuple[QWidget, ...]:
        return self.days, self.status, self.route, self.vehicle, self.method, self.more

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
        self.days.changed.connect(lambda _: self._change())
        for button in (self.status, self.route, self.vehicle, self.method):
            button.changed.connect(lambda _: self._change())
        self.more.changed.connect(self._change)
        self.search.searched.connect(lambda _: self._change())
        self.export.wanted.connect(self.export_wanted)

    def _change(self) -> None:
        self._spell_out()
        self.changed.emit()


def _more(narrowed: PaymentFilter) -> More:
    return More(
        tuple(map(str, narrowed.drivers)),
        tuple(narrowed.tills),
        narrowed.least,
        narrowed.most,
        narrowed.basis,
        tuple(map(str, narrowed.weekdays)),
        tuple(narrowed.reasons),
    )


def _ids(values: Iterable[str]) -> frozenset[UUID]:
    return frozenset(map(UUID, values))


def _choices(names: Mapping[UUID, str], nobody: str) -> list[Choice]:
    named = sorted(names.items(), key=lambda pair: pair[1].casefold())
    return [Choice(str(NOBODY), nobody), *(Choice(str(known), name) for known, name in named)]
