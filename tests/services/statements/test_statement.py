from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from services.domain.errors import NotFound, StatementRefused
from services.statements.line import StatementLine
from services.statements.statement import parse_statement, read_statement
from tests.services.statements.ledger import COLUMNS, FARE, FIRST, LEDGER, PREAMBLE, at, line, read, row, written


def only(*rows: str, preamble: str = PREAMBLE, columns: str = COLUMNS) -> StatementLine:
    statement = read(*rows, preamble=preamble, columns=columns)
    assert statement.rejected == ()
    assert len(statement.lines) == 1
    return statement.lines[0]


def fault(*rows: str, preamble: str = PREAMBLE, columns: str = COLUMNS) -> tuple[int, str, str]:
    statement = read(*rows, preamble=preamble, columns=columns)
    assert statement.lines == ()
    assert len(statement.rejected) == 1
    return statement.rejected[0].row, statement.rejected[0].field, statement.rejected[0].reason


def test_a_whole_statement() -> None:
    data = written(*LEDGER).encode()
    statement = parse_statement(data, "export.csv")
    assert (statement.layout, statement.file_name, statement.short_code) == ("L1", "export.csv", "850060")
    assert statement.sha256 == hashlib.sha256(data).hexdigest()
    assert (statement.holder, statement.account) == ("TAUSI SACCO", "Utility Account")
    assert (statement.period_from, statement.period_to) == (at("00:00:00"), at("23:59:59"))
    assert [str(figure) for figure in (statement.opening, statement.closing, statement.available)] == [
        "1000.00",
        "1580.00",
        "1580.00",
    ]
    assert [str(total) for total in (statement.total_paid_in, statement.total_withdrawn)] == ["600.00", "20.00"]
    assert [(entry.row, entry.receipt, entry.leg, str(entry.amount)) for entry in statement.lines] == [
        (8, "UIPAAA0002", "payment:in", "350.00"),
        (9, "UIPAAA0001", "charge:out", "20.00"),
        (10, "UIPAAA0001", "payment:in", "250.00"),
    ]
    assert statement.rejected == ()
    assert [control.name for control in statement.controls] == [
        "total_paid_in",
        "total_withdrawn",
        "closing_balance",
        "available_balance",
    ]
    assert all(control.ok for control in statement.controls)
    assert (statement.balance_chain.checked, statement.balance_chain.breaks) == (3, ())


def test_every_column_of_a_line() -> None:
    found = only(row(linked="uipaaa0009", confirmed="false"))
    assert found.receipt == "UIPAAA0001"
    assert (found.completed_at, found.initiated_at) == (at("08:00:00"), at("07:59:58"))
    assert (found.details, found.status, found.completed) == (FARE, "Completed", True)
    assert (found.paid_in, found.withdrawn, found.balance) == (Decimal("250.00"), None, Decimal("1250.00"))
    assert (found.balance_confirmed, found.reason_type) == (False, "Pay Utility")
    assert (found.other_party, found.linked_receipt) == ("25470****430 - ASHA **** DEMO", "UIPAAA0009")
    assert (found.account, found.currency, found.kind) == ("0012", "KES", "payment")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(delimiter: str) -> None:
    statement = parse_statement(written(*LEDGER).replace(",", delimiter).encode(), "a.csv")
    assert (len(statement.lines), statement.rejected, str(statement.closing)) == (3, (), "1580.00")


def test_columns_go_by_name() -> None:
    columns = "Currency,A/C No.,Balance,Withdrawn,Paid In,Transaction Status,Details,Completion Time,Receipt No.,Note"
    found = only("KES,007,10.00,,10.00,Completed,Pay Bill from x,25-09-2026 08:00,UIPAAA0001,mine", columns=columns)
    assert (found.account, str(found.amount), found.reason_type, found.initiated_at) == ("007", "10.00", "", None)


