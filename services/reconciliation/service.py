"""ReconciliationService: reconciles a day, lists days, and shows one in full, with the rights of the login."""

from __future__ import annotations

# The specified signature calls its argument `date`.
import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from services.database.certainty import act
from services.database.engine import Database
from services.domain.errors import NotAllowed
from services.reconciliation.assessment import Assessment, Kept, assess
from services.reconciliation.days import day_rows
from services.reconciliation.detail import day_detail
from services.reconciliation.keeping import keep
from services.reconciliation.loading import FleetOfDays, fleet_of, load
from services.reconciliation.results import DayDetail, DayResult, DayRow, Pair
from services.reconciliation.sides import Match

# One run a fleet at a time: a payment can be wanted by the lines of two days.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('reconciliation ' || :fleet, 0))")
_STATUS = text("""
    SELECT status FROM finance.payment_reconciliation WHERE fleet_id = :fleet AND reconciliation_date = :day
""")


class ReconciliationService:
    """Each day's payments against the statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reconcile_payments(self, date: dt.date, fleet_id: UUID, *, dry_run: bool = False) -> DayResult:
        """Matches what is open on the fleet's day and names what does not agree, in one transaction.

        Earlier matches stay. With `dry_run` nothing is written. NotAllowed for a day that is signed off, and for a login
        that is no manager of the fleet. Of two runs at once the second waits and continues from the first one's result.
        """
        if dry_run:
            with self._database.read() as connection:
                return _result(connection, fleet_id, date)

        def work(connection: Connection) -> DayResult:
            connection.execute(_LOCK, {"fleet": str(fleet_id)})
            return _result(connection, fleet_id, date, write=True)

        return act(self._database, work)

    def days(self, fleet_id: UUID, first: dt.date, last: dt.date) -> list[DayRow]:
        """Every day of the range that has payments or statement lines, oldest first."""
        with self._database.read() as connection:
            return day_rows(connection, fleet_of(connection, fleet_id), first, last)

    def day(self, fleet_id: UUID, date: dt.date) -> DayDetail:
        """A day in full; computed on the fly, and without matches, where it was never reconciled."""
        with self._database.read() as connection:
            return day_detail(connection, fleet_of(connection, fleet_id), date)


def _result(connection: Connection, fleet_id: UUID, day: dt.date, *, write: bool = False) -> DayResult:
    fleet = fleet_of(connection, fleet_id)
    if _status(connection, fleet_id, day) == "signed_off":
        raise NotAllowed(f"{day:%a %d %b %Y} is signed off: its matches can no longer change.")
    sides = load(connection, fleet, day)
    found = assess(sides)
    if write:
        keep(connection, fleet_id, day, found)
        _keep_neighbours(connection, fleet, day, found)
    return _day_result(fleet.code, day, found, _pairs(sides.kept, found.matches))


def _status(connection: Connection, fleet_id: UUID, day: dt.date) -> str | None:
    return connection.execute(_STATUS, {"fleet": fleet_id, "day": day}).scalar()


def _keep_neighbours(connection: Connection, fleet: FleetOfDays, day: dt.date, found: Assessment) -> None:
    """A payment of another day that was matched here leaves that day's total and its list of exceptions."""
    for other in sorted({pair.payment.day for pair in found.matches} - {day}):
        if _status(connection, fleet.id, other) not in (None, "signed_off"):
            keep(connection, fleet.id, other, assess(load(connection, fleet, other)))


def _day_result(code: str, day: dt.date, found: Assessment, pairs: tuple[Pair, ...]) -> DayResult:
    return DayResult(
        fleet=code,
        day=day,
        system_total=found.system_total,
        mpesa_total=found.mpesa_total,
        status=found.status,
        matches=pairs,
        new_matches=len(found.matches),
        findings=found.findings,
    )


def _pairs(kept: Sequence[Kept], new: Sequence[Match]) -> tuple[Pair, ...]:
    """Earlier and new matches in the order of their lines, so that every run tells them alike."""
    found: list[Kept | Match] = [*(pair for pair in kept if pair.payment), *new]
    found.sort(key=lambda pair: (pair.line.completed_at, pair.line.receipt, pair.line.id))
    return tuple(
        Pair((pair.payment.id,), (pair.line.receipt,), pair.pass_name, pair.score, pair.reasons)
        for pair in found
        if pair.payment
    )
