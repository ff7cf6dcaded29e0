from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.statements.kind import classify
from services.statements.line import KINDS, Direction


@pytest.mark.parametrize(
    ("details", "direction", "kind"),
    [
        ("Pay Bill from 25470****430 - ASHA **** DEMO Acc. 0012", "in", "payment"),
        ("Pay Bill Online from 25470****430 - ASHA **** DEMO Acc. ", "in", "payment"),
        ("Small Business Pay Bill from 0712***001 - DUKA Acc. 1", "in", "payment"),
        ("Merchant Pay Utility Received from 123456 - DUKA  Acc. 9", "in", "payment"),
        ("Business Pay Bill via API by 222222 - DEMO BANK Acc. 7", "in", "payment"),
        ("FSI to Pay Bill by 222222 - DEMO BANK Acc. 7 via WEB by x", "in", "payment"),
        ("Merchant Payment from 070****444 - OMAR **** DEMO", "in", "payment"),
        ("Merchant Payment Online from 070****444 - OMAR **** DEMO", "in", "payment"),
        ("Pay Bill with OD from 070****444 - OMAR **** DEMO Acc. 1", "in", "payment"),
        ("Pay Bill Charge", "out", "charge"),
        ("Pay merchant Charge", "out", "charge"),
        ("FSI to Merchant Charge by Receiver", "out", "charge"),
        ("Merchant to Merchant Payment Charge to M-PESA", "out", "charge"),
        ("Utility Account to Organization Settlement Account", "out", "sweep"),
        ("Merchant Account to Organization Settlement Account", "out", "sweep"),
        ("Organization Settlement Account to Organization MMF Account", "in", "sweep"),
        ("Organization Funds Transfer from 850060 - TAUSI SACCO", "in", "sweep"),
        ("Agency Withdrawal of funds to Bank", "out", "withdrawal"),
        ("Real Time Settlement to DEMO BANK", "out", "withdrawal"),
        ("Pay Utility Reversal", "out", "reversal"),
        ("Pay Bill Charge Reversal", "in", "reversal"),
        ("OverDraft of Credit Party", "in", "overdraft"),
        ("OD Loan Repayment to 232323 - M-PESA Overdraw", "out", "overdraft"),
        ("Fuliza repayment", "out", "overdraft"),
        ("Business Pay Bill to 888880 - POWER CO Acc. 1", "out", "other"),
        ("Interest earned", "in", "other"),
        ("", "in", "other"),
    ],
)
def test_details_name_the_kind(details: str, direction: Direction, kind: str) -> None:
    assert classify(details, "", direction) == kind


@pytest.mark.parametrize("typed", ["Charge", "Reversal", "Fuliza", "Organization Settlement Account to x", "to Bank"])
def test_what_a_payer_is_called_or_types_changes_nothing(typed: str) -> None:
    assert classify(f"Pay Bill from 25470****430 - {typed} Acc. 1", "Pay Utility", "in") == "payment"
    assert classify(f"Pay Bill from 25470****430 - ASHA Acc. {typed}", "Pay Utility", "in") == "payment"


@pytest.mark.parametrize(
    ("reason", "direction", "kind"),
    [
        ("Pay Utility", "in", "payment"),
        ("Pay Utility with OD via STK", "in", "payment"),
        ("Pay Merchant", "in", "payment"),
        ("Pay Utility", "out", "other"),
        ("Pay Utility Reversal", "out", "reversal"),
        ("Something new", "in", "other"),
    ],
)
def test_the_reason_type_speaks_where_details_say_nothing(reason: str, direction: Direction, kind: str) -> None:
    assert classify("", reason, direction) == kind


def test_details_come_before_the_reason_type() -> None:
    assert classify("Pay merchant Charge", "Pay Merchant", "out") == "charge"


@given(st.sampled_from(["Pay Bill Charge", "Pay Bill from 0712 - X Acc. 1", "Pay Utility Reversal"]), st.data())
def test_case_and_white_space_do_not_matter(details: str, data: st.DataObject) -> None:
    spaces = st.text(" \n\r\t\u00a0", min_size=1, max_size=3)
    words = [data.draw(st.sampled_from([word.upper(), word.lower(), word])) for word in details.split()]
    spaced = "".join(data.draw(spaces) + word for word in words)
    assert classify(spaced, "", "in") == classify(details, "", "in")


@given(st.text(), st.text(), st.sampled_from(["in", "out"]))
def test_any_text_has_one_of_the_kinds(details: str, reason: str, direction: Direction) -> None:
    assert classify(details, reason, direction) in KINDS
