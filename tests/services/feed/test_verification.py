"""What verify says of a roll-up that is not what it must be."""

from __future__ import annotations

from services.feed.verification import Difference, verify
from tests.world import World


def test_a_figure_changed_by_hand_is_named_with_fleet_period_dimension_and_both_figures(world: World) -> None:
    fleet = world.fleet()
    world.payment(world.booking(fleet, route_id=world.route(fleet)), "600.00")
    world.project()
    owner = world.database("finance_owner")
    assert verify(owner).differences == ()
    world.run("UPDATE finance.payment_totals SET amount = amount + 1 WHERE dimension = 'method' AND grain = 'day'")
    world.run(
        "UPDATE finance.revenue_totals SET taken_count = 2, refunded = 5 WHERE dimension = 'vehicle' AND grain = 'month'"
    )
    world.run("DELETE FROM finance.revenue_totals WHERE dimension = 'method' AND grain = 'hour'")
    counted, *booked = verify(owner).differences
    assert counted == Difference(
        "payment_totals",
        "MSAFIRI dimension method member mpesa grain day start 2026-09-22 hour 9 status completed currency KES",
        "amount 601.00",
        "amount 600.00",
    )
    assert sorted(booked, key=lambda one: one.id) == [
        Difference(
            "revenue_totals",
            "MSAFIRI dimension method member mpesa grain hour start 2026-09-22 09:00:00 currency KES",
            "taken 0, taken_count 0",
            "taken 600.00, taken_count 1",
        ),
        Difference(
            "revenue_totals",
            "MSAFIRI dimension vehicle member 00000000-0000-0000-0000-000000000000 grain month start 2026-09-01 00:00:00"
            " currency KES",
            "taken_count 2, refunded 5.00",
            "taken_count 1, refunded 0",
        ),
    ]
