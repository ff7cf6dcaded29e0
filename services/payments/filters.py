"""Which payments a page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.domain.payment import NOBODY, STATUSES, TAKEN
from services.domain.period import Days
from services.domain.phone import digits_sought
from services.feed.event import PaymentState

#: Stands for every status or method that is not among the named ones.
OTHER = "other"
#: Which day of a payment the range of days means: created, taken (as revenue books it) or refunded.
Basis = Literal["created", "taken", "refunded"]
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
    """A fleet's payments within `days` (of creation, unless `basis` says otherwise), narrowed by what is set.

    An empty set means any. `NOBODY` among routes, vehicles or drivers means payments without one, '' among tills those that
    came to no short code. `least` and `most` bound the amount, both inclusive, in the payment's own currency.
    """

    fleet_id: UUID
    days: Days
    statuses: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    routes: frozenset[UUID] = frozenset()
    vehicles: frozenset[UUID] = frozenset()
    drivers: frozenset[UUID] = frozenset()
    tills: frozenset[str] = frozenset()
    least: Decimal | None = None
    most: Decimal | None = None
    hour: int | None = None
    search: str = ""
    basis: Basis = "created"

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the days narrows what is shown."""
        sets = (self.statuses, self.methods, self.routes, self.vehicles, self.drivers, self.tills)
        bounds = (self.least, self.most, self.hour)
        return any(sets) or any(bound is not None for bound in bounds) or bool(self.search.strip())

    @property
    def decidable(self) -> bool:
        """Whether `holds` alone decides what is shown; otherwise only the database can."""
        return not self.search.strip() and self.basis != "refunded"

    def holds(self, state: PaymentState) -> bool:
        """Whether a payment in this state is shown, as far as a state can tell (see `decidable`)."""
        return (
            self._dated(state)
            and (not self.statuses or status_group(state.status) in self.statuses)
            and (not self.methods or state.method in self.methods)
            and (not self.routes or (state.route_id or NOBODY) in self.routes)
            and (not self.vehicles or (state.vehicle_id or NOBODY) in self.vehicles)
            and (not self.drivers or (state.driver_id or NOBODY) in self.drivers)
            and (not self.tills or (state.short_code or "") in self.tills)
            and (self.least is None or state.amount >= self.least)
            and (self.most is None or state.amount <= self.most)
            and (self.hour is None or state.created_at.astimezone(self.days.zone).hour == self.hour)
        )

    def _dated(self, state: PaymentState) -> bool:
        if self.basis == "created":
            return state.created_at in self.days
        if state.status not in TAKEN:
            return False
        return self.basis == "refunded" or (state.completed_at or state.created_at) in self.days


def status_group(status: str) -> str:
    """The status as filters and tiles name it: unknown ones are 'other'."""
    return status if status in STATUSES else OTHER
