"""What reconciliation answers: a run's result, a line of the list of days, and a day in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.domain.money import ZERO, stated
from services.reconciliation.assessment import Status
from services.reconciliation.sides import AMBIGUOUS, MATCHED, Finding
from services.statements.balance import BalanceChain, Control


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and the positive KES at stake."""

    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Pair:
    """One match as other programs read it."""

    payment_ids: tuple[UUID, ...]
    receipts: tuple[str, ...]
    pass_name: str
    score: Decimal
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The stable shape within `reconcile --json`."""
        return {
            "payment_ids": [str(payment_id) for payment_id in self.payment_ids],
            "receipts": list(self.receipts),
            "state": MATCHED,
            "pass": self.pass_name,
            "score": float(self.score),
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class DayResult:
    """What a run of `reconcile_payments` found; totals gross KES, `matches` all of the day's, earlier ones too."""

    fleet: str
    day: date
    system_total: Decimal
    mpesa_total: Decimal
    status: Status
    matches: tuple[Pair, ...]
    new_matches: int
    findings: tuple[Finding, ...]

    @property
    def difference(self) -> Decimal:
        """system_total − mpesa_total."""
        return self.system_total - self.mpesa_total

    @property
    def ambiguous(self) -> int:
        """How many lines fit several payments equally."""
        return sum(found.name == AMBIGUOUS for found in self.findings)

    @property
    def exceptions(self) -> dict[str, Tally]:
        """The named exceptions that occur, by name."""
        return tallies(found for found in self.findings if found.name != AMBIGUOUS)

    def as_json(self) -> dict[str, object]:
        """The stable shape of `reconcile --json`."""
        return {
            "fleet": self.fleet,
            "date": self.day.isoformat(),
            "system_total": stated(self.system_total),
            "mpesa_total": stated(self.mpesa_total),
            "difference": stated(self.difference),
            "status": self.status,
            "matched": len(self.matches),
            "suggested": 0,
            "ambiguous": self.ambiguous,
            "exceptions": {
                name: {"count": tally.count, "amount": stated(tally.amount)} for name, tally in self.exceptions.items()
            },
            "matches": [pair.as_json() for pair in self.matches],
        }


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day in the list; `open_count` is None where the day was never reconciled."""

    day: date
    system_total: Decimal
    mpesa_total: Decimal
    status: Status
    open_count: int | None
    reconciled_by: str | None
    reconciled_at: datetime | None

    @property
    def difference(self) -> Decimal:
        """system_total − mpesa_total."""
        return self.system_total - self.mpesa_total


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A match with both sides as people may see them; the payment's fields are None where it was removed."""

    id: UUID
    completed_at: datetime
    receipt: str
    account: str
    other_party: str
    amount: Decimal
    pass_name: str
    score: Decimal
    reasons: tuple[str, ...]
    booking_reference: str | None
    passenger: str | None
    phone: str | None
    payment_status: str | None
    payment_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """An exception as people see it; `at` is when it happened (its age counts from there)."""

    id: UUID
    name: str
    amount: Decimal
    detail: str
    at: datetime
    found_at: datetime
    payment_id: UUID | None
    line_id: UUID | None
    receipt: str | None
    booking_reference: str | None
    passenger: str | None
    phone: str | None
    payment_status: str | None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """An imported statement that covers the day, and whether it agrees with itself."""

    id: UUID
    short_code: str
    file_name: str
    first_day: date
    last_day: date
    imported_by: str
    imported_at: datetime
    rows: int
    rejected: int
    controls: tuple[Control, ...]
    chain: BalanceChain
    opening: Decimal | None
    closing: Decimal | None

    @property
    def controls_agree(self) -> bool:
        """Whether every figure it states is the one its rows make."""
        return all(control.ok for control in self.controls)


@dataclass(frozen=True, slots=True)
class Explanation:
    """From gross to net: Σ in and Σ out of the day's completed lines by kind, against what the balances say."""

    by_kind: Mapping[str, tuple[Decimal, Decimal]]
    movement: Decimal | None

    @property
    def net(self) -> Decimal:
        """Paid in − charges − reversals − sweeps and every other kind, KES."""
        return sum((paid_in - withdrawn for paid_in, withdrawn in self.by_kind.values()), ZERO)

    @property
    def explained(self) -> bool | None:
        """Whether net is closing − opening; None where no statement of just this day states both."""
        return None if self.movement is None else self.net == self.movement


@dataclass(frozen=True, slots=True)
class DayDetail:
    """A day in full: its row, the matches, what is open, the statements behind it, and gross to net."""

    row: DayRow
    line_count: int
    matches: tuple[MatchRow, ...]
    exceptions: tuple[ExceptionRow, ...]
    statements: tuple[StatementRow, ...]
    explanation: Explanation


def tallies(findings: Iterable[Finding]) -> dict[str, Tally]:
    """Count and KES by name, in the names' order."""
    found: dict[str, Tally] = {}
    for finding in sorted(findings, key=lambda finding: finding.name):
        sum_so_far = found.get(finding.name, Tally(0, ZERO))
        found[finding.name] = Tally(sum_so_far.count + 1, sum_so_far.amount + finding.amount)
    return found
