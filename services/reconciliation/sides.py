"""The two sides of a day, statement lines and payments, with what matching needs of them and no personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.domain.payment import TAKEN
from services.domain.receipt import is_receipt

MATCHED: Final = "matched"
#: A line that several payments fit equally: kept beside the named exceptions, counted apart.
AMBIGUOUS: Final = "ambiguous"

MISSING_IN_SYSTEM: Final = "missing_in_system"
MISSING_IN_STATEMENT: Final = "missing_in_statement"
AMOUNT_DIFFERS: Final = "amount_differs"
PAID_BUT_PENDING: Final = "paid_but_pending"
PAID_BUT_FAILED: Final = "paid_but_failed"
DUPLICATE: Final = "duplicate"
REVERSED_NOT_REFUNDED: Final = "reversed_not_refunded"
REFUNDED_NOT_REVERSED: Final = "refunded_not_reversed"
UNATTRIBUTED: Final = "unattributed"
LATE: Final = "late"
#: Worth knowing; they keep no day open.
INFORMATIONAL: Final = frozenset({UNATTRIBUTED, LATE})


@dataclass(frozen=True, slots=True)
class Line:
    """A completed statement line of kind payment; `amount` KES paid in, `day` the fleet's day of completion."""

    id: UUID
    receipt: str
    amount: Decimal
    account: str
    short_code: str
    completed_at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Reversal:
    """A completed line that took a payment back; `linked_receipt` names that payment."""

    id: UUID
    receipt: str
    linked_receipt: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """An M-Pesa payment in the fleet's currency; `day` is the day it is taken on, else the day it was created.

    `refunded_at` is meant where `refunded` is not zero.
    """

    id: UUID
    receipt: str | None
    amount: Decimal
    status: str
    reference: str
    short_code: str | None
    day: date
    at: datetime
    attributed: bool
    refunded: Decimal
    refunded_at: datetime

    @property
    def taken(self) -> bool:
        """Whether it brought money, whatever happened to it later."""
        return self.status in TAKEN

    @property
    def known_receipt(self) -> str | None:
        """Its receipt in capitals; None where the callback was lost or something else stands there."""
        written = (self.receipt or "").strip().upper()
        return written if is_receipt(written) else None


@dataclass(frozen=True, slots=True)
class Match:
    """A payment and the line that proves it; `score` from 0 to 1, `reasons` in words."""

    line: Line
    payment: Payment
    pass_name: str
    score: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person must look at: its name, the positive KES at stake, one sentence, and what it is about."""

    name: str
    amount: Decimal
    detail: str
    payment_id: UUID | None = None
    line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the imported statements prove: spans of time by short code, and the short codes that must have one."""

    spans: Mapping[str, Sequence[tuple[datetime, datetime]]]
    needed: frozenset[str]

    def proves(self, short_code: str | None, at: datetime) -> bool:
        """Whether a payment at this instant would stand on an imported statement; without a code, on all needed ones."""
        codes = {short_code} if short_code else self.needed
        return bool(codes) and all(any(start <= at < end for start, end in self.spans.get(code, ())) for code in codes)

    @property
    def complete(self) -> bool:
        """Whether every short code that must have a statement has one that touches the day."""
        return all(self.spans.get(code) for code in self.needed)


def normal(reference: str) -> str:
    """A booking reference or account number without blanks, in capitals: as two people would call them equal."""
    return "".join(reference.split()).upper()
