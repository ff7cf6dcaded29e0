"""The one door that answers how a fleet stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from services.domain.period import Days
from services.monitoring.service import PaymentMonitoringService
from services.payments.filters import PaymentFilter
from services.payments.service import PaymentService
from services.payments.summary import Figures
from tests.world import World

TUESDAY = Days(date(2026, 9, 22), date(2026, 9, 22))


@pytest.fixture
def fleet(world: World) -> UUID:
    """A fleet with 600 and 250 paid, 100 failed, and 300 that is not answered yet."""
    fleet = world.fleet()
    for amount, status in (
        ("600.00", "completed"),
        ("250.00", "completed"),
        ("100.00", "failed"),
        ("300.00", "pending"),
    ):
        world.payment(world.booking(fleet), amount, status)
    world.project()
    return fleet


@pytest.fixture
def monitoring(world: World, fleet: UUID) -> PaymentMonitoringService:
    return PaymentMonitoringService(PaymentService(world.person(fleet, "viewer")))


def test_the_dashboard_has_figures_rows_and_the_success_rate(fleet: UUID, monitoring: PaymentMonitoringService) -> None:
    dashboard = monitoring.get_dashboard_data(fleet, PaymentFilter(fleet, TUESDAY))
    assert dashboard.summary.by_status()["completed"] == Figures(2, Decimal("850.00"))
    assert dashboard.success_rate == 2 / 3
    assert {row.amount for row in dashboard.page.rows} == {Decimal(100), Decimal(250), Decimal(300), Decimal(600)}
    assert dashboard.page.position == dashboard.summary.position


def test_a_filter_narrows_both(fleet: UUID, monitoring: PaymentMonitoringService) -> None:
    dashboard = monitoring.get_dashboard_data(fleet, PaymentFilter(fleet, TUESDAY, statuses=frozenset({"pending"})))
    assert [row.amount for row in dashboard.page.rows] == [Decimal("300.00")]
    assert dashboard.summary.count() == 1
    assert dashboard.success_rate is None


def test_a_filter_of_another_fleet_is_refused(fleet: UUID, monitoring: PaymentMonitoringService) -> None:
    other = uuid4()
    with pytest.raises(ValueError, match=f"the filter is for fleet {other}, not {fleet}"):
        monitoring.get_dashboard_data(fleet, PaymentFilter(other, TUESDAY))


def test_another_fleets_money_is_not_seen(world: World, monitoring: PaymentMonitoringService) -> None:
    other = world.fleet("TAUSI")
    world.payment(world.booking(other))
    world.project()
    dashboard = monitoring.get_dashboard_data(other, PaymentFilter(other, TUESDAY))
    assert (dashboard.page.rows, dashboard.summary.count(), dashboard.success_rate) == ((), 0, None)
