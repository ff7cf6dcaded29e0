"""What stands beside the hours: of when everything is, and what is not in it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from services.payments.filters import PaymentFilter
from services.payments.summary import Summary
from ui.payments.filter_words import is_today


class Standing(Protocol):
    """How far what is shown can be relied on."""

    @property
    def summary(self) -> Summary | None:
        """The figures; None while not known."""
        ...

    @property
    def doubtful(self) -> bool:
        """Whether the rows are being read again."""
        ...

    @property
    def from_memory(self) -> bool:
        """Whether the rows are only those that had been loaded before."""
        ...


def aside_words(
    standing: Standing,
    narrowed: PaymentFilter,
    now: datetime,
    as_of: datetime | None,
    still: datetime | None = None,
) -> str:
    """'3 in other currencies, not summed · now 14:05'; `as_of` says since when nothing is heard, `still` since when nothing comes in."""
    zone, summary = narrowed.days.zone, standing.summary
    parts: list[str] = []
    if summary is not None and summary.other_currencies:
        parts.append(f"{summary.other_currencies:,} in other currencies, not summed")
    if standing.doubtful and as_of is None:
        parts.append("being read again")
    if standing.from_memory:
        parts.append("only payments that were loaded before")
    if as_of is not None:
        parts.append(f"offline, as of {as_of.astimezone(zone):%H:%M}")
    elif still is not None:
        parts.append(f"as of {still.astimezone(zone):%H:%M}")
    elif is_today(narrowed.days, now):
        parts.append(f"now {now.astimezone(zone):%H:%M}")
    return " · ".join(parts)
