"""The specified door for "how do we stand?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.database.engine import Database
from services.database.fleets import fleets
from services.domain.errors import NotFound
from services.payments.filters import PaymentFilter
from services.payments.row import Page
from services.payments.service import PaymentService
from services.payments.summary import Summary, success_rate
from services.revenue.calculated import RevenueAnalytics, calculated
from services.revenue.figures import Grain


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures under a filter, the first page of payments below them, and the success rate (0…1, None without payments)."""

    summary: Summary
    page: Page
    success_rate: float | None


class PaymentMonitoringService:
    """Answers with the rights of the database's login."""

    def __init__(self, database: Database) -> None:
        self._database, self._payments = database, PaymentService(database)

    def get_dashboard_data(self, fleet_id: UUID, filters: PaymentFilter) -> Dashboard:
        """The fleet's figures and newest payments under `filters`; ValueError where the filter names another fleet."""
        if filters.fleet_id != fleet_id:
            raise ValueError(f"the filter is for fleet {filters.fleet_id}, not {fleet_id}")
        summary = self._payments.summary(filters, datetime.now(UTC))
        return Dashboard(summary, self._payments.page(filters), success_rate(summary.by_status()))

    def calculate_revenue_analytics(self, fleet_id: UUID, period: Grain) -> RevenueAnalytics:
        """What the fleet's running day, week or month has brought so far; NotFound where the login does not see the fleet."""
        for fleet in fleets(self._database):
            if fleet.id == fleet_id:
                return calculated(self._database, fleet, period, datetime.now(UTC))
        raise NotFound(f"This login sees no fleet {fleet_id}. Ask a manager of the fleet for membership.")
