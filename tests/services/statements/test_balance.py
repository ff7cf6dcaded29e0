from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from services.statements.balance import Break, balance_chain, controls, in_time_order
from services.statements.header import StatementHeader
from services.statements.line import StatementLine
from services.statements.writing import settle
from tests.services.statements.ledger import line

HEADER = StatementHeader(short_code="850060", opening=Decimal("1000.00"))
LINES, TRUE = settle(
    [
        line("UIPAAA0001", "08:00:00", "100.00"),
        line("UIPAAA0001", "08:00:00", "-5.00", "Pay Bill Charge"),
        line("UIPAAA0002", "09:00:00", "200.00"),
        line("UIPAAA0003", "10:00:00", "-300.00", "Utility Account to Organization Settlement Account"),
        line("UIPAAA0004", "11:00:00", "50.00"),
    ],
    HEADER,
)


def broken(lines: list[StatementLine], header: StatementHeader = TRUE) -> list[int]:
    return [found.row for found in balance_chain(lines, header).breaks]


@pytest.mark.parametrize("lines", [LINES, LINES[::-1]], ids=["newest first", "oldest first"])
def test_a_true_statement_chains_whichever_way_it_runs(lines: list[StatementLine]) -> None:
    chain = balance_chain(lines, TRUE)
    assert (chain.checked, chain.breaks) == (5, ())
    assert [entry.receipt[-1] for entry in in_time_order(lines)] == ["1", "1", "2", "3", "4"]


@pytest.mark.parametrize("gone", range(5))
def test_a_missing_row_breaks_the_chain_at_the_next(gone: int) -> None:
    rest = LINES[:gone] + LINES[gone + 1 :]
    newer = LINES[gone - 1].row if gone else LINES[1].row
    assert broken(rest) == [newer]


@pytest.mark.parametrize("place", range(5))
def test_an_edited_amount_breaks_the_chain_at_its_row(place: int) -> None:
    entry = LINES[place]
    amount = entry.amount + 1
    more = replace(entry, paid_in=amount) if entry.paid_in else replace(entry, withdrawn=amount)
    assert broken([*LINES[:place], more, *LINES[place + 1 :]]) == [entry.row]


def test_a_break_says_what_was_expected() -> None:
    edited = [*LINES[:2], replace(LINES[2], balance=Decimal("1.00")), *LINES[3:]]
    chain = balance_chain(edited, TRUE)
    assert chain.breaks == (
        Break(LINES[2].row, Decimal("1295.00"), Decimal("1.00")),
        Break(LINES[1].row, Decimal("-299.00"), Decimal("995.00")),
    )


def test_the_newest_row_is_named_once() -> None:
    edited = [replace(LINES[0], balance=Decimal("1.00")), *LINES[1:]]
    assert broken(edited) == [LINES[0].row]


def test_without_an_opening_balance_the_oldest_row_starts_the_chain() -> None:
    chain = balance_chain(LINES, replace(TRUE, opening=None))
    assert (chain.checked, chain.breaks) == (4, ())


def test_rows_without_a_balance_are_passed_over() -> None:
    chain = balance_chain([*LINES[:2], replace(LINES[2], balance=None), *LINES[3:]], TRUE)
    assert (chain.checked, chain.breaks) == (4, ())
    bare = [replace(entry, balance=None) for entry in LINES]
    assert balance_chain(bare, replace(TRUE, opening=None)).checked == 0


def test_failed_lines_do_not_move_the_balance() -> None:
    failed = line("UIPAAA0009", "09:30:00", "70.00", status="Failed", balance="0.00", number=99)
    assert broken([*LINES[:2], failed, *LINES[2:]]) == []


def test_controls_are_computed_from_completed_lines() -> None:
    found = {
        control.name: (str(control.stated), str(control.computed), control.ok) for control in controls(LINES[1:], TRUE)
    }
    assert found == {
        "total_paid_in": ("350.00", "300.00", False),
        "total_withdrawn": ("305.00", "305.00", True),
        "closing_balance": ("1045.00", "995.00", False),
        "available_balance": ("1045.00", "995.00", False),
    }


def test_controls_that_are_not_stated_are_not_made_up() -> None:
    assert controls(LINES, StatementHeader()) == ()
    newest = StatementHeader(closing=Decimal("1045.00"))
    assert [(control.name, control.ok) for control in controls(LINES, newest)] == [("closing_balance", True)]
    assert controls([], newest) == ()
