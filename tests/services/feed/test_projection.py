"""Capture and projection: what the booking system commits is what we show, to the cent and in order."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import text

from services.feed.event import PaymentEvent, event_from_json
from services.feed.verification import rebuild, verify
from tests.world import World


def story(world: World, fleet_id: UUID) -> list[PaymentEvent]:
    """The fleet's events in order."""
    with world.database().read() as connection:
        rows = connection.execute(
            text(
                "SELECT to_jsonb(e) - 'fleet_id' FROM finance.payment_event e WHERE fleet_id = :f AND kind <> 'names' ORDER BY seq"
            ),
            {"f": fleet_id},
        )
        return [event_from_json(fleet_id, row) for row in rows.scalars()]


def statuses(world: World, fleet_id: UUID) -> list[tuple[str, str]]:
    return [(e.before.status if e.before else "–", e.after.status if e.after else "–") for e in story(world, fleet_id)]


def assert_proven(world: World) -> None:
    proven = verify(world.database("finance_owner"))
    assert proven.differences == ()


def test_three_changes_stay_three_events(world: World) -> None:
    fleet = world.fleet()
    payment = world.payment(world.booking(fleet), status="pending")
    world.change(payment, status="failed", result_code="1032")
    world.change(payment, status="completed", result_code="0", transaction_id="UIM1TEST01")
    world.project()
    assert statuses(world, fleet) == [("–", "pending"), ("pending", "failed"), ("failed", "completed")]
    assert_proven(world)


def test_events_are_numbered_without_gaps_per_fleet(world: World) -> None:
    fleets = [world.fleet("MSAFIRI"), world.fleet("TWIGA")]
    bookings = [world.booking(fleet) for fleet in fleets]
    for _ in range(3):
        for booking in bookings:
            world.payment(booking)
        world.project()
    for fleet in fleets:
        with world.database().read() as connection:
            seqs = connection.execute(
                text("SELECT seq FROM finance.payment_event WHERE fleet_id = :f ORDER BY seq"), {"f": fleet}
            ).scalars()
            assert list(seqs) == [1, 2, 3, 4]
    assert_proven(world)


def test_events_tell_the_short_code(world: World) -> None:
    fleet = world.fleet()
    payment = world.payment(world.booking(fleet), status="pending", shortcode="9990001")
    world.project()
    world.change(payment, shortcode=None)
    world.project()
    assert [event.after and event.after.short_code for event in story(world, fleet)] == ["9990001", None]
    assert [event.before and event.before.short_code for event in story(world, fleet)] == [None, "9990001"]


def test_a_moved_booking_moves_its_payments_and_their_revenue(world: World) -> None:
    fleet = world.fleet()
    first, second = world.vehicle(fleet, "KDA 001A"), world.vehicle(fleet, "KDB 002B")
    booking = world.booking(fleet, vehicle_id=first)
    world.payment(booking, "1200.00")
    world.project()
    world.run("UPDATE public.bookings SET vehicle_id = :v WHERE id = :b", v=second, b=booking)
    world.project()
    moved = story(world, fleet)[-1]
    assert (moved.kind, moved.before and moved.before.vehicle_id, moved.after and moved.after.vehicle_id) == (
        "booking",
        first,
        second,
    )
    assert world.value("SELECT sum(taken) FROM finance.revenue_daily WHERE vehicle_id = :v", v=second) == 1200
    assert world.value("SELECT sum(taken) FROM finance.revenue_daily WHERE vehicle_id = :v", v=first) == 0
    assert_proven(world)


def test_a_booking_that_changes_fleets_leaves_one_and_enters_the_other(world: World) -> None:
    one, other = world.fleet("MSAFIRI"), world.fleet("TWIGA")
    booking = world.booking(one)
    world.payment(booking, "300.00")
    world.project()
    world.run("UPDATE public.bookings SET fleet_id = :f WHERE id = :b", f=other, b=booking)
    world.project()
    assert [e.kind for e in story(world, one)] == ["payment", "removed"]
    assert statuses(world, other) == [("–", "completed")]
    assert_proven(world)


def test_a_deleted_payment_leaves(world: World) -> None:
    fleet = world.fleet()
    payment = world.payment(world.booking(fleet))
    world.project()
    world.run("DELETE FROM public.payment_transactions WHERE id = :p", p=payment)
    world.project()
    assert story(world, fleet)[-1].kind == "removed"
    assert_proven(world)


