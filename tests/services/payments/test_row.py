"""Rows, their order and their making, without a database."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.payment import STATUSES
from services.payments.queries import ROW
from services.payments.row import Key, Lettering, Names, PaymentRow, Sort, rows_made, sort_key
from tests.world import MORNING

ROAD, BUS, PERSON = UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = Lettering.of(Names({ROAD: "Nairobi – Nakuru"}, {BUS: "KDA 123A"}, {PERSON: "Baraka M."}))
FOUND = (
    UUID(int=9), MORNING, None, None, None, ROAD, BUS, PERSON, "mpesa", None, "BKG1", Decimal("600.00"), Decimal("0.00"), "KES",
    "completed", None, None, "9990001",
)  # fmt: skip
ONE = rows_made([FOUND], NAMES)[0]


def test_a_row_is_made_as_its_class_would_make_it() -> None:
    assert len(FOUND) == len(ROW.split(","))
    expected = PaymentRow(
        UUID(int=9), MORNING, None, "", "", ROAD, "Nairobi – Nakuru", BUS, "KDA 123A", PERSON, "Baraka M.", "mpesa", "", "BKG1",
        Decimal("600.00"), Decimal("0.00"), "KES", "completed", None, "", "9990001",
    )  # fmt: skip
    assert type(ONE) is PaymentRow
    assert expected == ONE
    assert hash(expected) == hash(ONE)
    assert repr(expected) == repr(ONE)
    assert replace(ONE, amount=Decimal(1)) == replace(expected, amount=Decimal(1))
    assert not hasattr(ONE, "__dict__")


def test_a_row_is_frozen() -> None:
    for made in fields(ONE):
        with pytest.raises(FrozenInstanceError):
            setattr(ONE, made.name, None)


def test_names_that_are_not_known_are_blank_and_what_stands_behind_is_passed_over() -> None:
    unknown = (*FOUND[:5], UUID(int=7), None, UUID(int=7), *FOUND[8:], 1, 2, 3)
    made = rows_made([unknown], NAMES)[0]
    assert (made.route, made.vehicle, made.driver) == ("", "", "")
    assert (made.route_id, made.vehicle_id) == (UUID(int=7), None)


def ordered(rows: list[PaymentRow], sort: Sort) -> list[PaymentRow]:
    return sorted(rows, key=sort_key(sort), reverse=sort.descending)


def test_statuses_stand_as_they_are_shown_and_unknown_ones_behind_by_name() -> None:
    names = ["zzz", "on_hold", *STATUSES[::-1], "on", "", "on_hold_2"]
    rows = [replace(ONE, status=name) for name in names]
    shown = [row.status for row in ordered(rows, Sort("status"))]
    assert shown == [*STATUSES, "", "on", "on_hold", "on_hold_2", "zzz"]
    assert [row.status for row in ordered(rows, Sort("status", False))] == shown[::-1]


def test_equal_ones_are_newest_first() -> None:
    older, newer = replace(ONE, created_at=MORNING - timedelta(1)), replace(ONE, id=UUID(int=8))
    dearer = replace(older, amount=Decimal(700))
    for column in ("time", "status"):
        assert ordered([older, ONE, newer, dearer], Sort(column))[:2] == [ONE, newer]
    assert ordered([older, ONE, newer, dearer], Sort("amount")) == [dearer, ONE, newer, older]
    assert Sort("amount").reversed == Sort("amount", descending=False)


@given(
    rows=st.lists(
        st.builds(
            replace,
            st.just(ONE),
            id=st.integers(0, 5).map(lambda number: UUID(int=number)),
            status=st.sampled_from((*STATUSES, "a", "b")),
            amount=st.integers(-2, 2).map(Decimal),
            created_at=st.integers(0, 2).map(lambda days: MORNING + timedelta(days)),
        ),
        max_size=12,
        unique_by=lambda row: row.id,
    ),
    sort=st.builds(Sort, st.sampled_from(("time", "amount", "status")), st.booleans()),
)
def test_a_row_and_its_key_stand_at_the_same_place(rows: list[PaymentRow], sort: Sort) -> None:
    key = sort_key(sort)
    assert [key(row) for row in rows] == [key(Key.of(row)) for row in rows]
    assert len({key(row) for row in rows}) == len(rows)
    assert ordered(rows, sort.reversed) == ordered(rows, sort)[::-1]
