"""Writing so that the outcome is known, also when the connection is lost in the very moment of COMMIT.

PostgreSQL remembers how each transaction ended. The transaction's id is asked for before the work, so that a new connection can
ask afterwards: nothing is ever retried blindly, and nobody has to guess whether it was saved.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.domain.errors import DatabaseUnreachable, OutcomeUnknown

T = TypeVar("T")
_PAUSE = 0.2


def act(database: Database, work: Callable[[Connection], T], *, patience: float = 10.0) -> T:
    """Does `work` in one transaction and returns its result once it is committed.

    DatabaseUnreachable: the connection was lost and nothing was written. OutcomeUnknown: it was lost during COMMIT and the
    database did not come back within `patience` seconds.
    """
    transaction, results = "", list[T]()
    try:
        with database.write() as connection:
            transaction = connection.execute(text("SELECT pg_current_xact_id()::text")).scalar_one()
            results.append(work(connection))
    except DatabaseUnreachable as error:
        if not results:
            raise  # the server rolls back what was never asked to commit
        if not _committed(database, transaction, patience, error):
            raise DatabaseUnreachable(f"{error} Nothing was written; do it again.") from error
    return results[0]


def _committed(database: Database, transaction: str, patience: float, lost: DatabaseUnreachable) -> bool:
    """How the transaction ended, asked until the database answers and it has ended."""
    end = time.monotonic() + patience
    query = text("SELECT pg_xact_status(CAST(:transaction AS xid8))")
    while time.monotonic() < end:
        try:
            with database.read() as connection:
                status = connection.execute(query, {"transaction": transaction}).scalar()
        except DatabaseUnreachable:
            status = "in progress"
        if status != "in progress":
            return status == "committed"
        time.sleep(_PAUSE)
    raise OutcomeUnknown(
        "The connection was lost in the moment of saving, and the database has not come back. Look before you do it again."
    ) from lost
