"""revenue_analytics against the booking system's tables: what was changed by hand is found and named."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from services.database.engine import Database
from services.feed.verification import Difference
from services.revenue.analytics import refresh_analytics
from services.revenue.proving import AnalyticsProof, prove_analytics
from tests.world import MORNING, World

PROVEN = AnalyticsProof((), 0)


@pytest.fixture
def owner(world: World) -> Database:
    """Two fleets' payments of two weeks, and all of it calculated."""
    for code in ("MSAFIRI", "TWIGA"):
        fleet = world.fleet(code)
        booking = world.booking(fleet, route_id=world.route(fleet), vehicle_id=world.vehicle(fleet))
        world.payment(booking, "600.00")
        world.payment(
            booking, "150.50", payment_method="cash", status="partially_refunded", refunded_amount=Decimal(50)
        )
        world.payment(world.booking(fleet), "99.99", created_at=MORNING + timedelta(days=9))
        world.payment(booking, "7.00", currency="USD")
    world.project()
    refresh_analytics(world.database("finance_projector"))
    return world.database("finance_owner")


def test_what_was_calculated_is_proven(world: World, owner: Database) -> None:
    assert prove_analytics(owner) == PROVEN
    world.run("UPDATE public.fleets SET currency = 'USD' WHERE code = 'TWIGA'")
    world.project()
    refresh_analytics(world.database("finance_projector"))
    assert prove_analytics(owner) == PROVEN


@pytest.mark.parametrize(
    ("by_hand", "found"),
    [
        (
            "SET total_revenue = 700.51 WHERE period_type = 'daily'",
            ("MSAFIRI daily 2026-09-22", "revenue 700.51, 2 payments, average 375.25", "revenue 700.50, 2 payments, average 375.25"),
        ),
        (
            "SET average_transaction = NULL WHERE period_type = 'monthly'",
            ("MSAFIRI monthly 2026-09-01", "revenue 700.50, 2 payments", "revenue 700.50, 2 payments, average 375.25"),
        ),
        (
            "SET revenue_by_route = jsonb_set(revenue_by_route, '{0,transactions}', '3') WHERE period_type = 'weekly'",
            ("MSAFIRI weekly 2026-09-21 route Nairobi – Nakuru", "revenue 700.50, 3 payments", "revenue 700.50, 2 payments"),
        ),
        (
            "SET revenue_by_payment_method = revenue_by_payment_method - 1 WHERE period_type = 'daily'",
            ("MSAFIRI daily 2026-09-22 method cash", "", "revenue 100.50, 1 payments"),
        ),
        (
            "SET revenue_by_driver = '[]' WHERE period_type = 'daily'",
            ("MSAFIRI daily 2026-09-22 driver none", "", "revenue 700.50, 2 payments"),
        ),
    ],
)  # fmt: skip
def test_a_figure_changed_by_hand_is_found(
    world: World, owner: Database, by_hand: str, found: tuple[str, str, str]
) -> None:
    msafiri = "fleet_id = (SELECT fleet_id FROM finance.fleet WHERE code = 'MSAFIRI')"
    in_september = "period_start < '2026-09-24'"
    world.run(f"UPDATE finance.revenue_analytics {by_hand} AND {msafiri} AND {in_september}")
    assert prove_analytics(owner).differences == (Difference("revenue_analytics", *found),)


def test_a_row_that_nothing_stands_behind_and_one_that_is_missing_are_found(world: World, owner: Database) -> None:
    world.run("DELETE FROM finance.revenue_analytics WHERE period_type = 'daily' AND period_start = '2026-10-01'")
    world.run("UPDATE finance.revenue_analytics SET period_start = '2020-01-01' WHERE period_type = 'monthly'"
              " AND period_start = '2026-10-01'")  # fmt: skip
    told = {
        (one.id.split()[1], one.id.split()[2], bool(one.ours), bool(one.theirs))
        for one in prove_analytics(owner).differences
    }
    assert told == {
        ("daily", "2026-10-01", False, True), ("monthly", "2026-10-01", False, True), ("monthly", "2020-01-01", True, False),
    }  # fmt: skip


def test_what_waits_to_be_calculated_is_passed_over_and_counted(world: World, owner: Database) -> None:
    world.run("UPDATE finance.revenue_analytics SET total_revenue = 0 WHERE period_start < '2026-09-24'")
    assert len(prove_analytics(owner).differences) == 6
    payment = world.value(
        "SELECT p.id FROM finance.payment p JOIN finance.fleet USING (fleet_id)"
        " WHERE code = 'TWIGA' AND amount = 600.00"
    )
    assert isinstance(payment, UUID)
    world.change(payment, amount=Decimal(601))
    world.project()
    proof = prove_analytics(owner)
    assert ({one.id.split()[0] for one in proof.differences}, proof.waiting) == ({"MSAFIRI"}, 3)
    # A change of a whole fleet leaves one mark for all of its days.
    world.run("INSERT INTO finance.revenue_due (fleet_id) SELECT fleet_id FROM finance.fleet")
    assert prove_analytics(owner) == AnalyticsProof((), 6)
