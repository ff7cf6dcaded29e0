"""Search: what was typed, and the doors that find it, narrowed by every other condition and in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.errors import SchemaMismatch
from services.domain.period import Days
from services.payments import paging
from services.payments.filters import PaymentFilter, Search
from services.payments.row import Key, PaymentRow, Sort, sort_key
from services.payments.service import PaymentService
from tests.services.payments.scattered import FILTERS, FIRST, FLEET, SORTS, Ledger, scattered
from tests.world import MORNING, World

EVERY_DAY = PaymentFilter(FLEET, Days(FIRST, FIRST + timedelta(days=3)))


@pytest.mark.parametrize(
    ("typed", "words", "digits"),
    [
        ("Alice Otieno", ("alice", "otieno"), (None, None)),
        ("+254 712 345 678", ("+254712345678",), ("0712345678",)),
        ("(071) 234-56", ("(071)234-56",), ("07123456",)),
        ("alice 0712 345 678", ("alice", "0712345678"), (None, "0712345678")),
        ("0712 ••• 678", ("0712•••678",), ("0712 ••• 678",)),
        ("+254712***678", ("0712•••678",), ("0712 ••• 678",)),
        ("alice 0712•••678 otieno", ("alice", "0712•••678", "otieno"), (None, "0712 ••• 678", None)),
        ("0712 •••", ("0712",), ("0712",)),
        ("0712 ••• 6", ("0712",), ("0712",)),
        ("071 •••", ("071",), (None,)),
        ("•••", ("\1",), (None,)),
        ("%", ("\1",), (None,)),
        ("a b c d e f g h i", ("a", "b", "c", "d", "e", "f", "g", "h"), (None,) * 8),
    ],
)  # fmt: skip
def test_what_was_typed(typed: str, words: tuple[str, ...], digits: tuple[str | None, ...]) -> None:
    assert Search.parse(typed) == Search(words, digits)


def test_blank_is_no_search() -> None:
    assert Search.parse(" \0 ") is None
    assert not replace(EVERY_DAY, search=" ").narrowed
    assert replace(EVERY_DAY, search=" ").decidable
    assert replace(EVERY_DAY, search="x").narrowed
    assert not replace(EVERY_DAY, search="x").decidable


@pytest.fixture
def alone(world: World) -> Iterator[tuple[World, PaymentService]]:
    """One payment, of Anne-Marie O'Otieno with 0712 345 678, among others of like numbers."""
    fleet = world.fleet(id=FLEET)
    for name, phone, receipt in (
        ("Anne-Marie O'Otieno", "+254 712 345 678", "UIM1TEST01"),
        ("Brian Mfano", "0712 999 678", "UIM2"),
        ("Chao Mfano", "0712 345 999", None),
    ):
        world.payment(world.booking(fleet, passenger_name=name, passenger_phone=phone), transaction_id=receipt)
    world.project()
    yield world, PaymentService(world.person(fleet, "viewer"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("anne-marie", 1), ("marie", 1), ("o'ot", 1), ("anne-brian", 0),
        ("0712 ••• 678", 2), ("+254 712 ••• 678", 2), ("0712***999", 1), ("0712 ••• 671", 0), ("0712 •••", 3),
        ("mfano 0712 ••• 678", 1), ("brian 0712 999 678", 1), ("brian 0712 345 678", 0),
        ("0712 345", 2), ("uim", 2), ("uim2 brian", 1), ("uim2 anne", 0),
        ("x\\", 0), ("'", 0), ("x:*|y", 0), ("!anne", 1), ("anne & brian", 0),
    ],
)  # fmt: skip
def test_what_is_found(alone: tuple[World, PaymentService], typed: str, found: int) -> None:
    wanted = replace(EVERY_DAY, search=typed)
    _, service = alone
    assert len(service.page(wanted).rows) == found
    assert service.summary(wanted, MORNING).rows() == found
    assert sum(map(len, service.every(wanted))) == found


@pytest.fixture
def ledger(world: World) -> Ledger:
    return scattered(world, count=60)


@pytest.fixture
def service(ledger: Ledger) -> PaymentService:
    return PaymentService(ledger.world.person(FLEET, "viewer"))


