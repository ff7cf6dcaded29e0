"""Success and failure in words, the same on every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.domain.payment import result_in_words

_SHORTLY: Final = {
    "": "no reason given",
    "1": "no balance",
    "1001": "busy",
    "1019": "expired",
    "1032": "cancelled",
    "1037": "no answer",
    "2001": "wrong PIN",
}


def rate_in_words(rate: float | None) -> str:
    """'97.1 %'; never '100.0 %' while a single payment failed."""
    if rate is None:
        return "–"
    return "99.9 %" if 0.9995 <= rate < 1 else f"{rate * 100:.1f} %"


def failures_in_words(failures: Mapping[str, int], most: int = 2) -> str:
    """'41 cancelled, 12 no answer, 5 other': the commonest reasons first, and how many have others."""
    ranked = sorted(((n, code) for code, n in failures.items() if n > 0), key=lambda pair: (-pair[0], pair[1]))
    parts = [f"{n:,} {_SHORTLY.get(code) or result_in_words(code)}" for n, code in ranked[:most]]
    if rest := sum(n for n, _ in ranked[most:]):
        parts.append(f"{rest:,} other")
    return ", ".join(parts)
