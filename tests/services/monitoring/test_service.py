"""The one door that answers how a fleet stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.domain.errors import NotFound
from services.domain.period import NAIROBI, Days, today
from services.monitoring.service import PaymentMonitoringService
from services.payments.filters import PaymentFilter
from services.payments.summary import Figures
from services.revenue.analytics import refresh_analytics
from services.revenue.figures import Grain
from services.revenue.periods import natural
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
    return PaymentMonitoringService(world.person(fleet, "viewer"))


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


@pytest.mark.parametrize("period", ["daily", "weekly", "monthly"])
def test_the_running_period_is_what_is_kept_of_it(
    world: World, fleet: UUID, monitoring: PaymentMonitoringService, period: Grain
) -> None:
    now = datetime.now(UTC)
    route = world.route(fleet)
    on, off = world.booking(fleet, route_id=route), world.booking(fleet, vehicle_id=world.vehicle(fleet))
    paid: dict[str, Any] = {"created_at": now, "completed_at": now}
    world.payment(on, "1000.00", "partially_refunded", refunded_amount=50.5, refunded_at=now, **paid)
    world.payment(off, "150.25", payment_method="cash", **paid)
    world.payment(off, "70.00", currency="USD", **paid)
    world.payment(off, "9.00", created_at=now - timedelta(days=32))
    world.project()
    refresh_analytics(world.database("finance_projector"))
    found = monitoring.calculate_revenue_analytics(fleet, period)
    assert (found.period_start, found.period_end) == natural(today(NAIROBI, found.calculated_at), period)
    assert found.total_revenue == Decimal("1099.75")
    assert (found.transaction_count, found.average_transaction) == (2, Decimal("575.13"))
    assert found.revenue_by_route == [
        {"id": str(route), "label": "Nairobi – Nakuru", "revenue": "949.50", "transactions": 1},
        {"id": None, "label": "No route", "revenue": "150.25", "transactions": 1},
    ]
    query = "SELECT to_jsonb(a) FROM finance.revenue_analytics a WHERE fleet_id = :f AND period_type = :p AND period_start = :s"
    kept = world.value(query, f=fleet, p=period, s=found.period_start)
    assert isinstance(kept, dict)
    for column in ("route", "vehicle", "driver", "payment_method"):
        assert getattr(found, f"revenue_by_{column}") == kept[f"revenue_by_{column}"]
    sums = ("total_revenue", "transaction_count", "average_transaction")
    assert [float(getattr(found, name)) for name in sums] == [kept[name] for name in sums]


def test_revenue_of_a_fleet_that_is_not_seen_is_refused(monitoring: PaymentMonitoringService) -> None:
    with pytest.raises(NotFound, match="sees no fleet"):
        monitoring.calculate_revenue_analytics(uuid4(), "daily")
