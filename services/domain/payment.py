"""What a payment is, in every state it can be in, and the words for what happened to it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

COMPLETED: Final = "completed"
PENDING: Final = "pending"
FAILED: Final = "failed"
REFUNDED: Final = "refunded"
PARTIALLY_REFUNDED: Final = "partially_refunded"

#: The statuses people filter by, in the order they are shown. Any other status is shown as it is, and counted as "other".
STATUSES: Final = (COMPLETED, PENDING, FAILED, REFUNDED, PARTIALLY_REFUNDED)
#: Payments that brought money, whatever happened to it later.
TAKEN: Final = frozenset({COMPLETED, REFUNDED, PARTIALLY_REFUNDED})
MPESA: Final = "mpesa"
#: Stands for "no route, vehicle or driver" where a key may not be null.
NOBODY: Final = UUID(int=0)

_METHODS: Final = {
    "mpesa": "M-Pesa",
    "cash": "Cash",
    "card": "Card",
    "bank": "Bank",
    "airtel_money": "Airtel Money",
    "tkash": "T-Kash",
}
_STATUSES: Final = {PARTIALLY_REFUNDED: "Part refunded"}

_RESULTS: Final = {
    "0": "paid",
    "1": "insufficient balance",
    "2": "below the smallest amount",
    "3": "above the largest amount",
    "4": "daily limit reached",
    "8": "balance limit reached",
    "17": "same amount from the same customer within two minutes",
    "1001": "subscriber busy with another transaction",
    "1019": "transaction expired",
    "1025": "prompt too long",
    "1032": "cancelled by the customer",
    "1037": "phone unreachable or no answer",
    "2001": "wrong PIN",
    "2028": "wrong type of short code",
    "4999": "still processing",
    "8006": "account locked",
    "R000001": "already reversed",
    "R000002": "original transaction unknown",
}

#: Result codes that payments are known to fail with; others occur.
FAILURE_CODES: Final = tuple(code for code in _RESULTS if code not in ("0", "4999", "R000001", "R000002"))


def status_shown(status: str) -> str:
    """A status as people read it; an unknown one keeps its own word ('on_hold' → 'On hold')."""
    return _STATUSES.get(status) or _worded(status)


def method_shown(method: str) -> str:
    """A payment method as people read it; an unknown one keeps its own word."""
    return _METHODS.get(method) or _worded(method)


def result_in_words(code: str | None) -> str:
    """A Daraja result code in words, from the code alone (texts change); '' when there is none."""
    if not code:
        return ""
    return _RESULTS.get(code.strip(), f"code {code.strip()}")


def _worded(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else "—"
