"""Filters as they are kept, and payments as links."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.errors import NotUnderstood
from services.domain.payment import STATUSES
from services.domain.period import NAIROBI, Days, preset
from services.payments.codec import View, filter_from_json, filter_to_json, parse_link, payment_link
from services.payments.filters import OTHER, PaymentFilter
from services.payments.row import Sort

FLEET = UUID(int=1)
NOW = datetime(2026, 9, 22, 6, tzinfo=UTC)
TUESDAY = Days(date(2026, 9, 22), date(2026, 9, 22))

days = st.tuples(st.dates(date(1900, 1, 1), date(9000, 12, 31)), st.dates(date(1900, 1, 1), date(9000, 12, 31))).map(
    lambda pair: Days(min(pair), max(pair))
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ids = st.frozensets(st.uuids(), max_size=3)
money = st.none() | st.decimals(min_value=-(10**9), max_value=10**9, places=2)
filters = st.builds(
    PaymentFilter,
    st.just(FLEET),
    days,
    statuses=st.frozensets(st.sampled_from([*STATUSES, OTHER])),
    methods=st.frozensets(texts, max_size=3),
    routes=ids,
    vehicles=ids,
    drivers=ids,
    tills=st.frozensets(texts, max_size=3),
    least=money,
    most=money,
    hour=st.none() | st.integers(0, 23),
    search=texts,
    basis=st.sampled_from(["created", "taken", "refunded"]),
    weekdays=st.frozensets(st.integers(1, 7)),
    reasons=st.frozensets(texts, max_size=3),
)
sorts = st.builds(Sort, st.sampled_from(["time", "amount", "status"]), st.booleans())
MOMENTS = st.integers(1_577_836_800, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))
PRESETS = ("today", "yesterday", "last_7_days", "this_week", "this_month", "last_30_days")


def read(definition: dict[str, Any], now: datetime = NOW) -> View:
    """The view, after the definition has gone through JSON as the database keeps it."""
    return filter_from_json(json.loads(json.dumps(definition)), FLEET, NAIROBI, now)


@given(filters, sorts, st.lists(texts, max_size=4))
def test_what_is_kept_comes_back(wanted: PaymentFilter, sort: Sort, columns: list[str]) -> None:
    assert read(filter_to_json(wanted, "", sort, columns)) == View(wanted, "", sort, tuple(columns))


@given(filters, st.sampled_from(PRESETS), MOMENTS)
def test_days_that_move_on_are_those_of_the_moment(wanted: PaymentFilter, name: str, now: datetime) -> None:
    view = read(filter_to_json(wanted, name), now)
    assert view.preset == name
    assert view.wanted == replace(wanted, days=preset(name, NAIROBI, now))


def test_the_kept_form_is_stable() -> None:
    wanted = PaymentFilter(
        FLEET, TUESDAY, statuses=frozenset({"failed", "other"}), least=Decimal("100"), hour=9, search="alice",
        weekdays=frozenset({2, 1}), reasons=frozenset({"1032", ""}),
    )  # fmt: skip
    assert filter_to_json(wanted, "", Sort("amount"), ("time", "amount")) == {
        "version": 1,
        "days": {"first": "2026-09-22", "last": "2026-09-22"},
        "statuses": ["failed", "other"],
        "methods": [],
        "routes": [],
        "vehicles": [],
        "drivers": [],
        "tills": [],
        "least": "100.00",
        "most": None,
        "hour": 9,
        "search": "alice",
        "basis": "created",
        "weekdays": [1, 2],
        "reasons": ["", "1032"],
        "sort": {"column": "amount", "descending": True},
        "columns": ["time", "amount"],
    }


def test_a_view_of_before_weekdays_and_reasons_still_opens() -> None:
    wanted = PaymentFilter(FLEET, TUESDAY, statuses=frozenset({"failed"}), hour=9, basis="taken")
    definition = filter_to_json(wanted)
    older = {name: value for name, value in definition.items() if name not in ("weekdays", "reasons")}
    assert definition != older
    assert read(older).wanted == wanted


def test_the_fleet_is_the_one_that_opens_it() -> None:
    definition = filter_to_json(PaymentFilter(UUID(int=7), TUESDAY), "today")
    assert "00000007" not in json.dumps(definition)
    assert read(definition).wanted.fleet_id == FLEET


def test_what_is_absent_or_unknown_is_passed_over() -> None:
    assert read({"version": 1}) == View(PaymentFilter(FLEET, TUESDAY), "today")
    assert read({"version": 1, "statuses": None, "colour": "green", "hour": 9}).wanted.hour == 9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("days", {"preset": "last_century"}), ("days", {"preset": 7}), ("days", {"first": "2026-09-22"}), ("days", "today"),
        ("days", {"first": "2026-09-22", "last": "2026-09-21"}), ("days", {"first": "0001-01-01", "last": "9999-12-31"}),
        ("days", {"first": 5, "last": 6}), ("days", []), ("statuses", ["on_hold"]), ("statuses", "failed"), ("methods", [5]),
        ("routes", ["here"]), ("vehicles", [None]), ("drivers", {}), ("tills", ["1"] * 3_000), ("least", "1.005"), ("least", 5),
        ("most", "NaN"), ("most", "lots"), ("hour", 24), ("hour", -1), ("hour", True), ("hour", "9"), ("search", 7),
        ("weekdays", [0]), ("weekdays", [8]), ("weekdays", [True]), ("weekdays", ["1"]), ("weekdays", 1), ("reasons", [1032]),
        ("reasons", "1032"), ("basis", "paid"), ("basis", []), ("sort", "time"), ("sort", {"column": "name", "descending": True}),
        ("sort", {"column": "time"}), ("sort", {"column": "time", "descending": 1}), ("sort", {"column": [], "descending": True}),
        ("columns", "time"), ("columns", [["time"]]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(name: str, value: object) -> None:
    with pytest.raises(NotUnderstood, match=f"its field “{name}” is not valid"):
        read({"version": 1, name: value})


@pytest.mark.parametrize("version", [None, 0, 2, "1", 1.5])
def test_a_form_of_tomorrow_is_refused(version: object) -> None:
    with pytest.raises(NotUnderstood, match="which this program cannot read"):
        read({"version": version})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(filter_to_json(PaymentFilter(FLEET, TUESDAY)))), json_values))
def test_nothing_else_is_ever_raised(definition: dict[str, Any]) -> None:
    try:
        assert isinstance(read({**definition, "version": 1}), View)
    except NotUnderstood as error:
        assert "its field “" in str(error)


def test_a_search_is_kept_as_the_database_can_hold_it() -> None:
    kept = filter_to_json(PaymentFilter(FLEET, TUESDAY, search="a\0b\ud800 😀"))
    assert kept["search"] == "a b? 😀"


@given(st.uuids(), st.uuids())
def test_a_link_leads_back(fleet: UUID, payment: UUID) -> None:
    link = payment_link(fleet, payment)
    assert parse_link(link) == (fleet, payment)
    assert parse_link(f" {link.upper()}/\n") == (fleet, payment)


HOSTILE = f"workstation://payment/{UUID(int=1)}/"


@pytest.mark.parametrize(
    "text",
    [
        "", "workstation://", "workstation://payment/", HOSTILE, f"{HOSTILE}1", f"{HOSTILE}{UUID(int=2)}/x",
        f"{HOSTILE}{UUID(int=2)}?a=b", f"{HOSTILE}{UUID(int=2)}#x", f"http://x/{HOSTILE}{UUID(int=2)}",
        f"workstation://payment/../{UUID(int=1)}/{UUID(int=2)}", f"workstation://user@payment/{UUID(int=1)}/{UUID(int=2)}",
        f"workstation://statement/{UUID(int=1)}/{UUID(int=2)}", f"{HOSTILE}{'-' * 36}", f"{HOSTILE}{'a' * 35}-",
        f"{HOSTILE}{UUID(int=2)}'; DROP TABLE x; --", f"{HOSTILE}{{{UUID(int=2)}}}", f"{HOSTILE}{UUID(int=2).hex}",
        f"{HOSTILE}{str(UUID(int=2)).replace('0', '٠')}", " " * 500 + f"{HOSTILE}{UUID(int=2)}", f"{HOSTILE}{UUID(int=2)}\0",
        "-x" * 10_000, f"{HOSTILE}{UUID(int=2)}\nworkstation://",
    ],
)  # fmt: skip
def test_everything_else_is_no_link(text: str) -> None:
    with pytest.raises(ValueError):
        parse_link(text)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    with pytest.raises(ValueError):
        parse_link(text)
