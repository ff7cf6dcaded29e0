"""One database as one process sees it: connections under its role, faults in words, queries that can be cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from services.database.cancellation import CancelScope
from services.domain.errors import (
    Cancelled,
    DatabaseUnreachable,
    EnvironmentFault,
    LoginRefused,
    NotAllowed,
    SchemaMismatch,
    WorkstationError,
)

_CONNECT_SECONDS = 5
#: A refused connection has no SQL state, only the server's sentence.
_REFUSALS = ("password authentication failed", "no password supplied", "is not permitted to log in")
_ROLE = re.compile(r"[a-z_]+")


def database_url(written: str) -> URL:
    """The URL of a PostgreSQL database from what a person wrote; DatabaseUnreachable when it is none."""
    try:
        url = make_url(written.strip())
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnreachable(
            "The database address is not a URL. Write it as postgresql://login@server:5432/database."
        ) from error
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseUnreachable(f"The database must be PostgreSQL, not {url.get_backend_name()}.")
    return url.set(drivername="postgresql+psycopg")


class Database:
    """Connections to one database, all under `role` when one is named (SET ROLE), otherwise with the login's own rights."""

    def __init__(
        self, url: str | URL, *, role: str | None = None, pool_size: int = 8, application: str = "workstation"
    ) -> None:
        if role is not None and not _ROLE.fullmatch(role):
            raise ValueError(f"not a role name: {role!r}")
        self.url = database_url(url) if isinstance(url, str) else url
        self.role = role
        self.engine: Engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=4,
            pool_timeout=15,
            pool_pre_ping=False,
            # Names, phones and whole statement lines travel as parameters: no error and no log shows them.
            hide_parameters=True,
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                # What is asked a second time is asked often: planning the figures takes longer than adding them up.
                "prepare_threshold": 1,
                "application_name": application,
                # A dead network is noticed in seconds, not in the kernel's two hours.
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": 10_000,
                "options": "-c timezone=UTC",
            },
        )
        if role is not None:
            _set_role_on_connect(self.engine, role)

    @property
    def address(self) -> str:
        """Where the database is, without login and password: 'server:5432/name'."""
        host = self.url.host or str(self.url.query.get("host", "local socket"))
        port = f":{self.url.port}" if self.url.port else ""
        return f"{host}{port}/{self.url.database or ''}"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction whose queries all see one moment (REPEATABLE READ)."""
        with self._connection(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """For one reading statement, which sees one moment by itself: a single round trip, no transaction around it."""
        with self._connection(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def write(self, *, isolation: str = "READ COMMITTED") -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back on any error."""
        with self._connection(isolation_level=isolation) as connection:
            yield connection

    @contextmanager
    def _connection(self, **options: object) -> Iterator[Connection]:
        scope = CancelScope.current()
        with self.faults_in_words(), self.engine.connect().execution_options(**options) as connection:
            raw = connection.connection.driver_connection
            with scope.watching(raw) if scope else nullcontext(), connection.begin():
                yield connection

    @contextmanager
    def faults_in_words(self) -> Iterator[None]:
        """Turns the driver's errors into the product's: unreachable, refused, not allowed, cancelled."""
        try:
            yield
        except DBAPIError as error:
            raise fault_in_words(error, self.address, str(self.url.username or "")) from error
        except PoolTimeout as error:
            raise DatabaseUnreachable(f"The database at {self.address} is too busy to answer. Trying again.") from error

    def ping(self) -> None:
        """One round trip; raises what stands in the way."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def clock(self) -> datetime:
        """The server's clock; like ping() it raises what stands in the way."""
        with self.read() as connection:
            now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return now

    def close(self) -> None:
        """Closes the pool."""
        self.engine.dispose()


def fetched(connection: Connection, statement: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """The driver's own tuples, for what is asked all the time: what SQLAlchemy adds would cost more than a page to find.

    Placeholders are the driver's (`%(name)s`). Errors and lost connections are treated as everywhere.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        return driver.execute(statement.encode(), values).fetchall()
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError(None, None, error, connection_invalidated=driver.closed) from error


def _set_role_on_connect(engine: Engine, role: str) -> None:
    def set_role(connection: psycopg.Connection[object], _entry: ConnectionPoolEntry) -> None:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        connection.commit()

    event.listen(engine, "connect", set_role)


def fault_in_words(error: DBAPIError, address: str, login: str) -> WorkstationError | DBAPIError:
    """The product's error for the driver's; the driver's own where it is a bug and should look like one."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    said = str(error.orig).strip()
    if state in ("28P01", "28000") or any(refusal in said for refusal in _REFUSALS):
        return LoginRefused(f"The database at {address} refused the login “{login}”. Check the login and its password.")
    if state == "57014" and "statement timeout" in said:
        return EnvironmentFault(
            f"The database at {address} took longer than it may for one step; nothing was changed. Try again."
        )
    if state == "57014":
        return Cancelled("The query was cancelled.")
    if state == "55P03":
        return EnvironmentFault("Somebody else is changing the same thing just now; nothing was changed. Try again.")
    if state == "3D000" or ('database "' in said and "does not exist" in said):
        return DatabaseUnreachable(f"There is no such database at {address}. Check the name after the last slash.")
    if state == "42501":
        return NotAllowed(f"The login “{login}” is not allowed to do this: {first_line(said)}.")
    if state in ("42P01", "3F000", "42703", "42883"):
        return SchemaMismatch(
            f"The database at {address} lacks what this program needs ({first_line(said)}). Run: workstation migrate"
        )
    if state == "53100":
        return EnvironmentFault(f"The database server at {address} has no disk space left; nothing was written.")
    if (
        state.startswith(("08", "57P", "53"))
        or error.connection_invalidated
        or (not state and _is_connection_error(error))
    ):
        return DatabaseUnreachable(f"The database at {address} does not answer ({first_line(said)}).")
    return error


def _is_connection_error(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError")


def first_line(said: str) -> str:
    """The first line of a server's message, without its closing full stop."""
    return said.splitlines()[0].rstrip(".") if said else "no reason given"
