"""What a fleet, a route or a vehicle is meant to earn a day, and how far that was attained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import Connection, RowMapping, select, text

from services.database.certainty import act
from services.database.engine import Database
from services.database.tables import revenue_target
from services.domain.errors import NotAllowed, WorkstationError
from services.domain.money import ZERO, amount
from services.domain.period import Days, day_of
from services.revenue.figures import Totals

#: Whose target: the fleet's ('', with no member), a route's or a vehicle's.
Aimed = Literal["", "route", "vehicle"]

_DAY: Final = timedelta(days=1)
_T = revenue_target.c
_SET = text("""
INSERT INTO finance.revenue_target (fleet_id, dimension, member, from_day, per_day)
VALUES (:fleet, :dimension, :member, :from_day, :per_day)
ON CONFLICT (fleet_id, dimension, member, from_day) DO UPDATE SET per_day = excluded.per_day
RETURNING dimension, member, from_day, per_day, set_by, set_at
""")
_MAY_SET = text("SELECT :fleet = ANY (finance.my_fleets('manager')) OR finance.is_operator()")
_MANAGERS = "Setting a target needs a manager or an approver of the fleet. Ask one of them."


@dataclass(frozen=True, slots=True)
class Target:
    """`per_day`: revenue aimed at on each day from `from_day` until the next target, in the fleet's currency; None ends one."""

    dimension: Aimed
    member: str
    from_day: date
    per_day: Decimal | None
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Attainment:
    """Revenue of the days that had a target against the sum of these; of a running day only the part that has passed."""

    target: Decimal
    revenue: Decimal

    @property
    def missing(self) -> Decimal:
        """How much revenue is missing; negative where the target was passed."""
        return self.target - self.revenue

    @property
    def ratio(self) -> Decimal | None:
        """revenue ÷ target, to four decimals; None before any of it is due."""
        return round(self.revenue / self.target, 4) if self.target else None


class TargetService:
    """Reads and sets targets with the rights of the database's login; the database decides who may."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, fleet_id: UUID) -> list[Target]:
        """Every target of the fleet, by whose it is and from when."""
        query = select(*(_T[name] for name in Target.__dataclass_fields__)).where(_T.fleet_id == fleet_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_T.dimension, _T.member, _T.from_day)).mappings()
            return [Target(**row) for row in rows]

    def may_set(self, fleet_id: UUID) -> bool:
        """Whether the login may set targets: managers and approvers may."""
        with self._database.read() as connection:
            return bool(connection.execute(_MAY_SET, {"fleet": fleet_id}).scalar())

    def set(self, fleet_id: UUID, per_day: Decimal, from_day: date, dimension: Aimed = "", member: str = "") -> Target:
        """Aims at `per_day` from that day on; what was aimed at earlier stays. NotAllowed for viewers."""
        return self._write(fleet_id, _checked(per_day), from_day, dimension, member)

    def clear(self, fleet_id: UUID, from_day: date, dimension: Aimed = "", member: str = "") -> Target:
        """Aims at nothing from that day on; what was aimed at earlier stays. NotAllowed for viewers."""
        return self._write(fleet_id, None, from_day, dimension, member)

    def _write(self, fleet_id: UUID, per_day: Decimal | None, from_day: date, dimension: Aimed, member: str) -> Target:
        values = {
            "fleet": fleet_id,
            "dimension": dimension,
            "member": member,
            "from_day": from_day,
            "per_day": per_day,
        }

        def work(connection: Connection) -> RowMapping:
            return connection.execute(_SET, values).mappings().one()

        try:
            return Target(**act(self._database, work))
        except NotAllowed as error:
            raise NotAllowed(_MANAGERS) from error


def aimed_at(targets: Iterable[Target], day: date, dimension: Aimed = "", member: str = "") -> Decimal | None:
    """What is aimed at on a day; None where there is no target."""
    begun = [t for t in targets if (t.dimension, t.member) == (dimension, member) and t.from_day <= day]
    return max(begun, key=lambda target: target.from_day).per_day if begun else None


def attainment(
    targets: Sequence[Target],
    totals: Mapping[date, Totals],
    days: Days,
    now: datetime,
    *,
    dimension: Aimed = "",
    member: str = "",
    passed: Decimal | None = None,
) -> Attainment | None:
    """How far the days until `now` attained their targets; None where no day of them has one.

    Of the running day `passed` (0 to 1; without it, by the clock) of its target is due: see `usually_passed`.
    """
    today, due = day_of(now, days.zone), Attainment(ZERO, ZERO)
    aimed = False
    for ahead in range((min(days.last, today) - days.first).days + 1):
        day = days.first + ahead * _DAY
        per_day = aimed_at(targets, day, dimension, member)
        if per_day is None:
            continue
        aimed = True
        part = Decimal(1) if day < today else _by_the_clock(now, days) if passed is None else passed
        due = Attainment(due.target + per_day * part, due.revenue + totals.get(day, Totals()).revenue)
    return Attainment(round(due.target, 2), due.revenue) if aimed else None


def usually_passed(hours: Sequence[Totals], clock: time) -> Decimal | None:
    """Which part of a day is usually taken before a clock time, from what was taken in its 24 hours; None without any."""
    whole = sum((hour.taken for hour in hours), ZERO)
    if whole <= ZERO:
        return None
    before = sum((hour.taken for hour in hours[: clock.hour]), ZERO)
    running = hours[clock.hour].taken * Decimal(clock.minute * 60 + clock.second) / 3600
    return round((before + running) / whole, 6)


def _by_the_clock(now: datetime, days: Days) -> Decimal:
    day = day_of(now, days.zone)
    running = Days(day, day, days.zone)
    # Seconds that truly pass: a day of summer time's turn has 23 or 25 hours.
    length = running.end.timestamp() - running.start.timestamp()
    return Decimal(round((now.timestamp() - running.start.timestamp()) / length, 6)).quantize(Decimal("0.000001"))


def _checked(per_day: Decimal) -> Decimal:
    try:
        exact = amount(per_day)
    except ValueError as error:
        raise WorkstationError(f"The target {per_day} is no amount: give shillings and cents, such as 40000.00.") from error
    if exact <= ZERO:
        raise WorkstationError("A target is more than nothing. To end one, clear it.")
    return exact
