"""A fleet whose people act, and a superuser who tampers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text

from services.audit.record import AuditFilter, AuditRecord
from services.audit.service import AuditService
from services.database.engine import Database
from services.domain.period import Days, today
from tests.world import MORNING, World

DAY = date(2026, 9, 22)
_RECONCILED = text("""
    INSERT INTO finance.payment_reconciliation (fleet_id, reconciliation_date, system_total, mpesa_total, difference, status)
    VALUES (:fleet, :day, :system, :mpesa, CAST(:system AS numeric) - CAST(:mpesa AS numeric), 'open')
""")


def reconcile(connection: Connection, fleet: UUID, day: int = 22, system: str = "600.00", mpesa: str = "0.00") -> None:
    """A day's totals, as a run writes them; the first thing people change."""
    told = {"fleet": fleet, "day": date(2026, 9, day), "system": Decimal(system), "mpesa": Decimal(mpesa)}
    connection.execute(_RECONCILED, told)


@dataclass
class Office:
    """One fleet's finance office on a database of its own; its manager has left record 1, their own membership."""

    world: World
    folder: Path
    fleet: UUID
    manager: Database

    @property
    def service(self) -> AuditService:
        return AuditService(self.manager)

    def act(self, *days: int, reason: str = "") -> None:
        """The manager reconciles these days of September, one transaction and one record each."""
        for day in days:
            with self.manager.write() as connection:
                if reason:
                    connection.execute(text("SELECT set_config('finance.reason', :reason, true)"), {"reason": reason})
                reconcile(connection, self.fleet, day)

    def imported(self, connection: Connection, lines: int = 3, statement: UUID | None = None) -> UUID:
        """A statement with so many lines in the caller's transaction; only lines where `statement` is known already."""
        told = {"fleet": self.fleet, "id": statement or uuid4(), "lines": lines, "at": MORNING, "day": DAY}
        if statement is None:
            connection.execute(_STATEMENT, told)
        connection.execute(_LINES, {**told, "leg": "payment:in" if statement is None else "payment:late"})
        return UUID(str(told["id"]))

    def records(self, **narrowed: Any) -> list[AuditRecord]:
        """What the manager reads, oldest first."""
        day = today()
        page = self.service.page(AuditFilter(self.fleet, Days(day, day), **narrowed))
        return list(reversed(page.records))

    def tamper(self, sql: str, **values: object) -> None:
        """The server's superuser changes what is kept, with every trigger switched off."""
        with self.world.database().write() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(sql), {"fleet": self.fleet, **values})


_STATEMENT = text("""
    INSERT INTO finance.statement (fleet_id, id, short_code, layout, file_name, sha256, first_day, last_day, covered_from,
        covered_to, total_paid_in, total_withdrawn, rows, imported, duplicates, rejected, controls, balance_chain)
    VALUES (:fleet, :id, '9990001', 'L1', 'september.csv', 'x', :day, :day, :at, :at, 0, 0, :lines, :lines, 0, 0, '[]', '{}')
""")
_LINES = text("""
    INSERT INTO finance.statement_line (fleet_id, statement_id, row, short_code, receipt, leg, occurrence, kind, status,
        completed_at, day, paid_in, details, currency)
    SELECT :fleet, :id, n, '9990001', 'UIMAAA00' || to_char(n, 'FM00'), :leg, 1, 'payment', 'Completed',
        :at, :day, 600, 'a fare', 'KES'
    FROM generate_series(1, :lines) n
""")


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    fleet = world.fleet()
    world.till(fleet)
    world.project()
    return Office(world, tmp_path, fleet, world.person(fleet))
