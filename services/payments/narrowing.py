"""A filter as SQL conditions on `finance.payment`, and as filters that are each one walk of an index.

All of them name the fleet and stay on leakproof operators: under row-level security only these reach an index.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final
from uuid import UUID

from services.domain.money import cents
from services.domain.payment import FAILED, NOBODY, STATUSES
from services.payments.filters import OTHER, Basis, PaymentFilter
from services.payments.keyset import Bound
from services.payments.statement import Statement
from services.payments.taken import taken_at_hour

#: As the index has it; a CASE reaches it under row-level security, a coalesce does not.
_TILL: Final = "CASE WHEN short_code IS NULL THEN '' ELSE short_code END"
_REASON: Final = "CASE WHEN result_code IS NULL THEN '' ELSE result_code END"
#: The moments whose days are `created_day`, `taken_day` and `refunded_day`.
_MOMENTS: Final[dict[Basis, str]] = {
    "created": "created_at",
    "taken": "coalesce(completed_at, created_at)",
    "refunded": "coalesce(refunded_at, updated_at)",
}
#: Above so many, values share one walk that passes over what does not match.
_MOST_WALKS: Final = 12
_MOST_DAYS: Final = 31
_LISTS: Final = ("statuses", "reasons", "tills", "methods", "routes", "drivers", "vehicles")


def conditions(wanted: PaymentFilter, made: Statement, *, without: Bound | None = None) -> str:
    """The filter as SQL, its search aside, and without the bound that something else makes superfluous."""
    bounds = (*_dated(wanted, made, without), *_within(wanted, made, without))
    return " AND ".join(("fleet_id = %(fleet)s", *bounds, *_narrowed(wanted, made)))


def _narrowed(wanted: PaymentFilter, made: Statement) -> Iterator[str]:
    if wanted.statuses:
        yield _with_status(wanted.statuses, made)
    if wanted.methods:
        yield _among("method", wanted.methods, made.fixed)
    if wanted.tills:
        yield _among(_TILL, wanted.tills, made.fixed)
    for column, members in (
        ("route_id", wanted.routes),
        ("vehicle_id", wanted.vehicles),
        ("driver_id", wanted.drivers),
    ):
        if members:
            yield _of(column, members, made)
    if wanted.reasons:
        yield f"status = '{FAILED}' AND {_among(_REASON, wanted.reasons, made.fixed)}"
    if wanted.weekdays:
        yield _among(_part("isodow", wanted, made), wanted.weekdays, made.fixed)
    if wanted.hour_apart is not None:
        yield f"{hour_of(wanted, made)} = {made.fixed(wanted.hour_apart)}"
    if wanted.basis == "taken" and (around := taken_at_hour(wanted, made)):
        yield around


def hour_of(wanted: PaymentFilter, made: Statement) -> str:
    """The hour, on the fleet's clock, of what the filter's days are the days of."""
    return _part("hour", wanted, made)


def _part(unit: str, wanted: PaymentFilter, made: Statement) -> str:
    return f"extract({unit} FROM {_MOMENTS[wanted.basis]} AT TIME ZONE {made.fixed(wanted.days.zone.key)})"


def _dated(wanted: PaymentFilter, made: Statement, without: Bound | None) -> Iterator[str]:
    if wanted.basis != "created":
        yield _booked(wanted, made)
        return
    since, until = wanted.span
    if without != "since":
        yield f"created_at >= {made.of(since)}"
    if without != "until":
        yield f"created_at < {made.of(until)}"


def _booked(wanted: PaymentFilter, made: Statement) -> str:
    first, last = wanted.days.first, wanted.days.last
    if first == last:
        return f"{wanted.basis}_day = {made.fixed(first)}"
    return f"{wanted.basis}_day BETWEEN {made.fixed(first)} AND {made.fixed(last)}"


def _within(wanted: PaymentFilter, made: Statement, without: Bound | None) -> Iterator[str]:
    least, most = wanted.least, wanted.most
    if least is not None and least == most:
        yield f"amount_cents = {made.fixed(cents(least))}"
        return
    if least is not None and without != "least":
        yield f"amount_cents >= {made.fixed(cents(least))}"
    if most is not None and without != "most":
        yield f"amount_cents <= {made.fixed(cents(most))}"


def _with_status(statuses: frozenset[str], made: Statement) -> str:
    named = _among("status", statuses - {OTHER}, made.fixed)
    return f"({named} OR status <> ALL ({made.fixed(list(STATUSES))}))" if OTHER in statuses else named


def _of(column: str, members: frozenset[UUID], made: Statement) -> str:
    if members == {NOBODY}:
        return f"{column} IS NULL"
    named = _among(column, members - {NOBODY}, made.of if len(members) == 1 else made.fixed)
    return f"({named} OR {column} IS NULL)" if NOBODY in members else named


def _among(expression: str, members: Collection[Any], written: Callable[[object], str]) -> str:
    if len(members) == 1:
        return f"{expression} = {written(next(iter(members)))}"
    return f"{expression} = ANY ({written(sorted(members))})"


def singles(wanted: PaymentFilter) -> list[PaymentFilter]:
    """The filter as filters that do not overlap, each with one value where it had several, as far as that stays few.

    No index holds the payments of several values in the order of time; each of these has one that does.
    """
    if wanted.basis != "created":
        # Taken in an hour is a walk of its own index.
        if len(wanted.days) > _MOST_DAYS or (wanted.basis == "taken" and wanted.hour is not None):
            return [wanted]
        days = [day for day in wanted.days.each() if not wanted.weekdays or day.first.isoweekday() in wanted.weekdays]
        return [replace(wanted, days=day) for day in days] or [wanted]
    split: dict[str, list[frozenset[Any]]] = {}
    walks = 1
    for name in _LISTS:
        members = getattr(wanted, name)
        if len(members) > 1 and walks * len(members) <= _MOST_WALKS:
            walks *= len(members)
            split[name] = [frozenset({member}) for member in members]
    if not split:
        return [wanted]
    each = (dict[str, Any](zip(split, chosen, strict=True)) for chosen in product(*split.values()))
    return [replace(wanted, **chosen) for chosen in each]
