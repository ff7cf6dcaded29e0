"""What the page asks for, and of whom. Every method blocks and may raise a `WorkstationError`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.payments.row import Names
from services.revenue.course import Course
from services.revenue.figures import RevenueFilter, RevenueReport, Totals
from services.revenue.forecasting.result import Forecast
from services.revenue.targets import Scope, Target
from services.revenue.vehicle_days import VehicleDay


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


class RevenueSource(Protocol):
    """The figures."""

    def report(self, wanted: RevenueFilter, now: datetime) -> RevenueReport:
        """Everything the page shows, of one moment."""
        ...

    def series(self, wanted: RevenueFilter) -> Mapping[date, Totals]:
        """The sums of every day of the range."""
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

    def may_set_targets(self, fleet_id: UUID) -> bool:
        """Whether this person may set targets."""
        ...

    def set_target(self, fleet_id: UUID, target: Target) -> None:
        """Keeps a target, instead of one of the same scope, member and day; NotAllowed for those who may not."""
        ...

    def clear_target(self, fleet_id: UUID, target: Target) -> None:
        """Takes a target away; NotAllowed for those who may not."""
        ...
