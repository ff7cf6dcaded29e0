"""Clients from outside: starts them, notes what they acknowledge, kills them, and judges what they left in the database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from uuid import UUID

from tests.faults.client import LINES, PAID
from tests.faults.ground import ROOT, Ground

_LINES = "SELECT substr(receipt, 2, 5)::int, count(*) FROM finance.statement_line GROUP BY 1"
_STATEMENTS = "SELECT substr(file_name, 11, length(file_name) - 14)::int, count(*) FROM finance.statement GROUP BY 1"
_MATCHED = (
    "SELECT substr(l.receipt, 2, 5)::int, count(*) FROM finance.match_line m"
    " JOIN finance.statement_line l ON l.fleet_id = m.fleet_id AND l.id = m.line_id"
    " JOIN finance.match_payment p ON p.fleet_id = m.fleet_id AND p.match_id = m.match_id GROUP BY 1"
)
_DAYS = (
    "SELECT DISTINCT substr(l.receipt, 2, 5)::int, 1 FROM finance.payment_reconciliation r"
    " JOIN finance.statement_line l ON l.fleet_id = r.fleet_id AND l.day = r.reconciliation_date"
)


@dataclass
class Client:
    """One place where statements are imported: the numbers first, first + step, … over any number of processes."""

    url: str
    fleet: UUID
    folder: Path
    first: int = 0
    step: int = 1
    naive: bool = False
    begun: int = -1
    at_work: bool = False
    """Whether the present process has begun a statement."""
    done: dict[str, set[int]] = field(default_factory=lambda: {"imported": set(), "reconciled": set(), "line": set()})
    failures: list[str] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None
    _reader: Thread | None = None

    def start(self) -> None:
        """A new process; it begins with the statement that the last one was at."""
        self.at_work = False
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.client", self.url, str(self.fleet), str(self.folder),
             str(max(self.begun, self.first)), str(self.step), *(["naive"] if self.naive else [])],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._process = process
        self._reader = Thread(target=self._listen, args=(process,))
        self._reader.start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None or process.stderr is None:
            raise RuntimeError("its output is not read")
        with process.stdout as said, process.stderr as cried:
            for told in said:
                word, number = told.split()
                if word == "begun":
                    self.begun, self.at_work = int(number), True
                else:
                    self.done[word].add(int(number))
            if failure := cried.read():
                self.failures.append(failure)

    def kill(self) -> None:
        """kill -9, wherever it is."""
        if self._process is None or self._reader is None:
            return
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        self._process = None


@dataclass(frozen=True, slots=True)
class Imports:
    """What became of imports and reconciliations."""

    acknowledged: int
    lost: int
    partial: int
    duplicated: int


def judge_imports(ground: Ground, *clients: Client) -> Imports:
    """Every import and every reconciliation: whole, once, and there where it was acknowledged."""
    lines, statements, matched, days = (_counted(ground, sql) for sql in (_LINES, _STATEMENTS, _MATCHED, _DAYS))
    imported = {number for client in clients for number in client.done["imported"]}
    reconciled = {number for client in clients for number in client.done["reconciled"]}
    return Imports(
        acknowledged=len(imported) + len(reconciled),
        lost=sum(lines[number] < LINES for number in imported) + sum(not days[number] for number in reconciled),
        partial=sum(0 < count < LINES for count in lines.values())
        + sum(0 < count < PAID for count in matched.values())
        + sum(bool(matched[number]) != bool(days[number]) for number in lines),
        duplicated=sum(count > LINES for count in lines.values())
        + sum(count > 1 for count in statements.values())
        + sum(count > PAID for count in matched.values()),
    )


def _counted(ground: Ground, sql: str) -> Counter[int]:
    with ground.connect() as connection:
        return Counter({int(str(number)): int(str(count)) for number, count in connection.execute(sql)})
