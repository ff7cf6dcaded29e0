from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import money


@pytest.mark.parametrize(
    ("written", "value"),
    [("1,234.50", "1234.50"), ("-120.0", "-120.00"), ("−5", "-5.00"), ("\u00a012 000", "12000.00"), ("0", "0.00")],
)
def test_amounts_people_write(written: str, value: str) -> None:
    assert money.parse(written) == Decimal(value)


def test_blank_is_no_amount() -> None:
    assert money.parse("  ") is None


@pytest.mark.parametrize("written", ["twelve", "1.234", "NaN", "Infinity", "1e13", "--1"])
def test_what_is_no_amount(written: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        money.parse(written)


@given(st.decimals(min_value="-99999999", max_value="99999999", places=2))
def test_shown_amounts_read_back(value: Decimal) -> None:
    assert money.parse(money.shown(value)) == value
    assert Decimal(money.stated(value)) == value
    assert money.cents(value) == value * 100


def test_how_amounts_look() -> None:
    assert money.shown(Decimal("-1234567.5")) == "−1,234,567.50"
    assert money.shown(Decimal("1234.5"), decimals=0) == "1,235"
    assert money.stated(Decimal("1234567.5")) == "1234567.50"
