"""The processes of the export rows: ours writes a file of every payment, the peer holds them in a frame of pandas."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from services.database.engine import Database
from services.payments.export import FIELDS, FileKind, export
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST
from services.payments.service import PaymentService
from tests.benchmarks.harness import peak_memory
from tests.benchmarks.invented import FLEET, YEAR

_ALL = """
SELECT created_at, passenger_shown, phone_shown, route_id, vehicle_id, driver_id, method, receipt, amount, status, refunded_amount,
       result_code, failure_reason, booking_reference, completed_at, short_code, currency
FROM finance.payment WHERE fleet_id = %(fleet)s::uuid ORDER BY fleet_id, created_at DESC
"""


def exported(database: Database, kind: FileKind) -> int:
    """Every column of every payment, in a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"payments.{kind}"
        return export(PaymentService(database), PaymentFilter(FLEET, YEAR), NEWEST_FIRST, tuple(FIELDS), kind, path)


def held(database: Database) -> int:
    """The same payments as the usual tool reads them before it writes anything."""
    import pandas

    # No transaction stays open while pandas makes its frame: the server would end it.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return len(pandas.read_sql(_ALL, connection, params={"fleet": str(FLEET)}))


def main(side: str, url: str) -> None:
    """Prints the number of rows, the most memory that the process ever held, and the seconds."""
    began, database = time.perf_counter(), Database(url)
    kinds: dict[str, FileKind] = {"csv": "csv", "xlsx": "xlsx"}
    rows = exported(database, kinds[side]) if side in kinds else held(database)
    print(json.dumps({"rows": rows, "bytes": peak_memory(), "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
