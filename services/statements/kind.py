"""What a line is, from the opening words of its Details and, where those say nothing, from its Reason Type.

Names and references typed by payers follow `from`, `by`, ` - ` or `Acc.`; only what stands before them is M-Pesa's own
wording, so a payer called "Charge" or an account "reversal" changes nothing.
"""

from __future__ import annotations

import re
from typing import Final

from services.statements.line import Direction, Kind

_OTHERS_WORDS = re.compile(r" from | by | - |\bacc\.| from$")
#: The payer borrowed the fare; to the organisation it is an ordinary payment.
_BORROWED = re.compile(r"\bwith (od|overdraft|fuliza)\b")
_PAYMENT = re.compile(r"pay ?bill|pay utility|merchant pay|pay merchant|buy goods|merchant payment|fsi to merchant")
#: Read from the top; the first that fits decides. A reversed charge is a reversal, a sweep's charge a charge.
_PATTERNS: Final[tuple[tuple[re.Pattern[str], Kind], ...]] = (
    (re.compile(r"\brevers(al|als|e|ed)\b"), "reversal"),
    (re.compile(r"overdraft|overdraw|fuliza|^od\b|\bod (loan|repayment)"), "overdraft"),
    (re.compile(r"\b(charges?|fees?)\b"), "charge"),
    (re.compile(r"\bwithdrawal\b|^real time\b|\bto bank\b"), "withdrawal"),
    (re.compile(r"\borganization (settlement|mmf|working|utility|merchant) account\b"), "sweep"),
    (re.compile(r"\borganization funds transfer\b|\b(utility|merchant|settlement|mmf) account to\b"), "sweep"),
)


def classify(details: str, reason_type: str, direction: Direction) -> Kind:
    """The kind of a line; 'other' where neither text is known. Only money that came in can be a payment."""
    return _kind(details, direction) or _kind(reason_type, direction) or "other"


def _kind(text: str, direction: Direction) -> Kind | None:
    words = _BORROWED.sub("", _opening(text))
    for pattern, kind in _PATTERNS:
        if pattern.search(words):
            return kind
    return "payment" if direction == "in" and _PAYMENT.search(words) else None


def _opening(text: str) -> str:
    return _OTHERS_WORDS.split(" ".join(text.casefold().split()), maxsplit=1)[0]
