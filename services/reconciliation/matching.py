"""Which payment a statement line proves: first by receipt, then by account number and amount, and a tie never.

The outcome does not depend on the order of its input, and no line or payment is ever in two pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.domain.money import shown
from services.domain.payment import FAILED, status_shown
from services.reconciliation.sides import (
    AMBIGUOUS,
    AMOUNT_DIFFERS,
    DUPLICATE,
    LATE,
    MISSING_IN_SYSTEM,
    PAID_BUT_FAILED,
    PAID_BUT_PENDING,
    UNATTRIBUTED,
    Finding,
    Line,
    Match,
    Payment,
    normal,
)

BY_RECEIPT: Final = "receipt"
BY_ACCOUNT: Final = "account"
_SCORES: Final = {BY_RECEIPT: Decimal("1.000"), BY_ACCOUNT: Decimal("0.900")}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Matches, findings (a tie is one of name `ambiguous` for each of its lines), and the payments that are spoken for."""

    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]
    accounted: frozenset[UUID]


@dataclass(slots=True)
class _Work:
    """What has been found so far, and who is spoken for."""

    matches: list[Match] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    lines: set[UUID] = field(default_factory=set)
    payments: set[UUID] = field(default_factory=set)

    def pair(self, line: Line, payment: Payment, pass_name: str) -> None:
        """One line and one payment belong together; whether they agree is another question."""
        self.lines.add(line.id)
        self.payments.add(payment.id)
        if dispute := disagreement(line, payment):
            self.findings.append(dispute)
            return
        self.matches.append(Match(line, payment, pass_name, _SCORES[pass_name], _reasons(line, payment, pass_name)))
        self.findings.extend(remarks(line, payment))

    def tie(self, lines: Sequence[Line], payments: Sequence[Payment]) -> None:
        """Several could be meant: nobody is matched, everybody is named."""
        names = ", ".join(f"{payment.reference} ({status_shown(payment.status).lower()})" for payment in payments[:4])
        for line in lines:
            said = f"{len(lines)} of the statement's lines and {len(payments)} payments fit alike ({names})."
            self.findings.append(Finding(AMBIGUOUS, line.amount, said, line_id=line.id))
        self.lines.update(line.id for line in lines)
        self.payments.update(payment.id for payment in payments)

    def duplicates(self, payments: Iterable[Payment]) -> None:
        """Payments whose receipt belongs to another payment already."""
        for payment in payments:
            said = f"Receipt {payment.known_receipt} stands on booking {payment.reference} and on another payment too."
            self.findings.append(Finding(DUPLICATE, payment.amount, said, payment_id=payment.id))
            self.payments.add(payment.id)


def match(lines: Iterable[Line], payments: Iterable[Payment], settled: Collection[str] = ()) -> Outcome:
    """Pairs lines with payments; `settled` are receipts that an earlier match has used.

    `lines` and `payments` are those that no match uses yet; a payment of another day can be among them.
    """
    ordered = sorted(lines, key=lambda line: (line.completed_at, line.receipt, line.id))
    pool = sorted(payments, key=lambda payment: (payment.at, payment.id))
    work = _Work()
    _by_receipt(work, ordered, pool, frozenset(settled))
    _by_account(work, [line for line in ordered if line.id not in work.lines], pool)
    for line in ordered:
        if line.id not in work.lines:
            typed = f"account {line.account}" if line.account else "no account"
            said = f"On the statement ({typed}); no payment in the system."
            work.findings.append(Finding(MISSING_IN_SYSTEM, line.amount, said, line_id=line.id))
    matches = sorted(work.matches, key=lambda pair: (pair.line.completed_at, pair.line.receipt, pair.line.id))
    return Outcome(tuple(matches), tuple(sorted(work.findings, key=_place)), frozenset(work.payments))


def _place(finding: Finding) -> tuple[str, str, str]:
    return finding.name, str(finding.line_id), str(finding.payment_id)


def disagreement(line: Line, payment: Payment) -> Finding | None:
    """Why a line and its payment cannot count as matched: the booking says unpaid, or another amount."""
    if not payment.taken:
        name = PAID_BUT_FAILED if payment.status == FAILED else PAID_BUT_PENDING
        said = f"Paid on the statement; booking {payment.reference} says {status_shown(payment.status).lower()}."
        return Finding(name, line.amount, said, payment.id, line.id)
    if payment.amount != line.amount:
        said = f"The statement says {shown(line.amount)}, booking {payment.reference} {shown(payment.amount)}."
        return Finding(AMOUNT_DIFFERS, abs(payment.amount - line.amount), said, payment.id, line.id)
    return None


