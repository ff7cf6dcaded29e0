"""Totals instead of payments: the same figures and places as counting every payment, from the key of one table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ClauseElement, Connection, select, text

from services.database.tables import payment
from services.domain.payment import NOBODY, STATUSES
from services.domain.period import NAIROBI, Days
from services.feed.event import PaymentState
from services.feed.rollups import refill_totals
from services.payments.filters import OTHER, PaymentFilter
from services.payments.pieces import pieces
from services.payments.places import pieces_of, stretch_at
from services.payments.statement import Statement, asked
from services.payments.totals import Total, cells, served, totals
from tests.services.feed.traffic import STEPS, Step, Traffic
from tests.world import MORNING, World

TUESDAY = Days(date(2026, 9, 22), date(2026, 9, 22))
ZONES = ("Africa/Nairobi", "Africa/Cairo")

# Pieces -------------------------------------------------------------------------------------------------------------------

PAID = (date(2023, 3, 5), date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2026, 7, 15))
HOURS = (8, 12, 20)


@pytest.fixture
def paid(world: World) -> Iterator[tuple[UUID, Connection]]:
    """A fleet with payments on each of these days, beside one with payments on the days around them."""
    mine, theirs = world.fleet(), world.fleet("TWIGA")
    around = {day + timedelta(days=step) for day in PAID for step in (-1, 1)}
    for fleet, days in ((mine, PAID), (theirs, around)):
        booking = world.booking(fleet)
        for day in days:
            for hour in HOURS:
                world.payment(booking, created_at=datetime.combine(day, time(hour), NAIROBI))
    world.project()
    with world.person(mine, "viewer").read() as connection:
        yield mine, connection


def covered(fleet: UUID, connection: Connection, first: date, last: date) -> list[tuple[str, date, date]]:
    """The pieces of a range, in order: grain, first day, last day."""
    made = Statement(fleet)
    made.text = f"{pieces(Days(first, last), made)} ORDER BY since"
    return [(grain, since, until - timedelta(days=1)) for grain, since, until in asked(connection, made)]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.dates(date(2022, 1, 1), date(2027, 1, 1)) | st.sampled_from(PAID),
    length=st.integers(0, 1200) | st.integers(0, 3),
)
def test_pieces_make_up_the_range_and_only_days_without_payments(
    paid: tuple[UUID, Connection], first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    found = covered(*paid, first, last)
    days = [since + timedelta(days=n) for _, since, until in found for n in range((until - since).days + 1)]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    wanted = {first + timedelta(days=n) for n in range(length + 1)}
    assert wanted <= set(days)
    assert not (set(days) - wanted) & set(PAID)
    for grain, since, until in found:
        begins, ends = (since.month, since.day), (until.month, until.day)
        assert grain != "year" or (begins, ends) == ((1, 1), (12, 31))
        assert grain != "month" or (since.day, (until + timedelta(days=1)).day) == (1, 1)
    assert sum((until - since).days + 1 for grain, since, until in found if grain == "day") <= 2 * 30
    assert sum((until - since).days for grain, since, until in found if grain == "month") < 2 * 335


def test_a_range_grows_into_whole_years_where_nothing_was_paid_around_it(paid: tuple[UUID, Connection]) -> None:
    whole = [("year", date(2023, 1, 1), date(2026, 12, 31))]
    assert covered(*paid, date(2023, 3, 5), date(2026, 7, 15)) == whole
    # The control: with the first payment outside, its month is no piece.
    assert covered(*paid, date(2023, 3, 6), date(2026, 7, 15)) == [
        ("day", date(2023, 3, 6), date(2023, 3, 31)),
        ("month", date(2023, 4, 1), date(2023, 12, 31)),
        ("year", date(2024, 1, 1), date(2026, 12, 31)),
    ]
    assert covered(*paid, date(2026, 7, 1), date(2026, 7, 14))[-1] == ("day", date(2026, 7, 1), date(2026, 7, 14))


@pytest.mark.parametrize("days", [Days(PAID[0], PAID[-1]), Days(PAID[1], PAID[2]), Days(PAID[2], PAID[3])])
def test_a_place_is_found_through_years_months_days_and_hours(paid: tuple[UUID, Connection], days: Days) -> None:
    fleet, connection = paid
    times = [datetime.combine(day, time(hour), NAIROBI) for day in PAID for hour in HOURS]
    _assert_places(connection, PaymentFilter(fleet, days), [at for at in times if at in days])


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

    def times(self) -> list[datetime]:
        return sorted(state.created_at for state in self.states)


def counted(connection: Connection, wanted: PaymentFilter) -> Counted:
    columns = [payment.c[name] for name in PaymentState.__dataclass_fields__]
    rows = connection.execute(select(*columns).where(payment.c.fleet_id == wanted.fleet_id))
    states = [PaymentState(*row) for row in rows]
    return Counted([state for state in states if wanted.holds(state)], wanted.days.zone)


def by_cell(found: list[Total]) -> dict[tuple[int, str, str, str], tuple[int, Decimal, Decimal]]:
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
    weekdays = st.just(frozenset[int]()) | st.frozensets(st.integers(1, 7))
    reasons = st.just(frozenset[str]()) | st.frozensets(st.sampled_from(["", "1032", "17"]))
    return st.builds(
        lambda days, statuses, hour, on, why, more: PaymentFilter(
            fleet_id, days, statuses=statuses, hour=hour, weekdays=on, reasons=why, **more
        ),
        days, statuses, hours, weekdays, reasons, narrowed,
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
                assert by_cell(totals(connection, wanted)) == expected.cells()
                _assert_places(connection, wanted, expected.times())


def _assert_places(connection: Connection, wanted: PaymentFilter, times: list[datetime]) -> None:
    """Every place of the list lies in the hour that is found for it, with all others before or after that hour."""
    held = pieces_of(connection, wanted)
    assert sum(piece.payments for piece in held) == len(times)
    for descending in (False, True):
        shown = times[::-1] if descending else times
        for place, at in enumerate(shown):
            stretch = stretch_at(connection, wanted, held, place, descending=descending)
            assert stretch.since <= at < stretch.until
            assert stretch.before == [stretch.since <= other < stretch.until for other in shown].index(True)


# Which filters ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("narrowed", "answer"),
    [
        ({}, True),
        ({"statuses": frozenset({"failed", OTHER}), "hour": 9}, True),
        ({"routes": frozenset({NOBODY})}, True),
        ({"methods": frozenset({"mpesa"})}, True),
        ({"search": " \0 "}, True),
        ({"weekdays": frozenset({2}), "reasons": frozenset({""})}, True),
        ({"weekdays": frozenset({2}), "basis": "taken"}, False),
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
    for wanted in (PaymentFilter(fleet, days), PaymentFilter(fleet, days, routes=frozenset({NOBODY}))):
        made = Statement(fleet)
        made.text = f"EXPLAIN (COSTS off) {cells(wanted, made)}"
        conditions = [line for (line,) in asked(connection, made) if "Index Cond" in line]
        assert len(conditions) == 3
        for line in conditions:
            assert all(f"{column} = " in line for column in ("fleet_id", "dimension", "member", "grain"))
            assert "(start " in line


def test_a_fleet_of_others_has_no_totals(world: World) -> None:
    mine, theirs = world.fleet("MSAFIRI"), world.fleet("TWIGA")
    world.payment(world.booking(theirs))
    world.project()
    with world.database().write() as connection:
        refill_totals(connection)
    with world.person(mine, "approver").read() as connection:
        wanted = PaymentFilter(theirs, TUESDAY)
        assert totals(connection, wanted) == []
        assert pieces_of(connection, wanted) == []
    with world.database().read() as connection:
        assert len(totals(connection, wanted)) == 1