def test_a_payment_made_and_deleted_unseen_is_no_event(world: World) -> None:
    fleet = world.fleet()
    payment = world.payment(world.booking(fleet))
    world.run("DELETE FROM public.payment_transactions WHERE id = :p", p=payment)
    world.project()
    assert story(world, fleet) == []
    assert_proven(world)


def test_a_refund_books_on_its_own_day(world: World) -> None:
    fleet = world.fleet()
    payment = world.payment(world.booking(fleet), "600.00")
    world.project()
    world.change(
        payment, status="partially_refunded", refunded_amount="200.00", refunded_at="2026-09-24T07:00:00+00:00"
    )
    world.project()
    with world.database().read() as connection:
        rows = connection.execute(
            text("SELECT day::text, taken, refunded FROM finance.revenue_daily ORDER BY day")
        ).all()
    assert [tuple(row) for row in rows] == [("2026-09-22", 600, 0), ("2026-09-24", 0, 200)]
    assert_proven(world)


def test_a_fleet_with_an_unknown_zone_counts_in_nairobi(world: World) -> None:
    fleet = world.fleet(timezone="Mars/Olympus")
    world.payment(world.booking(fleet))
    world.project()
    assert world.value("SELECT timezone FROM finance.fleet") == "Africa/Nairobi"
    assert_proven(world)


def test_a_poisonous_row_is_set_aside_and_stops_nobody(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    world.payment(booking, "NaN")
    good = world.payment(booking, "50.00")
    world.project()
    assert world.value("SELECT count(*) FROM finance.payment WHERE id = :p", p=good) == 1
    assert "payment" in str(world.value("SELECT source FROM finance.payment_change_parked"))


def test_a_text_too_long_for_an_index_is_set_aside_and_stops_nobody(world: World) -> None:
    booking = world.booking(world.fleet())
    world.project()
    endless = "".join(uuid4().hex for _ in range(300))
    bad = world.payment(booking, status="failed", result_code=endless)
    good = world.payment(booking, "50.00")
    world.project()
    assert world.value("SELECT id FROM finance.payment") == good
    assert world.value("SELECT source_id FROM finance.payment_change_parked") == str(bad)
    assert "index row" in str(world.value("SELECT error FROM finance.payment_change_parked"))


def test_names_follow(world: World) -> None:
    fleet = world.fleet()
    route = world.route(fleet, "Nairobi – Nakuru")
    world.project()
    world.run("UPDATE public.routes SET name = 'Nairobi – Eldoret' WHERE id = :r", r=route)
    assert world.project() == 1
    assert world.value("SELECT name FROM finance.route") == "Nairobi – Eldoret"
    world.run("DELETE FROM public.routes WHERE id = :r", r=route)
    world.project()
    assert world.value("SELECT count(*) FROM finance.route") == 0
    assert_proven(world)


def test_verify_names_the_row_that_differs(world: World) -> None:
    fleet = world.fleet()
    payment = world.payment(world.booking(fleet), "600.00")
    world.project()
    world.run("UPDATE finance.payment SET amount = 601 WHERE id = :p", p=payment)
    world.run("UPDATE finance.revenue_daily SET taken = taken - 1")
    tables = {(d.table, d.id) for d in verify(world.database("finance_owner")).differences}
    assert ("payment", str(payment)) in tables
    # The totals count the payment that is there, whatever it should be.
    assert {table for table, _ in tables} == {"payment", "revenue_daily", "payment_totals", "revenue_totals"}


def test_verify_passes_over_what_is_on_its_way_and_says_what_nobody_takes(world: World) -> None:
    fleet = world.fleet()
    payment = world.payment(world.booking(fleet), "600.00")
    world.project()
    world.change(payment, status="refunded", refunded_amount="600.00")
    assert_proven(world)
    world.run("UPDATE finance.payment_change SET at = at - interval '2 minutes'")
    assert {d.table for d in verify(world.database("finance_owner")).differences} == {"payment", "revenue_daily"}


def test_rebuild_makes_the_same_and_moves_the_epoch(world: World) -> None:
    fleet = world.fleet()
    for amount in ("100.00", "250.50"):
        world.payment(world.booking(fleet), amount)
    world.project()
    world.run("UPDATE finance.payment SET amount = 0")
    assert rebuild(world.database("finance_owner")) == 2
    assert world.value("SELECT epoch FROM finance.feed") == 2
    assert_proven(world)
