"""The payments page's reads, as people of the fleet, against a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.period import Days
from services.payments.filters import PaymentFilter, Search
from services.payments.row import PaymentRow
from services.payments.service import PaymentService
from services.payments.summary import success_rate
from tests.world import MORNING, World

TUESDAY = Days(date(2026, 9, 22), date(2026, 9, 22))


def test_pages_meet_without_gap_or_overlap(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    for number in range(7):
        world.payment(booking, f"{number + 1}00.00", created_at=MORNING + timedelta(seconds=number // 2))
    world.project()
    service = PaymentService(world.person(fleet, "viewer"))
    seen: list[PaymentRow] = []
    wanted, after = PaymentFilter(fleet, TUESDAY), None
    while True:
        page = service.page(wanted, after, limit=3)
        seen += page.rows
        if page.next is None:
            break
        after = page.next
    assert len({row.id for row in seen}) == 7
    assert [row.created_at for row in seen] == sorted((row.created_at for row in seen), reverse=True)


def test_a_person_of_another_fleet_sees_nothing(world: World) -> None:
    mine, theirs = world.fleet("MSAFIRI"), world.fleet("TWIGA")
    world.payment(world.booking(theirs))
    world.project()
    service = PaymentService(world.person(mine, "approver"))
    wanted = PaymentFilter(theirs, TUESDAY)
    assert service.page(wanted).rows == ()
    assert service.page(replace(wanted, search="alice")).rows == ()
    assert service.summary(wanted, MORNING).count() == 0
    assert service.names(theirs).routes == {}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("alice", True), ("ALI", True), ("otieno", True), ("lice", False), ("alice otie", True), ("alice brian", False),
        ("0712", True), ("0712345678", True), ("254712345", True), ("+254 712 345 678", True), ("345 678", True), ("345679", False),
        ("712345", True), ("71", False), ("uim1te", True), ("UIM1TEST01", True), ("im1t", False), ("bkg77", True),
        ("%", False), ("_", False), ("'", False), ("o'brien", False), ("\\", False), ("😀", False),
        ("a" * 10_000, False), ("\0", True), ("   ", True),
    ],
)  # fmt: skip
def test_search(world_with_alice: tuple[World, PaymentFilter, PaymentService], typed: str, found: bool) -> None:
    _, wanted, service = world_with_alice
    assert bool(service.page(replace(wanted, search=typed)).rows) is found


@pytest.fixture
def world_with_alice(world: World) -> tuple[World, PaymentFilter, PaymentService]:
    fleet = world.fleet()
    booking = world.booking(
        fleet, passenger_name="Alice Otieno", passenger_phone="+254 712 345678", reference="BKG7731"
    )
    world.payment(booking, transaction_id="UIM1TEST01")
    world.project()
    return world, PaymentFilter(fleet, TUESDAY), PaymentService(world.person(fleet, "viewer"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=st.text(max_size=40))
def test_any_text_can_be_searched(world_with_alice: tuple[World, PaymentFilter, PaymentService], typed: str) -> None:
    _, wanted, service = world_with_alice
    rows = service.page(replace(wanted, search=typed)).rows
    assert len(rows) == 1 if Search.parse(typed) is None else len(rows) <= 1


def test_the_masked_form_is_all_that_is_read(world_with_alice: tuple[World, PaymentFilter, PaymentService]) -> None:
    _, wanted, service = world_with_alice
    row = service.page(wanted).rows[0]
    assert (row.passenger, row.phone) == ("Alice O.", "0712 ••• 678")


def test_figures_by_status_and_hour_with_the_same_time_yesterday(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    world.payment(booking, "600.00")
    world.payment(booking, "250.50", "failed", result_code="1032")
    world.payment(booking, "80.00", "pending", created_at=MORNING + timedelta(hours=1))
    world.payment(booking, "70.00", "on_hold")
    world.payment(booking, "99.00", currency="USD")
    world.payment(booking, "500.00", created_at=MORNING - timedelta(days=1))
    world.payment(booking, "1.00", created_at=MORNING - timedelta(hours=20))
    world.project()
    now = MORNING + timedelta(hours=2)
    summary = PaymentService(world.person(fleet, "viewer")).summary(PaymentFilter(fleet, TUESDAY), now)
    totals = {status: (f.count, f.amount) for status, f in summary.by_status().items()}
    assert totals == {
        "completed": (1, Decimal(600)),
        "failed": (1, Decimal("250.50")),
        "pending": (1, Decimal(80)),
        "other": (1, Decimal(70)),
    }
    assert summary.failures() == {"1032": 1}
    assert summary.other_currencies == 1
    assert summary.by_hour()[10]["pending"].count == 1
    assert summary.oldest_pending == MORNING + timedelta(hours=1)
    assert summary.yesterday is not None
    assert summary.yesterday["completed"].amount == Decimal(500)
    assert success_rate(summary.by_status()) == 0.5


def test_filters_narrow_rows_and_figures_alike(world: World) -> None:
    fleet = world.fleet()
    first, second = world.vehicle(fleet, "KDA 001A"), world.vehicle(fleet, "KDB 002B")
    road = world.route(fleet)
    world.payment(world.booking(fleet, vehicle_id=first, route_id=road), "100.00")
    world.payment(world.booking(fleet, vehicle_id=second), "200.00", payment_method="cash", status="on_hold")
    world.project()
    service = PaymentService(world.person(fleet, "viewer"))
    everything = PaymentFilter(fleet, TUESDAY)
    for wanted, amount in (
        (replace(everything, vehicles=frozenset({first})), 100),
        (replace(everything, routes=frozenset({road})), 100),
        (replace(everything, methods=frozenset({"cash"})), 200),
        (replace(everything, statuses=frozenset({"other"})), 200),
        (replace(everything, hour=9), 300),
        (replace(everything, hour=10), 0),
        (replace(everything, hour=9, days=Days(date(2026, 9, 20), date(2026, 9, 23))), 300),
    ):
        assert sum(row.amount for row in service.page(wanted).rows) == amount
        assert sum(f.amount for f in service.summary(wanted, datetime.now(UTC)).by_status().values()) == amount
        assert (
            len(service.rows(wanted, [row.id for row in service.page(everything).rows]))
            == service.summary(wanted, MORNING).count()
        )
    assert service.names(fleet).vehicles == {first: "KDA 001A", second: "KDB 002B"}
    assert service.methods(fleet) == ["cash", "mpesa"]
    assert service.rows(everything, []) == []
