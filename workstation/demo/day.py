"""One day of the fleet, planned: what the booking system writes, what M-Pesa records, and where the two disagree.

A plan depends on its arguments alone. The statement is M-Pesa's view, the tables are the booking system's; they differ
exactly by the faults in `DayPlan.expected`, as they stand until the office settles lost callbacks two mornings later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Final
from uuid import uuid5

from services.domain.period import NAIROBI
from workstation.demo import story as stories
from workstation.demo.fleet import Fleet
from workstation.demo.orders import Order, Orders, reference_of
from workstation.demo.rows import Fault, MpesaEntry, Story
from workstation.demo.shape import bookings_on, hours_of

#: Days after a plan's own on which something may still happen to its payments.
AFTERMATH: Final = 2

_DAYTIME: Final = (6 * 3600, 20 * 3600)
_MIDNIGHT: Final = 24 * 3600
_WILLING: Final = stories.Habits(refused=0.0, given_back=0.0)
# How many of each a day has at scale 1; each at least once.
_LOST: Final = {"lost_pending": 3, "lost_failed": 2}
_ALWAYS: Final = {"late_callback": 4, "reversed_unnoticed": 1, "reused_receipt": 1, "through_bank": 1}


@dataclass(frozen=True, slots=True)
class DayPlan:
    """All stories that begin on a day (fleet's time), in the order they begin."""

    day: date
    stories: tuple[Story, ...]

    @property
    def entries(self) -> tuple[MpesaEntry, ...]:
        """What M-Pesa records of these stories; a reversal may be of the next day."""
        return tuple(entry for story in self.stories for entry in story.entries)

    @property
    def expected(self) -> tuple[Fault, ...]:
        """The planned faults, each named like the exception that reports it."""
        return tuple(fault for story in self.stories for fault in story.faults)

    @property
    def payments(self) -> int:
        """How many payments are asked for."""
        return len({moment.payment.id for story in self.stories for moment in story.moments})


def plan_day(seed: int, fleet: Fleet, day: date, *, scale: float = 1.0, lost_callbacks: bool = True) -> DayPlan:
    """The plan of a day, about 1,300 payments at scale 1; without `lost_callbacks` every callback arrives."""
    rng = Random(f"{seed}/{fleet.code}/{day}")
    return _Day(seed, fleet, day, rng).plan(_seconds(rng, seed, day, scale), scale, lost_callbacks)


def plans(seed: int, fleet: Fleet, first: date, last: date, *, scale: float = 1.0) -> Iterator[DayPlan]:
    """The plans of a range of days, one after the other."""
    for number in range((last - first).days + 1):
        yield plan_day(seed, fleet, first + timedelta(days=number), scale=scale)


def _seconds(rng: Random, seed: int, day: date, scale: float) -> list[float]:
    shares = list(accumulate(hours_of(seed, day)))
    hours = rng.choices(range(24), cum_weights=shares, k=bookings_on(seed, day, scale))
    return sorted((hour + rng.random()) * 3600 for hour in hours)


class _Day:
    def __init__(self, seed: int, fleet: Fleet, day: date, rng: Random) -> None:
        self._seed = seed
        self._fleet = fleet
        self._day = day
        self._rng = rng
        self._orders = Orders(fleet, day)
        self._start = datetime.combine(day, time.min, NAIROBI).astimezone(UTC)
        self._ordinary: list[MpesaEntry] = []
        self._tellers: dict[str, Callable[[Order], Story]] = {
            "lost_pending": self._lost_pending,
            "lost_failed": self._lost_failed,
            "late_callback": self._late_callback,
            "reversed_unnoticed": self._reversed_unnoticed,
            "reused_receipt": self._reused_receipt,
            "through_bank": lambda order: stories.through_bank(rng, order),
        }

    def plan(self, seconds: list[float], scale: float, lost_callbacks: bool) -> DayPlan:
        wanted = {**(_LOST if lost_callbacks else {}), **_ALWAYS}
        roles = self._roles(seconds, {role: max(1, round(number * scale)) for role, number in wanted.items()})
        told = []
        for number, second in enumerate(seconds):
            story = self._story(self._order(number, second), roles.get(number))
            if number not in roles:
                self._ordinary.extend(entry for entry in story.entries if entry.kind == "payment" and entry.account)
            told.append(story)
        number = len(seconds)
        return DayPlan(self._day, (*told, self._heard_tomorrow(number), self._paid_tomorrow(number + 1)))

    def _roles(self, seconds: list[float], wanted: dict[str, int]) -> dict[int, str]:
        opens, closes = _DAYTIME
        free = [number for number, second in enumerate(seconds) if opens <= second < closes]
        self._rng.shuffle(free)
        # A day too small for all of them still has one of each kind before a second of any.
        rounds = range(max(wanted.values()))
        parts = [role for turn in rounds for role, number in wanted.items() if turn < number]
        return dict(zip(free, parts, strict=False))

    def _order(self, number: int, second: float) -> Order:
        at = self._start + timedelta(seconds=second)
        booking_id = uuid5(self._fleet.id, f"{self._seed}/{self._day}/{number}")
        return self._orders.draw(self._rng, booking_id, reference_of(at, number), at)

    def _story(self, order: Order, role: str | None) -> Story:
        if role is not None:
            return self._tellers[role](self._orders.on_the_paybill(order, self._rng))
        story = stories.ordinary(self._rng, order)
        return stories.unattributed(story) if order.booking.vehicle_id is None else story

    def _found_at(self) -> datetime:
        morning = self._start + timedelta(days=AFTERMATH, hours=9)
        return morning + timedelta(seconds=self._rng.uniform(0, 7_200))

    def _lost_pending(self, order: Order) -> Story:
        return stories.lost_callback(self._rng, order, as_failed=False, found_at=self._found_at())

    def _lost_failed(self, order: Order) -> Story:
        return stories.lost_callback(self._rng, order, as_failed=True, found_at=self._found_at())

    def _late_callback(self, order: Order) -> Story:
        heard = order.booking.created_at + timedelta(minutes=self._rng.uniform(10, 90))
        return stories.late_callback(self._rng, order, heard)

    def _reversed_unnoticed(self, order: Order) -> Story:
        at = order.booking.created_at + timedelta(minutes=self._rng.uniform(20, 120))
        return stories.reversed_unnoticed(self._rng, order, at)

    def _reused_receipt(self, order: Order) -> Story:
        others = [one for one in self._ordinary[-30:] if one.amount != order.booking.fare]
        if not others:
            return stories.ordinary(self._rng, order)
        return stories.reused_receipt(self._rng, order, self._rng.choice(others))

    def _heard_tomorrow(self, number: int) -> Story:
        order = self._order(number, _MIDNIGHT - self._rng.uniform(300, 1_200))
        heard = self._start + timedelta(days=1, minutes=self._rng.uniform(8, 25))
        order = self._orders.on_the_paybill(order, self._rng)
        return stories.late_callback(self._rng, order, heard, dated_by_callback=True)

    def _paid_tomorrow(self, number: int) -> Story:
        # No prompt is answered within these last seconds.
        order = self._order(number, _MIDNIGHT - self._rng.uniform(0.1, 3.9))
        return stories.ordinary(self._rng, self._orders.on_the_paybill(order, self._rng), _WILLING)
