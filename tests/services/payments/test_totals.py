"""Totals instead of payments: the same figures and places as counting every payment, from the key of one table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ClauseElement, ColumnElement, Connection, func, select, text

from services.database.tables import payment
from services.domain.payment import NOBODY, STATUSES
from services.domain.period import Days, day_of
from services.feed.event import PaymentState
from services.feed.rollups import refill_totals
from services.payments.filters import OTHER, PaymentFilter
from services.payments.pieces import Piece, pieces
from services.payments.taken import taken_between
from services.payments.totals import (
    Total,
    cells_query,
    counts_by_day,
    oldest_pending_query,
    served,
    stretch_at,
    totals,
)
from tests.services.feed.traffic import STEPS, Step, Traffic
from tests.world import MORNING, World

TUESDAY = Days(date(2026, 9, 22), date(2026, 9, 22))
ZONES = ("Africa/Nairobi", "Africa/Cairo")

# Pieces -------------------------------------------------------------------------------------------------------------------


@given(first=st.dates(date(2023, 1, 1), date(2027, 1, 1)), length=st.integers(0, 1200))
def test_pieces_make_up_the_range_with_as_few_as_there_can_be(first: date, length: int) -> None:
    days = Days(first, first + timedelta(days=length))
    found = pieces(days)
    assert _days_of(found) == [first + timedelta(days=n) for n in range(length + 1)]
    assert sum(piece.grain == "day" for piece in found) <= 2 * 30
    assert sum(piece.grain == "month" for piece in found) <= 2 * 11


def test_a_piece_has_the_parts_that_make_it_up() -> None:
    year, month, day = (Piece(grain, date(2024, 1, 1)) for grain in ("year", "month", "day"))
    assert [part.grain for part in year.parts()] == ["month"] * 12
    assert _days_of(year.parts()) == _days_of([year])
    assert [part.grain for part in replace(month, start=date(2024, 2, 1)).parts()] == ["day"] * 29
    assert day.parts() == []


def test_the_last_days_that_there_are_make_pieces() -> None:
    assert pieces(Days(date(9999, 12, 1), date(9999, 12, 31))) == [Piece("month", date(9999, 12, 1))]


def _days_of(found: list[Piece]) -> list[date]:
    return [piece.start + timedelta(days=n) for piece in found for n in range((piece.last - piece.start).days + 1)]


# The same as counting every payment -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """What the payments themselves say under a filter, one by one."""

    states: list[PaymentState]
    zone: ZoneInfo

    def cells(self) -> dict[tuple[int, str, str, str], tuple[int, Decimal, Decimal]]:
        found: dict[tuple[int, str, str, str], list[PaymentState]] = defaultdict(list)
        for state in self.states:
            code = (state.result_code or "") if state.status == "failed" else ""
            found[state.created_at.astimezone(self.zone).hour, state.status, code, state.currency].append(state)
        return {
            cell: (
                len(held),
                sum((s.amount for s in held), Decimal(0)),
                sum((s.refunded_amount for s in held), Decimal(0)),
            )
            for cell, held in found.items()
        }

    def by_day(self) -> dict[date, int]:
        return dict(sorted(Counter(day_of(state.created_at, self.zone) for state in self.states).items()))

    def times(self) -> list[datetime]:
        return sorted(state.created_at for state in self.states)


def counted(connection: Connection, wanted: PaymentFilter) -> Counted:
    columns = [payment.c[name] for name in PaymentState.__dataclass_fields__]
    rows = connection.execute(select(*columns).where(payment.c.fleet_id == wanted.fleet_id))
    states = [PaymentState(*row) for row in rows]
    return Counted([state for state in states if wanted.holds(state)], wanted.days.zone)


def cells(found: list[Total]) -> dict[tuple[int, str, str, str], tuple[int, Decimal, Decimal]]:
    assert all(total.count > 0 for total in found)
    return {(t.hour, t.status, t.code, t.currency): (t.count, t.amount, t.refunded) for t in found}


def filters(fleet_id: UUID, zone: str, routes: list[UUID]) -> st.SearchStrategy[PaymentFilter]:
    days = st.builds(
        lambda first, length: Days(first, first + timedelta(days=length), ZoneInfo(zone)),
        st.sampled_from([date(2024, 1, 1), date(2026, 1, 1), date(2026, 4, 24), date(2026, 9, 22), date(2026, 10, 29)])
        | st.dates(date(2024, 1, 1), date(2027, 2, 1)),
        st.integers(0, 3) | st.integers(0, 1300),
    )
    statuses = st.frozensets(st.sampled_from([*STATUSES, OTHER]))
    narrowed: st.SearchStrategy[dict[str, Any]] = st.one_of(
        st.just({}),
        st.fixed_dictionaries({"routes": st.frozensets(st.sampled_from([*routes, NOBODY]), min_size=1)}),
        st.fixed_dictionaries({"methods": st.frozensets(st.sampled_from(["mpesa", "cash", "barter"]), min_size=1)}),
    )
    hours = st.none() | st.sampled_from([0, 1, 9, 23])
    return st.builds(
        lambda days, statuses, hour, more: PaymentFilter(fleet_id, days, statuses=statuses, hour=hour, **more),
        days, statuses, hours, narrowed,
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), steps=STEPS)
def test_totals_are_what_the_payments_add_up_to(world: World, data: st.DataObject, steps: list[Step]) -> None:
    traffic = Traffic(world, *ZONES)
    for step in steps:
        traffic.step(*step)
    world.project()
    with world.database().read() as connection:
        for fleet, zone in zip(traffic.fleets, ZONES, strict=True):
            routes = [route for home, route, _ in traffic.homes if home == fleet and route is not None]
            for _ in range(3):
                wanted = data.draw(filters(fleet, zone, routes))
                assert served(wanted)
                expected = counted(connection, wanted)
                assert cells(totals(connection, wanted)) == expected.cells()
                assert counts_by_day(connection, wanted) == expected.by_day()
                _assert_places(connection, wanted, expected.times())


def _assert_places(connection: Connection, wanted: PaymentFilter, times: list[datetime]) -> None:
    """Every place of the list lies in the hour that is found for it, with all others before or after that hour."""
    for descending in (False, True):
        shown = times[::-1] if descending else times
        for place, at in enumerate(shown):
            stretch = stretch_at(connection, wanted, place, descending=descending)
            assert stretch is not None
            assert stretch.since <= at < stretch.until
            inside = [stretch.since <= other < stretch.until for other in shown]
            assert (stretch.before, stretch.count) == (inside.index(True), sum(inside))
        assert stretch_at(connection, wanted, len(shown), descending=descending) is None


# Which filters ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("narrowed", "answer"),
    [
        ({}, True),
        ({"statuses": frozenset({"failed", OTHER}), "hour": 9}, True),
        ({"routes": frozenset({NOBODY})}, True),
        ({"methods": frozenset({"mpesa"})}, True),
        ({"search": " \0 "}, True),
        ({"routes": frozenset({NOBODY}), "methods": frozenset({"mpesa"})}, False),
        ({"vehicles": frozenset({NOBODY})}, False),
        ({"drivers": frozenset({NOBODY})}, False),
        ({"tills": frozenset({""})}, False),
        ({"least": Decimal(0)}, False),
        ({"most": Decimal(0)}, False),
        ({"search": "alice"}, False),
        ({"basis": "taken"}, False),
        ({"basis": "refunded"}, False),
    ],
)
def test_only_what_the_totals_know_is_served(narrowed: dict[str, object], answer: bool) -> None:
    assert served(replace(PaymentFilter(NOBODY, TUESDAY), **narrowed)) is answer  # type: ignore[arg-type]  # any field


def test_the_oldest_pending_payment_is_found(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    for minutes, status, currency in (
        (0, "completed", "KES"),
        (1, "pending", "USD"),
        (2, "pending", "KES"),
        (3, "pending", "KES"),
    ):
        world.payment(booking, status=status, currency=currency, created_at=MORNING + timedelta(minutes=minutes))
    world.project()
    with world.person(fleet, "viewer").read() as connection:
        found = connection.execute(oldest_pending_query(_of_tuesday(fleet), "KES")).scalar_one()
        assert found == MORNING + timedelta(minutes=2)
        failed = [*_of_tuesday(fleet), payment.c.status.in_(["failed"])]
        assert connection.execute(oldest_pending_query(failed, "KES")).scalar_one_or_none() is None


def _of_tuesday(fleet: UUID) -> list[ColumnElement[bool]]:
    at = payment.c.created_at
    return [payment.c.fleet_id == fleet, at >= TUESDAY.start, at < TUESDAY.end]


# As a person of the fleet, by the index -------------------------------------------------------------------------------------


@pytest.fixture
def viewer(world: World) -> Iterator[tuple[UUID, Connection]]:
    """A fleet with half a year of payments, and a viewer's connection that takes an index wherever one is reachable."""
    fleet = world.fleet()
    booking = world.booking(fleet, route_id=world.route(fleet))
    world.run(
        "INSERT INTO public.payment_transactions (booking_id, amount, payment_method, status, created_at, completed_at, updated_at)"
        " SELECT :b, 600, 'mpesa', (ARRAY['completed', 'failed', 'pending'])[1 + n % 3], t, t, t"
        " FROM generate_series(1, 2000) n, LATERAL (SELECT :at + n * interval '2 hours' AS t) a",
        b=booking, at=MORNING,
    )  # fmt: skip
    world.project()
    world.run("ANALYZE")
    with world.person(fleet, "viewer").read() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        yield fleet, connection


