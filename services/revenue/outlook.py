"""What is expected of revenue, for the page: forecasts, where it is heading, targets, and each vehicle's day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from services.revenue.course import Course, course
from services.revenue.figures import RevenueFilter
from services.revenue.forecasting.result import Forecast
from services.revenue.forecasts import read_forecast
from services.revenue.targets import Scope, TargetService
from services.revenue.vehicle_days import VehicleDay, vehicle_days


class OutlookService(TargetService):
    """Reads with the rights of the database's login; a fleet it may not see is simply empty."""

    def forecast(self, fleet_id: UUID, scope: Scope, member: UUID | None) -> Forecast | None:
        """The forecast that is kept; None where none is made yet."""
        with self._database.read() as connection:
            kept = read_forecast(connection, fleet_id, scope, member)
        return None if kept is None else kept.forecast

    def course(self, wanted: RevenueFilter, now: datetime) -> Course:
        """Where the revenue of this filter is heading."""
        with self._database.read() as connection:
            return course(connection, wanted, now)

    def vehicle_days(self, fleet_id: UUID, day: date, now: datetime) -> list[VehicleDay]:
        """The day's vehicles, the worst first."""
        return vehicle_days(self._database, fleet_id, day, now)
