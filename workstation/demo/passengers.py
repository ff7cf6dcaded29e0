"""The passengers of live traffic: when the next one comes, and what becomes of the fare."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from uuid import uuid5

from services.domain.period import NAIROBI, day_of
from workstation.demo.fleet import Fleet
from workstation.demo.orders import Orders, days_since_start
from workstation.demo.rows import Story, retimed
from workstation.demo.story import Habits, ordinary

#: How the references of live bookings begin.
LIVE: Final = "BL"

_HABITS: Final = Habits(given_back=0.012, given_back_after=(45, 300), office_opens=0)


class Passengers:
    """Draws passengers from `seed` and `started`; at `pace` 2 everything after the booking takes half its time."""

    def __init__(self, fleet: Fleet, seed: int, started: datetime, pace: float = 1.0) -> None:
        self._fleet = fleet
        self._origin = f"{seed}/live/{started.astimezone(UTC).isoformat()}"
        self._rng = Random(self._origin)
        self._pace = pace
        self._numbers = itertools.count()
        self._orders = Orders(fleet, day_of(started, NAIROBI))

    def next_arrival(self, after: datetime, rate: float) -> datetime | None:
        """When the next passenger books, at `rate` a second on average; None at rate 0."""
        return after + timedelta(seconds=self._rng.expovariate(rate)) if rate > 0 else None

    def story(self, at: datetime) -> Story:
        """A booking of that instant and all that follows from it."""
        if self._orders.day != day_of(at, NAIROBI):
            self._orders = Orders(self._fleet, day_of(at, NAIROBI))
        number = next(self._numbers)
        booking_id = uuid5(self._fleet.id, f"{self._origin}/{number}")
        story = ordinary(self._rng, self._orders.draw(self._rng, booking_id, _reference(at, number), at), _HABITS)
        return story if self._pace == 1.0 else _hurried(story, at, self._pace)


def _reference(at: datetime, number: int) -> str:
    local = at.astimezone(NAIROBI)
    second = local.hour * 3600 + local.minute * 60 + local.second
    return f"{LIVE}{days_since_start(local.date())}{second:05d}{number % 100_000:05d}"


def _hurried(story: Story, start: datetime, pace: float) -> Story:
    return Story(tuple(retimed(one, lambda at: start + (at - start) / pace) for one in story.moments))
