"""Search: what was typed, and the doors that find it, narrowed by every other condition and in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.database.engine import Database
from services.domain.errors import SchemaMismatch
from services.domain.period import Days
from services.payments.filters import PaymentFilter, Search
from services.payments.queries import page_statement
from services.payments.row import Key, PaymentRow, Sort, sort_key
from services.payments.service import PaymentService
from services.payments.statement import asked
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


@pytest.mark.parametrize(("hour", "found"), [(5, 0), (9, 2)])
def test_yesterday_counts_the_same_hour(alone: tuple[World, PaymentService], hour: int, found: int) -> None:
    tomorrow = Days(FIRST + timedelta(days=2), FIRST + timedelta(days=2))
    wanted = PaymentFilter(FLEET, tomorrow, search="mfano", hour=hour)
    _, service = alone
    yesterday = service.summary(wanted, MORNING + timedelta(hours=25)).yesterday
    assert yesterday is not None
    assert sum(figures.count for figures in yesterday.values()) == found


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


#: How old the payments of each are, in seconds: everywhere, here and there, hardly anywhere, here only, and far back only.
AGES = {
    "alice": range(0, 6_000, 3),
    "brian": range(1, 6_000, 40),
    "chao": range(2, 6_000, 900),
    "dida": range(400, 451),
    "esi": range(5_000, 6_000),
}


@pytest.fixture
def crowd(world: World) -> tuple[World, Database]:
    """Five people with many payments, among which many share an amount."""
    fleet = world.fleet(id=FLEET)
    for name in AGES:
        world.payment(world.booking(fleet, passenger_name=f"{name} Mfano"), created_at=MORNING - timedelta(days=30))
    world.project()
    columns = (
        "fleet_id, booking_id, booking_reference, currency, method, status, refunded_amount, updated_at, created_day"
    )
    for name, ages in AGES.items():
        world.run(
            f"""
            INSERT INTO finance.payment (id, created_at, amount, amount_cents, search, {columns})
            SELECT gen_random_uuid(), :morning - age * interval '1 second', age % 7 / 100.0, age % 7, search, {columns}
            FROM finance.payment, unnest(CAST(:ages AS integer[])) AS age WHERE search @@ '''n:{name}'''
            """,
            morning=MORNING,
            ages=list(ages),
        )
    world.run("ANALYZE finance.payment")
    return world, world.person(fleet, "viewer")


def claim(world: World, payments: int) -> None:
    """Has the server's statistics say that there are so many payments; the door chooses its way by them."""
    world.run(f"UPDATE pg_class SET reltuples = {payments} WHERE oid = 'finance.payment'::regclass")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payments=st.sampled_from((0, 100_000, 10**9)), name=st.sampled_from([*AGES, "mfano", "nobody"]),
    sort=st.sampled_from((Sort(), Sort("time", False), Sort("amount"), Sort("amount", False))),
    limit=st.integers(1, 300), pages=st.integers(1, 3), place=st.integers(0, 2_500),
)  # fmt: skip
def test_every_way_finds_the_same(
    crowd: tuple[World, Database], payments: int, name: str, sort: Sort, limit: int, pages: int, place: int
) -> None:
    world, database = crowd
    service = PaymentService(database)
    claim(world, payments)
    ages = [age for person, ages in AGES.items() if name in (person, "mfano") for age in ages]
    places = [(age % 7 if sort.column == "amount" else 0, -age) for age in ages]
    expected = [MORNING + timedelta(seconds=at) for _, at in sorted(places, reverse=sort.descending)]
    wanted = replace(EVERY_DAY, search=name)
    page = service.page(wanted, limit=limit, sort=sort)
    seen = list(page.rows)
    while page.next is not None and len(seen) < pages * limit:
        page = service.page(wanted, page.next, limit, sort=sort)
        seen += page.rows
    assert [row.created_at for row in seen] == expected[: pages * limit]
    first = max(0, min(place, len(expected) - limit))
    jumped = service.page_at(wanted, place, limit, sort=sort)
    assert [row.created_at for row in jumped.rows] == expected[first : first + limit]


@pytest.mark.parametrize(
    ("payments", "name", "by_index"),
    [
        (10**9, "alice", 0),  # the sample holds a page of them
        (10**9, "brian", 0),  # a longer walk does
        (10**9, "dida", 1),  # the longer walk finds no more
        (10**9, "esi", 1),  # the sample holds none
        (100_000, "chao", 1),  # few in all: they are found before a longer walk ends
        (100_000, "alice", 0),
    ],
)
def test_how_common_a_word_is_chooses_the_way(
    crowd: tuple[World, Database], payments: int, name: str, by_index: int
) -> None:
    world, database = crowd
    claim(world, payments)
    with database.read() as connection:
        assert asked(connection, page_statement(replace(EVERY_DAY, search=name), Sort(), None, 60))
        scans = text("SELECT pg_stat_get_xact_numscans('finance.payment_by_search'::regclass)")
        assert connection.execute(scans).scalar_one() == by_index


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
