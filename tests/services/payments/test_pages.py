"""Pages of a list: walked down and up, asked for by place, and streamed, under any filter and in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.period import Days
from services.payments import paging
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Key, PaymentRow, Sort, sort_key
from services.payments.service import PaymentService
from tests.services.payments.scattered import AMOUNTS, FILTERS, FIRST, FLEET, INSTANTS, SORTS, Ledger, scattered
from tests.world import World

ANY = settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def ledger(world: World) -> Ledger:
    return scattered(world)


@pytest.fixture
def service(ledger: Ledger) -> PaymentService:
    return PaymentService(ledger.world.person(FLEET, "viewer"))


def in_order(rows: list[PaymentRow], sort: Sort) -> list[PaymentRow]:
    return sorted(rows, key=sort_key(sort), reverse=sort.descending)


def down(service: PaymentService, wanted: PaymentFilter, sort: Sort, limit: int) -> Iterator[PaymentRow]:
    after: Key | None = None
    while True:
        page = service.page(wanted, after, limit, sort=sort)
        assert page.first is None
        assert (page.previous is None) is (after is None or not page.rows)
        yield from page.rows
        if page.next is None:
            return
        assert len(page.rows) == limit
        assert page.next == Key.of(page.rows[-1])
        after = page.next


def up(service: PaymentService, wanted: PaymentFilter, sort: Sort, limit: int, start: Key) -> list[PaymentRow]:
    rows: list[PaymentRow] = []
    before: Key | None = start
    while before is not None:
        page = service.page(wanted, limit=limit, sort=sort, before=before)
        assert page.next == (Key.of(page.rows[-1]) if page.rows else None)
        rows = [*page.rows, *rows]
        before = page.previous
    return rows


@ANY
@given(wanted=FILTERS, sort=SORTS, limit=st.integers(2, 40))
def test_walking_down_and_up_is_the_sorted_list(
    ledger: Ledger, service: PaymentService, wanted: PaymentFilter, sort: Sort, limit: int
) -> None:
    expected = in_order(ledger.shown(wanted), sort)
    assert list(down(service, wanted, sort, limit)) == expected
    if expected:
        assert up(service, wanted, sort, limit, Key.of(expected[-1])) == expected[:-1]


@pytest.mark.parametrize("few", [0, paging.FEW])
@ANY
@given(wanted=FILTERS, sort=SORTS, limit=st.integers(1, 40), place=st.integers(-3, 100))
def test_a_page_at_a_place(
    ledger: Ledger,
    service: PaymentService,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    wanted: PaymentFilter,
    sort: Sort,
    limit: int,
    place: int,
) -> None:
    """Also by the hour that holds it, which otherwise only places far from both ends are found by."""
    monkeypatch.setattr(paging, "FEW", few)
    expected = in_order(ledger.shown(wanted), sort)
    page = service.page_at(wanted, place, limit, sort=sort)
    first = max(0, min(place, len(expected) - limit))
    assert page.first == first
    assert list(page.rows) == expected[first : first + limit]
    assert page.previous == (Key.of(expected[first]) if first else None)
    assert page.next == (Key.of(page.rows[-1]) if first + len(page.rows) < len(expected) else None)


@ANY
@given(wanted=FILTERS, sort=SORTS)
def test_streaming_is_the_sorted_list(
    ledger: Ledger, service: PaymentService, wanted: PaymentFilter, sort: Sort
) -> None:
    batches = list(service.every(wanted, sort, batch=7))
    assert [row for batch in batches for row in batch] == in_order(ledger.shown(wanted), sort)
    assert all(0 < len(batch) <= 7 for batch in batches)


@ANY
@given(wanted=FILTERS, step=st.integers(1, 5))
def test_rows_are_those_of_the_ids_that_pass(
    ledger: Ledger, service: PaymentService, wanted: PaymentFilter, step: int
) -> None:
    ids = [uuid4(), *(told.row.id for told in ledger.told[::step])]
    expected = [row for row in in_order(ledger.shown(wanted), NEWEST_FIRST) if row.id in ids]
    assert service.rows(wanted, ids) == expected


def test_a_key_that_is_gone_still_tells_its_place(ledger: Ledger, service: PaymentService) -> None:
    """Also where its status was the only one of its kind."""
    wanted = PaymentFilter(FLEET, Days(FIRST, FIRST))
    row = service.page(wanted, limit=1).rows[0]
    gone = replace(Key.of(row), id=uuid4(), status="forgotten")
    for sort in (Sort(), Sort("status"), Sort("status", False), Sort("amount")):
        expected = in_order(ledger.shown(wanted), sort)
        key = sort_key(sort)
        below = [row for row in expected if (key(row) < key(gone)) is sort.descending]
        page = service.page(wanted, gone, 100, sort=sort, counted=True)
        assert list(page.rows) == below
        assert page.first == len(expected) - len(below)


@ANY
@given(wanted=FILTERS, sort=SORTS, at=st.sampled_from(INSTANTS), amount=st.sampled_from(AMOUNTS))
def test_a_key_may_lie_anywhere(
    ledger: Ledger, service: PaymentService, wanted: PaymentFilter, sort: Sort, at: datetime, amount: Decimal
) -> None:
    """Also before the filter's first day or above its largest amount, as one from before the filter was narrowed."""
    asked = Key(at, UUID(int=2**127), amount, "completed")
    key = sort_key(sort)
    expected = in_order(ledger.shown(wanted), sort)
    below = [row for row in expected if (key(row) < key(asked)) is sort.descending]
    assert list(service.page(wanted, asked, 100, sort=sort).rows) == below
    counted = service.page(wanted, asked, 100, sort=sort, counted=True)
    assert (list(counted.rows), counted.first) == (below, len(expected) - len(below))


def test_a_page_lies_below_or_above(service: PaymentService, ledger: Ledger) -> None:
    wanted = PaymentFilter(FLEET, Days(FIRST, FIRST))
    key = Key.of(service.page(wanted, limit=1).rows[0])
    with pytest.raises(ValueError, match="not both"):
        service.page(wanted, key, before=key)


def test_the_position_is_the_rows_own(ledger: Ledger, service: PaymentService) -> None:
    """By one statement, by several, and where nothing is found."""
    days = Days(FIRST, FIRST)
    last = ledger.world.value("SELECT last_seq FROM finance.feed WHERE fleet_id = :fleet", fleet=FLEET)
    for wanted in (PaymentFilter(FLEET, days), PaymentFilter(FLEET, days, methods=frozenset({"none"}))):
        for sort in (Sort(), Sort("status")):
            assert service.page(wanted, sort=sort).position.seq == last
        assert service.page_at(wanted, 3).position.seq == last


def test_other_statuses_of_a_fleet_that_has_none(world: World) -> None:
    fleet = world.fleet()
    world.payment(world.booking(fleet))
    world.project()
    service = PaymentService(world.person(fleet, "viewer"))
    wanted = PaymentFilter(fleet, Days(FIRST, FIRST + timedelta(days=3)), statuses=frozenset({"other"}))
    assert service.page(wanted).rows == service.page(wanted, sort=Sort("status")).rows == ()
    assert service.page_at(wanted, 0).first == 0
    assert service.page(replace(wanted, statuses=frozenset({"other", "completed"}))).rows
