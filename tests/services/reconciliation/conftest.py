"""A fleet with a paybill, its manager, and a statement written from what was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from services.database.engine import Database
from services.domain.period import NAIROBI
from services.reconciliation.results import DayResult
from services.reconciliation.service import ReconciliationService
from services.statements.header import StatementHeader
from services.statements.imported import ImportResult
from services.statements.importer import StatementImporter
from services.statements.kind import classify
from services.statements.line import StatementLine
from services.statements.writing import UTILITY, write_l1
from tests.world import MORNING, World

DAY = date(2026, 9, 22)


@dataclass
class Office:
    """One fleet's finance office; what happened is told with `fare` and `line`, then `bring()` imports the statement."""

    world: World
    folder: Path
    fleet: UUID
    vehicle: UUID
    manager: Database
    lines: list[StatementLine] = field(default_factory=list)
    files: int = 0

    @property
    def service(self) -> ReconciliationService:
        return ReconciliationService(self.manager)

    def fare(
        self,
        receipt: str | None,
        amount: str = "600.00",
        status: str = "completed",
        reference: str = "",
        **values: object,
    ) -> UUID:
        """A booking and its payment."""
        booked = {"reference": reference} if reference else {}
        booking = self.world.booking(self.fleet, **{"vehicle_id": self.vehicle, **booked})
        told = {"transaction_id": receipt, "shortcode": "9990001", **values}
        return self.world.payment(booking, amount, status, **told)

    def line(
        self,
        receipt: str,
        amount: str = "600.00",
        account: str = "",
        details: str = "Pay Bill from 25470****111 - ALICE **** MFANO Acc. x",
        *,
        at: datetime = MORNING,
        linked: str | None = None,
        status: str = "Completed",
    ) -> None:
        """A line of the statement; a negative amount is withdrawn."""
        money = Decimal(amount)
        self.lines.append(
            StatementLine(
                row=0,
                receipt=receipt,
                completed_at=at.astimezone(NAIROBI),
                initiated_at=None,
                details=details,
                status=status,
                paid_in=money if money > 0 else None,
                withdrawn=-money if money < 0 else None,
                balance=None,
                balance_confirmed=True,
                reason_type="",
                other_party="25470****111 - ALICE **** MFANO",
                linked_receipt=linked,
                account=account,
                currency="KES",
                kind=classify(details, "", "in" if money > 0 else "out"),
            )
        )

    def bring(self, day: date = DAY, code: str = "9990001", until: str = "23:59:59") -> ImportResult:
        """Projects what the booking system did and imports a statement of the lines told since the last one."""
        self.world.project()
        self.files += 1
        path = self.folder / f"statement {self.files}.csv"
        header = StatementHeader(
            holder="MSAFIRI EXPRESS",
            short_code=code,
            account=UTILITY,
            period_from=datetime.combine(day, datetime.min.time(), NAIROBI),
            period_to=datetime.fromisoformat(f"{day}T{until}").replace(tzinfo=NAIROBI),
            opening=Decimal("1000.00"),
        )
        write_l1(self.lines, header, path)
        self.lines = []
        return StatementImporter(self.manager).import_file(path, self.fleet)

    def reconcile(self, day: date = DAY, **options: bool) -> DayResult:
        """Reconciles the day as the manager."""
        self.world.project()
        return self.service.reconcile_payments(day, self.fleet, **options)


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    fleet = world.fleet()
    world.till(fleet)
    vehicle = world.vehicle(fleet)
    world.project()
    return Office(world, tmp_path, fleet, vehicle, world.person(fleet))


@pytest.fixture
def told() -> Callable[[DayResult], dict[str, tuple[int, str]]]:
    """Exceptions as {name: (count, KES)}."""
    return lambda result: {name: (tally.count, str(tally.amount)) for name, tally in result.exceptions.items()}
