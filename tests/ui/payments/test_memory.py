"""Filtering what was loaded, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.payments.filters import PaymentFilter
from tests.ui.payments.fake import FLEET, TODAY, paid
from ui.payments.memory import remembered

EVERYTHING = PaymentFilter(FLEET.id, TODAY)
ROW = paid(1, passenger="Alice Mfano", phone="0712 ••• 678", receipt="UKM7Q2X9AB", booking_reference="BKG1043")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("", True), ("ali", True), ("MFA", True), ("alice mfa", True), ("ukm7", True), ("bkg10", True), ("678", True),
     ("lice", False), ("alice brian", False), ("9AB", False), ("78", False), ("0799", False)],
)  # fmt: skip
def test_search(typed: str, found: bool) -> None:
    assert remembered([ROW], replace(EVERYTHING, search=typed)) == ([ROW] if found else [])


def test_other_filters_hold_as_ever() -> None:
    assert remembered([ROW], replace(EVERYTHING, statuses=frozenset({"failed"}))) == []
    assert remembered([ROW, paid(2, method="cash")], replace(EVERYTHING, methods=frozenset({"mpesa"}))) == [ROW]