def plan(connection: Connection, query: ClauseElement) -> str:
    compiled = query.compile(connection)
    explained = connection.exec_driver_sql(f"EXPLAIN (COSTS off) {compiled}", compiled.params)
    return "\n".join(explained.scalars())


def test_the_totals_are_reached_by_their_key(viewer: tuple[UUID, Connection]) -> None:
    fleet, connection = viewer
    days = Days(date(2026, 9, 20), date(2027, 2, 3))
    for narrowed in (PaymentFilter(fleet, days), PaymentFilter(fleet, days, routes=frozenset({NOBODY}))):
        conditions = [line for line in plan(connection, cells_query(narrowed)).splitlines() if "Index Cond" in line]
        assert len(conditions) == 2
        for line in conditions:
            assert all(f"{column} = " in line for column in ("fleet_id", "dimension", "member", "grain", "start"))


def test_the_oldest_pending_payment_is_the_end_of_an_index(viewer: tuple[UUID, Connection]) -> None:
    fleet, connection = viewer
    shown = plan(connection, oldest_pending_query(_of_tuesday(fleet), "KES"))
    assert "Index Scan Backward using payment_by_status" in shown
    assert "Sort" not in shown


def test_taken_between_two_clock_times_is_a_range_of_an_index(viewer: tuple[UUID, Connection]) -> None:
    fleet, connection = viewer
    query = select(func.sum(payment.c.amount)).where(
        payment.c.fleet_id == fleet, taken_between(MORNING, MORNING + timedelta(minutes=5))
    )
    conditions = [line for line in plan(connection, query).splitlines() if "Index Cond" in line]
    assert len(conditions) == 2
    assert "completed_at >= " in conditions[0]
    assert "completed_at IS NULL" in conditions[1]
    assert "created_at >= " in conditions[1]
    # The broken control: spelled as the figures' page says it, every payment of the fleet is read.
    at = func.coalesce(payment.c.completed_at, payment.c.created_at)
    naive = select(func.sum(payment.c.amount)).where(
        payment.c.fleet_id == fleet, payment.c.taken_day.is_not(None), at >= MORNING
    )
    assert not [line for line in plan(connection, naive).splitlines() if "Index Cond" in line and "_at" in line]


def test_taken_between_is_what_the_figures_mean(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    later = MORNING + timedelta(minutes=5)
    for number, (status, created, completed) in enumerate(
        [
            ("completed", later, MORNING),
            ("refunded", MORNING, None),
            ("completed", MORNING, later),
            ("completed", later, None),
            ("pending", MORNING, MORNING),
        ]
    ):
        world.payment(booking, f"{10**number}", status, created_at=created, completed_at=completed)
    world.project()
    query = select(func.sum(payment.c.amount)).where(payment.c.fleet_id == fleet, taken_between(MORNING, later))
    with world.database().read() as connection:
        assert connection.execute(query).scalar_one() == 11


def test_a_fleet_of_others_has_no_totals(world: World) -> None:
    mine, theirs = world.fleet("MSAFIRI"), world.fleet("TWIGA")
    world.payment(world.booking(theirs))
    world.project()
    with world.database().write() as connection:
        refill_totals(connection)
    with world.person(mine, "approver").read() as connection:
        wanted = PaymentFilter(theirs, TUESDAY)
        assert totals(connection, wanted) == []
        assert stretch_at(connection, wanted, 0) is None
    with world.database().read() as connection:
        assert len(totals(connection, wanted)) == 1
