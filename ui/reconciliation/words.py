"""What the reconciliation page says, in words; knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from services.domain.money import shown
from services.reconciliation.results import DayResult, DayRow, StatementRow
from services.statements.balance import Break, Control

NOTHING: Final = "—"
EXCEPTIONS: Final = {
    "missing_in_system": "Missing in system",
    "missing_in_statement": "Missing in statement",
    "amount_differs": "Amount differs",
    "paid_but_pending": "Paid but pending",
    "paid_but_failed": "Paid but failed",
    "ambiguous": "Ambiguous",
    "duplicate": "Duplicate",
    "reversed_not_refunded": "Reversed, not refunded",
    "refunded_not_reversed": "Refunded, not reversed",
    "fee_mismatch": "Fee mismatch",
    "unattributed": "Unattributed",
    "late": "Late",
}
#: The tone of each exception, as the theme names its colours; the rest are 'pending'.
TONES: Final = {
    "missing_in_system": "failed",
    "missing_in_statement": "failed",
    "paid_but_failed": "failed",
    "reversed_not_refunded": "refunded",
    "refunded_not_reversed": "refunded",
    "unattributed": "info",
    "late": "info",
}
CONTROLS: Final = {
    "total_paid_in": "total paid in",
    "total_withdrawn": "total withdrawn",
    "closing_balance": "closing balance",
    "available_balance": "available balance",
}


def exception_title(name: str) -> str:
    """An exception's name as people read it; an unknown one keeps its own words."""
    return EXCEPTIONS.get(name, name.replace("_", " ").capitalize())


def tone_of(name: str) -> str:
    """The colours of an exception."""
    return TONES.get(name, "pending")


def rank(name: str) -> tuple[int, str]:
    """Where an exception's group stands: money first, remarks last."""
    names = list(EXCEPTIONS)
    return (names.index(name) if name in names else len(names), name)


def day_title(day: date) -> str:
    """'Sat 21 Nov'."""
    return f"{day:%a} {day.day} {day:%b}"


def day_status(row: DayRow) -> tuple[str, str]:
    """The word and the tone of a day's pill."""
    if row.status == "signed_off":
        return "Signed off", "completed"
    if row.status == "reconciled":
        return "Reconciled", "completed"
    if row.status == "no_statement":
        return "No statement", "refunded"
    if row.open_count is None:
        return "Not matched yet", "pending"
    return (f"{row.open_count:,} open", "pending") if row.open_count else ("Open", "pending")


def difference(row: DayRow) -> str:
    """A day's difference; nothing where there is no statement to differ from."""
    return NOTHING if row.status == "no_statement" and not row.mpesa_total else shown(row.difference)


def age(since: datetime, now: datetime) -> str:
    """How long ago: '4 min', '3 h', '2 d'."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440:,} d"


def proof(statements: Sequence[StatementRow], explained: bool | None) -> tuple[str, str]:
    """Whether the day's statements agree with themselves: a word and its tone."""
    if not statements:
        return "none", "faint"
    breaks = [found for statement in statements for found in statement.chain.breaks]
    if breaks:
        return f"breaks at row {breaks[0].row}", "failed"
    if not all(statement.controls_agree for statement in statements):
        return "controls differ", "failed"
    if explained is False:
        return "gross to net differs", "failed"
    return "proven ✓", "completed"


def statement_line(statement: StatementRow, imported: str) -> str:
    """One statement's file, controls and balance chain in a line."""
    parts = [statement.file_name, f"imported {imported} by {statement.imported_by}"]
    parts += [*controls_in_words(statement.controls), chain_in_words(statement.chain.checked, statement.chain.breaks)]
    if statement.rejected:
        parts.append(counted(statement.rejected, "row rejected", "rows rejected"))
    return joined(parts)


def controls_in_words(controls: Sequence[Control]) -> list[str]:
    """How many controls agree, and what each of the others states and its rows make."""
    if not controls:
        return ["no controls stated"]
    agree = sum(control.ok for control in controls)
    differing = [
        f"{CONTROLS.get(control.name, control.name)} says {shown(control.stated)}, rows make {shown(control.computed)}"
        for control in controls
        if not control.ok
    ]
    return [f"{agree} of {len(controls)} controls agree", *differing]


def chain_in_words(checked: int, breaks: Sequence[Break]) -> str:
    """The state of a balance chain."""
    if not breaks:
        return f"balance chain proven ({checked:,})" if checked else "no balances to check"
    first = breaks[0]
    more = f" and {len(breaks) - 1:,} more" if len(breaks) > 1 else ""
    return (
        f"balance chain breaks at row {first.row}{more}: expected {shown(first.expected)}, found {shown(first.found)}"
    )


def run_in_words(result: DayResult) -> str:
    """What a run of auto-match did."""
    new = counted(result.new_matches, "new match", "new matches") if result.new_matches else "Nothing new to match"
    return f"{day_title(result.day)}: {new}, {left_open(result)}"


def left_open(result: DayResult) -> str:
    """What a run left: 'reconciled', 'no statement yet', '3 open'."""
    if result.status == "reconciled":
        return "reconciled"
    if result.status == "no_statement":
        return "a statement is missing"
    count = sum(found.name not in ("late", "unattributed") for found in result.findings)
    return f"{count:,} open" if count else f"difference {shown(result.difference)}"


def counted(count: int, one: str, many: str) -> str:
    """'1 row', '1,204 rows'."""
    return f"{count:,} {one if count == 1 else many}"


def joined(parts: Iterable[str]) -> str:
    """Parts of a line."""
    return " · ".join(part for part in parts if part)