def test_currency_was_missing_in_2017() -> None:
    found = only(row().removesuffix(",KES"), columns=COLUMNS.removesuffix(",Currency"))
    assert found.currency == "KES"


def test_a_preamble_of_any_length_or_none() -> None:
    assert only(row(), preamble="").row == 2
    longer = only(row(), preamble="sep=,\n\nA note on top\n" + PREAMBLE)
    assert longer.row == FIRST + 3


def test_labels_and_values_in_one_cell() -> None:
    statement = read(row(), preamble="Account Holder: TAUSI SACCO\nShort Code: 850060.0\nClosing Balance: 1250\n")
    assert (statement.holder, statement.short_code, str(statement.closing)) == ("TAUSI SACCO", "850060", "1250.00")


def test_the_file_name_names_the_short_code_where_the_preamble_does_not() -> None:
    name = "ORG_850061_Utility Account_Completed_20260926060000.csv"
    assert read(row(), preamble="", name=name).short_code == "850061"
    assert read(row(), name=name).short_code == "850060"
    assert read(row(), preamble="").short_code is None


def test_what_the_preamble_says_unreadably_is_named() -> None:
    statement = read(row(), preamble='Short Code:,85x\n"Opening Balance:,1\nClosing Balance:,much\n')
    named = [(rejected.row, rejected.field) for rejected in statement.rejected]
    assert named == [(1, "Short code"), (2, ""), (3, "Closing balance")]
    assert (statement.short_code, statement.closing, len(statement.lines)) == (None, None, 1)


def test_line_breaks_in_quoted_details() -> None:
    broken = '"Pay Bill from 25470****430\n- ASHA **** DEMO Acc. 0012"'
    statement = read(row(details=broken, receipt="UIPAAA0002"), row())
    assert [(entry.row, entry.kind) for entry in statement.lines] == [(8, "payment"), (10, "payment")]
    assert "\n" in statement.lines[0].details


def test_failed_lines_are_kept_and_move_nothing() -> None:
    statement = read(row(status="Failed", balance="1000.00"))
    assert not statement.lines[0].completed
    assert statement.lines[0].effect == 0
    assert statement.balance_chain.breaks == ()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"withdrawn": "-20.00", "paid_in": ""}, ("out", 20)),
        ({"withdrawn": "20.00", "paid_in": ""}, ("out", 20)),
        ({"withdrawn": "0.00", "paid_in": "250.00"}, ("in", 250)),
        ({"withdrawn": "-20.00", "paid_in": "0.00"}, ("out", 20)),
        ({"paid_in": '"1,250.00"'}, ("in", 1250)),
    ],
)
def test_the_filled_side_decides(cells: dict[str, str], expected: tuple[str, int]) -> None:
    found = only(row(**cells))
    assert (found.direction, int(found.amount)) == expected


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"paid_in": "-250.00"}, "Paid In", "is negative"),
        ({"withdrawn": "-250.00"}, "Withdrawn", "both"),
        ({"paid_in": ""}, "Paid In", "neither"),
        ({"paid_in": "0.00", "withdrawn": "0"}, "Paid In", "neither"),
        ({"paid_in": "=1+1"}, "Paid In", "formula"),
        ({"balance": "abc"}, "Balance", "not an amount"),
        ({"currency": "USD"}, "Currency", "currency USD: only KES statements"),
        ({"at": "09-25-2026 08:00:00"}, "Completion Time", "swapped"),
        ({"at": ""}, "Completion Time", "is empty"),
        ({"begun": "soon"}, "Initiation Time", "not a time"),
        ({"status": ""}, "Transaction Status", "is empty"),
        ({"receipt": ""}, "Receipt No.", "is empty"),
        ({"receipt": "Total"}, "Receipt No.", "not a receipt"),
        ({"details": "a\0b"}, "Details", "NUL"),
        ({"details": "Pay, Bill"}, "", "more cells than the header's 14"),
        ({"details": '"Pay Bill'}, "", "quotation mark"),
        ({"details": '"Pay" Bill'}, "", "quotation mark"),
    ],
)
def test_a_row_that_is_no_line_is_named(cells: dict[str, str], field: str, reason: str) -> None:
    where, named, why = fault(row(**cells))
    assert (where, named) == (FIRST, field)
    assert reason in why


