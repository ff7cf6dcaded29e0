"""Totals of payments by day of creation, read from `finance.payment_totals`: no payment is touched.

Their cells are those of the raw GROUP BY, to the cent: hour of creation, status, result code of a failure, currency. The zone of
the filter's days must be the fleet's, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from services.domain.payment import FAILED, STATUSES
from services.payments.filters import OTHER, PaymentFilter
from services.payments.pieces import pieces, single_days
from services.payments.statement import Statement, asked


@dataclass(frozen=True, slots=True)
class Total:
    """Payments that share hour of creation (fleet's clock, 0–23), status as it is, code ('' unless failed) and currency."""

    hour: int
    status: str
    code: str
    currency: str
    count: int
    amount: Decimal
    refunded: Decimal


def served(wanted: PaymentFilter) -> bool:
    """Whether the totals answer this filter exactly: by creation, routes or methods (not both), any statuses, reasons, hour, weekdays."""
    return (
        wanted.basis == "created"
        and not (wanted.routes and wanted.methods)
        and not (wanted.vehicles or wanted.drivers or wanted.tills)
        and wanted.least is None
        and wanted.most is None
        and wanted.sought is None
    )


def totals(connection: Connection, wanted: PaymentFilter) -> list[Total]:
    """The cells under a filter that is `served`."""
    made = Statement(wanted.fleet_id, exact=True)
    made.text = cells(wanted, made)
    return [Total(*found) for found in asked(connection, made)]


def cells(wanted: PaymentFilter, made: Statement) -> str:
    """A query for (hour, status, code, currency, count, amount, refunded) under a filter that is `served`."""
    return f"""
        SELECT hour::integer, status, code, currency, sum(payments)::bigint, sum(amount), sum(refunded)
        FROM {rows(wanted, made)} GROUP BY 1, 2, 3, 4"""


def number(wanted: PaymentFilter, made: Statement) -> str:
    """A query for how many payments such a filter holds."""
    return f"SELECT coalesce(sum(payments), 0)::bigint FROM {rows(wanted, made)}"


def rows(wanted: PaymentFilter, made: Statement) -> str:
    """The totals of the filter's pieces, as what stands behind FROM.

    OFFSET 0 holds the planner to a walk of the key for each piece, whatever it believes of their number.
    """
    days = wanted.days
    chosen = single_days(days, wanted.weekdays, made) if wanted.weekdays else pieces(days, made)
    return f"""
        ({chosen}) AS piece,
        LATERAL (SELECT * FROM finance.payment_totals t
                 WHERE {narrowed(wanted, made)} AND t.grain = piece.grain AND t.start >= piece.since AND t.start < piece.until
                 OFFSET 0) AS total"""


def narrowed(wanted: PaymentFilter, made: Statement) -> str:
    """The filter without days and weekdays, as conditions on `finance.payment_totals t`."""
    dimension, members = "", [""]
    if wanted.routes:
        dimension, members = "route", sorted(str(route) for route in wanted.routes)
    elif wanted.methods:
        dimension, members = "method", sorted(wanted.methods)
    found = [
        "t.fleet_id = %(fleet)s",
        f"t.dimension = '{dimension}'",
        f"t.member = {made.fixed(members[0])}" if len(members) == 1 else f"t.member = ANY ({made.fixed(members)})",
    ]
    if wanted.statuses:
        named = f"t.status = ANY ({made.fixed(sorted(wanted.statuses - {OTHER}))}::text[])"
        other = f"t.status <> ALL ({made.fixed(list(STATUSES))})"
        found.append(f"({named} OR {other})" if OTHER in wanted.statuses else named)
    if wanted.reasons:
        found.append(f"t.status = '{FAILED}' AND t.code = ANY ({made.fixed(sorted(wanted.reasons))}::text[])")
    if wanted.hour is not None:
        found.append(f"t.hour = {made.fixed(wanted.hour)}")
    return " AND ".join(found)
