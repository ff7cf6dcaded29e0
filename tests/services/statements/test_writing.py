from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from services.domain.errors import StatementRefused
from services.domain.receipt import receipt_on
from services.statements.header import StatementHeader
from services.statements.kind import classify
from services.statements.line import StatementLine
from services.statements.reading import records
from services.statements.statement import Statement, parse_statement, read_statement
from services.statements.writing import MERCHANT, UTILITY, file_name, render_l1, settle, write_l1
from tests.services.statements.ledger import COLUMNS, LEDGER, at, line, written

HEADER = StatementHeader(
    holder="TAUSI SACCO",
    short_code="850060",
    account=UTILITY,
    period_from=at("00:00:00"),
    period_to=at("23:59:59"),
    operator="jane",
    opening=Decimal("1000.00"),
)
WORDS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\r\n\t"), max_size=20)
    .map(str.strip)
    .filter(lambda words: not words.startswith('="') and not words.endswith(".0"))
)
AMOUNTS = st.decimals("0.01", "99999.99", places=2)


@st.composite
def lines(draw: st.DrawFn) -> StatementLine:
    """Any line of 25 September 2026 that a portal could write."""
    money, incoming = draw(AMOUNTS), draw(st.booleans())
    details = draw(st.one_of(WORDS, st.sampled_from(["Pay Bill Charge", "Pay Bill from\n0712 - X, Y; Acc. 1", '"a"'])))
    reason = draw(WORDS)
    return StatementLine(
        row=0,
        receipt=receipt_on(at("00:00:00").date(), draw(st.integers(0, 9))),
        completed_at=at("00:00:00") + timedelta(seconds=draw(st.integers(0, 86399))),
        initiated_at=draw(st.sampled_from([None, at("07:59:58")])),
        details=details,
        status=draw(st.sampled_from(["Completed", "Failed", "Cancelled"])),
        paid_in=money if incoming else None,
        withdrawn=None if incoming else money,
        balance=None,
        balance_confirmed=draw(st.sampled_from([True, False, None])),
        reason_type=reason,
        other_party=draw(WORDS),
        linked_receipt=draw(st.sampled_from([None, "UIPAAA0009"])),
        account=draw(st.one_of(WORDS, st.just("00120"))),
        currency="KES",
        kind=classify(details, reason, "in" if incoming else "out"),
    )


def agrees(statement: Statement) -> bool:
    return all(control.ok for control in statement.controls) and not statement.balance_chain.breaks


@given(st.lists(lines(), max_size=8))
def test_what_is_written_is_read_back(entries: list[StatementLine]) -> None:
    settled, header = settle(entries, HEADER)
    statement = parse_statement(render_l1(settled, header), "a.csv")
    assert statement.rejected == ()
    assert list(statement.lines) == settled
    assert agrees(statement)
    assert len(statement.controls) == 4
    shared = {field.name for field in fields(Statement)} & {field.name for field in fields(StatementHeader)}
    assert {name: getattr(statement, name) for name in shared} == {name: getattr(header, name) for name in shared}


@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255), st.sampled_from(["set", "insert", "delete"]))))
def test_damage_is_refused_or_named_and_never_a_crash(damage: list[tuple[int, int, str]]) -> None:
    data = bytearray(written(*LEDGER).encode())
    for place, value, how in damage:
        at_place = place % len(data)
        if how == "set":
            data[at_place] = value
        elif how == "insert":
            data.insert(at_place, value)
        else:
            del data[at_place]
    try:
        statement = parse_statement(bytes(data), "a.csv")
    except StatementRefused as refused:
        assert str(refused).startswith("a.csv: ")
    else:
        assert statement.layout == "L1"


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for content in (data, written(*LEDGER).encode() + data):
        try:
            assert parse_statement(content, "a.csv").layout == "L1"
        except StatementRefused as refused:
            assert refused.reason


CELLS = st.one_of(
    st.sampled_from(
        ["", "UIPAAA0001", "25-09-2026 08:00:00", "Completed", "100.00", "-5", '"', '"a', 'a"', "=1", "KES", "\0"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5),
)


@given(st.lists(st.lists(CELLS, max_size=16).map(",".join)))
def test_every_row_that_is_not_blank_is_a_line_or_named(rows: list[str]) -> None:
    text = "\n".join([COLUMNS, *rows])
    statement = parse_statement(text.encode(), "a.csv")
    found = sorted([*(entry.row for entry in statement.lines), *(entry.row for entry in statement.rejected)])
    assert found == [record.row for record in records(text, ",") if not record.blank][1:]


def test_a_file_on_disk_is_as_the_portal_writes_it(tmp_path: Path) -> None:
    path = tmp_path / file_name(HEADER, datetime.fromisoformat("2026-09-26T03:00:00+00:00"))
    assert path.name == "ORG_850060_Utility Account_Completed_20260926060000.csv"
    write_l1([line(balance="7.00"), line(amount="-20.00", details="Pay Bill Charge")], HEADER, path)
    rows = path.read_bytes().decode().split("\r\n")
    assert [cells.split(",")[0] for cells in rows] == [
        "Account Holder:",
        "Short Code:",
        "Account:",
        "Time Period:",
        "Operator:",
        "Opening Balance:",
        "Receipt No.",
        "UIPAAA0001",
        "UIPAAA0001",
        "",
    ]
    assert rows[7] == (
        "UIPAAA0001,25-09-2026 08:00:00,,Pay Bill Charge,Completed,,-20.00,1230.00,true,Pay Utility,,,0012,KES"
    )
    assert agrees(read_statement(path))


def test_a_till_is_a_merchant_account() -> None:
    name = file_name(replace(HEADER, short_code="9990001", account=MERCHANT), at("06:00:00"))
    assert name == "ORG_9990001_Merchant Account_Completed_20260925060000.csv"
