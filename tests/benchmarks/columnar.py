"""The same payments in DuckDB, for what needs a store made for sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from tests.benchmarks.asked import Bare
from tests.benchmarks.revenue_raw import Ask

_COLUMNS: Final = {
    "fleet_id": "UUID",
    "route_id": "UUID",
    "vehicle_id": "UUID",
    "driver_id": "UUID",
    "method": "VARCHAR",
    "status": "VARCHAR",
    "result_code": "VARCHAR",
    "currency": "VARCHAR",
    "amount": "DECIMAL(14,2)",
    "refunded_amount": "DECIMAL(14,2)",
    "created_at": "TIMESTAMPTZ",
    "completed_at": "TIMESTAMPTZ",
    "refunded_at": "TIMESTAMPTZ",
    "updated_at": "TIMESTAMPTZ",
    "taken_day": "DATE",
    "refunded_day": "DATE",
}


@contextmanager
def in_duckdb(operator: Bare) -> Iterator[Ask]:
    """Copies what figures need of every payment into a DuckDB file, in the order of time; it lasts as long as the context."""
    with TemporaryDirectory() as folder:
        written = Path(folder) / "payments.csv"
        _copy(operator, written)
        with duckdb.connect(str(Path(folder) / "payments.duckdb")) as store:
            store.execute("CREATE SCHEMA finance")
            store.execute(
                "CREATE TABLE finance.payment AS SELECT * FROM read_csv(?, header = false, columns = ?)",
                [str(written), _COLUMNS],
            )
            written.unlink()
            yield lambda statement, values: _ask(store, statement, values)


def _copy(operator: Bare, into: Path) -> None:
    asked = (
        f"COPY (SELECT {', '.join(_COLUMNS)} FROM finance.payment ORDER BY fleet_id, created_at) TO STDOUT (FORMAT csv)"
    )
    with into.open("wb") as file, operator.cursor().copy(asked) as data:
        for block in data:
            file.write(block)


def _ask(store: duckdb.DuckDBPyConnection, statement: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    return store.execute(statement.format(**{name: f"${name}" for name in values}), dict(values)).fetchall()
