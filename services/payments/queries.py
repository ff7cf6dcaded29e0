"""The statements behind the payments page, as text for the driver: a page is found faster than SQLAlchemy would compose it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.domain.payment import NOBODY, STATUSES
from services.payments.filters import PaymentFilter
from services.payments.keyset import begun, columns, ordered, simplest, values
from services.payments.naming import Named
from services.payments.narrowing import conditions, singles
from services.payments.row import NEWEST_FIRST, Key, Position, Sort
from services.payments.search import found_ids
from services.payments.statement import Statement

#: What people may read of a payment: passenger and phone only in their masked form. `rows_made` takes it in this order …
ROW: Final = (
    "id, created_at, completed_at, passenger_shown, phone_shown, route_id, vehicle_id, driver_id, method, receipt, booking_reference,"
    " amount, refunded_amount, currency, status, result_code, failure_reason, short_code"
)
#: … with how the feed stands behind it: epoch, number, and the last event that changed a name. One column, since every row has it.
STANDING: Final = """
    (SELECT concat_ws(' ', epoch, last_seq,
            (SELECT coalesce(max(seq), 0) FROM finance.payment_event WHERE fleet_id = %(fleet)s AND kind = 'names'))
     FROM finance.feed WHERE fleet_id = %(fleet)s)"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The feed's position, and what the names that hold there are known by."""

    position: Position
    named: Named


def standing_of(found: Sequence[Sequence[Any]]) -> Standing:
    """How the feed stood when these rows were found, of which there must be one."""
    epoch, seq, named = map(int, (found[0][-1] or "0 0 0").split())
    return Standing(Position(epoch, seq), (epoch, named))


def page_statement(wanted: PaymentFilter, sort: Sort, after: Key | None, limit: int, skip: int = 0) -> Statement:
    """`limit` rows by time or amount, after a key or after `skip` others.

    A keyset walk of an index in its order, so that page 100,000 costs what page 1 costs, and a rare value what a common one costs.
    """
    sort = simplest(wanted, sort, after)
    # How many rows lie between two amounts, or two days, decides between the list's own index and the others.
    bounded = sort.column == "amount" or wanted.least is not None or wanted.most is not None
    made = Statement(wanted.fleet_id, exact=bounded)
    if wanted.sought is not None:
        found = found_ids(made, wanted, sort, after=after, limit=limit, skip=skip)
        source = f"finance.payment WHERE fleet_id = %(fleet)s AND id IN (SELECT found.id FROM {found})"
        made.text = f"SELECT {ROW},{STANDING} FROM {source} ORDER BY {ordered(sort)}"
        return made
    # By amount no index is narrower than the list's own, and several walks of it would pass over the same rows.
    apart = singles(wanted) if sort.column == "time" else [wanted]
    if len(apart) == 1:
        source = f"finance.payment WHERE {_walk(apart[0], sort, after, made)}"
    else:
        walks = (
            f"(SELECT {ROW} FROM finance.payment WHERE {_walk(one, sort, after, made)} LIMIT {limit + skip})"
            for one in apart
        )
        source = f"({' UNION ALL '.join(walks)}) AS walks ORDER BY {ordered(sort)}"
    made.text = f"SELECT {ROW},{STANDING} FROM {source} LIMIT {limit} OFFSET {skip}"
    return made


def above_statement(wanted: PaymentFilter, sort: Sort, key: Key) -> Statement:
    """How many rows by time or amount stand above a key."""
    made = Statement(wanted.fleet_id, exact=True)
    if wanted.sought is not None:
        made.text = f"SELECT count(*) FROM {found_ids(made, wanted, sort.reversed, after=key)}"
    else:
        above = f"FROM finance.payment WHERE {_walk(wanted, sort.reversed, key, made)}"
        made.text = f"SELECT count(*) FROM (SELECT id {above}) AS above"
    return made


def every_statement(wanted: PaymentFilter, sort: Sort) -> Statement:
    """All rows by time or amount."""
    made = Statement(wanted.fleet_id, exact=True)
    if wanted.sought is not None:
        found = found_ids(made, wanted, sort)
        made.text = (
            f"SELECT {ROW} FROM {found} JOIN finance.payment USING (id) WHERE fleet_id = %(fleet)s ORDER BY found.place"
        )
    else:
        made.text = f"SELECT {ROW} FROM finance.payment WHERE {conditions(wanted, made)} ORDER BY {ordered(sort)}"
    return made


def rows_statement(wanted: PaymentFilter, ids: Collection[UUID]) -> Statement:
    """Those of `ids` that pass the filter, newest first."""
    made = Statement(wanted.fleet_id)
    passing = (
        f"id IN (SELECT found.id FROM {found_ids(made, wanted, NEWEST_FIRST, among=ids)})"
        if wanted.sought is not None
        else conditions(wanted, made)
    )
    asked = f"fleet_id = %(fleet)s AND id = ANY ({made.of(list(ids))})"
    made.text = (
        f"SELECT {ROW},{STANDING} FROM finance.payment WHERE {asked} AND {passing} ORDER BY {ordered(NEWEST_FIRST)}"
    )
    return made


def standing_statement(fleet_id: UUID) -> Statement:
    """How the feed stands."""
    return Statement(fleet_id, f"SELECT {STANDING}")


def unknown_statuses_statement(fleet_id: UUID) -> Statement:
    """The fleet's statuses that are not among the known ones: a step of the index for each, not a look at every payment."""
    made = Statement(fleet_id)
    made.text = f"""
        WITH RECURSIVE found (status) AS (
            (SELECT status FROM finance.payment WHERE fleet_id = %(fleet)s ORDER BY status LIMIT 1)
            UNION ALL
            SELECT (SELECT p.status FROM finance.payment p WHERE p.fleet_id = %(fleet)s AND p.status > found.status
                    ORDER BY p.status LIMIT 1)
            FROM found WHERE found.status IS NOT NULL
        )
        SELECT status FROM found WHERE status <> ALL ({made.fixed(list(STATUSES))})"""
    return made


def _walk(wanted: PaymentFilter, sort: Sort, after: Key | None, made: Statement) -> str:
    """Conditions and order of the rows from behind a key."""
    superfluous, key = begun(wanted, sort, after)
    where = conditions(wanted, made, without=superfluous)
    if key is not None:
        place = ", ".join(made.of(value) for value in values(sort, key))
        where += f" AND ({', '.join(columns(sort))}) {'<' if sort.descending else '>'} ({place})"
    return f"{where} ORDER BY {', '.join((*_nulls(wanted, sort), ordered(sort)))}"


def _nulls(wanted: PaymentFilter, sort: Sort) -> list[str]:
    """A column that is null in all the rows: to the planner only what equals something is a constant.

    Named first, it lets the rows be found in the order of its index.
    """
    members = (("route_id", wanted.routes), ("vehicle_id", wanted.vehicles), ("driver_id", wanted.drivers))
    nulls = [column for column, chosen in members if chosen == {NOBODY}] if sort.column == "time" else []
    return [column if sort.descending else f"{column} DESC" for column in nulls[:1]]
