"""A Tuesday that is running, told in a few payments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from services.domain.period import Days
from services.revenue.figures import Compare, RevenueFilter, Span, Totals
from services.revenue.service import RevenueService
from tests.world import World

#: Tuesday 22 September 2026, 14:05 in Nairobi.
NOW = datetime(2026, 9, 22, 11, 5, tzinfo=UTC)
TUESDAY = date(2026, 9, 22)
TODAY = Days(TUESDAY, TUESDAY)
DAY = timedelta(days=1)


@pytest.fixture
def fleet(world: World) -> UUID:
    """Yesterday and a week ago, each with a fare at nine, one four minutes before now's clock time and one after it."""
    fleet = world.fleet()
    on = world.booking(fleet, route_id=world.route(fleet), vehicle_id=world.vehicle(fleet))
    for ago, amounts in ((0, ("500.00", "40.00")), (1, ("300.00", "20.00", "7.00")), (7, ("100.00", "10.00", "1.00"))):
        for minutes, amount in zip((-300, -4, 1), amounts, strict=False):
            at = NOW - ago * DAY + timedelta(minutes=minutes)
            world.payment(on, amount, created_at=at, completed_at=at)
    for status in ("pending", "failed"):
        world.payment(on, "999.00", status, created_at=NOW, result_code="1032")
    world.project()
    return fleet


@pytest.fixture
def service(world: World, fleet: UUID) -> RevenueService:
    return RevenueService(world.person(fleet, "viewer"))


@pytest.mark.parametrize(("compare", "ago", "before"), [("previous", 1, "320.00"), ("week", 7, "110.00")])
def test_a_running_day_is_compared_until_the_same_time(
    service: RevenueService, fleet: UUID, compare: Compare, ago: int, before: str
) -> None:
    report = service.report(RevenueFilter(fleet, TODAY, compare=compare), NOW)
    assert (report.total.revenue, report.before.revenue) == (Decimal("540.00"), Decimal(before))
    earlier = TUESDAY - ago * DAY
    assert report.before_span == Span(earlier, earlier, NOW - ago * DAY)
    (row,) = report.periods
    assert (row.running, row.cut, row.change) == (True, False, Decimal("540.00") - Decimal(before))
    (route,) = report.parts["route"]
    assert (route.label, route.share, route.before) == ("Nairobi – Nakuru", Decimal(1), Totals(Decimal(before), 2))


def test_the_headline(service: RevenueService, fleet: UUID) -> None:
    headline = service.headline(fleet, NOW, TODAY)
    compared = (headline.day, headline.day_of_week, headline.week, headline.month)
    # This week is Monday and Tuesday; last week had only its Tuesday, last month nothing.
    assert [one.now.revenue for one in compared] == [540, 540, 867, 978]
    assert [one.before.revenue for one in compared] == [320, 110, 110, 0]


def test_a_refund_books_on_its_own_day(world: World, service: RevenueService, fleet: UUID) -> None:
    at = NOW - 30 * DAY
    late = {"created_at": at, "completed_at": at, "refunded_at": NOW - timedelta(minutes=1)}
    world.payment(world.booking(fleet), "80.00", "refunded", refunded_amount=80, **late)
    world.project()
    report = service.report(RevenueFilter(fleet, TODAY), NOW)
    assert report.total == Totals(Decimal("540.00"), 2, Decimal("80.00"), 1)
    assert {part.label: part.totals.revenue for part in report.parts["route"]} == {
        "Nairobi – Nakuru": 540,
        "No route": -80,
    }
    assert service.series(RevenueFilter(fleet, Days(at.date(), at.date())))[at.date()].revenue == Decimal("80.00")


def test_refunds_before_count_until_the_same_time(world: World, service: RevenueService, fleet: UUID) -> None:
    # The minutes are from now's clock time yesterday: an earlier hour, the running one, and after it.
    for minutes, refunded in ((-300, 5), (-4, 30), (1, 200)):
        at, back = NOW - 30 * DAY, NOW - DAY + timedelta(minutes=minutes)
        world.payment(
            world.booking(fleet), "900.00", "partially_refunded", created_at=at, completed_at=at,
            refunded_amount=refunded, refunded_at=back,
        )  # fmt: skip
    world.project()
    report = service.report(RevenueFilter(fleet, TODAY), NOW)
    assert report.before == Totals(Decimal("320.00"), 2, Decimal("35.00"), 2)


def test_other_currencies_are_counted_apart(world: World, service: RevenueService, fleet: UUID) -> None:
    world.payment(world.booking(fleet), "70.00", currency="USD", created_at=NOW)
    world.payment(world.booking(fleet), "60.00", "failed", currency="USD", created_at=NOW)
    world.project()
    report = service.report(RevenueFilter(fleet, TODAY), NOW)
    assert (report.currency, report.total.taken, report.unsummed) == ("KES", Decimal("540.00"), 1)
    assert (report.rates.succeeded, report.rates.failed, report.rates.reasons) == (2, 1, {"1032": 1})


def test_days_to_come_bring_nothing_yet(service: RevenueService, fleet: UUID) -> None:
    report = service.report(RevenueFilter(fleet, Days(TUESDAY + DAY, TUESDAY + 6 * DAY)), NOW)
    assert report.total == report.before == Totals()
    assert [row.running for row in report.periods] == [True]
    assert not any(report.parts.values())


def test_another_fleets_revenue_is_not_seen(world: World, service: RevenueService) -> None:
    other = world.fleet("TAUSI")
    world.payment(world.booking(other), created_at=NOW)
    world.project()
    report = service.report(RevenueFilter(other, TODAY), NOW)
    assert (report.total, report.unsummed, report.rates.succeeded) == (Totals(), 0, 0)
