from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.phone import digits_sought, local, mask_fits, masked, spaced


@pytest.mark.parametrize(
    "written", ["0712345678", "712345678", "254712345678", "+254 712 345-678", "00254712345678", "(0712) 345 678"]
)
def test_every_spelling_is_one_number(written: str) -> None:
    assert local(written) == "0712345678"


@pytest.mark.parametrize(
    ("written", "shown"),
    [("254700000307", "0700 000 307"), ("0700000307", "0700 000 307"), ("12345", "12345"), ("n/a", "n/a"), (None, "")],
)
def test_a_number_in_full_is_spaced(written: str | None, shown: str) -> None:
    assert spaced(written) == shown


@pytest.mark.parametrize("written", [None, "", "unknown", "25470****430", "٠٧١٢"])
def test_what_is_no_number(written: str | None) -> None:
    assert local(written) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("0712345678", "0712 ••• 678"),
        ("254110345678", "0110 ••• 678"),
        ("25470****430", "070 ••• 430"),
        ("0120263149140", "0120 ••• 140"),
        ("12345", "•••"),
        (None, ""),
        ("nobody", ""),
    ],
)
def test_masked(written: str | None, shown: str) -> None:
    assert masked(written) == shown


@pytest.mark.parametrize(
    ("mask", "number", "fits"),
    [
        ("25470****430", "0701234430", True),
        ("070****430", "254701234430", True),
        ("2547******430", "0701234430", True),
        ("2547 ***** 430", "0701234430", True),
        ("25471****430", "0701234430", False),
        ("070****431", "0701234430", False),
        ("0701234430", "254701234430", True),
        ("070****30", "0701234430", False),
        ("0*7*430", "0701234430", False),
        ("070****430", None, False),
    ],
)
def test_a_mask_fits_by_its_prefix_and_last_three(mask: str, number: str | None, fits: bool) -> None:
    assert mask_fits(mask, number) is fits


@given(st.from_regex(r"0[17][0-9]{8}", fullmatch=True), st.integers(2, 5))
def test_a_number_fits_its_own_mask(number: str, kept: int) -> None:
    assert mask_fits(f"254{number[1 : 1 + kept]}****{number[-3:]}", number)
    assert number not in masked(number)


@pytest.mark.parametrize(
    ("query", "digits"),
    [
        ("071234", "071234"), ("+254 712", "0712"), ("254", None), ("2547", "2547"), ("345 678", "345678"),
        ("12a4", None), ("00254712", "0712"), ("2549", "2549"),
    ],
)  # fmt: skip
def test_digits_sought(query: str, digits: str | None) -> None:
    assert digits_sought(query) == digits
