"""Targets of what the page shows, and how they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from services.domain.money import ZERO
from services.domain.period import Days, day_of
from services.revenue.figures import RevenueFilter, Totals
from services.revenue.targets import Attainment, Scope, Target, attainment, target_on


@dataclass(frozen=True, slots=True)
class Member:
    """The whole fleet, or the one route or vehicle, that a forecast or a target can be about."""

    scope: Scope
    id: UUID | None = None


def member_of(wanted: RevenueFilter) -> Member | None:
    """What the filter is about as a forecast knows it; None where it is narrowed in any other way."""
    if not wanted.narrowed:
        return Member("")
    if wanted.drivers or wanted.methods or len(wanted.routes) + len(wanted.vehicles) != 1:
        return None
    (member,) = wanted.routes or wanted.vehicles
    return Member("route" if wanted.routes else "vehicle", member) if member.int else None


def of_member(targets: Sequence[Target], member: Member | None) -> list[Target]:
    """The member's targets."""
    return [t for t in targets if member is not None and (t.scope, t.member) == (member.scope, member.id)]


def target_over(targets: Sequence[Target], first: date, last: date) -> Decimal | None:
    """What one member was to earn on these days together; None where a day of them had no target."""
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    each = [target_on(targets, day, targets[0].scope, targets[0].member) for day in days] if targets else []
    known = [one for one in each if one is not None]
    return sum(known, ZERO) if known and len(known) == len(each) else None


def finished(days: Days, now: datetime) -> Days | None:
    """The days of the range that are over; None where none is."""
    yesterday = day_of(now, days.zone) - timedelta(days=1)
    last = min(days.last, yesterday)
    return Days(days.first, last, days.zone) if last >= days.first else None


def attained(targets: Sequence[Target], totals: Mapping[date, Totals], days: Days, now: datetime) -> Attainment | None:
    """How the finished days stand against one member's targets: a running day could only look bad."""
    if not targets:
        return None
    return attainment(targets, totals, days, now, scope=targets[0].scope, member=targets[0].member)
