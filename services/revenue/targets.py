"""What a fleet, a route or a vehicle is meant to earn a day, and how far that was attained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from services.database.certainty import act
from services.database.engine import Database
from services.domain.errors import NotAllowed, NotFound, WorkstationError
from services.domain.money import ZERO, amount
from services.domain.period import Days, day_of
from services.revenue.figures import Totals

#: Of what a forecast is made and a target is set: the whole fleet (''), a route or a vehicle.
Scope = Literal["", "route", "vehicle"]

_DAY: Final = timedelta(days=1)
_MANAGERS: Final = "Setting a target, or taking one away, needs a manager or an approver of the fleet. Ask one of them."
_LIST = text("""
SELECT dimension AS scope, nullif(member, '')::uuid AS member, from_day, per_day, set_by, set_at
FROM finance.revenue_target WHERE fleet_id = :fleet ORDER BY dimension, member, from_day
""")
_SET = text("""
INSERT INTO finance.revenue_target (fleet_id, dimension, member, from_day, per_day)
VALUES (:fleet, :scope, :member, :from_day, :per_day)
ON CONFLICT (fleet_id, dimension, member, from_day) DO UPDATE SET per_day = excluded.per_day
""")
_CLEAR = text("""
DELETE FROM finance.revenue_target
WHERE fleet_id = :fleet AND dimension = :scope AND member = :member AND from_day = :from_day
""")
_MAY_SET = text("SELECT :fleet = ANY (finance.my_fleets('manager')) OR finance.is_operator()")


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be earned a day from a day on, until a later target of the same scope and member begins."""

    scope: Scope
    member: UUID | None
    from_day: date
    per_day: Decimal
    set_by: str = ""
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attainment:
    """Revenue of the days that had a target against the sum of these; of a running day only the part that has passed."""

    target: Decimal
    revenue: Decimal

    @property
    def ratio(self) -> Decimal | None:
        """revenue ÷ target, to four decimals; None before any of it is due."""
        return round(self.revenue / self.target, 4) if self.target else None


def kept_as(member: UUID | None) -> str:
    """A scope's member as the tables have it: '' for the whole fleet."""
    return "" if member is None else str(member)


class TargetService:
    """Reads and sets targets with the rights of the database's login; the database decides who may, and audits it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def targets(self, fleet_id: UUID) -> list[Target]:
        """Every target of the fleet, by whose it is and from when."""
        with self._database.read() as connection:
            return [Target(**row) for row in connection.execute(_LIST, {"fleet": fleet_id}).mappings()]

    def may_set_targets(self, fleet_id: UUID) -> bool:
        """Whether the login may set targets: managers and approvers may."""
        with self._database.read() as connection:
            return bool(connection.execute(_MAY_SET, {"fleet": fleet_id}).scalar())

    def set_target(self, fleet_id: UUID, target: Target) -> None:
        """Keeps a target, instead of one of the same scope, member and day; NotAllowed for viewers."""
        self._write(_SET, {**_key(fleet_id, target), "per_day": _checked(target.per_day)})

    def clear_target(self, fleet_id: UUID, target: Target) -> None:
        """Takes a target away, so that the one before it goes on; NotAllowed for viewers, NotFound where it is gone."""
        if not self._write(_CLEAR, _key(fleet_id, target)):
            raise NotFound("This target is gone already. Open the targets again.")

    def _write(self, statement: TextClause, values: Mapping[str, object]) -> int:
        def work(connection: Connection) -> int:
            return connection.execute(statement, values).rowcount

        try:
            return act(self._database, work)
        except NotAllowed as error:
            raise NotAllowed(_MANAGERS) from error


def target_on(targets: Iterable[Target], day: date, scope: Scope = "", member: UUID | None = None) -> Decimal | None:
    """What was to be earned that day; None before the first target."""
    begun = [t for t in targets if (t.scope, t.member) == (scope, member) and t.from_day <= day]
    return max(begun, key=lambda target: target.from_day).per_day if begun else None


def attainment(
    targets: Sequence[Target],
    totals: Mapping[date, Totals],
    days: Days,
    now: datetime,
    *,
    scope: Scope = "",
    member: UUID | None = None,
    passed: Decimal | None = None,
) -> Attainment | None:
    """How far the days until `now` attained their targets; None where none of them has one.

    Of the running day's target the part `passed` (0 to 1, see `usually_passed`) is due; None leaves the running day out.
    """
    today, target, revenue, aimed = day_of(now, days.zone), ZERO, ZERO, False
    for ahead in range((min(days.last, today) - days.first).days + 1):
        day = days.first + ahead * _DAY
        part = passed if day == today else Decimal(1)
        per_day = target_on(targets, day, scope, member)
        if per_day is not None and part is not None:
            target, revenue, aimed = target + per_day * part, revenue + totals.get(day, Totals()).revenue, True
    return Attainment(round(target, 2), revenue) if aimed else None


def usually_passed(hours: Sequence[Totals], clock: time) -> Decimal | None:
    """Which part of a day is usually taken before a clock time, from what was taken in its 24 hours; None without any."""
    whole = sum((hour.taken for hour in hours), ZERO)
    if whole <= ZERO:
        return None
    before = sum((hour.taken for hour in hours[: clock.hour]), ZERO)
    running = hours[clock.hour].taken * Decimal(clock.minute * 60 + clock.second) / 3600
    return round((before + running) / whole, 6)


def _key(fleet_id: UUID, target: Target) -> dict[str, object]:
    return {
        "fleet": fleet_id,
        "scope": target.scope,
        "member": kept_as(target.member),
        "from_day": target.from_day,
    }


def _checked(per_day: Decimal) -> Decimal:
    try:
        exact = amount(per_day)
    except ValueError as error:
        raise WorkstationError(f"The target {per_day} is no amount; write it with at most two decimals.") from error
    if exact <= ZERO:
        raise WorkstationError("A target is more than nothing. To have none, take it away.")
    return exact
