"""Asks for everything the page shows, follows the feed, and never asks again before it was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from services.domain.errors import Cancelled, WorkstationError
from services.domain.period import Days, today
from services.payments.row import Names
from services.revenue.course import Course
from services.revenue.figures import RevenueFilter, RevenueReport, Totals
from services.revenue.forecasting.result import Forecast
from services.revenue.targets import Attainment, Target
from services.revenue.vehicle_days import VehicleDay
from ui.revenue.attainment import Member, attained, finished, member_of, of_member
from ui.revenue.source import NameSource, OutlookSource, RevenueSource
from ui.tasks import Tasks

#: Names of the tasks this page runs; the window's other pages share the runner.
REPORT, SERIES, NAMES, METHODS, FORECAST, COURSE, TARGETS, MAY_SET, SET_TARGET, VEHICLES = (
    f"revenue {work}"
    for work in (
        "report",
        "series",
        "names",
        "methods",
        "forecast",
        "course",
        "targets",
        "rights",
        "target",
        "vehicles",
    )
)
#: How often the figures are asked again while payments come in.
PAUSE_MS: Final = 2_000
_TICK_MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Figures:
    """A report, and today's against the same weekday a week ago, both of one moment."""

    report: RevenueReport
    today: RevenueReport


class LiveRevenue(QObject):
    """`arrived()` with new figures, `outlook_changed()` with a forecast, a course or targets, `failed(error)` without figures.

    `named(Names)`, `methods_known(list)`; `vehicles_arrived(day, rows)` and `vehicles_failed(error)`;
    `target_kept()` and `target_refused(words)` after a target was to be set or taken away.
    """

    arrived = Signal()
    outlook_changed = Signal()
    failed = Signal(object)
    named = Signal(object)
    methods_known = Signal(list)
    vehicles_arrived = Signal(object, list)
    vehicles_failed = Signal(object)
    target_kept = Signal()
    target_refused = Signal(str)

    def __init__(
        self,
        tasks: Tasks,
        revenue: RevenueSource,
        names: NameSource,
        outlook: OutlookSource,
        clock: Callable[[], datetime],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._revenue, self._names, self._outlook, self._clock = tasks, revenue, names, outlook, clock
        self.wanted: RevenueFilter | None = None
        self.figures: Figures | None = None
        self.forecast: Forecast | None = None
        self.course = Course()
        self.targets: tuple[Target, ...] = ()
        self.attained: Attainment | None = None
        self.may_set = False
        self._member: Member | None = None
        self._stale = self._seen = False
        self._live = True
        self._still: datetime | None = None
        self._minute = self._now_minute()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._catch_up)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._ticked)
        self._tick.start()

    @property
    def settled(self) -> bool:
        """Whether everything that was asked for is answered."""
        tasks = (REPORT, SERIES, NAMES, METHODS, FORECAST, COURSE, TARGETS, MAY_SET, SET_TARGET, VEHICLES)
        return not any(self._tasks.busy(name) for name in tasks)

    @property
    def asking(self) -> bool:
        """Whether figures are on their way."""
        return self._tasks.busy(REPORT)

    @property
    def member(self) -> Member | None:
        """What forecast and targets are about; None where the filter is no whole route, vehicle or fleet."""
        return self._member

    def show(self, wanted: RevenueFilter) -> None:
        """Asks for another filter's figures; a fleet's names and targets with them."""
        another = self.wanted is None or self.wanted.fleet_id != wanted.fleet_id
        moved = another or self.wanted is None or member_of(wanted) != self._member
        self.wanted, self._member = wanted, member_of(wanted)
        if another:
            self.figures, self.targets, self.may_set = None, (), False
        if moved:
            self.forecast = None
        self.course = Course()
        self._ask()
        self._ask_outlook()
        if another:
            self._ask_names()

    def reload(self) -> None:
        """Asks everything again."""
        if self.wanted is not None:
            self._ask()
            self._ask_outlook()
            self._ask_names()

    def happened(self) -> None:
        """Something was paid, or changed: the figures are asked again soon, while somebody sees them."""
        self._stale = True
        if not self._pause.isActive():
            self._catch_up()

    def set_seen(self, seen: bool) -> None:
        """Says whether the page is on the screen; out of sight nothing is asked."""
        self._seen = seen
        if seen and self._stale:
            self._catch_up()

    def set_live(self, live: bool) -> None:
        """Says whether the database answers; once it does again, everything is read again."""
        came_back, self._live = live and not self._live, live
        if came_back:
            self.reload()

    def set_still(self, since: datetime | None) -> None:
        """Says since when no payment comes in, or that they do again: figures end, and are compared, there."""
        self._still = since
        self.happened()

    def ask_vehicles(self, day: date) -> None:
        """Asks for a day's vehicles."""
        if self.wanted is not None:
            ask = partial(self._outlook.vehicle_days, self.wanted.fleet_id, day, self._known_until())
            self._tasks.run(VEHICLES, ask, partial(self._vehicles, day), self._vehicles_failed)

    def set_target(self, target: Target) -> None:
        """Keeps a target."""
        self._change_target(partial(self._outlook.set_target, target=target))

    def clear_target(self, target: Target) -> None:
        """Takes a target away."""
        self._change_target(partial(self._outlook.clear_target, target=target))

    # --- inside --------------------------------------------------------------------------------------------------

    def _known_until(self) -> datetime:
        return self._still or self._clock()

    def _now_minute(self) -> datetime:
        return self._clock().replace(second=0, microsecond=0)

    def _ask(self) -> None:
        if self.wanted is not None:
            self._stale = False
            self._pause.start()
            todays = _todays(self.wanted, self._clock())
            ask = partial(_figures, self._revenue, self.wanted, todays, self._known_until())
            self._tasks.run(REPORT, ask, self._report_arrived, self._report_failed)

    def _ask_outlook(self) -> None:
        wanted, member = self.wanted, self._member
        if wanted is None:
            return
        if member is not None:
            ask = partial(self._outlook.forecast, wanted.fleet_id, member.scope, member.id)
            self._tasks.run(FORECAST, ask, self._forecast_arrived)
        self._tasks.run(COURSE, partial(self._outlook.course, wanted, self._clock()), self._course_arrived)
        self._ask_targets()

    def _ask_targets(self) -> None:
        if self.wanted is not None:
            self._tasks.run(TARGETS, partial(self._outlook.targets, self.wanted.fleet_id), self._targets_arrived)

    def _ask_attained(self) -> None:
        """Asks for the days that targets are held against, where there are any."""
        self.attained = None
        mine = of_member(self.targets, self._member)
        days = finished(self.wanted.days, self._clock()) if self.wanted is not None else None
        if self.wanted is None or days is None or not mine:
            self._tasks.cancel(SERIES)
            return
        ask = partial(self._revenue.series, replace(self.wanted, days=days))
        self._tasks.run(SERIES, ask, partial(self._series_arrived, mine, days))

    def _ask_names(self) -> None:
        if self.wanted is not None:
            fleet = self.wanted.fleet_id
            self._tasks.run(NAMES, partial(self._names.names, fleet), self._named)
            self._tasks.run(METHODS, partial(self._names.methods, fleet), self.methods_known.emit)
            self._tasks.run(MAY_SET, partial(self._outlook.may_set_targets, fleet), self._may_set)

    def _catch_up(self) -> None:
        if not (self._stale and self._seen and self._live) or self.wanted is None:
            return
        if self.asking:
            # What is on its way may not hold the news; asking again now would only cancel it.
            self._pause.start()
        else:
            self._ask()

    def _ticked(self) -> None:
        minute = self._now_minute()
        if minute == self._minute or self.wanted is None:
            return
        before, self._minute = self._minute, minute
        zone = self.wanted.days.zone
        if today(zone, before) != today(zone, minute):
            self._ask_outlook()
        # The elapsed part has grown, and with it what the range is compared with.
        self.happened()

    def _report_arrived(self, figures: Figures) -> None:
        self.figures = figures
        self._ask_attained()
        self.arrived.emit()

    def _report_failed(self, error: WorkstationError) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)

    def _forecast_arrived(self, forecast: Forecast | None) -> None:
        self.forecast = forecast
        self.outlook_changed.emit()

    def _series_arrived(self, mine: Sequence[Target], days: Days, totals: Mapping[date, Totals]) -> None:
        self.attained = attained(mine, totals, days, self._clock())
        self.outlook_changed.emit()

    def _course_arrived(self, course: Course) -> None:
        self.course = course
        self.outlook_changed.emit()

    def _targets_arrived(self, targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self._ask_attained()
        self.outlook_changed.emit()

    def _may_set(self, may: bool) -> None:
        self.may_set = may
        self.outlook_changed.emit()

    def _named(self, names: Names) -> None:
        self.named.emit(names)

    def _vehicles(self, day: date, rows: Sequence[VehicleDay]) -> None:
        self.vehicles_arrived.emit(day, list(rows))

    def _vehicles_failed(self, error: WorkstationError) -> None:
        if not isinstance(error, Cancelled):
            self.vehicles_failed.emit(error)

    def _change_target(self, change: Callable[..., None]) -> None:
        if self.wanted is not None:
            work = partial(change, self.wanted.fleet_id)
            self._tasks.run(SET_TARGET, work, self._target_changed, self._target_failed)

    def _target_changed(self, _: None) -> None:
        self.target_kept.emit()
        self._ask_targets()

    def _target_failed(self, error: WorkstationError) -> None:
        if not isinstance(error, Cancelled):
            self.target_refused.emit(str(error))


def _todays(wanted: RevenueFilter, now: datetime) -> RevenueFilter:
    day = today(wanted.days.zone, now)
    return replace(wanted, days=Days(day, day, wanted.days.zone), grain="daily", compare="week")


def _figures(source: RevenueSource, wanted: RevenueFilter, todays: RevenueFilter, now: datetime) -> Figures:
    return Figures(source.report(wanted, now), source.report(todays, now))
