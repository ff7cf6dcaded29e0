"""One line of a statement, and one row that could not become a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from services.domain.money import ZERO

Kind = Literal["payment", "charge", "reversal", "sweep", "withdrawal", "overdraft", "other"]
Direction = Literal["in", "out"]

KINDS: Final[tuple[Kind, ...]] = ("payment", "charge", "reversal", "sweep", "withdrawal", "overdraft", "other")
CURRENCY: Final = "KES"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement line; `row` is the file's physical row (from 1), times are Nairobi's, amounts positive KES.

    `withdrawn` is a magnitude although the file writes it negative; `account` is what the payer typed. Exactly one of
    `paid_in` and `withdrawn` is set, else ValueError.
    """

    row: int
    receipt: str
    completed_at: datetime
    initiated_at: datetime | None
    details: str
    status: str
    paid_in: Decimal | None
    withdrawn: Decimal | None
    balance: Decimal | None
    balance_confirmed: bool | None
    reason_type: str
    other_party: str
    linked_receipt: str | None
    account: str
    currency: str
    kind: Kind

    def __post_init__(self) -> None:
        if (self.paid_in is None) == (self.withdrawn is None) or self.amount <= 0:
            raise ValueError(f"row {self.row}: a line is either paid in or withdrawn, by a positive amount")

    @property
    def direction(self) -> Direction:
        """Whether money came in or went out."""
        return "out" if self.paid_in is None else "in"

    @property
    def leg(self) -> str:
        """Kind and direction ('payment:in'): what tells apart the lines that share a receipt."""
        return f"{self.kind}:{self.direction}"

    @property
    def amount(self) -> Decimal:
        """The positive amount of whichever side is filled, KES."""
        return self.paid_in or self.withdrawn or ZERO

    @property
    def completed(self) -> bool:
        """Whether the money moved: only Completed lines count in totals and move the balance."""
        return self.status.casefold() == "completed"

    @property
    def effect(self) -> Decimal:
        """What the line does to the balance: signed KES, zero unless completed."""
        if not self.completed:
            return ZERO
        return self.amount if self.direction == "in" else -self.amount


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is no line: the file's row, the column's name ('' for the whole row), why, and the row's text."""

    row: int
    field: str
    reason: str
    raw: str
