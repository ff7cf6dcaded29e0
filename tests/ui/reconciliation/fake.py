"""A fleet's reconciliation in memory, as the page asks for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

from services.domain.errors import WorkstationError
from services.reconciliation.assessment import Status
from services.reconciliation.results import (
    DayDetail,
    DayResult,
    DayRow,
    ExceptionRow,
    Explanation,
    MatchRow,
    Pair,
    StatementRow,
)
from services.reconciliation.sides import Finding
from services.statements.balance import BalanceChain, Break, Control
from services.statements.imported import ImportResult
from services.statements.line import KINDS, Rejected

FLEET = UUID(int=1)
NOW = dt.datetime(2026, 11, 22, 11, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)
SATURDAY = dt.date(2026, 11, 21)
FRIDAY = dt.date(2026, 11, 20)
AGREES = Control("total_paid_in", Decimal("600.00"), Decimal("600.00"), True)
DIFFERS = Control("closing_balance", Decimal("600.00"), Decimal("550.00"), False)


def day_row(day: dt.date, status: Status = "open", open_count: int | None = 2, difference: str = "-600.00") -> DayRow:
    """A line of the list of days."""
    return DayRow(day, Decimal("1200.00") + Decimal(difference), Decimal("1200.00"), status, open_count, None, None)


def exception(name: str, number: int, amount: str = "600.00", **known: object) -> ExceptionRow:
    """An exception of Friday."""
    told: dict[str, object] = {
        "payment_id": UUID(int=number),
        "line_id": None,
        "receipt": "UKKAAA0001",
        "booking_reference": "BKG77",
        "passenger": "Alice M.",
        "phone": "0700 ••• 111",
        "payment_status": "failed",
        **known,
    }
    at = NOW - dt.timedelta(days=2)
    return ExceptionRow(UUID(int=100 + number), name, Decimal(amount), f"Sentence {number}.", at, at, **told)  # type: ignore[arg-type]


def match(number: int, booking: str | None = "BKG78") -> MatchRow:
    """A match of Friday; without a booking, its payment was removed."""
    there = booking is not None
    return MatchRow(
        id=UUID(int=200 + number),
        completed_at=NOW - dt.timedelta(days=2),
        receipt=f"UKKAAA{number:04}",
        account="BKG78",
        other_party="<b>25470****111</b>",
        amount=Decimal("600.00"),
        pass_name="receipt",
        score=Decimal("1.000"),
        reasons=("receipt on both sides", "amount equal"),
        booking_reference=booking,
        passenger="Alice M." if there else None,
        phone="0700 ••• 111" if there else None,
        payment_status="completed" if there else None,
        payment_at=NOW - dt.timedelta(days=2) if there else None,
    )


def statement(
    controls: tuple[Control, ...] = (AGREES,), breaks: tuple[Break, ...] = (), rejected: int = 0, checked: int = 4
) -> StatementRow:
    """Friday's statement."""
    return StatementRow(
        id=UUID(int=300),
        short_code="9990001",
        file_name="friday.csv",
        first_day=FRIDAY,
        last_day=FRIDAY,
        imported_by="jane",
        imported_at=NOW,
        rows=5,
        rejected=rejected,
        controls=controls,
        chain=BalanceChain(checked, breaks),
        opening=Decimal("0.00"),
        closing=Decimal("600.00"),
    )


def detail(
    row: DayRow,
    exceptions: tuple[ExceptionRow, ...] = (),
    matches: tuple[MatchRow, ...] = (),
    statements: tuple[StatementRow, ...] = (),
    movement: str | None = None,
) -> DayDetail:
    """A day in full."""
    explained = Explanation(
        {"payment": (Decimal("600.00"), Decimal(0))}, None if movement is None else Decimal(movement)
    )
    return DayDetail(row, len(matches) + 1, matches, exceptions, statements, explained)


def imported(
    path: Path, *days: dt.date, rejected: tuple[Rejected, ...] = (), chain: BalanceChain | None = None
) -> ImportResult:
    """What an import of a file answers."""
    return ImportResult(
        file_name=path.name,
        short_code="9990001",
        statement_id=uuid5(FLEET, path.name),
        layout="L1",
        rows=4,
        imported=3,
        duplicates=1,
        rejected=rejected,
        by_kind={kind: int(kind in ("payment", "charge", "other")) for kind in KINDS},
        total_paid_in=Decimal("600.00"),
        total_withdrawn=Decimal("0.00"),
        controls=(AGREES,),
        balance_chain=chain or BalanceChain(3, ()),
        days=frozenset(days),
    )


def result(
    day: dt.date, status: Status = "open", *, new: int = 0, findings: tuple[str, ...] = ("paid_but_failed",)
) -> DayResult:
    """What a run answers."""
    found = tuple(Finding(name, Decimal("600.00"), "", payment_id=UUID(int=9)) for name in findings)
    pairs = tuple(Pair((UUID(int=n),), ("UKKAAA0001",), "receipt", Decimal(1), ()) for n in range(new))
    return DayResult("MSAFIRI", day, Decimal("600.00"), Decimal("0.00"), status, pairs, new, found)


@dataclass
class FakeReconciliation:
    """Answers from what it was given; `error` is raised instead, once set."""

    rows: list[DayRow] = field(default_factory=list)
    details: dict[dt.date, DayDetail] = field(default_factory=dict)
    results: dict[dt.date, DayResult | WorkstationError] = field(default_factory=dict)
    error: WorkstationError | None = None
    asked: list[tuple[dt.date, dt.date]] = field(default_factory=list)
    ran: list[dt.date] = field(default_factory=list)

    def days(self, fleet_id: UUID, first: dt.date, last: dt.date) -> list[DayRow]:
        self.asked.append((first, last))
        if self.error is not None:
            raise self.error
        return [row for row in self.rows if first <= row.day <= last]

    def day(self, fleet_id: UUID, date: dt.date) -> DayDetail:
        if self.error is not None:
            raise self.error
        rows = {row.day: row for row in self.rows}
        return self.details.get(date) or detail(rows.get(date, day_row(date, open_count=None)))

    def reconcile_payments(self, date: dt.date, fleet_id: UUID) -> DayResult:
        self.ran.append(date)
        answer = self.results.get(date, result(date))
        if isinstance(answer, WorkstationError):
            raise answer
        return answer


@dataclass
class FakeImporter:
    """Answers by file name."""

    answers: dict[str, ImportResult | WorkstationError] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None
    took: list[str] = field(default_factory=list)

    def import_file(
        self,
        path: Path,
        fleet_id: UUID,
        short_code: str | None = None,
        *,
        progress: Callable[[float], None] | None = None,
    ) -> ImportResult:
        self.before()
        self.took.append(path.name)
        if progress is not None:
            progress(0.5)
        answer = self.answers.get(path.name, imported(path, FRIDAY))
        if isinstance(answer, WorkstationError):
            raise answer
        return answer
