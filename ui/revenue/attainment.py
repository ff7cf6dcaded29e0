"""Targets against revenue, over days that are over: a running day could only look bad."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from services.domain.money import ZERO
from services.revenue.figures import RevenueFilter, Span
from ui.revenue.source import Scope, Target


@dataclass(frozen=True, slots=True)
class Member:
    """The whole fleet, or the one route or vehicle, that a forecast or a target can be about."""

    scope: Scope
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Attained:
    """Revenue of `days` finished days that had a target, and those targets' sum."""

    revenue: Decimal
    target: Decimal
    days: int

    @property
    def ratio(self) -> Decimal:
        """revenue ÷ target."""
        return round(self.revenue / self.target, 4)


def member_of(wanted: RevenueFilter) -> Member | None:
    """What the filter is about as a forecast knows it; None where it is narrowed in any other way."""
    if not wanted.narrowed:
        return Member("")
    if wanted.drivers or wanted.methods or len(wanted.routes) + len(wanted.vehicles) != 1:
        return None
    (member,) = wanted.routes or wanted.vehicles
    return Member("route" if wanted.routes else "vehicle", member) if member.int else None


def of_member(targets: Iterable[Target], member: Member | None) -> list[Target]:
    """The member's targets, the earliest first."""
    found = [t for t in targets if member is not None and (t.scope, t.member) == (member.scope, member.id)]
    return sorted(found, key=lambda target: target.from_day)


def target_on(targets: Sequence[Target], day: date) -> Decimal | None:
    """What was to be earned that day, of targets in order; None before the first of them."""
    valid = [target for target in targets if target.from_day <= day]
    return valid[-1].per_day if valid else None


def target_over(targets: Sequence[Target], first: date, last: date) -> Decimal | None:
    """What was to be earned on these days together; None where one of them had no target."""
    each = [target_on(targets, day) for day in days_between(first, last)]
    return None if not each or None in each else sum((one for one in each if one is not None), ZERO)


def attained(targets: Sequence[Target], span: Span, revenue: Decimal, today: Decimal) -> Attained | None:
    """How the finished days of a range stand; `today` is what the running day, if any, brought so far.

    None where the days are not all under a target, or none is over.
    """
    last = span.last if span.until is None else span.last - timedelta(days=1)
    target = target_over(targets, span.first, last)
    if not target:
        return None
    finished = revenue if span.until is None else revenue - today
    return Attained(finished, target, (last - span.first).days + 1)


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
