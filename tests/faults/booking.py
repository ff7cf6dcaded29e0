"""The booking system under fire: writers that know what was acknowledged to them, and the verdict over what became of it."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Event, Thread
from uuid import UUID, uuid4

import psycopg

#: Status and amount; amounts never repeat, so a state names the change that made it.
State = tuple[str, Decimal]
Connect = Callable[[], psycopg.Connection[tuple[object, ...]]]

_STATUSES = ("pending", "completed", "failed", "refunded", "partially_refunded")
_cents = itertools.count(1)
_INSERT = (
    "INSERT INTO public.payment_transactions (id, booking_id, amount, payment_method, status)"
    " SELECT p.id, %s, p.amount, 'mpesa', p.status FROM unnest(%s::uuid[], %s::text[], %s::numeric[]) AS p(id, status, amount)"
)
_UPDATE = (
    "UPDATE public.payment_transactions t SET status = p.status, amount = p.amount, updated_at = clock_timestamp()"
    " FROM unnest(%s::uuid[], %s::text[], %s::numeric[]) AS p(id, status, amount) WHERE t.id = p.id"
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A transaction whose commit was never answered: all of it must have happened, or nothing."""

    before: dict[UUID, State | None]
    after: dict[UUID, State]


@dataclass
class Booked:
    """What one writer was told."""

    state: dict[UUID, State] = field(default_factory=dict)
    changes: int = 0
    doubts: list[Doubt] = field(default_factory=list)
    hasty: dict[UUID, State] = field(default_factory=dict)
    """The broken control's book: a change counts once its statement ran, before its commit was answered."""


class Writer:
    """Inserts and changes its own payments, `most` rows a transaction, in a thread, until it is stopped."""

    def __init__(
        self,
        connect: Connect,
        bookings: list[UUID],
        seed: int,
        *,
        most: int = 6,
        pause: float = 0.0,
    ) -> None:
        self._connect, self._bookings, self._dice = connect, bookings, random.Random(seed)
        self._most, self._pause = most, pause
        self._stop = Event()
        self._thread = Thread(target=self._run, name=f"writer {seed}")
        self.booked = Booked()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> Booked:
        """What it was told until now."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        return self.booked

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    while not self._stop.is_set():
                        self._transact(connection)
            except psycopg.Error as error:
                # The connection is gone, and what that meant for its transaction is noted by now; anything else is a bug here.
                if isinstance(error, psycopg.ProgrammingError | psycopg.DataError | psycopg.IntegrityError):
                    raise
                self._stop.wait(0.05)

    def _transact(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        before, after = self._next()
        rows = (list(after), [status for status, _ in after.values()], [amount for _, amount in after.values()])
        insert = all(state is None for state in before.values())
        try:
            connection.execute(
                _INSERT if insert else _UPDATE, (self._dice.choice(self._bookings), *rows) if insert else rows
            )
            self.booked.hasty |= after
            if self._dice.random() < 0.1:
                connection.rollback()
                return
            time.sleep(self._hold())
            connection.commit()
        except psycopg.Error:
            self.booked.doubts.append(Doubt(before, after))
            for payment in after:
                self.booked.state.pop(payment, None)
            raise
        self.booked.state |= after
        self.booked.changes += len(after)
        time.sleep(self._pause)

    def _next(self) -> tuple[dict[UUID, State | None], dict[UUID, State]]:
        size, known = self._dice.randint(1, self._most), list(self.booked.state)
        again = len(known) > size and self._dice.random() < 0.6
        payments = self._dice.sample(known, size) if again else [uuid4() for _ in range(size)]
        before = {payment: self.booked.state.get(payment) for payment in payments}
        return before, {payment: self._state() for payment in payments}

    def _state(self) -> State:
        return self._dice.choice(_STATUSES), Decimal(next(_cents)).scaleb(-2)

    def _hold(self) -> float:
        """Commits come in another order than the changes; a few very late."""
        return self._dice.uniform(0.1, 0.3) if self._dice.random() < 0.02 else self._dice.uniform(0.0, 0.006)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of what was acknowledged; `changes` is how many rows changed for good."""

    acknowledged: int
    lost: int
    partial: int
    changes: int
    state: dict[UUID, State]


def judge(books: Iterable[Booked], found: dict[UUID, State]) -> Verdict:
    """Compares the writers' books with the payments that are there."""
    books = list(books)
    acknowledged = sum(book.changes for book in books)
    lost = sum(found.get(payment) != state for book in books for payment, state in book.state.items())
    happened = [_happened(doubt, found) for book in books for doubt in book.doubts]
    changes = acknowledged + sum(len(doubt.after) for book in books for doubt in book.doubts if _happened(doubt, found))
    return Verdict(acknowledged, lost, happened.count(None), changes, found)


def _happened(doubt: Doubt, found: dict[UUID, State]) -> bool | None:
    """Whether it was committed; None: in part."""
    now = {payment: found.get(payment) for payment in doubt.after}
    if now == doubt.after:
        return True
    return False if now == doubt.before else None


def payments(connection: psycopg.Connection[tuple[object, ...]], table: str) -> dict[UUID, State]:
    """Every payment of `public.payment_transactions` or `finance.payment`."""
    rows = connection.execute(f"SELECT id, status, amount FROM {table} WHERE checkout_request_id IS NULL").fetchall()
    return {UUID(str(id_)): (str(status), Decimal(str(amount))) for id_, status, amount in rows}