def begins(row: PaymentRow, typed: str) -> bool:
    return any(text.lower().startswith(typed) for text in (*row.passenger.split(), row.receipt, row.booking_reference))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=FILTERS, typed=st.sampled_from(("alice", "bkg", "bkg1", "ukm000", "0700", "nobody")), sort=SORTS,
    limit=st.integers(2, 20), place=st.integers(0, 60),
)  # fmt: skip
def test_a_search_is_a_filter_like_any_other(
    ledger: Ledger, service: PaymentService, wanted: PaymentFilter, typed: str, sort: Sort, limit: int, place: int
) -> None:
    rows = [row for row in ledger.shown(wanted) if typed == "0700" or begins(row, typed)]
    expected = sorted(rows, key=sort_key(sort), reverse=sort.descending)
    wanted = replace(wanted, search=typed)
    seen: list[PaymentRow] = []
    after: Key | None = None
    while after is not None or not seen:
        page = service.page(wanted, after, limit, sort=sort)
        seen += page.rows
        after = page.next
        if after is None:
            break
    assert seen == expected
    assert (
        list(service.page_at(wanted, place, limit, sort=sort).rows)
        == expected[max(0, min(place, len(rows) - limit)) :][:limit]
    )
    assert [row for batch in service.every(wanted, sort, 7) for row in batch] == expected
    if expected:
        middle = replace(Key.of(expected[len(expected) // 2]), id=UUID(int=2**127))
        key = sort_key(sort)
        above = [row for row in expected if (key(row) > key(middle)) is sort.descending]
        assert service.page(wanted, middle, limit, sort=sort, counted=True).first == len(above)
    ids = [told.row.id for told in ledger.told[::2]]
    assert {row.id for row in service.rows(wanted, ids)} == {row.id for row in rows} & {*ids}
    summary = service.summary(wanted, MORNING)
    assert summary.rows() == len(rows)
    assert sum(f.amount for f in summary.by_status().values()) == sum(
        row.amount for row in rows if row.currency == "KES"
    )
    waiting = [row.created_at for row in rows if row.status == "pending" and row.currency == "KES"]
    assert summary.oldest_pending == min(waiting, default=None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.sampled_from(("alice", "bkg", "bkg1", "ukm000", "nobody")), descending=st.booleans(), run=st.integers(1, 25),
    limit=st.integers(1, 20), day=st.integers(0, 3),
)  # fmt: skip
def test_a_search_by_runs_of_the_list_finds_the_same(
    ledger: Ledger,
    service: PaymentService,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    descending: bool,
    run: int,
    limit: int,
    day: int,
) -> None:
    monkeypatch.setattr(paging, "RUN", run)
    sort = Sort("time", descending)
    days = Days(FIRST, FIRST + timedelta(days=day))
    rows = [row for row in ledger.shown(PaymentFilter(FLEET, days)) if begins(row, typed)]
    page = service.page(PaymentFilter(FLEET, days, search=typed), limit=limit, sort=sort)
    seen = list(page.rows)
    while page.next is not None:
        page = service.page(PaymentFilter(FLEET, days, search=typed), page.next, limit, sort=sort)
        seen += page.rows
    assert seen == sorted(rows, key=sort_key(sort), reverse=descending)


def test_the_rare_and_the_common_are_found_alike(world: World) -> None:
    """Each of the three ways: in the first 2,500 of the list, by the words' index, and along the list above 20,000."""
    fleet = world.fleet(id=FLEET)
    for name, age in (("Alice Mfano", 9_000), ("Brian Mfano", 0)):
        world.payment(world.booking(fleet, passenger_name=name), created_at=MORNING - timedelta(seconds=age))
    world.project()
    columns = (
        "fleet_id, booking_id, booking_reference, amount, amount_cents, currency, method, status, refunded_amount, updated_at,"
        " created_day"
    )
    for name, more in (("alice", 20_400), ("brian", 2_600)):
        world.run(f"""
            INSERT INTO finance.payment (id, created_at, search, {columns})
            SELECT gen_random_uuid(), created_at - i * interval '1 second', search, {columns}
            FROM finance.payment, generate_series(1, {more}) i WHERE search @@ '''n:{name}'''
        """)
    service = PaymentService(world.person(fleet, "viewer"))
    ages = {"alice": range(9_000, 29_401), "brian": range(2_601)}
    for name, seconds in ages.items():
        wanted = replace(EVERY_DAY, search=name)
        newest = [MORNING - timedelta(seconds=age) for age in seconds]
        for sort, expected in ((Sort(), newest), (Sort("time", False), newest[::-1])):
            page = service.page(wanted, limit=50, sort=sort)
            following = service.page(wanted, page.next, 50, sort=sort)
            assert [row.created_at for row in page.rows + following.rows] == expected[:100]
            assert service.page(wanted, limit=50, sort=sort, before=following.next).rows[-49:] == following.rows[:-1]
            assert [row.created_at for row in service.page_at(wanted, 2_580, 9, sort=sort).rows] == expected[
                2_580:2_589
            ]
        assert service.summary(wanted, MORNING).rows() == len(newest)


def test_a_search_that_breaks_tells_nothing_of_what_was_typed(alone: tuple[World, PaymentService]) -> None:
    world, service = alone
    world.run("DROP FUNCTION finance.find_payments CASCADE")
    for sort in (Sort(), Sort("amount")):
        with pytest.raises(SchemaMismatch) as told:
            service.page(replace(EVERY_DAY, search="0712345678"), sort=sort)
        causes = [told.value, told.value.__cause__, told.value.__context__]
        assert not any("0712345678" in f"{cause} {cause!r}" for cause in causes)


def test_a_person_of_another_fleet_finds_nothing(alone: tuple[World, PaymentService]) -> None:
    world, _ = alone
    stranger = PaymentService(world.person(world.fleet("TWIGA"), "approver", "stranger"))
    wanted = replace(EVERY_DAY, search="anne")
    assert stranger.page(wanted).rows == ()
    assert stranger.summary(wanted, MORNING).rows() == 0
    assert stranger.rows(wanted, [UUID(int=5)]) == []
