"""The `workstation` command as a person or a script runs it, and the statement files it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from services.domain.period import NAIROBI, day_of
from services.statements.header import StatementHeader
from services.statements.kind import classify
from services.statements.line import StatementLine
from services.statements.writing import UTILITY, write_l1
from tests.world import MORNING

ROOT = Path(__file__).resolve().parents[2]
#: Longer than anything here takes, and reached only by what would never end.
PATIENCE = 60.0


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one line on stderr of a command that was refused; AssertionError when it is more or less than that."""
        assert self.status == 2, (self.status, self.out, self.err)
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("workstation: "), self.err
        return lines[0].removeprefix("workstation: ")


Run = Callable[..., Outcome]


def line(receipt: str, amount: str = "600.00", account: str = "", at: datetime = MORNING) -> StatementLine:
    """A fare paid in."""
    details = "Pay Bill from 25470****111 - ALICE **** MFANO Acc. x"
    return StatementLine(
        row=0,
        receipt=receipt,
        completed_at=at.astimezone(NAIROBI),
        initiated_at=None,
        details=details,
        status="Completed",
        paid_in=Decimal(amount),
        withdrawn=None,
        balance=None,
        balance_confirmed=True,
        reason_type="Pay Utility",
        other_party="25470****111 - ALICE **** MFANO",
        linked_receipt=None,
        account=account,
        currency="KES",
        kind=classify(details, "", "in"),
    )


def header(at: datetime = MORNING, short_code: str | None = "9990001") -> StatementHeader:
    """The head of a statement of one whole day."""
    day = day_of(at)
    return StatementHeader(
        holder="MSAFIRI EXPRESS",
        short_code=short_code,
        account=UTILITY,
        period_from=datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=NAIROBI),
        period_to=datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=NAIROBI),
        opening=Decimal("1000.00"),
    )


def statement(path: Path, *lines: StatementLine) -> Path:
    """A statement that agrees with itself, of the day of its first line."""
    write_l1(lines, header(lines[0].completed_at), path)
    return path


@contextmanager
def process(*arguments: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`workstation …` as a process of its own; killed at the end where it still runs."""
    started = subprocess.Popen(
        [sys.executable, "-m", "workstation.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()


def ended(started: subprocess.Popen[str]) -> Outcome:
    """What the process left; ends its standard input."""
    out, err = started.communicate(timeout=PATIENCE)
    return Outcome(started.returncode, out, err)
