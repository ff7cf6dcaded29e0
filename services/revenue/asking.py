"""Questions that go to the server together, so that a report of many costs the way there and back once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from services.payments.statement import Statement

T = TypeVar("T")
#: What a statement found.
Rows = Sequence[tuple[Any, ...]]


@dataclass(slots=True)
class Answer(Generic[T]):
    """What was made of the rows of some statements; there once they have been asked."""

    _read: Callable[[Sequence[Rows]], T]
    _found: list[T]

    @property
    def value(self) -> T:
        """The answer; IndexError before it was asked for."""
        return self._found[0]

    def learn(self, rows: Sequence[Rows]) -> None:
        """Makes the answer of what each statement found."""
        self._found.append(self._read(rows))


class Round:
    """Collects statements and asks them all at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asked: list[tuple[Sequence[Statement], Answer[Any]]] = []

    def ask(self, statements: Sequence[Statement], read: Callable[[Sequence[Rows]], T]) -> Answer[T]:
        """What `read` will make of the rows of each of these statements."""
        answer = Answer(read, [])
        self._asked.append((statements, answer))
        return answer

    def send(self) -> None:
        """Asks, and learns every answer."""
        found = iter(fetched_together(self._connection, [one for statements, _ in self._asked for one in statements]))
        for statements, answer in self._asked:
            answer.learn([next(found) for _ in statements])
        self._asked.clear()


def fetched_together(connection: Connection, statements: Sequence[Statement]) -> list[Rows]:
    """The driver's own tuples for each statement, after one round trip; errors and lost connections as everywhere."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with driver.pipeline():
            cursors = [driver.execute(one.written.encode(), one.values) for one in statements]
        return [cursor.fetchall() for cursor in cursors]
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError(None, None, error, connection_invalidated=driver.closed) from error
