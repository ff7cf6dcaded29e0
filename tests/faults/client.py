"""An office's client as a process of its own: imports a statement a day and reconciles it, over and over, and says what was done.

`python -m tests.faults.client URL FLEET FOLDER FIRST STEP [naive]`. A fault of the surroundings means the same day again, as a person
would try; that is also what the next process does after this one was killed. `naive` is the broken control: the same import, one
line a transaction.
"""

from __future__ import annotations

import itertools
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from services.database.engine import Database
from services.domain.errors import EnvironmentFault
from services.domain.period import day_of
from services.reconciliation.service import ReconciliationService
from services.statements.importer import StatementImporter
from tests.workstation.command import line, statement
from tests.world import MORNING

LINES = 200
_PAUSE = 0.1
#: How many of a day's lines are payments that the booking system has.
PAID = 5


def morning(number: int) -> datetime:
    """When the lines of statement `number` completed."""
    return MORNING - timedelta(days=number)


def receipt(number: int, place: int) -> str:
    """The receipt of one line of statement `number`."""
    return f"U{number:05}{place:04}"


class Client:
    """What the process does with one database."""

    def __init__(self, database: Database, fleet: UUID, folder: Path) -> None:
        self._importer, self._service = StatementImporter(database), ReconciliationService(database)
        self._fleet, self._folder = fleet, folder

    def bring(self, number: int) -> None:
        """One statement in one transaction, then its day's reconciliation."""
        lines = [line(receipt(number, place), at=morning(number)) for place in range(LINES)]
        self._importer.import_file(statement(self._folder / f"statement {number}.csv", *lines), self._fleet)
        print(f"imported {number}", flush=True)
        self._service.reconcile_payments(day_of(morning(number)), self._fleet)
        print(f"reconciled {number}", flush=True)

    def bring_line_by_line(self, number: int) -> None:
        """The broken control."""
        for place in range(LINES):
            file = self._folder / f"statement {number}.csv"
            self._importer.import_file(statement(file, line(receipt(number, place), at=morning(number))), self._fleet)
            print(f"line {number}", flush=True)


def main(url: str, fleet: str, folder: str, first: str, step: str, *naive: str) -> None:
    """Works until it is killed."""
    client = Client(Database(url, pool_size=1), UUID(fleet), Path(folder))
    bring = client.bring_line_by_line if naive else client.bring
    for number in itertools.count(int(first), int(step)):
        print(f"begun {number}", flush=True)
        while True:
            try:
                bring(number)
                time.sleep(_PAUSE)
                break
            except EnvironmentFault:
                time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
