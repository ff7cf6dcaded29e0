"""Live traffic: the booking system at work, in real transactions, with passengers who pay, refuse, or do not answer."""

from __future__ import annotations

import heapq
import itertools
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Lock, Thread
from typing import Final

from sqlalchemy import Connection

from services.database.engine import Database
from services.domain.errors import DatabaseUnreachable, WorkstationError
from services.domain.payment import COMPLETED, FAILED, PARTIALLY_REFUNDED, REFUNDED
from services.domain.period import Days, today
from workstation.demo.bookings import give_up_forgotten, write
from workstation.demo.fleet import Fleet
from workstation.demo.passengers import Passengers
from workstation.demo.rows import Moment, retimed

_log = logging.getLogger(__name__)
# The longest prompt is answered or given up within two and a half minutes.
_FORGOTTEN_AFTER: Final = timedelta(minutes=3)
_CHECK_EVERY: Final = timedelta(seconds=30)
_LATEST: Final = timedelta(seconds=5)
#: How long a prompt can wait for its answer.
_PROMPTS_OPEN: Final = timedelta(seconds=75)
_LONGEST_REST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Counts:
    """What the traffic has written since it started."""

    bookings: int = 0
    completed: int = 0
    failed: int = 0
    refunded: int = 0

    def after(self, moment: Moment) -> Counts:
        """The counts once `moment` has been committed."""
        status = moment.payment.status
        return replace(
            self,
            bookings=self.bookings + (moment.inserts and moment.booking is not None),
            completed=self.completed + (status == COMPLETED),
            failed=self.failed + (status == FAILED),
            refunded=self.refunded + (status in (REFUNDED, PARTIALLY_REFUNDED)),
        )


class LiveTraffic:
    """A thread that books `rate` times a second (on average) and lets every payment run its course.

    `database_url` is the booking system's login (the tables' owner); `unfinished` are moments of the history still to
    come; `pace` hurries passengers (tests). While the database is away it waits and then goes on where it was.
    """

    def __init__(
        self,
        database_url: str,
        fleet: Fleet,
        seed: int,
        rate: float = 1.5,
        *,
        unfinished: Iterable[Moment] = (),
        pace: float = 1.0,
    ) -> None:
        self._database = Database(database_url, pool_size=1, application="booking system")
        self._passengers = Passengers(fleet, seed, datetime.now(UTC), pace)
        self._fleet = fleet
        self._rate = rate
        self._numbers = itertools.count()
        self._coming = [(moment.at, next(self._numbers), moment) for moment in unfinished]
        self._planned = frozenset(moment.payment.id for _, _, moment in self._coming)
        heapq.heapify(self._coming)
        self._stopping, self._wake, self._lock = Event(), Event(), Lock()
        self._wanted = 0
        self._counts = Counts()
        self._fault: WorkstationError | None = None
        self._thread: Thread | None = None

    @property
    def counts(self) -> Counts:
        """What has been written so far."""
        return self._counts

    @property
    def fault(self) -> WorkstationError | None:
        """What ended the traffic although nobody stopped it (a missing right, say), or None."""
        return self._fault

    def start(self) -> None:
        """Begins; RuntimeError when it was started before."""
        if self._thread is not None:
            raise RuntimeError("this traffic was started before")
        self._thread = Thread(target=self._run, name="live traffic", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the transaction in hand and waits for it; prompts that are open are answered at once."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._database.close()

    def burst(self, number: int) -> None:
        """Lets `number` passengers book at once, besides the usual ones."""
        with self._lock:
            self._wanted += number
        self._wake.set()

    def _run(self) -> None:
        try:
            self._work()
        except WorkstationError as error:
            _log.error("The live traffic has ended: %s", error)
            self._fault = error

        else:
            self._finish()

    def _finish(self) -> None:
        """Whoever holds a prompt at the end answers it now, so that the next start does not begin with a row of failures.

        Nothing is written that has not happened by now, and what was planned is left to the next start.
        """
        now = datetime.now(UTC)
        # A receipt carries its day: no fare of tomorrow is brought into today.
        last = min(now + _PROMPTS_OPEN, Days(today(now=now), today(now=now)).end - timedelta.resolution)
        coming = sorted(self._coming)
        try:
            with self._database.write() as connection:
                for at, _, moment in coming:
                    if at <= last and moment.payment.id not in self._planned:
                        write(connection, retimed(moment, lambda at: min(at, now)))
                        self._counts = self._counts.after(moment)
        except DatabaseUnreachable as error:
            _log.warning("The last prompts stay unanswered: %s", error)

    def _work(self) -> None:
        now = datetime.now(UTC)
        arrival, check = self._passengers.next_arrival(now, self._rate), now
        while not self._stopping.is_set():
            now = datetime.now(UTC)
            if now >= check:
                forgotten = partial(give_up_forgotten, fleet=self._fleet, before=now - _FORGOTTEN_AFTER)
                self._commit(forgotten)
                check = now + _CHECK_EVERY
            for _ in range(self._taken_wanted()):
                self._invite(now)
            while arrival is not None and arrival <= now:
                self._invite(arrival)
                # After a sleep of the machine nobody makes up for the hours missed.
                arrival = self._passengers.next_arrival(max(arrival, now - _LATEST), self._rate)
            self._play(now)
            self._rest(arrival)

    def _taken_wanted(self) -> int:
        with self._lock:
            wanted, self._wanted = self._wanted, 0
        return wanted

    def _invite(self, at: datetime) -> None:
        for moment in self._passengers.story(at).moments:
            heapq.heappush(self._coming, (moment.at, next(self._numbers), moment))

    def _play(self, now: datetime) -> None:
        while self._coming and self._coming[0][0] <= now:
            moment = self._coming[0][2]
            if not self._commit(partial(write, moment=moment)):
                return
            heapq.heappop(self._coming)
            self._counts = self._counts.after(moment)

    def _commit(self, work: Callable[[Connection], object]) -> bool:
        """Whether it was committed: tried again while the database is away, given up only by `stop`."""
        told = False
        while not self._stopping.is_set():
            try:
                with self._database.write() as connection:
                    work(connection)
            except DatabaseUnreachable as error:
                if not told:
                    _log.warning("The booking system waits: %s", error)
                told = True
                self._stopping.wait(_LONGEST_REST)
            else:
                return True
        return False

    def _rest(self, arrival: datetime | None) -> None:
        due = [at for at in (arrival, self._coming[0][0] if self._coming else None) if at is not None]
        seconds = min(((at - datetime.now(UTC)).total_seconds() for at in due), default=_LONGEST_REST)
        self._wake.wait(min(max(seconds, 0.0), _LONGEST_REST))
        self._wake.clear()
