"""The Revenue page: what the fleet earns, against what it did, and what is expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from services.domain.errors import WorkstationError
from services.domain.period import today
from services.feed.event import PaymentEvent
from services.payments.filters import PaymentFilter
from services.payments.row import Names
from services.revenue.behind import payments_behind
from services.revenue.figures import Dimension, RevenueFilter, RevenueReport
from services.revenue.vehicle_days import VehicleDay
from ui.revenue.bar import RevenueBar
from ui.revenue.board import Board
from ui.revenue.breakdown import PERIODS, VEHICLE_DAYS
from ui.revenue.breakdown import SUCCESS as OUTCOMES
from ui.revenue.export_button import Kind
from ui.revenue.exporting import RevenueExport, ShowMessage, Shown
from ui.revenue.leads import of_hour, of_outcome, of_vehicle_day
from ui.revenue.live import LiveRevenue
from ui.revenue.narrowing import narrowed_words
from ui.revenue.picture import Picture
from ui.revenue.sheets import Sheet, outcomes_sheet, parts_sheet, periods_sheet, stamp, vehicle_days_sheet
from ui.revenue.source import Fleet, NameSource, OutlookSource, RevenueSource
from ui.revenue.targets import NOT_ALLOWED, OFFLINE
from ui.revenue.tile_texts import SUCCESS, TARGET, TODAY, TOMORROW
from ui.revenue.words import as_of_words, counted, share_words
from ui.tasks import Tasks
from ui.theme import Theme

_NO_NAMES: Final = Names({}, {}, {}, {})
#: An answer that takes longer is announced.
_PATIENCE_MS: Final = 200
#: Where a person looks on who has narrowed the page to a member of one dimension.
_NEXT: Final[dict[str, str]] = {"route": "vehicle", "vehicle": "driver"}


class RevenuePage(QWidget):
    """A fleet's revenue. `payments_wanted(PaymentFilter)` when a figure is to be opened, `summary_changed('45,662 payments …')`."""

    payments_wanted = Signal(object)
    summary_changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        revenue: RevenueSource,
        names: NameSource,
        outlook: OutlookSource,
        *,
        show_task: Callable[[str], object],
        hide_task: Callable[[], object],
        show_message: ShowMessage,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        person: str = "",
        folder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`person` is named in exports; `folder` is where files are offered to be saved."""
        super().__init__(parent)
        self._tasks, self._clock, self._person = tasks, clock, person
        self._fleet: Fleet | None = None
        self._known = _NO_NAMES
        self._as_of: datetime | None = None
        self._still: datetime | None = None
        self._vehicles: tuple[VehicleDay, ...] = ()
        self.live = LiveRevenue(tasks, revenue, names, outlook, clock, self)
        self.exports = RevenueExport(
            self, tasks, show_task=show_task, hide_task=hide_task, show_message=show_message, folder=folder
        )
        self.bar = RevenueBar(theme, clock)
        self.board = Board(theme)
        self._late = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._build()
        self._connect()

    @property
    def wanted(self) -> RevenueFilter | None:
        """What is shown; None before there is a fleet."""
        return self.live.wanted

    @property
    def report(self) -> RevenueReport | None:
        """The figures on the screen."""
        return self.live.figures.report if self.live.figures is not None else None

    @property
    def settled(self) -> bool:
        """Whether everything that was asked for is on the screen."""
        return self.live.settled

    def set_fleet(self, fleet: Fleet) -> None:
        """Shows another fleet's revenue, of the days that are chosen."""
        if self._fleet is not None and fleet.id != self._fleet.id:
            self.bar.clear()
            self.board.show_nothing()
        self._fleet = fleet
        self.board.set_currency(fleet.currency)
        self.bar.targets.popup.set_today(today(fleet.zone, self._clock()))
        self._show()

    def reload(self) -> None:
        """Asks everything again."""
        self._show(again=True)

    def apply_events(self, events: Sequence[PaymentEvent]) -> None:
        """Something was paid: the figures are asked again, at most every two seconds and only while they are seen."""
        if events:
            self.live.happened()

    def set_offline(self, as_of: datetime | None) -> None:
        """Says that everything is as of an instant, or that it is live again."""
        self._as_of = as_of
        self.live.set_live(as_of is None)
        self._allow_targets()
        self._show_aside()

    def set_still(self, since: datetime | None) -> None:
        """Says since when no payment comes in, or that they do again: figures end, and are compared, there."""
        self._still = since
        self.live.set_still(since)
        self._ask_vehicles()
        self._show_aside()

    def conceal(self, concealed: bool) -> None:
        """Masks amounts everywhere, or shows them again."""
        self.board.conceal(concealed)

    def set_reduced_motion(self, _reduced: bool) -> None:
        """Nothing moves on this page."""

    def clear_filters(self) -> None:
        """Shows the whole fleet's revenue of the chosen days."""
        self.bar.clear()
        self._show()

    def layout_state(self) -> dict[str, Any]:
        """What is chosen and how it is laid out, as plain values."""
        return {"bar": self.bar.state(), **self.board.layout_state()}

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """Brings it back, as far as it fits; {} is the layout as it was at first."""
        self.bar.restore(state.get("bar") or {})
        self.board.restore_layout(state)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what happened out of sight."""
        super().showEvent(event)
        self.live.set_seen(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Asks nothing while nobody looks."""
        super().hideEvent(event)
        self.live.set_seen(False)

    # --- what people ask for -------------------------------------------------------------------------------------

    def _show(self, again: bool = False) -> None:
        if self._fleet is None:
            return
        wanted = self.bar.wanted(self._fleet.id, self._fleet.zone)
        self._late.start()
        if again and wanted == self.live.wanted:
            self.live.reload()
        else:
            self.live.show(wanted)
        self._ask_vehicles()

    def _narrow(self, dimension: str, key: str) -> None:
        self.bar.narrow(cast(Dimension, dimension), key)
        if self.board.breakdown.tab == dimension and dimension in _NEXT:
            self.board.breakdown.show_tab(_NEXT[dimension])
        self._show()

    def _open_part(self, dimension: str, key: str) -> None:
        if (report := self.report) is not None:
            self.payments_wanted.emit(payments_behind(report.wanted, report.span, cast(Dimension, dimension), key))

    def _open_period(self, place: int) -> None:
        report = self.report
        if report is not None and place < len(report.periods):
            self.payments_wanted.emit(payments_behind(report.wanted, report.periods[place].span))

    def _open(self, found: Callable[..., PaymentFilter], *what: object) -> None:
        if (report := self.report) is not None:
            self.payments_wanted.emit(found(report, *what))

    def _open_vehicle_day(self, vehicle: Any, day: date) -> None:
        if self.wanted is not None:
            self.payments_wanted.emit(of_vehicle_day(self.wanted, vehicle, day))

    def _tile_picked(self, name: str) -> None:
        figures = self.live.figures
        if name == TARGET:
            self.bar.targets.open_panel()
        elif figures is None:
            return
        elif name == TOMORROW:
            self.board.to_tomorrow()
        elif name == SUCCESS:
            self._open(of_outcome, "")
        else:
            report = figures.today if name == TODAY else figures.report
            self.payments_wanted.emit(payments_behind(report.wanted, report.span))

    def _export(self, kind: str) -> None:
        report, fleet, charts = self.report, self._fleet, self.board.charts
        if report is None or fleet is None:
            return
        said = stamp(report, fleet.name, narrowed_words(report.wanted, self._known), self._person, self._clock())
        picture = Picture(charts.view, report, charts.trend.trend, said)
        sheet = self._sheet(report, said)
        days = f"{report.span.first} to {report.span.last}"
        self.exports.ask(cast(Kind, kind), Shown(picture, sheet, f"{sheet.table.title} {days}"))

    def _sheet(self, report: RevenueReport, said: tuple[str, ...]) -> Sheet:
        tab = self.board.breakdown.tab
        if tab == PERIODS:
            return periods_sheet(report, said)
        if tab == VEHICLE_DAYS:
            return vehicle_days_sheet(self._vehicles, self.board.breakdown.day, report, said)
        if tab == OUTCOMES:
            return outcomes_sheet(report, said)
        return parts_sheet(report, cast(Dimension, tab), said)

    # --- what arrives --------------------------------------------------------------------------------------------

    def _arrived(self) -> None:
        report = self.report
        if report is None:
            return
        self._late.stop()
        self.board.show_figures(self.live, self.clear_filters)
        self._show_aside()
        self.summary_changed.emit(f"{counted(report.total.taken_count)} taken in these days")

    def _failed(self, error: WorkstationError) -> None:
        self._late.stop()
        if self.report is None:
            self.board.say_failed(error, self.reload)
        else:
            self._tasks.fault.emit(error)
        self._show_aside()

    def _say_late(self) -> None:
        if self.report is None:
            self.board.say_late()
        self._show_aside()

    def _named(self, names: Names) -> None:
        self._known = names
        self.bar.set_names(names)

    def _show_outlook(self) -> None:
        self.board.show_outlook(self.live)
        panel, found = self.bar.targets.popup, self.live.attained
        panel.show_targets(self.live.targets)
        self._allow_targets()
        words = "" if found is None else f"{share_words(found.ratio)} of the targets of the finished days in this range"
        panel.show_attained(words)

    def _allow_targets(self) -> None:
        reason = OFFLINE if self._as_of is not None else "" if self.live.may_set else NOT_ALLOWED
        self.bar.targets.popup.allow(reason)

    def _show_aside(self) -> None:
        report, parts = self.report, list[str]()
        if self._as_of is not None and self._fleet is not None:
            parts.append(f"offline, {as_of_words(self._as_of, self._fleet.zone)}")
        elif self._still is not None and self._fleet is not None:
            parts.append(as_of_words(self._still, self._fleet.zone))
        elif self.live.asking and not self._late.isActive():
            parts.append("adding up…")
        if report is not None and report.unsummed:
            parts.append(f"{report.unsummed:,} in other currencies, not summed")
        self.board.charts.show_aside(" · ".join(parts))

    def _ask_vehicles(self) -> None:
        breakdown = self.board.breakdown
        if breakdown.tab == VEHICLE_DAYS and self.wanted is not None:
            latest = min(self.wanted.days.last, today(self.wanted.days.zone, self._clock()))
            self._ask_day(latest if breakdown.day == date.min else breakdown.day)

    def _ask_day(self, day: date) -> None:
        breakdown = self.board.breakdown
        if not breakdown.vehicle_days.rows:
            breakdown.say_of_vehicles("loading", "Reading the vehicles' day…")
        self.live.ask_vehicles(day)

    def _vehicles_arrived(self, day: date, rows: Sequence[VehicleDay]) -> None:
        if self.wanted is not None:
            self._vehicles = tuple(rows)
            hint = "Vehicles appear once they have taken something, or usually do on this weekday."
            self.board.breakdown.say_of_vehicles("empty", "No vehicle took anything on this day", hint)
            self.board.breakdown.show_vehicle_days(day, today(self.wanted.days.zone, self._clock()), rows)

    def _vehicles_failed(self, error: WorkstationError) -> None:
        self._vehicles = ()
        self.board.breakdown.say_of_vehicles("error", "The vehicles' day could not be read", str(error))
        self.board.breakdown.vehicle_days.show_rows(())

    # --- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 13)
        column.setSpacing(12)
        column.addWidget(self.bar)
        column.addWidget(self.board, 1)
        self.setFocusProxy(self.board.charts.trend)
        self.setAccessibleName("Revenue")

    def _connect(self) -> None:
        self._late.timeout.connect(self._say_late)
        self.bar.changed.connect(self._show)
        self.bar.export.wanted.connect(self._export)
        targets, board, live = self.bar.targets, self.board, self.live
        targets.set_wanted.connect(live.set_target)
        targets.clear_wanted.connect(live.clear_target)
        board.tile_picked.connect(self._tile_picked)
        board.narrow_wanted.connect(self._narrow)
        board.part_opened.connect(self._open_part)
        board.period_opened.connect(self._open_period)
        board.hour_opened.connect(lambda weekday, hour: self._open(of_hour, weekday, hour))
        board.outcome_opened.connect(lambda kind, code: self._open(of_outcome, kind, code))
        board.vehicle_day_opened.connect(self._open_vehicle_day)
        board.day_wanted.connect(self._ask_day)
        board.tab_changed.connect(lambda _: self._ask_vehicles())
        live.arrived.connect(self._arrived)
        live.outlook_changed.connect(self._show_outlook)
        live.failed.connect(self._failed)
        live.named.connect(self._named)
        live.methods_known.connect(self.bar.set_methods)
        live.vehicles_arrived.connect(self._vehicles_arrived)
        live.vehicles_failed.connect(self._vehicles_failed)
        live.target_kept.connect(targets.popup.kept)
        live.target_refused.connect(targets.popup.refused)
