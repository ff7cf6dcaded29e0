"""Other parties of statement lines, masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.party import party_shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("254700000345 - ALICE MFANO", "0700 ••• 345 - ALICE M."),
        ("+254 700 000 345 - alice wanjiru mfano", "0700 ••• 345 - alice m."),
        ("0700000345", "0700 ••• 345"),
        ("25470****345 - ALICE **** MFANO", "070 ••• 345 - ALICE M."),
        ("2547******345", "07 ••• 345"),
        ("9990001 - Safari Shop", "9990001 - Safari S."),
        ("0120263149140 - ALICE", "0120 ••• 140 - ALICE"),
        ("a" * 64, "•••"),
        ("Safaricom", "Safaricom"),
        ("", ""),
        (None, ""),
    ],
)  # fmt: skip
def test_what_is_shown(written: str | None, shown: str) -> None:
    assert party_shown(written) == shown


@given(
    st.from_regex(r"(\+?254|0)[17][0-9]{8}", fullmatch=True),
    st.sampled_from([" - ", "-", " ", "/"]),
    st.text(max_size=30),
)
def test_no_whole_phone_is_ever_shown(phone: str, between: str, rest: str) -> None:
    assert phone not in party_shown(f"{phone}{between}{rest}")
