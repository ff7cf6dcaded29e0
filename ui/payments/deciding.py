"""Whether a filter shows a payment, asked many times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from functools import lru_cache

from services.feed.event import PaymentState
from services.payments.filters import PaymentFilter


@lru_cache(maxsize=8)
def decider(narrowed: PaymentFilter) -> Callable[[PaymentState], bool]:
    """`narrowed.holds`, with the days reckoned once and nothing looked at that the filter leaves open."""
    if narrowed.basis != "created":
        return narrowed.holds
    start, end = narrowed.days.start.astimezone(UTC), narrowed.days.end.astimezone(UTC)
    if not replace(narrowed, search="").narrowed:
        return lambda state: start <= state.created_at < end
    holds = narrowed.holds
    return lambda state: start <= state.created_at < end and holds(state)
