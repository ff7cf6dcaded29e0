"""Tiles, chart and grid are the same payments, whatever happens to them and whatever is filtered; so says the booking system."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.domain.payment import NOBODY, PENDING, STATUSES
from services.domain.period import NAIROBI, Days, day_of
from services.feed.event import PaymentEvent, PaymentState, event_from_json
from services.payments.filters import PaymentFilter, status_group
from services.payments.service import PaymentService
from services.payments.summary import Cell, Figures, Summary, cell_of
from tests.services.payments.scattered import (
    AMOUNTS,
    DRIVERS,
    FILTERS,
    FIRST,
    FLEET,
    INSTANTS,
    METHODS,
    ROUTES,
    TILLS,
    UNKNOWN,
    VEHICLES,
    named,
)
from tests.world import MORNING, World

#: What happens, to which of the payments, what it is then, and its booking.
Happened = list[tuple[str, int, dict[str, object], dict[str, object]]]
STATES = st.fixed_dictionaries(
    {
        "status": st.sampled_from((*STATUSES, *UNKNOWN)),
        "amount": st.sampled_from(AMOUNTS),
        "refunded_amount": st.sampled_from((Decimal(0), Decimal(10), Decimal(700))),
        "currency": st.sampled_from(("KES", "KES", "USD")),
        "payment_method": st.sampled_from(METHODS),
        "shortcode": st.sampled_from((None, *TILLS)),
        "result_code": st.sampled_from((None, "1032")),
        "created_at": st.sampled_from(INSTANTS),
        "completed_at": st.sampled_from((None, *INSTANTS)),
    }
)
BOOKINGS = st.fixed_dictionaries(
    {
        "route_id": st.sampled_from((None, *ROUTES)),
        "vehicle_id": st.sampled_from((None, *VEHICLES)),
        "driver_id": st.sampled_from((None, *DRIVERS)),
    }
)
TRAFFIC = st.lists(
    st.tuples(st.sampled_from(("made", "made", "changed", "moved", "removed")), st.integers(0, 50), STATES, BOOKINGS),
    min_size=1,
    max_size=6,
)


class Traffic:
    """The booking system, and what it knows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.payments: list[UUID] = []
        self.bookings: dict[UUID, UUID] = {}

    def happens(self, what: str, which: int, state: dict[str, object], booking: dict[str, object]) -> None:
        if what == "made" or not self.payments:
            made = self.world.booking(FLEET, **booking)
            self.payments.append(self.world.payment(made, refunded_at=None, **state))  # type: ignore[arg-type]  # as drawn
            self.bookings[self.payments[-1]] = made
            return
        payment = self.payments[which % len(self.payments)]
        if what == "changed":
            self.world.change(payment, **state)
        elif what == "moved":
            moved = ", ".join(f"{name} = :{name}" for name in booking)
            self.world.run(f"UPDATE public.bookings SET {moved} WHERE id = :id", id=self.bookings[payment], **booking)
        else:
            self.world.run("DELETE FROM public.payment_transactions WHERE id = :id", id=payment)
            self.payments.remove(payment)

    def states(self) -> dict[UUID, PaymentState]:
        """Every payment, from the booking system's own tables."""
        query = text("""
            SELECT t.id, t.status, t.amount, t.refunded_amount, t.currency, t.payment_method, b.route_id, b.vehicle_id, b.driver_id,
                   t.created_at, t.completed_at, t.result_code, t.shortcode
            FROM public.payment_transactions t JOIN public.bookings b ON b.id = t.booking_id
        """)
        with self.world.database().read() as connection:
            return {id_: PaymentState(*state) for id_, *state in connection.execute(query)}

    def events(self, since: int) -> list[PaymentEvent]:
        query = text("""
            SELECT to_jsonb(e) FROM finance.payment_event e WHERE fleet_id = :fleet AND seq > :since ORDER BY seq
        """)
        with self.world.database().read() as connection:
            found = connection.execute(query, {"fleet": FLEET, "since": since}).scalars()
            return [event_from_json(FLEET, event) for event in found]


@pytest.fixture
def traffic(world: World) -> Traffic:
    named(world)
    traffic = Traffic(world)
    for number, status in enumerate((*STATUSES, *UNKNOWN)):
        traffic.happens("made", 0, {"status": status, "created_at": INSTANTS[number % 6]}, {})
    world.project()
    return traffic


@pytest.fixture
def service(traffic: Traffic) -> PaymentService:
    return PaymentService(traffic.world.person(FLEET, "viewer"))


def cells(states: Iterable[PaymentState], wanted: PaymentFilter) -> tuple[dict[Cell, Figures], Counter[Cell]]:
    """Figures and foreign counts, added up one by one."""
    own: dict[Cell, Figures] = defaultdict(Figures)
    foreign: Counter[Cell] = Counter()
    for state in states:
        cell = cell_of(state, wanted)
        if state.currency == "KES":
            own[cell] = own[cell].plus(1, state.amount, state.refunded_amount)
        else:
            foreign[cell] += 1
    return own, foreign


def same(summary: Summary, expected: Summary) -> bool:
    return (summary.cells, summary.foreign, summary.of, summary.position) == (
        expected.cells,
        expected.foreign,
        expected.of,
        expected.position,
    )


