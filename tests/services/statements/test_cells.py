from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.money import shown, stated
from services.statements import cells
from tests.services.statements.ledger import at


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("250", "250.00"),
        ("100.0", "100.00"),
        ("-22779.95", "-22779.95"),
        ("\u2212120.00", "-120.00"),
        ("1,234,567.50", "1234567.50"),
        ("1\u00a0234.50", "1234.50"),
        (" 250.00\u00a0", "250.00"),
        ("'250.00", "250.00"),
        ('="250.00"', "250.00"),
        ("0.00", "0.00"),
    ],
)
def test_amounts_as_portals_and_spreadsheets_write_them(cell: str, amount: str) -> None:
    assert cells.amount(cell) == Decimal(amount)


@pytest.mark.parametrize("cell", ["", "  ", "\u00a0", "''"])
def test_a_blank_cell_holds_no_amount(cell: str) -> None:
    assert cells.amount(cell) is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1234,50", "decimal comma"),
        ("1.234,50", "decimal comma"),
        ("12,34", "decimal comma"),
        ("1e3", "not an amount"),
        ("1E+05", "not an amount"),
        ("1_000", "not an amount"),
        ("١٢", "not an amount"),
        ("NaN", "not an amount"),
        ("Infinity", "not an amount"),
        ("KES 250", "not an amount"),
        ("--5", "not an amount"),
        ("9" * 5000, "not an amount"),
        ("9" * 30, "not an amount"),
        ("100.005", "two decimals"),
        ("=SUM(F8:F9)", "formula"),
        ("1\x000", "NUL"),
    ],
)
def test_what_is_no_amount_is_named(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        cells.amount(cell)
    assert len(str(caught.value)) < 150


@given(st.decimals("-999999999.99", "999999999.99", places=2))
def test_every_amount_is_read_as_it_was_written(value: Decimal) -> None:
    assert cells.amount(stated(value)) == value
    assert cells.amount(shown(value)) == value


@pytest.mark.parametrize(
    "cell",
    [
        "25-09-2026 17:20:05",
        "25/09/2026 17:20:05",
        "2026-09-25 17:20:05",
        "2026-09-25T17:20:05",
        "2026-09-25T17:20:05.000",
        "2026/09/25 17:20:05",
        "2026-09-25T17:20:05+03:00",
        "2026-09-25T14:20:05Z",
    ],
)
def test_times_are_nairobis(cell: str) -> None:
    moment = cells.instant(cell)
    assert moment == at("17:20:05")
    assert moment is not None and moment.utcoffset() == at("17:20:05").utcoffset()


def test_a_spreadsheet_drops_seconds_and_zeros() -> None:
    assert cells.instant("5-9-2026 7:20") == at("07:20:00", day=5)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("09-25-2026 17:20:05", "swapped"),
        ("2026-25-09 17:20:05", "swapped"),
        ("31-02-2026 10:00:00", "calendar"),
        ("32-13-2026 10:00:00", "calendar"),
        ("25-09-2026", "no time of day"),
        ("25-09-2026 25:00:00", "time of day"),
        ("25-09-2026 10:61", "time of day"),
        ("25-09-26 10:00:00", "not a time"),
        ("46290.72", "not a time"),
        ("yesterday", "not a time"),
        ("25-09-0001 10:00:00", "year 1 "),
        ("=NOW()", "formula"),
    ],
)
def test_impossible_times_are_named(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        cells.instant(cell)


def test_a_period_may_be_days() -> None:
    assert cells.first_instant("25-09-2026") == at("00:00:00")
    assert cells.last_instant("25-09-2026") == at("23:59:59")
    assert cells.instant(" ") is None


def test_the_other_reading_of_a_day() -> None:
    assert cells.swapped(datetime.fromisoformat("2026-09-05T08:00:00")) == date(2026, 5, 9)
    assert cells.swapped(at("08:00:00", day=9)) is None
    assert cells.swapped(at("08:00:00", day=25)) is None


@pytest.mark.parametrize(
    ("cell", "account"),
    [("0012", "0012"), ("850060.0", "850060"), ('="0012"', "0012"), ("A12.0", "A12.0"), (" kxx 001a ", "kxx 001a")],
)
def test_the_account_is_what_the_payer_typed(cell: str, account: str) -> None:
    assert cells.account(cell) == account


def test_receipts_are_ten_capitals_and_digits() -> None:
    assert cells.receipt(" uipaaa0001 ") == "UIPAAA0001"
    for wrong, reason in [("", "empty"), ("Total", "not a receipt"), ("5.1E+10", "not a receipt"), ("=A1", "formula")]:
        with pytest.raises(ValueError, match=reason):
            cells.receipt(wrong)


def test_flags_and_short_codes() -> None:
    assert [cells.flag(word) for word in ("true", "No", "", "perhaps")] == [True, False, None, None]
    assert cells.short_code("850060.0") == "850060"
    assert cells.short_code(" ") is None
    with pytest.raises(ValueError, match="short code"):
        cells.short_code("85OO60")
