"""Which payments a page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Literal
from uuid import UUID

from services.domain import phone
from services.domain.payment import FAILED, NOBODY, STATUSES, TAKEN
from services.domain.period import Days
from services.feed.event import PaymentState

#: Stands for every status or method that is not among the named ones.
OTHER = "other"
#: Which day of a payment the range of days means: created, taken (as revenue books it) or refunded.
Basis = Literal["created", "taken", "refunded"]
_TOKEN = re.compile(rf"\d{{4}} {phone.BULLETS} \d{{3}}|[\w'&/.\-]+", re.UNICODE)
#: A phone as it is shown, in any spelling: '0712 ••• 678', '+254712***678', or the beginning of it.
_MASKED = re.compile(r"\+?\d[\d ().-]*[•*][•* ]*\d*")
_SHOWN = re.compile(rf"\d{{4}} {phone.BULLETS} \d{{3}}")


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, as the search doors take it: words to begin with, and beside each what it would be of a phone.

    That is a run of digits in local form, a masked number as it is shown ('0712 ••• 678'), or None.
    """

    words: tuple[str, ...]
    digits: tuple[str | None, ...]

    @staticmethod
    def parse(typed: str) -> Search | None:
        """The search behind what was typed; None when it is blank."""
        typed = typed.replace("\0", " ").strip()[:200].lower()
        if not typed:
            return None
        if (run := phone.digits_sought(typed)) is not None:
            return Search((re.sub(r"\s+", "", typed),), (run,))
        # What is nothing but signs is found nowhere.
        tokens = _tokens(typed)[:8] or ["\u0001"]
        return Search(tuple(token.replace(" ", "") for token in tokens), tuple(_of_phone(token) for token in tokens))


def _tokens(typed: str) -> list[str]:
    """Words, masked numbers as they are shown, and numbers whose digits stand in groups."""
    found = _TOKEN.findall(_MASKED.sub(lambda masked: f" {_as_shown(masked[0])} ", typed))
    return [token for digits, run in groupby(found, str.isdigit) for token in (["".join(run)] if digits else run)]


def _as_shown(masked: str) -> str:
    shown = phone.masked(masked)
    # Typed only so far, it is the run before its bullets.
    return shown if _SHOWN.fullmatch(shown) else re.split("[•*]", masked)[0]


def _of_phone(token: str) -> str | None:
    return token if _SHOWN.fullmatch(token) else phone.digits_sought(token)


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """A fleet's payments within `days` (of creation, unless `basis` says otherwise), narrowed by what is set.

    An empty set means any. `NOBODY` among routes, vehicles or drivers means payments without one, '' among tills those that
    came to no short code. `reasons` are result codes of failed payments, '' for those without one. `least` and `most` bound the
    amount, both inclusive, in the payment's own currency. `hour` (0–23) and `weekdays` (1 Monday … 7 Sunday) are, like `days`,
    those of creation, payment or refund as `basis` says, on the fleet's clock.
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
    weekdays: frozenset[int] = frozenset()
    reasons: frozenset[str] = frozenset()

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the days narrows what is shown."""
        sets = (
            *(self.statuses, self.methods, self.routes, self.vehicles, self.drivers, self.tills),
            *(self.weekdays, self.reasons),
        )
        bounds = (self.least, self.most, self.hour)
        return any(sets) or any(bound is not None for bound in bounds) or self.sought is not None

    @property
    def sought(self) -> Search | None:
        """The search behind the text; None where it is blank."""
        return Search.parse(self.search)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The instants of creation it covers, where `basis` is 'created': an hour of a single day is a shorter span."""
        if self.hour is None or len(self.days) > 1:
            return self.days.start, self.days.end
        start = datetime.combine(self.days.first, time(self.hour), self.days.zone)
        return start, start + timedelta(hours=1)

    @property
    def hour_apart(self) -> int | None:
        """The hour, where `span` does not already say it."""
        return None if self.basis == "created" and len(self.days) == 1 else self.hour

    @property
    def decidable(self) -> bool:
        """Whether `holds` alone decides what is shown; otherwise only the database can."""
        return self.sought is None and self.basis != "refunded"

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
            and (not self.reasons or (state.status == FAILED and (state.result_code or "") in self.reasons))
            and self._timed(state)
        )

    def clock(self, state: PaymentState) -> datetime:
        """What the fleet's clock showed at creation or payment, as `basis` says; a refund's moment no state knows."""
        paid = state.completed_at if self.basis == "taken" else None
        return (paid or state.created_at).astimezone(self.days.zone)

    def _timed(self, state: PaymentState) -> bool:
        if self.basis == "refunded" or (self.hour is None and not self.weekdays):
            return True
        clock = self.clock(state)
        return (self.hour is None or clock.hour == self.hour) and (
            not self.weekdays or clock.isoweekday() in self.weekdays
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
