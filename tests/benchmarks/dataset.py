"""Databases of one fleet's year with 100 thousand, 1 million and 10 million payments: built once, then only read.

They are kept in the user's cache, or in WORKSTATION_BENCH_FOLDER; a change of the migrations or of the builder builds them anew.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

from platformdirs import user_cache_path
from sqlalchemy import Connection, text

from services.database import migrations
from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.database.migration import migrate
from services.database.people import add_person
from services.feed.rollups import refill_totals
from tests.benchmarks import invented, invented_sql

SIZES: Final = {"100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
_VIEWER, _PASSWORD = "bench_viewer", "invented"
#: What a server with a few gigabytes is usually given; nothing that favours one side of a row.
_SERVER = {"shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}
# Two workers, because that is how many processors the smallest machine has.
_WORKERS = 2
_LOCK = 7_261_202_699
T = TypeVar("T")

_INDEXES = text("""
    SELECT c.relname, pg_get_indexdef(i.indexrelid), k.conname, pg_get_constraintdef(k.oid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid
    WHERE i.indrelid = 'finance.payment'::regclass ORDER BY c.relname DESC
""")
_MARK = text("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :name")


@dataclass(frozen=True, slots=True)
class Dataset:
    """A built database: the URL of its `finance_viewer` and that of the operator, whom row-level security does not bind."""

    size: str
    payments: int
    viewer_url: str
    operator_url: str


@contextmanager
def datasets(*sizes: str) -> Iterator[list[Dataset]]:
    """The databases of these sizes on a running server, built where they are not there yet."""
    with EmbeddedServer(_folder(), durable=False) as server:
        _tune(server)
        for size in sizes:
            _ensure(server, size)
        yield [
            Dataset(size, SIZES[size], server.url(_VIEWER, _PASSWORD, _name(size)), server.operator_url(_name(size)))
            for size in sizes
        ]


def _folder() -> Path:
    given = os.environ.get("WORKSTATION_BENCH_FOLDER")
    return Path(given) if given else user_cache_path("fleet-finance-benchmarks", appauthor=False)


def _name(size: str) -> str:
    return f"bench_{size}"


def _tune(server: EmbeddedServer) -> None:
    with _plain(server, "postgres") as connection:
        asked = [connection.execute(text(f"SHOW {name}")).scalar_one() == value for name, value in _SERVER.items()]
        if all(asked):
            return
        for name, value in _SERVER.items():
            connection.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
    server.stop()
    server.start()


def _ensure(server: EmbeddedServer, size: str) -> None:
    """Builds the database where it is missing or of other code; its comment, written last, says that it is whole."""
    name, wanted = _name(size), _fingerprint()
    with _plain(server, "postgres") as admin:
        admin.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        if admin.execute(_MARK, {"name": name}).scalar_one_or_none() == wanted:
            return
        admin.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.execute(text(f"CREATE DATABASE {name}"))
        _Building(Database(server.operator_url(name)), size).run()
        admin.execute(text(f"COMMENT ON DATABASE {name} IS '{wanted}'"))
        admin.execute(text("CHECKPOINT"))


def _fingerprint() -> str:
    """What a database was built from: the migrations' texts and the builder's own."""
    folder = Path(migrations.__file__).parent
    builder = [Path(__file__), Path(invented.__file__), Path(invented_sql.__file__)]
    sources = [*sorted(folder.rglob("*.py")), *sorted(folder.rglob("*.sql")), *builder]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


@contextmanager
def _plain(server: EmbeddedServer, name: str) -> Iterator[Connection]:
    """The operator's connection without a transaction around each statement."""
    database = Database(server.operator_url(name), pool_size=1)
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    finally:
        database.close()


class _Building:
    """One database on its way."""

    def __init__(self, database: Database, size: str) -> None:
        self._database, self._size, self._payments = database, size, SIZES[size]
        self._began = time.monotonic()

    def run(self) -> None:
        """Everything, in the order in which it is fastest: rows, then indexes, then totals."""
        try:
            migrate(self._database)
            with self._database.write() as connection:
                invented.create_ground(connection, self._payments)
                add_person(connection, invented.FLEET, _VIEWER, _PASSWORD, "viewer")
                indexes = _drop_indexes(connection)
            self._each("days of payments", invented.days(self._payments), self._pay)
            self._each("indexes", indexes, self._index)
            self._totals()
        finally:
            self._database.close()

    def _pay(self, connection: Connection, day: invented.Day) -> None:
        invented.pay(connection, day, self._payments)

    def _index(self, connection: Connection, statement: str) -> None:
        connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        connection.exec_driver_sql(statement)

    def _totals(self) -> None:
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE) finance.payment"))
        self._say("vacuumed")
        with self._database.write() as connection:
            connection.execute(text("SET LOCAL work_mem = '512MB'"))
            refill_totals(connection)
            connection.execute(text("DROP SCHEMA bench CASCADE"))
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
        self._say("totals")

    def _each(self, what: str, work: Sequence[T], do: Callable[[Connection, T], None]) -> None:
        """Does all the work, oldest first, as many at a time as there are workers."""
        waiting: SimpleQueue[T] = SimpleQueue()
        for one in work:
            waiting.put(one)

        def worker() -> None:
            while True:
                try:
                    one = waiting.get_nowait()
                except Empty:
                    return
                with self._database.write() as connection:
                    do(connection, one)
                done = len(work) - waiting.qsize()
                if done % 73 == 0 or len(work) < 73:
                    self._say(f"{done} of {len(work)} {what}")

        with ThreadPoolExecutor(_WORKERS) as pool:
            for ended in [pool.submit(worker) for _ in range(_WORKERS)]:
                ended.result()

    def _say(self, what: str) -> None:
        seconds = time.monotonic() - self._began
        print(f"  {_name(self._size)} {seconds:6.1f} s: {what}", file=sys.stderr, flush=True)


def _drop_indexes(connection: Connection) -> list[str]:
    """Takes every index of the payments away and returns the statements that bring them back."""
    statements = []
    for index, written, constraint, defined in connection.execute(_INDEXES).all():
        if constraint:
            statements.append(f"ALTER TABLE finance.payment ADD CONSTRAINT {constraint} {defined}")
            connection.execute(text(f"ALTER TABLE finance.payment DROP CONSTRAINT {constraint}"))
        else:
            statements.append(written)
            connection.execute(text(f"DROP INDEX finance.{index}"))
    # Adding the key locks the table against the other indexes, so it comes alone, at the end.
    return sorted(statements, key=lambda statement: (statement.startswith("ALTER"), "gin" not in statement))
