"""Both sides of a benchmark on a built database: the service as a `finance_viewer`, and bare psycopg under the same login."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg.rows import TupleRow

from services.database.engine import Database
from services.payments.filters import PaymentFilter
from services.payments.service import PaymentService
from tests.benchmarks.dataset import Dataset

_COLUMNS = (
    "id, created_at, completed_at, passenger_shown, phone_shown, route_id, vehicle_id, driver_id, method, receipt,"
    " booking_reference, amount, refunded_amount, currency, status, result_code, failure_reason, short_code"
)
_NARROWED = {
    "status": "statuses",
    "method": "methods",
    "route_id": "routes",
    "vehicle_id": "vehicles",
    "driver_id": "drivers",
    "short_code": "tills",
}
Bare = psycopg.Connection[TupleRow]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement as it went to the server."""

    statement: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sides:
    """The service, and psycopg alone: as the same viewer, and as the operator, whom row-level security does not bind."""

    dataset: Dataset
    database: Database
    service: PaymentService
    viewer: Bare
    operator: Bare


@contextmanager
def sides(dataset: Dataset) -> Iterator[Sides]:
    """Opens the connections of both sides, with the settings that the product gives its own."""
    database = Database(dataset.viewer_url)
    try:
        with _bare(dataset.viewer_url) as viewer, _bare(dataset.operator_url) as operator:
            yield Sides(dataset, database, PaymentService(database), viewer, operator)
    finally:
        database.close()


def _bare(url: str) -> Bare:
    written = url.replace("postgresql+psycopg://", "postgresql://")
    # People's statements end after a minute; a peer may take as long as it needs.
    return psycopg.connect(written, autocommit=True, options="-c timezone=UTC -c statement_timeout=0")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds and what came of it."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def page_sql(wanted: PaymentFilter, limit: int, place: int = 0) -> Asked:
    """The bare SQL of the newest rows under a filter, past the first `place` ones: every column of a shown row, nothing else."""
    values: dict[str, Any] = {
        "fleet": wanted.fleet_id,
        "start": wanted.days.start,
        "end": wanted.days.end,
        "limit": limit,
    }
    conditions = ["fleet_id = %(fleet)s", "created_at >= %(start)s", "created_at < %(end)s"]
    for column, name in _NARROWED.items():
        if chosen := list(getattr(wanted, name)):
            alone = len(chosen) == 1
            values[name] = chosen[0] if alone else chosen
            conditions.append(f"{column} = %({name})s" if alone else f"{column} = ANY(%({name})s)")
    for name, sign in (("least", ">="), ("most", "<=")):
        if (bound := getattr(wanted, name)) is not None:
            values[name] = int(bound * 100)
            conditions.append(f"amount_cents {sign} %({name})s")
    offset = f" OFFSET {place}" if place else ""
    order = f"ORDER BY created_at DESC, id DESC LIMIT %(limit)s{offset}"
    return Asked(f"SELECT {_COLUMNS} FROM finance.payment WHERE {' AND '.join(conditions)} {order}", values)


def rows(connection: Bare, asked: Asked) -> list[TupleRow]:
    """One prepared statement, fetched whole: nothing cheaper leaves the same rows in Python."""
    return connection.execute(asked.statement, asked.values, prepare=True).fetchall()
