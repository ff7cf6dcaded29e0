"""The doors that search: asked for one page's ids or for sums, with every other condition, so that nothing travels in bulk."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from services.domain.money import cents
from services.domain.payment import STATUSES
from services.payments.filters import OTHER, PaymentFilter
from services.payments.keyset import begun
from services.payments.row import Key, Sort
from services.payments.statement import Statement


def found_ids(
    made: Statement,
    wanted: PaymentFilter,
    sort: Sort,
    *,
    after: Key | None = None,
    limit: int | None = None,
    skip: int = 0,
    among: Collection[UUID] | None = None,
) -> str:
    """The ids that a search finds, as the table `found` (id, place) by time or amount; without a limit all of them."""
    superfluous, key = begun(wanted, sort, after)
    narrowed = {name: said for name, said in _narrowed(wanted).items() if name != superfluous}
    if among is not None:
        narrowed["ids"] = [str(id_) for id_ in among]
    listed = {"by": sort.column, "descending": sort.descending, "skip": skip, "limit": limit, **_following(key)}
    asked = f"{_asked(made, wanted)}, {made.apart(Jsonb(narrowed))}, {made.apart(Jsonb(listed))}"
    return f"finance.find_payments({asked}) WITH ORDINALITY AS found (id, place)"


def found_cells(made: Statement, wanted: PaymentFilter, until: datetime | None = None) -> str:
    """The cells of what a search finds, each with the creation of its oldest pending payment, as what stands behind FROM.

    Only of payments created before `until`, where it is given; it must lie within the filter's days, which are of creation.
    """
    narrowed = _narrowed(wanted)
    if until is not None:
        # An hour of a single day ends before the day does.
        narrowed["until"] = min(until, wanted.span[1]).isoformat()
    asked = f"{_asked(made, wanted)}, {made.apart(Jsonb(narrowed))}, {made.apart(wanted.days.zone.key)}"
    return f"finance.find_totals({asked})"


def _asked(made: Statement, wanted: PaymentFilter) -> str:
    sought = wanted.sought
    assert sought is not None, "a filter without a search is not the doors' business"
    return f"%(fleet)s, {made.apart(list(sought.words))}::text[], {made.apart(list(sought.digits))}::text[]"


def _following(after: Key | None) -> dict[str, object]:
    if after is None:
        return {}
    return {"cents": cents(after.amount), "created_at": after.created_at.isoformat(), "id": str(after.id)}


def _narrowed(wanted: PaymentFilter) -> dict[str, object]:
    """The filter beside its search, as the doors take it."""
    lists: dict[str, Collection[object]] = {
        "methods": wanted.methods,
        "routes": wanted.routes,
        "vehicles": wanted.vehicles,
        "drivers": wanted.drivers,
        "tills": wanted.tills,
        "reasons": wanted.reasons,
        "weekdays": wanted.weekdays,
    }
    narrowed = _dated(wanted) | _with_status(wanted.statuses)
    narrowed |= {name: sorted(map(str, members)) for name, members in lists.items() if members}
    if wanted.least is not None:
        narrowed["least"] = cents(wanted.least)
    if wanted.most is not None:
        narrowed["most"] = cents(wanted.most)
    if wanted.hour_apart is not None:
        narrowed["hour"] = wanted.hour_apart
    return narrowed | {"basis": wanted.basis, "zone": wanted.days.zone.key}


def _dated(wanted: PaymentFilter) -> dict[str, object]:
    if wanted.basis == "created":
        since, until = wanted.span
        return {"since": since.isoformat(), "until": until.isoformat()}
    return {f"{wanted.basis}_from": str(wanted.days.first), f"{wanted.basis}_to": str(wanted.days.last)}


def _with_status(statuses: frozenset[str]) -> dict[str, object]:
    if OTHER in statuses:
        return {"named": sorted(statuses - {OTHER}), "known": list(STATUSES)}
    return {"statuses": sorted(statuses)} if statuses else {}
