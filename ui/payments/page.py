"""The Payments page: filters, figures, the day by hour, and the payments themselves as they happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from services.domain.errors import WorkstationError
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Names, PaymentRow, Sort
from ui.grid import GridState, GridView, Held, WholeList
from ui.payments.aside import aside_words
from ui.payments.columns import DATED_WIDTH, SORTED_BY, TIME, TIME_WIDTH, PaymentsModel, Reading
from ui.payments.figures import counted
from ui.payments.filter_bar import FilterBar
from ui.payments.hours import HoursCard
from ui.payments.live import LivePayments
from ui.payments.notice import PaymentsNotice
from ui.payments.restating import NO_NAMES
from ui.payments.rows import LiveRows
from ui.payments.source import Fleet, PaymentSource
from ui.payments.tiles import Tiles
from ui.payments.travel import Travel
from ui.payments.words import counted_line, filter_in_words, is_today, tile_texts
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets.card import Card

_TICK_MS = 1_000


class PaymentsPage(QWidget):
    """A fleet's payments.

    `summary_changed('1,284 payments today')`, `payment_activated(PaymentRow)` on Enter, `payment_chosen(PaymentRow or None)`
    when the keyboard's row is another, `happened(Sequence[PaymentEvent])` when something happened to payments,
    `shown_changed(PaymentFilter, Sort)` when other payments are shown or in another order, `counts_changed(n, of)` with how many
    are shown of how many the days hold, each None while that is not known.
    """

    summary_changed = Signal(str)
    payment_activated = Signal(object)
    payment_chosen = Signal(object)
    happened = Signal(object)
    shown_changed = Signal(object, object)
    counts_changed = Signal(object, object)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        service: PaymentSource,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._tasks, self._clock = theme, tasks, clock
        self._filter: PaymentFilter | None = None
        self._names = NO_NAMES
        self._as_of: datetime | None = None
        self._still: datetime | None = None
        self._minute = clock().replace(second=0, microsecond=0)
        self._reading = Reading()
        self._model = PaymentsModel(self._reading, self)
        self.bar = FilterBar(theme, clock)
        self.tiles = Tiles(theme, self._reading.currency)
        self.hours = HoursCard(theme)
        self.grid: GridView[PaymentRow] = GridView(self._model, theme.tokens, "Payments")
        self.whole = WholeList(self.grid, self._model, theme.tokens, self._where, "Position among all payments")
        self._held = Held(self._model, lambda: self.grid.reading, disturbs=lambda row: self._rows.disturbs(row))
        self._notice = PaymentsNotice(theme)
        self._rows = LiveRows(self._model, self._held, self.grid)
        self._counts: tuple[int | None, int | None] = (None, None)
        self.live = LivePayments(tasks, service, self._rows, self._known_until, self)
        self._travel = Travel(self._model, self.grid, self.whole, self._held, self.live)
        self._ticking = QTimer(self, interval=_TICK_MS)
        self._build()
        self._connect()
        self._ticking.start()

    @property
    def filter(self) -> PaymentFilter | None:
        """Which payments are shown; None before there is a fleet."""
        return self._filter

    @property
    def sort(self) -> Sort:
        """The order they are shown in."""
        return self.live.sort

    def counts(self) -> tuple[int | None, int | None]:
        """How many payments are shown, and how many the days hold; None while not known."""
        return self._counts

    @property
    def rows(self) -> Sequence[PaymentRow]:
        """The payments that are loaded, in shown order."""
        return self._model.rows

    @property
    def names(self) -> Names:
        """The fleet's routes, vehicles and drivers, as far as they are known."""
        return self._names

    @property
    def notice(self) -> PaymentsNotice:
        """What stands in the grid's place while it is empty."""
        return self._notice

    @property
    def settled(self) -> bool:
        """Whether everything that was asked for is on the screen."""
        return self.live.settled

    def set_fleet(self, fleet: Fleet) -> None:
        """Shows another fleet's payments, of the days that are chosen."""
        self._reading.currency = fleet.currency
        if self.tiles.currency != fleet.currency:
            self._replace_tiles(fleet.currency)
        self._show(PaymentFilter(fleet.id, self.bar.days_in(fleet.zone)))

    def show_filter(self, narrowed: PaymentFilter, sort: Sort | None = None) -> None:
        """Shows these payments, as a click on a figure elsewhere asks, in this order or the present one."""
        self._show(narrowed, sort)

    def show_newest(self) -> None:
        """Goes to the beginning of the list and lets in the rows that wait."""
        self._travel.newest()

    def step(self, by: int) -> PaymentRow | None:
        """Chooses the payment so many rows further down (or up, below 0) and returns it."""
        return self.grid.step(by)

    def apply_events(self, events: Sequence[PaymentEvent]) -> None:
        """Follows the feed by these events, in order."""
        self.live.apply(events)
        self.happened.emit(events)

    def reload(self) -> None:
        """Asks everything again; what is being read stays in place."""
        self.live.reload()

    def set_offline(self, as_of: datetime | None) -> None:
        """Says that everything is as of an instant, or that it is live again."""
        self._as_of = as_of
        self.live.set_live(as_of is None)
        self._show_aside()

    def set_still(self, since: datetime | None) -> None:
        """Says since when no payment comes in, or that they do again: figures are compared up to there."""
        self._still = since
        self.live.ask_summary()
        self._show_figures()
        self._show_aside()

    def focus_search(self) -> None:
        """Puts the cursor into the search box."""
        self.bar.search.take_focus()

    def clear_filters(self) -> None:
        """Shows every payment of the chosen days."""
        if self._filter is not None:
            self._show(PaymentFilter(self._filter.fleet_id, self._filter.days))

    def set_reduced_motion(self, reduced: bool) -> None:
        """Switches flashes and slides off, or on again."""
        self.grid.set_reduced_motion(reduced)

    def conceal(self, concealed: bool) -> None:
        """Masks amounts and phones everywhere on the page, or shows them again."""
        self._reading.concealed = concealed
        self._model.conceal(concealed)
        self.tiles.conceal(concealed)
        self.hours.conceal(concealed)

    def layout_state(self) -> GridState:
        """The grid's columns and order as plain values."""
        return self.grid.layout_state()

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """Brings back the grid's columns, and asks for the rows in its order."""
        self.grid.set_sort(None)
        self.grid.restore(state)
        shown = self.grid.layout_state()["sort"]
        self._sort_by(*(shown or (NEWEST_FIRST.column, NEWEST_FIRST.descending)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc that nothing else took clears the search."""
        if event.key() == Qt.Key.Key_Escape and self.bar.search.text():
            self.bar.search.clear_now()
        else:
            super().keyPressEvent(event)

    # --- what people ask for -------------------------------------------------------------------------------------

    def _show(self, narrowed: PaymentFilter, sort: Sort | None = None) -> None:
        self._filter = narrowed
        self.bar.show_filter(narrowed)
        self._read_days(narrowed)
        self.tiles.show_chosen(narrowed.statuses)
        self._show_words()
        self._notice.loading()
        self.live.show(narrowed, sort)
        self.grid.set_sort(self.live.sort.column, self.live.sort.descending)
        self._show_figures()
        self._show_aside()
        self.shown_changed.emit(narrowed, self.live.sort)

    def _sort_by(self, column: str, descending: bool) -> None:
        sort = next((Sort(known, descending) for known in SORTED_BY if known == column), NEWEST_FIRST)
        self.grid.set_sort(sort.column, sort.descending)
        if self._filter is None:
            self.live.sort_by(sort)
        else:
            self._show(self._filter, sort)

    def _bar_changed(self) -> None:
        if self._filter is not None:
            self._show(self.bar.applied_to(self._filter))

    def _tile_picked(self, statuses: frozenset[str]) -> None:
        if self._filter is not None:
            again = self._filter.statuses == statuses
            self._show(replace(self._filter, statuses=frozenset() if again else statuses))

    def _hour_picked(self, hour: int, statuses: frozenset[str]) -> None:
        if self._filter is None:
            return
        wanted = replace(self._filter, hour=hour, statuses=statuses or self._filter.statuses)
        if wanted == self._filter:
            wanted = replace(self._filter, hour=None, statuses=frozenset() if statuses else self._filter.statuses)
        self._show(wanted)

    def _clear_hour(self) -> None:
        if self._filter is not None:
            self._show(replace(self._filter, hour=None))

    def _to_rows(self) -> None:
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.grid.current_row() is None and self._model.rowCount():
            self.grid.selectRow(0)

    # --- what arrives --------------------------------------------------------------------------------------------

    def _page_arrived(self) -> None:
        if self._filter is not None:
            self._notice.empty(self._filter, self._clock())
        self._show_aside()

    def _page_failed(self, error: WorkstationError) -> None:
        self._notice.failed(error)
        self._show_aside()
        if len(self._rows):
            self._tasks.fault.emit(error)

    def _named(self, names: Names, methods: list[str]) -> None:
        self._names, self._reading.tills = names, names.tills
        self.bar.set_methods(methods)
        self.bar.set_names(names)
        self._show_words()

    def _show_figures(self) -> None:
        if self._filter is None:
            return
        now, summary = self._clock(), self.live.summary
        if summary is not None and not self.live.answered:
            return
        self.tiles.show_texts(tile_texts(summary, self._filter, self._known_until()))
        self.hours.show_summary(summary)
        self.bar.offer_reasons(summary.failures() if summary is not None else ())
        self._show_aside()
        self._show_counts()
        counts = summary is not None and counted_line(counted(summary, self._filter), self._filter, now)
        self.summary_changed.emit(counts or "")

    def _show_counts(self) -> None:
        counts, before = self.live.counts(), self._counts
        self._counts = counts
        self._travel.set_total(counts[0])
        if counts != before:
            self.counts_changed.emit(*counts)

    def _where(self, row: PaymentRow) -> str:
        return self._reading.where(row, self.live.sort)

    def _show_words(self) -> None:
        if self._filter is not None:
            # The hour has its own button beside the words.
            self.hours.show_filter(self._filter, filter_in_words(replace(self._filter, hour=None), self._names))

    def _show_aside(self) -> None:
        if self._filter is None:
            return
        words = aside_words(self.live, self._filter, self._clock(), self._as_of, self._still)
        self.hours.show_aside(words)

    def _known_until(self) -> datetime:
        return self._still or self._clock()

    def _tick(self) -> None:
        minute = self._clock().replace(second=0, microsecond=0)
        if minute == self._minute or self._filter is None:
            return
        self._minute = minute
        days = self.bar.days_in(self._filter.days.zone) if self.bar.rolling else self._filter.days
        if days != self._filter.days:
            self._show(replace(self._filter, days=days))
            return
        if self._as_of is None and is_today(days, self._clock()):
            self.live.ask_summary()
        self._show_figures()

    # --- building ------------------------------------------------------------------------------------------------

    def _read_days(self, narrowed: PaymentFilter) -> None:
        dated = self._reading.dated
        self._reading.of_days(narrowed.days, narrowed.basis)
        if dated != self._reading.dated:
            time = next(n for n, column in enumerate(self._model.columns) if column.key == TIME)
            self.grid.horizontalHeader().resizeSection(time, DATED_WIDTH if self._reading.dated else TIME_WIDTH)

    def _replace_tiles(self, currency: str) -> None:
        before, self.tiles = self.tiles, Tiles(self._theme, currency)
        self.tiles.picked.connect(self._tile_picked)
        self.tiles.conceal(self._reading.concealed)
        column = self.layout()
        if column is not None:
            column.replaceWidget(before, self.tiles)
        before.hide()
        before.deleteLater()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 13)
        column.setSpacing(12)
        column.addWidget(self.bar)
        column.addWidget(self.tiles)
        column.addWidget(self.hours)
        table = Card()
        table.body.addWidget(self.whole)
        column.addWidget(table, 1)
        self.grid.set_placeholder(self._notice)
        self.grid.set_sort(NEWEST_FIRST.column, NEWEST_FIRST.descending)
        self.setFocusProxy(self.grid)
        self.setAccessibleName("Payments")

    def _connect(self) -> None:
        self.bar.changed.connect(self._bar_changed)
        self.bar.left_down.connect(self._to_rows)
        self.bar.pill.clicked.connect(self.show_newest)
        self.tiles.picked.connect(self._tile_picked)
        self.hours.picked.connect(self._hour_picked)
        self.hours.cleared.connect(self.clear_filters)
        self.hours.hour_cleared.connect(self._clear_hour)
        self._notice.clear_wanted.connect(self.clear_filters)
        self._notice.retry_wanted.connect(self._retry)
        self._held.held_changed.connect(self.bar.pill.set_count)
        self.grid.row_selected.connect(self.payment_chosen)
        self.grid.row_activated.connect(self.payment_activated)
        self.grid.sort_wanted.connect(self._sort_by)
        self.live.changed.connect(self._show_figures)
        self.live.arrived.connect(self._page_arrived)
        self.live.awaited.connect(self._notice.show_loading)
        self.live.failed.connect(self._page_failed)
        self.live.named.connect(self._named)
        self._ticking.timeout.connect(self._tick)
        self._theme.changed.connect(self._take_theme)

    def _take_theme(self) -> None:
        self.grid.set_theme(self._theme.tokens)
        self.whole.set_theme(self._theme.tokens)

    def _retry(self) -> None:
        self._notice.show_loading()
        self.live.reload()
