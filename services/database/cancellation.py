"""A unit of work whose running query can be ended on the server, from another thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Protocol, runtime_checkable

from services.domain.errors import Cancelled

_current: ContextVar[CancelScope | None] = ContextVar("cancel_scope", default=None)


@runtime_checkable
class Cancellable(Protocol):
    """What a scope needs of a driver's connection (psycopg's has it)."""

    def cancel_safe(self, *, timeout: float = ...) -> None:
        """Asks the server to end the running query."""
        ...


class CancelScope:
    """Knows the connections that the work inside it uses; `cancel()` ends their running queries."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connections: list[Cancellable] = []
        self._cancelled = False

    @staticmethod
    def current() -> CancelScope | None:
        """The scope that the calling code runs in, if any."""
        return _current.get()

    @property
    def cancelled(self) -> bool:
        """Whether cancel() was called."""
        return self._cancelled

    def check(self) -> None:
        """Raises Cancelled once cancel() was called; long work calls it between its steps."""
        if self._cancelled:
            raise Cancelled("Cancelled; nothing was changed.")

    @contextmanager
    def entered(self) -> Iterator[CancelScope]:
        """Makes this the current scope of the calling thread."""
        token = _current.set(self)
        try:
            yield self
        finally:
            _current.reset(token)

    @contextmanager
    def watching(self, connection: object) -> Iterator[None]:
        """Registers a connection for as long as it is used."""
        self.check()
        watched = connection if isinstance(connection, Cancellable) else None
        with self._lock:
            if watched is not None:
                self._connections.append(watched)
        try:
            yield
        finally:
            with self._lock:
                if watched is not None:
                    self._connections.remove(watched)

    def cancel(self) -> None:
        """Ends the running queries on the server; work between two queries ends at its next one."""
        # Only imported where a query runs: a window is painted sooner without the driver.
        from psycopg import Error

        self._cancelled = True
        with self._lock:
            running = list(self._connections)
        for connection in running:
            try:
                connection.cancel_safe(timeout=2)
            except Error:
                # The server did not take the request; the work still ends at its next check().
                continue
