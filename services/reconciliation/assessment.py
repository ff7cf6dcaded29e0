"""What a day comes to: its matches, everything that needs a person, both totals, and its status. Pure; no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.domain.money import ZERO
from services.domain.payment import COMPLETED
from services.reconciliation.matching import Outcome, disagreement, match, remarks
from services.reconciliation.sides import (
    INFORMATIONAL,
    MISSING_IN_STATEMENT,
    MISSING_IN_SYSTEM,
    REFUNDED_NOT_REVERSED,
    REVERSED_NOT_REFUNDED,
    Coverage,
    Finding,
    Line,
    Match,
    Payment,
    Reversal,
)

Status = Literal["no_statement", "open", "reconciled", "signed_off"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A match made earlier: its line, and its payment as it is now (None where the booking system removed it)."""

    line: Line
    payment: Payment | None
    pass_name: str
    score: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DaySides:
    """Everything a day's reconciliation looks at.

    `lines` and `payments` are in no match yet; `known` are payments by receipt, matched or not, for the reversals;
    `refunds` are payments refunded on the day; `linked` the receipts that any reversal line names.
    """

    day: date
    lines: Sequence[Line]
    payments: Sequence[Payment]
    kept: Sequence[Kept]
    settled: frozenset[str]
    reversals: Sequence[Reversal]
    known: dict[str, Payment]
    refunds: Sequence[Payment]
    linked: frozenset[str]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Assessment:
    """A day's result; totals gross KES, `matches` the new ones only, `line_count` the payment lines of the day."""

    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]
    system_total: Decimal
    mpesa_total: Decimal
    line_count: int
    status: Status

    @property
    def difference(self) -> Decimal:
        """system_total − mpesa_total."""
        return self.system_total - self.mpesa_total


def assess(sides: DaySides) -> Assessment:
    """Matches what is open and names everything that does not agree."""
    outcome = match(sides.lines, sides.payments, sides.settled)
    own = {payment.id for payment in sides.payments if payment.day == sides.day}
    findings = (
        # A finding about a payment alone belongs to the payment's own day.
        *(found for found in outcome.findings if found.line_id is not None or found.payment_id in own),
        *_missing_in_statement(sides, outcome),
        *_kept(sides.kept),
        *_reversals(sides),
        *_refunds(sides),
    )
    system, mpesa = _system_total(sides, outcome), _mpesa_total(sides)
    return Assessment(
        matches=outcome.matches,
        findings=findings,
        system_total=system,
        mpesa_total=mpesa,
        line_count=len(sides.lines) + len(sides.kept),
        status=_status(sides.coverage, findings, system - mpesa),
    )


def _status(coverage: Coverage, findings: Iterable[Finding], difference: Decimal) -> Status:
    if not coverage.complete:
        return "no_statement"
    settled = difference == 0 and all(found.name in INFORMATIONAL for found in findings)
    return "reconciled" if settled else "open"


def _missing_in_statement(sides: DaySides, outcome: Outcome) -> Iterable[Finding]:
    for payment in sides.payments:
        due = payment.taken and payment.day == sides.day and payment.id not in outcome.accounted
        if due and sides.coverage.proves(payment.short_code, payment.at):
            said = f"Booking {payment.reference} ({_receipt(payment)}) is not on the statement."
            yield Finding(MISSING_IN_STATEMENT, payment.amount, said, payment_id=payment.id)


def _kept(kept: Iterable[Kept]) -> Iterable[Finding]:
    """Earlier matches, looked at again: a payment can change after it was matched."""
    for pair in kept:
        if pair.payment is None:
            said = "On the statement; the payment it was matched with is no longer in the system."
            yield Finding(MISSING_IN_SYSTEM, pair.line.amount, said, line_id=pair.line.id)
        elif dispute := disagreement(pair.line, pair.payment):
            yield dispute
        else:
            yield from remarks(pair.line, pair.payment)


def _reversals(sides: DaySides) -> Iterable[Finding]:
    for reversal in sides.reversals:
        payment = sides.known.get(reversal.linked_receipt)
        if payment is None or payment.status != COMPLETED or payment.refunded > 0:
            continue
        said = f"{reversal.receipt} reversed {payment.known_receipt}; booking {payment.reference} is not refunded."
        yield Finding(REVERSED_NOT_REFUNDED, reversal.amount, said, payment.id, reversal.id)


def _refunds(sides: DaySides) -> Iterable[Finding]:
    for payment in sides.refunds:
        if payment.known_receipt in sides.linked or not sides.coverage.proves(payment.short_code, payment.refunded_at):
            continue
        said = (
            f"Booking {payment.reference} ({_receipt(payment)}) says refunded; no reversal on the statement names it."
        )
        yield Finding(REFUNDED_NOT_REVERSED, payment.refunded, said, payment_id=payment.id)


def _receipt(payment: Payment) -> str:
    return f"receipt {payment.receipt}" if payment.receipt else "no receipt"


def _system_total(sides: DaySides, outcome: Outcome) -> Decimal:
    """Σ of the taken set; what is matched counts on its line's day, wherever it was taken."""
    newly = {pair.payment.id for pair in outcome.matches}
    own = (
        payment.amount
        for payment in sides.payments
        if payment.taken and (payment.id in newly or payment.day == sides.day)
    )
    kept = (pair.payment.amount for pair in sides.kept if pair.payment is not None and pair.payment.taken)
    return sum(own, ZERO) + sum(kept, ZERO)


def _mpesa_total(sides: DaySides) -> Decimal:
    return sum((line.amount for line in sides.lines), ZERO) + sum((pair.line.amount for pair in sides.kept), ZERO)
