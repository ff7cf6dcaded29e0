"""What the page asks for, and of whom. Every method blocks and may raise a `WorkstationError`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.payments.row import Names
from services.revenue.figures import RevenueFilter, RevenueReport
from services.revenue.forecasting.result import Forecast

#: Of what a forecast is made and a target is set: the whole fleet (''), a route or a vehicle.
Scope = Literal["", "route", "vehicle"]


class Fleet(Protocol):
    """Whose revenue is shown; `currency` is the one that is summed."""

    @property
    def id(self) -> UUID:
        """The fleet's id."""
        ...

    @property
    def name(self) -> str:
        """The fleet as people call it."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Where the fleet's days begin and end."""
        ...

    @property
    def currency(self) -> str:
        """Three letters, such as KES."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """A day since which the level is another; `ratio` 1.12 means 12 % more than before."""

    day: date
    ratio: float


@dataclass(frozen=True, slots=True)
class Course:
    """Where revenue is heading: in a sentence or two ('' where nothing can be said), smoothed by day, and its changes."""

    words: str = ""
    smoothed: Mapping[date, float] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be earned a day from a day on, until a later target of the same scope and member begins."""

    scope: Scope
    member: UUID | None
    from_day: date
    per_day: Decimal
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class VehicleDay:
    """A vehicle's day: what was taken, and what is expected from its routes and the weekday (None: too little history)."""

    vehicle_id: UUID
    vehicle: str
    routes: str
    taken: Decimal
    expected: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """taken − expected."""
        return None if self.expected is None else self.taken - self.expected

    @property
    def ratio(self) -> Decimal | None:
        """taken ÷ expected; None where nothing is expected."""
        return round(self.taken / self.expected, 4) if self.expected else None


class RevenueSource(Protocol):
    """The figures."""

    def report(self, wanted: RevenueFilter, now: datetime) -> RevenueReport:
        """Everything the page shows, of one moment."""
        ...


class NameSource(Protocol):
    """What can be filtered by."""

    def names(self, fleet_id: UUID) -> Names:
        """Routes, vehicles and drivers of a fleet."""
        ...

    def methods(self, fleet_id: UUID) -> list[str]:
        """The methods people have paid the fleet by."""
        ...


class OutlookSource(Protocol):
    """What is expected: forecasts, where revenue is heading, targets, and each vehicle's day."""

    def forecast(self, fleet_id: UUID, scope: Scope, member: UUID | None) -> Forecast | None:
        """The forecast that is kept; None where none is made yet."""
        ...

    def course(self, wanted: RevenueFilter, now: datetime) -> Course:
        """Where the revenue of this filter is heading."""
        ...

    def vehicle_days(self, fleet_id: UUID, day: date, now: datetime) -> Sequence[VehicleDay]:
        """The day's vehicles, the worst first."""
        ...

    def targets(self, fleet_id: UUID) -> Sequence[Target]:
        """Every target that was set."""
        ...

    def set_target(self, fleet_id: UUID, target: Target) -> None:
        """Keeps a target, instead of one of the same scope, member and day; NotAllowed for those who may not."""
        ...

    def clear_target(self, fleet_id: UUID, target: Target) -> None:
        """Takes a target away; NotAllowed for those who may not."""
        ...
