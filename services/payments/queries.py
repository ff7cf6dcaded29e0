"""The statements behind the payments page, as text for the driver: a page is found faster than SQLAlchemy would compose it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from services.domain.payment import FAILED, NOBODY, PENDING, STATUSES
from services.payments.filters import PaymentFilter
from services.payments.keyset import begun, columns, ordered, simplest, values
from services.payments.narrowing import Statement, conditions, hour_of_creation, singles
from services.payments.row import NEWEST_FIRST, Key, Sort
from services.payments.search import found_ids

#: What people may read of a payment: passenger and phone only in their masked form. `rows_made` takes it in this order …
ROW: Final = (
    "id, created_at, completed_at, passenger_shown, phone_shown, route_id, vehicle_id, driver_id, method, receipt, booking_reference,"
    " amount, refunded_amount, currency, status, result_code, failure_reason, short_code"
)
#: … with how the feed stands behind it: epoch, number, and the last event that changed a name.
STANDING: Final = """
    (SELECT epoch FROM finance.feed WHERE fleet_id = %(fleet)s),
    (SELECT last_seq FROM finance.feed WHERE fleet_id = %(fleet)s),
    (SELECT max(seq) FROM finance.payment_event WHERE fleet_id = %(fleet)s AND kind = 'names')"""


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
    """How the feed stands, and the fleet's currency."""
    currency = "(SELECT currency FROM finance.fleet WHERE fleet_id = %(fleet)s)"
    return Statement(fleet_id, f"SELECT {STANDING}, {currency}")


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


def count_statement(wanted: PaymentFilter) -> Statement:
    """How many payments the filter holds, counted one by one."""
    made = Statement(wanted.fleet_id, exact=True)
    made.text = f"SELECT count(*) FROM finance.payment WHERE {conditions(wanted, made)}"
    return made


def summary_statement(wanted: PaymentFilter, until: datetime | None = None) -> Statement:
    """Count, Σ amount and Σ refunded by hour of creation, status, result code of a failure, and currency.

    Only of payments created before `until`, where it is given.
    """
    made = Statement(wanted.fleet_id, exact=True)
    where = conditions(wanted, made) + (f" AND created_at < {made.of(until)}" if until is not None else "")
    made.text = f"""
        SELECT {hour_of_creation(wanted, made)}::integer, status,
               CASE WHEN status = '{FAILED}' THEN coalesce(result_code, '') ELSE '' END, currency,
               count(*), sum(amount), sum(refunded_amount)
        FROM finance.payment WHERE {where} GROUP BY 1, 2, 3, 4"""
    return made


def oldest_pending_statement(wanted: PaymentFilter, currency: str) -> Statement:
    """When the oldest pending payment in the currency was created; one row, or none."""
    made = Statement(wanted.fleet_id, exact=True)
    made.text = f"""
        SELECT created_at FROM finance.payment
        WHERE {conditions(wanted, made)} AND status = '{PENDING}' AND currency = {made.fixed(currency)}
        ORDER BY created_at, id LIMIT 1"""
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
