"""What an import did, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.domain.money import ZERO, stated
from services.statements.balance import BalanceChain, Break, Control
from services.statements.line import KINDS, Rejected
from services.statements.statement import Statement


@dataclass(frozen=True, slots=True)
class ImportResult:
    """One file's import; `statement_id` is None where the database keeps no statement of it.

    `rows` counts the file's rows below its header, `by_kind` its lines, new or not; totals are positive KES of its
    completed lines; `days` are the fleet's days that it says something about.
    """

    file_name: str
    short_code: str
    statement_id: UUID | None
    layout: str
    rows: int
    imported: int
    duplicates: int
    rejected: tuple[Rejected, ...]
    by_kind: dict[str, int]
    total_paid_in: Decimal
    total_withdrawn: Decimal
    controls: tuple[Control, ...]
    balance_chain: BalanceChain
    days: frozenset[date]

    def as_json(self) -> dict[str, object]:
        """The stable shape of `import --json`."""
        return {
            "statement_id": str(self.statement_id) if self.statement_id else None,
            "layout": self.layout,
            "rows": self.rows,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "rejected": [{"row": bad.row, "field": bad.field, "reason": bad.reason} for bad in self.rejected],
            "by_kind": self.by_kind,
            "total_paid_in": stated(self.total_paid_in),
            "total_withdrawn": stated(self.total_withdrawn),
            "controls": controls_json(self.controls),
            "balance_chain": chain_json(self.balance_chain),
        }


def controls_json(controls: tuple[Control, ...]) -> list[dict[str, object]]:
    """Controls as the statement table and other programs keep them; amounts are strings."""
    return [
        {"name": control.name, "stated": stated(control.stated), "computed": stated(control.computed), "ok": control.ok}
        for control in controls
    ]


def chain_json(chain: BalanceChain) -> dict[str, object]:
    """A balance chain as the statement table and other programs keep it; amounts are strings."""
    return {
        "checked": chain.checked,
        "breaks": [
            {"row": found.row, "expected": stated(found.expected), "found": stated(found.found)}
            for found in chain.breaks
        ],
    }


def controls_from_json(kept: list[dict[str, Any]]) -> tuple[Control, ...]:
    """Controls as `controls_json` wrote them."""
    return tuple(
        Control(found["name"], Decimal(found["stated"]), Decimal(found["computed"]), found["ok"]) for found in kept
    )


def chain_from_json(kept: dict[str, Any]) -> BalanceChain:
    """A balance chain as `chain_json` wrote it."""
    breaks = (Break(found["row"], Decimal(found["expected"]), Decimal(found["found"])) for found in kept["breaks"])
    return BalanceChain(kept["checked"], tuple(breaks))


def kinds_of(statement: Statement) -> dict[str, int]:
    """How many lines of each kind the file holds; every kind is named."""
    counted = Counter(line.kind for line in statement.lines)
    return {kind: counted[kind] for kind in KINDS}


def totals_of(statement: Statement) -> tuple[Decimal, Decimal]:
    """Σ paid in and Σ withdrawn of the file's completed lines, both positive KES."""
    moved = [line for line in statement.lines if line.completed]
    return (
        sum((line.paid_in for line in moved if line.paid_in), ZERO),
        sum((line.withdrawn for line in moved if line.withdrawn), ZERO),
    )
