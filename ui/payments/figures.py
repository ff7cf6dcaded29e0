"""The figures above the rows, carried on by events; pure functions over `Summary`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.domain.payment import PENDING
from services.feed.event import PaymentEvent, PaymentState
from services.payments.filters import PaymentFilter
from services.payments.summary import Figures, Summary


def overall(narrowed: PaymentFilter) -> PaymentFilter:
    """The filter without status and hour: tiles and chart show every status and hour beside the chosen one."""
    return replace(narrowed, statuses=frozenset(), hour=None)


def concerns(event: PaymentEvent, wanted: PaymentFilter) -> bool:
    """Whether an event can change figures under the filter, its search text aside."""
    return any(state is not None and wanted.holds(state) for state in (event.before, event.after))


def counted(summary: Summary, narrowed: PaymentFilter) -> int:
    """How many payments of the fleet's currency the rows below hold."""
    return sum(
        figures.count
        for (hour, status, _), figures in summary.cells.items()
        if (narrowed.hour is None or hour == narrowed.hour) and (not narrowed.statuses or status in narrowed.statuses)
    )


def carried_on(summary: Summary, events: Iterable[PaymentEvent], wanted: PaymentFilter) -> tuple[Summary, bool]:
    """The summary after the events, and whether its oldest pending payment must be asked for again."""
    happened = [event for event in events if event.seq > summary.position.seq]
    after = summary.after(happened, wanted)
    oldest, settled = summary.oldest_pending, False
    for event in happened:
        if _pending(event.before, wanted, summary.currency) == oldest:
            settled = settled or (oldest is not None and _pending(event.after, wanted, summary.currency) != oldest)
        if (begun := _pending(event.after, wanted, summary.currency)) is not None:
            oldest = begun if oldest is None else min(oldest, begun)
    if not after.by_status().get(PENDING, Figures()).count:
        return replace(after, oldest_pending=None), False
    return replace(after, oldest_pending=oldest), settled


def _pending(state: PaymentState | None, wanted: PaymentFilter, currency: str) -> datetime | None:
    counts = state is not None and state.status == PENDING and state.currency == currency and wanted.holds(state)
    return state.created_at if state is not None and counts else None
