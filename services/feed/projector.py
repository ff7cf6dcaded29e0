"""The projector: one leader by advisory lock keeps the read model; any number stand by."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from threading import Event

from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from services.database.engine import Database
from services.domain.errors import EnvironmentFault
from services.feed.projection import Batch, project_batch
from services.feed.rollups import REBUILD_LOCK

_log = logging.getLogger(__name__)
#: The advisory lock that makes a leader.
LEADER_LOCK = 7_261_202_602
_BATCH = 2_000
_POISON = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


class Projector:
    """Drains the inbox as long as `run` runs.

    `database` acts as finance_projector. `published` is called after each batch that wrote events (a hint for the relay).
    """

    def __init__(
        self,
        database: Database,
        *,
        published: Callable[[], None] = lambda: None,
        idle_seconds: float = 0.008,
        standby_seconds: float = 1.0,
        beat_seconds: float = 1.0,
    ) -> None:
        self._database = database
        self._published = published
        self._idle = idle_seconds
        self._standby = standby_seconds
        self._beat = beat_seconds
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self.leading = Event()

    def run(self, stop: Event) -> None:
        """Leads or stands by until `stop` is set; outlives a database that goes away and comes back."""
        told = False
        while not stop.is_set():
            try:
                self._lead(stop)
            except (EnvironmentFault, DBAPIError) as error:
                # Once an outage, not once a try; having led ends it.
                if not told or self.leading.is_set():
                    _log.warning("projector: %s", error)
                told = True
            else:
                told = False
            self.leading.clear()
            stop.wait(self._standby)

    def drain(self) -> Batch:
        """Projects everything that is noted now, for tests and tools; the caller must know that nobody leads."""
        notes = events = 0
        with self._database.faults_in_words(), self._database.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            while (batch := self._batch(connection)).notes:
                notes, events = notes + batch.notes, events + batch.events
        return Batch(notes, events)

    def _lead(self, stop: Event) -> None:
        with self._database.faults_in_words(), self._database.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            if not self._elected(connection):
                return
            try:
                self.leading.set()
                self._work(connection, stop)
            finally:
                # A pooled connection must not keep the leadership of a projector that stopped.
                connection.invalidate()

    @staticmethod
    def _elected(connection: Connection) -> bool:
        with connection.begin():
            elected = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEADER_LOCK}).scalar_one()
        return bool(elected)

    def _work(self, connection: Connection, stop: Event) -> None:
        beaten = 0.0
        while not stop.is_set():
            batch = self._batch(connection)
            if batch.events:
                self._published()
            if time.monotonic() - beaten >= self._beat:
                self._tell_standing(connection)
                beaten = time.monotonic()
            if batch.notes < _BATCH:
                stop.wait(self._idle)

    def _batch(self, connection: Connection) -> Batch:
        try:
            with connection.begin():
                if not _free_of_rebuild(connection):
                    return Batch(0, 0)
                return project_batch(connection, _BATCH)
        except DBAPIError as error:
            if not _poisonous(error):
                raise
            _log.warning("a note cannot be projected, looking for it: %s", error.orig)
            return self._one_by_one(connection)

    def _one_by_one(self, connection: Connection) -> Batch:
        """After a failed batch: single payments, the one that fails set aside with its reason."""
        try:
            with connection.begin():
                return project_batch(connection, 1)
        except DBAPIError as error:
            if not _poisonous(error):
                raise
            with connection.begin():
                return Batch(_park_oldest(connection, str(error.orig)), 0)

    def _tell_standing(self, connection: Connection) -> None:
        with connection.begin():
            connection.execute(
                text(
                    "INSERT INTO finance.projector (only_row, leader, beat_at, oldest_at)"
                    " VALUES (true, :leader, clock_timestamp(), (SELECT min(at) FROM"
                    "  (SELECT at FROM finance.payment_change ORDER BY seq LIMIT 1) o))"
                    " ON CONFLICT (only_row) DO UPDATE SET leader = excluded.leader, beat_at = excluded.beat_at,"
                    "  oldest_at = excluded.oldest_at"
                ),
                {"leader": self._name},
            )


def _poisonous(error: DBAPIError) -> bool:
    """Whether the noted row is at fault, so that trying again would not help: also a text too long for an index (class 54)."""
    return isinstance(error, _POISON) or str(getattr(error.orig, "sqlstate", None) or "").startswith("54")


def _free_of_rebuild(connection: Connection) -> bool:
    query = text("SELECT pg_try_advisory_xact_lock_shared(:key)")
    return bool(connection.execute(query, {"key": REBUILD_LOCK}).scalar_one())


def _park_oldest(connection: Connection, error: str) -> int:
    """Sets aside every note of the oldest noted payment or booking; returns how many."""
    parked = connection.execute(
        text(
            "WITH oldest AS (SELECT source, source_id FROM finance.payment_change WHERE source IN ('payment', 'booking')"
            "  ORDER BY seq LIMIT 1),"
            " taken AS (DELETE FROM finance.payment_change c USING oldest o"
            "  WHERE c.source = o.source AND c.source_id = o.source_id RETURNING c.seq, c.source, c.source_id)"
            " INSERT INTO finance.payment_change_parked (seq, source, source_id, error)"
            " SELECT seq, source, source_id, :error FROM taken"
        ),
        {"error": error[:2000]},
    ).rowcount
    _log.error("%d notes of one payment were set aside: %s", parked, error)
    return parked
