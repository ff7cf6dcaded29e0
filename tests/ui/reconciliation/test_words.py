from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.statements.balance import BalanceChain, Break
from tests.ui.reconciliation.fake import DIFFERS, FRIDAY, NOW, day_row, exception, result, statement
from ui.reconciliation.columns import grouped
from ui.reconciliation.words import (
    age,
    chain_in_words,
    counted,
    day_status,
    day_title,
    difference,
    exception_title,
    left_open,
    proof,
    run_in_words,
    statement_line,
    tone_of,
)

BREAK = Break(57, Decimal("1230.00"), Decimal("1250.00"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (day_row(FRIDAY, "signed_off", 0), ("Signed off", "completed")),
        (day_row(FRIDAY, "reconciled", 0), ("Reconciled", "completed")),
        (day_row(FRIDAY, "no_statement", None), ("No statement", "refunded")),
        (day_row(FRIDAY, "open", None), ("Not matched yet", "pending")),
        (day_row(FRIDAY, "open", 1204), ("1,204 open", "pending")),
        (day_row(FRIDAY, "open", 0), ("Open", "pending")),
    ],
)
def test_how_a_day_stands(row: object, words: tuple[str, str]) -> None:
    assert day_status(row) == words  # type: ignore[arg-type]


def test_days_and_differences() -> None:
    assert day_title(FRIDAY) == "Fri 20 Nov"
    assert difference(day_row(FRIDAY)) == "−600.00"
    none = replace(day_row(FRIDAY, "no_statement", None), mpesa_total=Decimal(0))
    assert difference(none) == "—"


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 d"),
    ],
)
def test_ages(past: timedelta, words: str) -> None:
    assert age(NOW - past, NOW) == words


def test_what_proves_a_statement() -> None:
    assert proof((), None) == ("none", "faint")
    assert proof([statement()], True) == ("proven ✓", "completed")
    assert proof([statement(breaks=(BREAK,))], True) == ("breaks at row 57", "failed")
    assert proof([statement((DIFFERS,))], True) == ("controls differ", "failed")
    assert proof([statement()], False) == ("gross to net differs", "failed")


def test_a_statement_in_a_line() -> None:
    assert statement_line(statement(rejected=2), "22 Nov 14:00") == (
        "friday.csv · imported 22 Nov 14:00 by jane · 1 of 1 controls agree · balance chain proven (4) · 2 rows rejected"
    )
    told = statement_line(statement((DIFFERS,), (BREAK, BREAK)), "now")
    assert "0 of 1 controls agree · closing balance says 600.00, rows make 550.00" in told
    assert "balance chain breaks at row 57 and 1 more: expected 1,230.00, found 1,250.00" in told
    assert "no controls stated · no balances to check" in statement_line(statement((), checked=0), "now")
    assert chain_in_words(BalanceChain(1, (BREAK,)).checked, (BREAK,)).endswith(
        "row 57: expected 1,230.00, found 1,250.00"
    )


def test_what_a_run_did() -> None:
    assert run_in_words(result(FRIDAY, new=2)) == "Fri 20 Nov: 2 new matches, 1 open"
    assert (
        run_in_words(result(FRIDAY, "reconciled", findings=("late",))) == "Fri 20 Nov: Nothing new to match, reconciled"
    )
    assert left_open(result(FRIDAY, "no_statement")) == "a statement is missing"
    assert left_open(result(FRIDAY, findings=())) == "difference 600.00"
    assert counted(1, "row", "rows") == "1 row"


def test_an_unknown_exception_keeps_its_words() -> None:
    assert (exception_title("ghost_bus"), tone_of("ghost_bus")) == ("Ghost bus", "pending")
    assert (exception_title("late"), tone_of("late")) == ("Late", "info")


def test_exceptions_stand_in_groups_money_first() -> None:
    rows = grouped(
        [
            exception("late", 1),
            exception("ghost_bus", 2),
            exception("paid_but_failed", 3),
            exception("late", 4, "50.00"),
        ]
    )
    assert [(row.name, row.count, str(row.amount), row.found is None) for row in rows] == [
        ("paid_but_failed", 1, "600.00", True),
        ("paid_but_failed", 1, "600.00", False),
        ("late", 2, "650.00", True),
        ("late", 1, "600.00", False),
        ("late", 1, "50.00", False),
        ("ghost_bus", 1, "600.00", True),
        ("ghost_bus", 1, "600.00", False),
    ]
    assert len({row.id for row in rows}) == len(rows)
