"""Which payments a page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import UUID

from services.domain.payment import STATUSES
from services.domain.period import Days
from services.domain.phone import digits_sought
from services.feed.event import PaymentState

#: Stands for every status or method that is not among the named ones.
OTHER = "other"
_WORDS = re.compile(r"[^\w'&/.\-]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, as the search door takes it: words to begin with, and digit runs in local form beside them."""

    words: tuple[str, ...]
    digits: tuple[str | None, ...]

    @staticmethod
    def parse(typed: str) -> Search | None:
        """The search behind what was typed; None when it is blank."""
        typed = typed.replace("\0", " ").strip()[:200]
        if (run := digits_sought(typed)) is not None:
            return Search((re.sub(r"\s+", "", typed),), (run,))
        words = tuple(word for word in _WORDS.split(typed.lower()) if word)[:8]
        if not words:
            return Search(("\u0001",), (None,)) if typed else None
        return Search(words, tuple(digits_sought(word) for word in words))


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """A fleet's payments created within `days`, narrowed by what is set; an empty set means any."""

    fleet_id: UUID
    days: Days
    statuses: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    routes: frozenset[UUID] = frozenset()
    vehicles: frozenset[UUID] = frozenset()
    drivers: frozenset[UUID] = frozenset()
    hour: int | None = None
    search: str = ""
    narrowed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        sets = (self.statuses, self.methods, self.routes, self.vehicles, self.drivers)
        object.__setattr__(self, "narrowed", any(sets) or self.hour is not None or bool(self.search.strip()))

    def holds(self, state: PaymentState) -> bool:
        """Whether a payment in this state is shown, search aside (that needs the database)."""
        return (
            state.created_at in self.days
            and (not self.statuses or status_group(state.status) in self.statuses)
            and (not self.methods or state.method in self.methods)
            and (not self.routes or state.route_id in self.routes)
            and (not self.vehicles or state.vehicle_id in self.vehicles)
            and (not self.drivers or state.driver_id in self.drivers)
            and (self.hour is None or state.created_at.astimezone(self.days.zone).hour == self.hour)
        )


def status_group(status: str) -> str:
    """The status as filters and tiles name it: unknown ones are 'other'."""
    return status if status in STATUSES else OTHER
