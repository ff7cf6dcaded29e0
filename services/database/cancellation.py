"""A unit of work whose running query can be ended on the server, from another thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

import psycopg

from services.domain.errors import Cancelled

_current: ContextVar[CancelScope | None] = ContextVar("cancel_scope", default=None)


class CancelScope:
    """Knows the connections that the work inside it uses; `cancel()` ends their running queries."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connections: list[psycopg.Connection[object]] = []
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
        watched = connection if isinstance(connection, psycopg.Connection) else None
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
        self._cancelled = True
        with self._lock:
            running = list(self._connections)
        for connection in running:
            try:
                connection.cancel_safe(timeout=2)
            except psycopg.Error:
                # The server did not take the request; the work still ends at its next check().
                continue