def test_a_row_cut_short_is_named() -> None:
    assert fault("UIPAAA0001,25-09-2026 08:00:00,25-09-2026 07:59:58,Pay Bill,Completed,2") == (
        FIRST,
        "Withdrawn",
        "the row ends before this column, after 6 cells: it is cut short",
    )
    assert only(",".join(row().split(",")[:9])).account == ""


def test_swapped_days_show_against_the_period_and_the_receipt() -> None:
    october = PREAMBLE.replace("25-09-2026", "05-10-2026")
    where, field, why = fault(row(at="10-05-2026 08:00:00"), preamble=october)
    assert (where, field) == (FIRST, "Completion Time")
    assert why == "10-05-2026: day and month are swapped, the statement's period says 05-10-2026"
    _, _, why = fault(row(receipt="UJ5AAA0001", at="10-05-2026 08:00:00"), preamble="")
    assert "its receipt says 05-10-2026" in why
    assert only(row(at="10-05-2026 08:00:00"), preamble="").completed_at.month == 5
    assert only(row(at="10-05-2026 08:00:00")).completed_at.month == 5


def test_blank_rows_are_no_rows_and_footers_are_named() -> None:
    statement = read(row(), "", ",,,,,,,,,,,,,", " ,\u00a0", "End of report")
    assert len(statement.lines) == 1
    assert [rejected.raw for rejected in statement.rejected] == ["End of report"]


def test_an_empty_day_is_a_statement() -> None:
    quiet = "Opening Balance:,10.00,Closing Balance:,10.00,Total Paid In:,0.00\n"
    statement = read(preamble=quiet)
    assert (statement.lines, statement.rejected) == ((), ())
    assert [(control.name, control.ok) for control in statement.controls] == [
        ("total_paid_in", True),
        ("closing_balance", True),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Date,Amount\n1,2\n", "no header row beginning 'Receipt No.'"),
        ("Receipt No,Completion Time,Details,Transaction Status,Paid In (KSHs)\n", "an export of the new portal"),
        ("STORE_NAME,RECEIPT_NUMBER\n", "an export of the head-office daily file"),
        ("a note on receipt no and completion time\n", "no header row"),
        (f"{COLUMNS.replace('Balance,', '')}\n", "the header in row 1 lacks Balance: export"),
        (f"{COLUMNS},Paid In\n", "the header in row 1 names Paid In twice"),
    ],
)
def test_other_files_are_refused(text: str, reason: str) -> None:
    with pytest.raises(StatementRefused, match=r"other\.csv") as caught:
        parse_statement(text.encode(), "other.csv")
    assert reason in caught.value.reason


def test_the_business_app_is_named_where_its_columns_differ() -> None:
    columns = "Receipt No,Completion Time,Details,Transaction Status,Paid in,Withdrawn,Transaction Type,Other Party\n"
    with pytest.raises(StatementRefused, match="M-PESA for Business app"):
        parse_statement(columns.encode(), "app.csv")


def test_reading_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(written(*LEDGER), encoding="utf-16", newline="")
    assert len(read_statement(path).lines) == 3
    with pytest.raises(NotFound, match="no such file"):
        read_statement(tmp_path / "absent.csv")
    with pytest.raises(StatementRefused, match="cannot be opened"):
        read_statement(tmp_path)


def test_a_huge_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.statements.statement.LARGEST_FILE", 10)
    path = tmp_path / "export.csv"
    path.write_text("more than ten bytes")
    with pytest.raises(StatementRefused, match="export a shorter period"):
        read_statement(path)


def test_a_line_is_one_side_only() -> None:
    with pytest.raises(ValueError, match="row 8"):
        line(amount="0")
