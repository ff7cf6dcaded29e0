from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.receipt import is_receipt, receipt_on, written_on


@given(st.dates(date(2006, 1, 1), date(2031, 12, 31)), st.integers(0, 36**7 - 1))
def test_a_receipt_names_its_day(day: date, number: int) -> None:
    receipt = receipt_on(day, number)
    assert is_receipt(receipt)
    assert written_on(receipt) == day


@pytest.mark.parametrize("text", ["", "UKM7Q2", "ukm7q2x9ab", "UKM7Q2X9AB1", "UKM7Q2-9AB"])
def test_what_is_no_receipt(text: str) -> None:
    assert not is_receipt(text)
    assert written_on(text) is None


def test_letters_that_name_no_day() -> None:
    assert written_on("UZM7Q2X9AB") is None
    assert written_on("UBV7Q2X9AB") is None


def test_a_number_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        receipt_on(date(2026, 1, 1), 36**7)