def follow(
    traffic: Traffic, service: PaymentService, happened: Happened, wanted: PaymentFilter
) -> tuple[Summary, Summary]:
    """The summary carried on over what happened, and the one that is asked for then."""
    before = service.summary(wanted, MORNING)
    for event in happened:
        traffic.happens(*event)
    traffic.world.project()
    return before.after(traffic.events(before.position.seq), wanted), service.summary(wanted, MORNING)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    happened=TRAFFIC, wanted=FILTERS, hour=st.sampled_from((None, 9)), group=st.sampled_from((*STATUSES, "other", ""))
)
def test_tiles_chart_grid_and_booking_system_are_one(
    traffic: Traffic,
    service: PaymentService,
    happened: Happened,
    wanted: PaymentFilter,
    hour: int | None,
    group: str,
) -> None:
    wanted = replace(wanted, basis="taken" if wanted.basis == "taken" else "created")
    carried_on, summary = follow(traffic, service, happened, wanted)
    known = traffic.states()
    shown = {id_: state for id_, state in known.items() if wanted.holds(state)}
    grid = [row for batch in service.every(wanted) for row in batch]
    assert {row.id: row.state for row in grid} == shown
    own, foreign = cells(shown.values(), wanted)
    assert dict(summary.cells) == own
    assert dict(summary.foreign) == foreign
    for tiles in (summary.by_status().values(), [f for column in summary.by_hour() for f in column.values()]):
        assert sum(figures.count for figures in tiles) + summary.other_currencies == len(grid)
        assert sum(figures.amount for figures in tiles) == sum(row.amount for row in grid if row.currency == "KES")
    narrowed = [row for row in grid if not group or status_group(row.status) == group]
    narrowed = [row for row in narrowed if hour is None or row.created_at.astimezone(NAIROBI).hour == hour]
    assert summary.rows({group} - {""}, hour) == len(narrowed)
    days = [state for state in known.values() if state.created_at in wanted.days]
    assert summary.of == (len(days) if wanted.basis == "created" else None)
    pending = [row.created_at for row in grid if row.status == PENDING and row.currency == "KES"]
    assert summary.oldest_pending == min(pending, default=None)
    assert same(carried_on, summary)


def test_without_following_the_figures_would_be_others(traffic: Traffic, service: PaymentService) -> None:
    """The control: what is carried on is not the same by chance."""
    wanted = PaymentFilter(FLEET, Days(FIRST, FIRST + timedelta(days=3)))
    before = service.summary(wanted, MORNING)
    carried_on, summary = follow(traffic, service, [("made", 0, {"currency": "USD"}, {}), ("made", 0, {}, {})], wanted)
    assert same(carried_on, summary)
    assert not same(before, summary)
    assert not same(replace(before, position=summary.position), summary)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=TRAFFIC, wanted=FILTERS, minute=st.integers(0, 24 * 60 - 1), searched=st.booleans())
def test_the_same_time_yesterday(
    traffic: Traffic,
    service: PaymentService,
    happened: Happened,
    wanted: PaymentFilter,
    minute: int,
    searched: bool,
) -> None:
    for event in happened:
        traffic.happens(*event)
    traffic.world.project()
    now = datetime(2026, 9, 23, tzinfo=NAIROBI) + timedelta(minutes=minute)
    today = Days(day_of(now, NAIROBI), day_of(now, NAIROBI))
    wanted = replace(wanted, days=today, basis="created", search="alice" if searched else "")
    yesterday = service.summary(wanted, now).yesterday
    day_before = replace(wanted, days=Days(today.first - timedelta(days=1), today.first - timedelta(days=1)))
    expected: dict[str, Figures] = defaultdict(Figures)
    for state in traffic.states().values():
        if day_before.holds(state) and state.created_at < now - timedelta(days=1) and state.currency == "KES":
            group = status_group(state.status)
            expected[group] = expected[group].plus(1, state.amount, state.refunded_amount)
    assert yesterday == expected


def test_there_is_no_yesterday_of_other_days(service: PaymentService) -> None:
    two = PaymentFilter(FLEET, Days(FIRST, FIRST + timedelta(days=1)))
    now = datetime(2026, 9, 22, 12, tzinfo=UTC)
    taken = PaymentFilter(FLEET, Days(day_of(now, NAIROBI), day_of(now, NAIROBI)), basis="taken")
    assert service.summary(two, now).yesterday is None
    assert service.summary(taken, now).yesterday is None
    assert service.summary(replace(taken, basis="created"), now).yesterday is not None


def test_a_payment_of_nobody_counts(traffic: Traffic, service: PaymentService) -> None:
    traffic.happens("made", 0, {"shortcode": None}, {"route_id": None, "vehicle_id": None, "driver_id": None})
    traffic.world.project()
    nobody = frozenset({NOBODY})
    wanted = PaymentFilter(
        FLEET, Days(FIRST, FIRST + timedelta(days=3)), routes=nobody, vehicles=nobody, drivers=nobody
    )
    rows = service.page(replace(wanted, tills=frozenset({""}))).rows
    assert rows
    assert {(row.route, row.vehicle, row.driver, row.short_code) for row in rows} == {("", "", "", None)}
