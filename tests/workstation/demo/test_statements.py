"""The statements that belong to a day agree with themselves and with M-Pesa's entries."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.period import day_of
from services.domain.phone import mask_fits
from services.domain.receipt import written_on
from services.statements.statement import Statement, parse_statement, read_statement
from workstation.demo.day import plans
from workstation.demo.fleet import ShortCode, demo_fleet
from workstation.demo.rows import MpesaEntry
from workstation.demo.statements import charge_on, write_statements

FLEET = demo_fleet()
DAY = date(2026, 11, 21)


def _entries(day: date, seed: int = 2026, scale: float = 1.0) -> list[MpesaEntry]:
    return [entry for plan in plans(seed, FLEET, day - timedelta(days=2), day, scale=scale) for entry in plan.entries]


@pytest.fixture(scope="module")
def entries() -> list[MpesaEntry]:
    return _entries(DAY)


@pytest.fixture(scope="module")
def files(entries: list[MpesaEntry], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_statements(tmp_path_factory.mktemp("exports") / "statements", FLEET, DAY, entries)


@pytest.fixture(scope="module")
def read(files: list[Path]) -> dict[str, Statement]:
    return {statement.short_code or "": statement for statement in map(read_statement, files)}


def test_one_file_a_short_code_named_as_the_portal_does(files: list[Path]) -> None:
    assert [file.name for file in files] == [
        "ORG_9994120_Utility Account_Completed_20261122060000.csv",
        "ORG_9990010_Merchant Account_Completed_20261122060000.csv",
        "ORG_9990021_Merchant Account_Completed_20261122060000.csv",
        "ORG_9990022_Merchant Account_Completed_20261122060000.csv",
    ]


def test_controls_agree_and_balances_chain(read: dict[str, Statement]) -> None:
    for statement in read.values():
        assert statement.rejected == ()
        assert {control.name for control in statement.controls} >= {"total_paid_in", "total_withdrawn"}
        assert all(control.ok for control in statement.controls)
        assert statement.balance_chain.checked == len(statement.lines) > 0
        assert statement.balance_chain.breaks == ()


@pytest.mark.parametrize("day", [DAY, date(2026, 10, 20), date(2026, 11, 22), date(2026, 12, 25)])
def test_an_account_is_never_overdrawn(tmp_path: Path, day: date) -> None:
    for file in write_statements(tmp_path, FLEET, day, _entries(day, 11)):
        assert all(line.balance is not None and line.balance >= 0 for line in read_statement(file).lines)


def test_a_statement_holds_what_mpesa_recorded_that_day(read: dict[str, Statement], entries: list[MpesaEntry]) -> None:
    for code in FLEET.short_codes:
        mine = [one for one in entries if one.short_code == code.number and day_of(one.completed_at) == DAY]
        lines = read[code.number].lines
        for kind in ("payment", "reversal"):
            recorded = Counter((one.receipt, one.amount, one.linked) for one in mine if one.kind == kind)
            assert Counter((x.receipt, x.amount, x.linked_receipt) for x in lines if x.kind == kind) == recorded
        assert {line.kind for line in lines} <= {"payment", "charge", "reversal", "sweep"}


def test_every_line_lies_on_the_day_and_its_receipt_says_so(read: dict[str, Statement]) -> None:
    for line in (line for statement in read.values() for line in statement.lines):
        assert day_of(line.completed_at) == DAY == written_on(line.receipt)


def test_charges_share_the_receipt_of_their_payment(read: dict[str, Statement]) -> None:
    lines = [line for statement in read.values() for line in statement.lines]
    paid = {line.receipt: line.amount for line in lines if line.kind == "payment"}
    charges = [line for line in lines if line.kind == "charge"]

    assert charges
    assert all(line.direction == "out" and line.amount < paid[line.receipt] / 100 for line in charges)


def test_the_night_sweeps_the_account_to_settlement(read: dict[str, Statement]) -> None:
    for statement in read.values():
        (swept,) = [line for line in statement.lines if line.kind == "sweep"]
        assert swept.direction == "out" and swept.balance == Decimal(0)
        assert swept.amount >= (statement.opening or Decimal(0)) > 0


def test_the_account_says_the_booking_at_the_paybill_and_nothing_at_a_till(read: dict[str, Statement]) -> None:
    for code in FLEET.short_codes:
        paid = [line for line in read[code.number].lines if line.kind == "payment" and "FSI" not in line.details]
        assert all(line.account.startswith("BK") == (code.kind == "paybill") for line in paid)
    assert sum("FSI to Pay Bill" in line.details for line in read[FLEET.paybill.number].lines) == 1


def test_payers_are_masked(read: dict[str, Statement], entries: list[MpesaEntry]) -> None:
    phones = {entry.receipt: entry.payer_phone for entry in entries}
    paid = [line for line in read[FLEET.paybill.number].lines if line.kind == "payment"]

    for line in paid:
        mask, name = line.other_party.split(" - ")
        assert "****" in mask and "****" in name
        assert mask_fits(mask, phones[line.receipt])
    assert all(phone not in line.details for line, phone in zip(paid, phones.values(), strict=False))


def test_consecutive_days_chain_through_the_balances(entries: list[MpesaEntry], tmp_path: Path) -> None:
    first = write_statements(tmp_path, FLEET, DAY - timedelta(days=1), entries, {"9994120": Decimal("1000.00")})[0]
    second = write_statements(tmp_path, FLEET, DAY, entries)[0]

    assert read_statement(first).opening == Decimal("1000.00")
    assert read_statement(second).opening == read_statement(first).closing


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32), st.dates(date(2026, 1, 5), date(2027, 12, 30)))
def test_statements_of_any_seed_and_day_agree_with_themselves(
    tmp_path_factory: pytest.TempPathFactory, seed: int, day: date
) -> None:
    for file in write_statements(tmp_path_factory.mktemp("any"), FLEET, day, _entries(day, seed, 0.05)):
        statement = parse_statement(file.read_bytes(), file.name)
        assert statement.rejected == () and statement.balance_chain.breaks == ()
        assert all(control.ok for control in statement.controls)


def test_a_till_pays_nothing_for_small_amounts() -> None:
    paybill, till = ShortCode("9990001", "paybill"), ShortCode("9990002", "till")

    assert charge_on(paybill, Decimal(150)) == Decimal("0.83")
    assert charge_on(till, Decimal(150)) == 0
    assert charge_on(till, Decimal(200)) == Decimal("1.10")


def test_a_short_code_without_traffic_has_an_empty_statement(tmp_path: Path) -> None:
    for file in write_statements(tmp_path, FLEET, DAY, []):
        statement = read_statement(file)
        assert statement.lines == () and statement.opening == statement.closing == 0
