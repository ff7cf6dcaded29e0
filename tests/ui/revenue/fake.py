"""A fleet's revenue in memory: takings of every hour, and reports made from them by the service's own rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Event
from uuid import UUID
from zoneinfo import ZoneInfo

from services.domain.errors import NotAllowed, WorkstationError
from services.domain.period import NAIROBI, Days
from services.payments.row import Names
from services.revenue.course import Course
from services.revenue.figures import Dimension, PeriodRow, Rates, RevenueFilter, RevenueReport, Span, Totals
from services.revenue.forecasting.result import Accuracy, Forecast, ForecastDay
from services.revenue.forecasting.trend import Change
from services.revenue.periods import counterpart, elapsed, period_back, periods, range_back
from services.revenue.service import ranked
from services.revenue.targets import Scope, Target
from services.revenue.vehicle_days import VehicleDay

#: Sunday 22 November 2026, 14:05 in Nairobi.
NOW = datetime(2026, 11, 22, 11, 5, 13, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ROUTES = {UUID(int=100 + n): name for n, name in enumerate(
    ("Nairobi – Nakuru", "Nairobi – Mombasa", "Nairobi – Thika", "Nakuru – Eldoret", "Nairobi – Kisumu")
)}  # fmt: skip
VEHICLES = {UUID(int=200 + n): f"KD{'ABCDEFGHJK'[n % 10]} {123 + 37 * n}{'ABCDEF'[n % 6]}" for n in range(14)}
DRIVERS = {UUID(int=300 + n): name for n, name in enumerate(
    ("Baraka Otieno", "Wanja Mutua", "Kiprono Cheruiyot", "Amina Salim", "Ochieng Odera", "Nyambura Karanja")
)}  # fmt: skip
NAMES = Names(ROUTES, VEHICLES, DRIVERS, {})
METHODS = ("mpesa", "cash", "card", "airtel_money")
_SHARES = (81, 12, 5, 2)
_DIMENSIONS: tuple[Dimension, ...] = ("route", "vehicle", "driver", "method")


@dataclass(frozen=True)
class Fleet:
    id: UUID
    name: str = "Msafiri Express"
    zone: ZoneInfo = NAIROBI
    currency: str = "KES"


FLEET, OTHER_FLEET = Fleet(UUID(int=7)), Fleet(UUID(int=8), "Jirani Shuttle", currency="UGX")


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Taking:
    """What one member combination took in one hour."""

    day: date
    hour: int
    route: str
    vehicle: str
    driver: str
    method: str
    totals: Totals

    def of(self, dimension: Dimension) -> str:
        return str(getattr(self, dimension))


def takings(first: date, last: date, vehicles: int = 14, hours: Sequence[int] = range(5, 22)) -> list[Taking]:
    """A fleet that grows slowly, is busiest on Fridays, in the morning and in the evening."""
    found = []
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        found += [one for at in range(vehicles) for one in _vehicle_day(day, at, ahead, hours)]
    return found


def _vehicle_day(day: date, at: int, ahead: int, hours: Sequence[int]) -> Iterable[Taking]:
    week = (0.92, 0.86, 0.9, 1.0, 1.24, 1.16, 0.78)[day.weekday()] * (1 + 0.12 * (day.weekday() == 5) * (ahead > 60))
    level = 1000 * (1 + ahead / 900) * week * (1.9 - 0.1 * at) * (1 + 0.06 * math.sin(ahead * 1.7 + at))
    route = str(UUID(int=100 + min(4, at // 3))) if at != 13 else ""
    for hour in hours:
        rush = 0.5 + math.exp(-((hour - 7.5) ** 2) / 4) + 0.8 * math.exp(-((hour - 17.5) ** 2) / 6)
        method = at * 31 + hour * 17 + day.toordinal() * 7
        amount = Decimal(round(level * rush / 1.45 * 100) * 1).scaleb(-2)
        totals = Totals(
            amount, 2 + hour % 3, Decimal("150.00") if method % 97 == 0 else Decimal(0), int(method % 97 == 0)
        )
        yield Taking(
            day, hour, route, str(UUID(int=200 + at)), str(UUID(int=300 + at % 6)), _method(method % 100), totals
        )  # fmt: skip


def _method(place: int) -> str:
    for method, share in zip(METHODS, _SHARES, strict=True):
        if place < share:
            return method
        place -= share
    return METHODS[0]


@dataclass
class FakeRevenue:
    """`fault` fails the next reports, `held` keeps answers waiting; `asked` are the filters of reports, in order."""

    takings: list[Taking] = field(default_factory=list)
    fault: WorkstationError | None = None
    unsummed: int = 0
    asked: list[RevenueFilter] = field(default_factory=list)
    held: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.held.set()
        self._by_day: dict[date, list[Taking]] = {}
        for one in self.takings:
            self._by_day.setdefault(one.day, []).append(one)

    def let_go(self) -> None:
        self.held.set()

    def names(self, fleet_id: UUID) -> Names:
        return NAMES

    def methods(self, fleet_id: UUID) -> list[str]:
        return list(METHODS)

    def series(self, wanted: RevenueFilter) -> Mapping[date, Totals]:
        days = (wanted.days.first + timedelta(days=ahead) for ahead in range(len(wanted.days)))
        return {day: _sum(self._within(wanted, Span(day, day))) for day in days}

    def report(self, wanted: RevenueFilter, now: datetime) -> RevenueReport:
        self.asked.append(wanted)
        self.held.wait(5)
        if self.fault is not None:
            raise self.fault
        days, zone = wanted.days, wanted.days.zone
        span = elapsed(days.first, days.last, now, zone)
        back = range_back(days, wanted.compare, now, wanted.week_start)
        before_span = counterpart(span, back, zone)
        here, before = self._within(wanted, span), self._within(wanted, before_span)
        total, whole_before = _sum(here), _sum(before)
        rows, aligned, methods = [], [], []
        for period in periods(Days(span.first, span.last, zone), wanted.grain, wanted.week_start):
            inner = elapsed(period.first, period.last, now, zone)
            earlier = counterpart(inner, period_back(wanted.grain, wanted.compare), zone)
            mine = self._within(wanted, inner)
            cut = period.first != period.whole_first or (inner.until is None and period.last != period.whole_last)
            rows.append(
                PeriodRow(inner, _sum(mine), earlier, _sum(self._within(wanted, earlier)), inner.until is not None, cut)
            )
            aligned.append(_sum(self._within(wanted, counterpart(inner, back, zone))))
            methods.append(_grouped(mine, "method"))
        heat = [[Totals()] * 24 for _ in range(7)]
        for one in here:
            heat[one.day.weekday()][one.hour] = heat[one.day.weekday()][one.hour].plus(one.totals)
        return RevenueReport(
            wanted=wanted,
            as_of=now,
            currency="KES",
            span=span,
            total=total,
            before_span=before_span,
            before=whole_before,
            periods=tuple(rows),
            aligned=tuple(aligned),
            parts={d: ranked(_grouped(here, d), _grouped(before, d), total.revenue, d, NAMES) for d in _DIMENSIONS},
            method_periods=tuple(methods),
            heat=tuple(tuple(day) for day in heat),
            rates=_rates(total.taken_count, 3),
            rates_before=_rates(whole_before.taken_count, 4),
            unsummed=self.unsummed,
        )

    def _within(self, wanted: RevenueFilter, span: Span) -> list[Taking]:
        until = None if span.until is None else span.until.astimezone(wanted.days.zone)
        days = (span.first + timedelta(days=ahead) for ahead in range((span.last - span.first).days + 1))
        return [
            one
            for day in days
            for one in self._by_day.get(day, ())
            if (until is None or day < until.date() or one.hour < until.hour) and _chosen(wanted, one)
        ]


def _chosen(wanted: RevenueFilter, one: Taking) -> bool:
    pairs = ((wanted.routes, one.route), (wanted.vehicles, one.vehicle), (wanted.drivers, one.driver))
    ids = all(not chosen or UUID(key or str(UUID(int=0))) in chosen for chosen, key in pairs)
    return ids and (not wanted.methods or one.method in wanted.methods)


def _sum(found: Iterable[Taking]) -> Totals:
    together = Totals()
    for one in found:
        together = together.plus(one.totals)
    return together


def _grouped(found: Iterable[Taking], dimension: Dimension) -> dict[str, Totals]:
    groups: dict[str, Totals] = {}
    for one in found:
        groups[one.of(dimension)] = groups.get(one.of(dimension), Totals()).plus(one.totals)
    return groups


def _rates(succeeded: int, percent: int) -> Rates:
    failed = succeeded * percent // 100
    reasons = {"1032": failed // 2, "1037": failed // 4, "1": failed - failed // 2 - failed // 4}
    return Rates(succeeded, failed, {code: count for code, count in reasons.items() if count})


@dataclass
class FakeOutlook:
    """What is expected; `fault` fails what is asked next, `manager` says who is signed in."""

    level: float = 520_000.0
    manager: bool = True
    kept: list[Target] = field(default_factory=list)
    course_kept: Course = field(default_factory=Course)
    fault: WorkstationError | None = None
    made: Forecast | None = None
    vehicles: list[VehicleDay] = field(default_factory=list)
    asked: list[tuple[Scope, UUID | None]] = field(default_factory=list)
    days_asked: list[date] = field(default_factory=list)

    def forecast(self, fleet_id: UUID, scope: Scope, member: UUID | None) -> Forecast | None:
        self.asked.append((scope, member))
        return self.made

    def course(self, wanted: RevenueFilter, now: datetime) -> Course:
        return self.course_kept

    def vehicle_days(self, fleet_id: UUID, day: date, now: datetime) -> Sequence[VehicleDay]:
        self.days_asked.append(day)
        if self.fault is not None:
            raise self.fault
        return self.vehicles

    def targets(self, fleet_id: UUID) -> Sequence[Target]:
        return list(self.kept)

    def may_set_targets(self, fleet_id: UUID) -> bool:
        return self.manager

    def set_target(self, fleet_id: UUID, target: Target) -> None:
        if not self.manager:
            raise NotAllowed("Setting a target needs a manager of the fleet. Ask one of them.")
        same = (target.scope, target.member, target.from_day)
        self.kept = [t for t in self.kept if (t.scope, t.member, t.from_day) != same] + [
            replace(target, set_by="demo_manager")
        ]

    def clear_target(self, fleet_id: UUID, target: Target) -> None:
        self.kept.remove(target)


def forecast(level: float = 320_000.0, first: date = TODAY, days: int = 92, wape: float | None = 0.061) -> Forecast:
    """A forecast of weekdays like those of `takings`."""
    found = []
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        mean = level * (0.92, 0.86, 0.9, 1.0, 1.24, 1.3, 0.78)[day.weekday()]
        half = mean * (0.05 + 0.004 * ahead)
        found.append(ForecastDay(day, mean, mean - half, mean + half, mean - 1.6 * half, mean + 1.6 * half, half))
    error = None if wape is None else Accuracy(0.71, 1.0, wape, 8)
    return Forecast(
        tuple(found), "blend", error, "Blend of models, error ±6.1 % in back-test (last week repeated: ±8.9 %).", 0.3
    )


def course(days: int = 42) -> Course:
    """A line that rises, and one change."""
    smoothed = {TODAY - timedelta(days=back): 330_000.0 - 900.0 * back for back in range(1, days + 1)}
    words = "Saturdays up 12 % since 3 October; Nairobi – Nakuru carries 80 % of it."
    return Course(words, smoothed, (Change(TODAY - timedelta(days=22), 1.12),))


def vehicle_days(count: int = 14) -> list[VehicleDay]:
    """The worst first; one that took nothing, and one of which nothing is expected."""
    found = []
    for at, (vehicle, name) in enumerate(list(VEHICLES.items())[:count]):
        expected = Decimal(18_000 + 700 * at) if at != count - 1 else None
        taken = Decimal(0) if at == 0 else Decimal(17_000 + 1_310 * at) + Decimal("0.50")
        found.append(VehicleDay(vehicle, name, ROUTES[UUID(int=100 + min(4, at // 3))], taken, expected))
    return found