def remarks(line: Line, payment: Payment) -> list[Finding]:
    """What is worth knowing about a match, without keeping its day open."""
    found = []
    if payment.day != line.day:
        said = f"Matches booking {payment.reference}, which was taken on {payment.day.day} {payment.day:%b}."
        found.append(Finding(LATE, line.amount, said, payment.id, line.id))
    if not payment.attributed:
        said = f"Matches booking {payment.reference}, which names no vehicle."
        found.append(Finding(UNATTRIBUTED, line.amount, said, payment.id, line.id))
    return found


def _reasons(line: Line, payment: Payment, pass_name: str) -> tuple[str, ...]:
    first = (
        f"receipt {line.receipt} on both sides"
        if pass_name == BY_RECEIPT
        else f"account {line.account} is booking {payment.reference}, the only one that fits"
    )
    return first, "amount equal"


def _by_receipt(work: _Work, lines: Sequence[Line], pool: Sequence[Payment], settled: frozenset[str]) -> None:
    lines_of, payments_of = defaultdict(list), defaultdict(list)
    for line in lines:
        lines_of[line.receipt].append(line)
    for payment in pool:
        if payment.known_receipt:
            payments_of[payment.known_receipt].append(payment)
    for receipt, payments in payments_of.items():
        if found := lines_of.get(receipt):
            _same_receipt(work, found, payments)
        elif receipt in settled:
            work.duplicates(payments)
        elif len(payments) > 1:
            work.duplicates([payment for payment in payments if payment is not _likeliest(payments)[0]])


def _same_receipt(work: _Work, lines: Sequence[Line], payments: Sequence[Payment]) -> None:
    if len(lines) > 1:
        _several_lines(work, lines, payments)
        return
    best = _likeliest(payments, lines[0].amount)
    if len(best) == 1:
        work.pair(lines[0], best[0], BY_RECEIPT)
    else:
        work.tie(lines, best)
    work.duplicates([payment for payment in payments if payment is not best[0]])


def _several_lines(work: _Work, lines: Sequence[Line], payments: Sequence[Payment]) -> None:
    """One receipt on several lines: only an amount that stands once on each side can decide."""
    for amount in sorted({line.amount for line in lines}):
        equal = [line for line in lines if line.amount == amount]
        fitting = [payment for payment in payments if payment.taken and payment.amount == amount]
        if len(equal) == len(fitting) == 1:
            work.pair(equal[0], fitting[0], BY_RECEIPT)
    open_lines = [line for line in lines if line.id not in work.lines]
    open_payments = [payment for payment in payments if payment.id not in work.payments]
    if open_lines and open_payments:
        work.tie(open_lines, open_payments)
    else:
        work.duplicates(open_payments)


def _likeliest(payments: Sequence[Payment], amount: Decimal | None = None) -> list[Payment]:
    """Those of the best class: taken and of this amount, of this amount, taken, any."""

    def rank(payment: Payment) -> int:
        return 2 * (amount is not None and payment.amount != amount) + (not payment.taken)

    best = min(rank(payment) for payment in payments)
    return [payment for payment in payments if rank(payment) == best]


def _by_account(work: _Work, lines: Sequence[Line], pool: Sequence[Payment]) -> None:
    # A payment that names another receipt is another transaction, however well account and amount fit.
    free = [payment for payment in pool if payment.id not in work.payments and not payment.known_receipt]
    lines_of: dict[tuple[str, Decimal], list[Line]] = defaultdict(list)
    payments_of: dict[tuple[str, Decimal], list[Payment]] = defaultdict(list)
    for line in lines:
        lines_of[normal(line.account), line.amount].append(line)
    for payment in free:
        payments_of[normal(payment.reference), payment.amount].append(payment)
    for key in lines_of.keys() & payments_of.keys():
        if key[0]:
            for some_lines, some_payments in _groups(lines_of[key], payments_of[key]):
                _same_account(work, some_lines, some_payments)


def _same_account(work: _Work, lines: Sequence[Line], payments: Sequence[Payment]) -> None:
    if len(lines) == len(payments) == 1:
        work.pair(lines[0], payments[0], BY_ACCOUNT)
    elif lines and payments:
        work.tie(lines, payments)


def _groups(lines: Sequence[Line], payments: Sequence[Payment]) -> list[tuple[list[Line], list[Payment]]]:
    """Those that can mean each other: a payment without a short code fits every line, others only their own."""
    codes = {line.short_code for line in lines}
    if any(payment.short_code is None for payment in payments):
        return [(list(lines), [payment for payment in payments if payment.short_code in {None, *codes}])]
    return [
        ([line for line in lines if line.short_code == code], [paid for paid in payments if paid.short_code == code])
        for code in codes
    ]
