"""The statements behind the figures: cells of a filter from wherever they are cheapest, the same numbers everywhere.

A cell is (hour, status, result code of a failure, currency, count, Σ amount, Σ refunded, creation of its oldest pending payment);
the hour is that of creation, payment or refund as the filter's days are, and the last one may stand in any cell of its currency.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from services.domain.payment import FAILED, PENDING
from services.payments import totals
from services.payments.filters import PaymentFilter
from services.payments.narrowing import conditions, hour_of
from services.payments.search import found_cells
from services.payments.statement import Statement

_CURRENCY: Final = "coalesce((SELECT currency FROM finance.fleet WHERE fleet_id = %(fleet)s), 'KES')"


def summary_statement(wanted: PaymentFilter) -> Statement:
    """The feed's epoch and number, the fleet's currency, all payments of the days, and a cell: a row for each cell, or one without.

    All payments are null where nothing but the days narrows, or the days are not those of creation.
    """
    made = Statement(wanted.fleet_id, exact=True)
    days = PaymentFilter(wanted.fleet_id, wanted.days)
    of = f"({totals.number(days, made)})" if wanted.narrowed and wanted.basis == "created" else "NULL::bigint"
    made.text = f"""
        SELECT feed.epoch, feed.last_seq, {_CURRENCY}, {of}, cell.*
        FROM (VALUES (0)) AS one
        LEFT JOIN finance.feed ON feed.fleet_id = %(fleet)s
        LEFT JOIN {_cells(wanted, made)} AS cell ON true"""
    return made


def cells_statement(wanted: PaymentFilter, until: datetime | None = None) -> Statement:
    """The cells alone, of payments created before `until` where it is given; it must lie within the filter's days."""
    made = Statement(wanted.fleet_id, exact=True)
    made.text = f"SELECT * FROM {_cells(wanted, made, until)} AS cell"
    return made


def count_statement(wanted: PaymentFilter) -> Statement:
    """How many payments the filter holds, counted one by one."""
    made = Statement(wanted.fleet_id, exact=True)
    if wanted.sought is not None:
        made.text = f"SELECT coalesce(sum(count), 0)::bigint FROM {found_cells(made, wanted)}"
    else:
        made.text = f"SELECT count(*) FROM finance.payment WHERE {conditions(wanted, made)}"
    return made


def _cells(wanted: PaymentFilter, made: Statement, until: datetime | None = None) -> str:
    if wanted.sought is not None:
        return found_cells(made, wanted, until)
    if until is None and totals.served(wanted):
        oldest = f"CASE WHEN status = '{PENDING}' THEN ({_oldest_pending(wanted, made)}) END"
        return f"(SELECT held.*, {oldest} FROM ({totals.cells(wanted, made)}) AS held)"
    return f"({_counted(wanted, made, until)})"


def _counted(wanted: PaymentFilter, made: Statement, until: datetime | None) -> str:
    """From the payments, one by one."""
    where = conditions(wanted, made) + (f" AND created_at < {made.of(until)}" if until is not None else "")
    return f"""
        SELECT {hour_of(wanted, made)}::integer, status,
               CASE WHEN status = '{FAILED}' THEN coalesce(result_code, '') ELSE '' END, currency,
               count(*), sum(amount), sum(refunded_amount), min(created_at) FILTER (WHERE status = '{PENDING}')
        FROM finance.payment WHERE {where} GROUP BY 1, 2, 3, 4"""


def _oldest_pending(wanted: PaymentFilter, made: Statement) -> str:
    """The end of an index, whatever the range; only looked for where something is pending."""
    return f"""
        SELECT created_at FROM finance.payment
        WHERE {conditions(wanted, made)} AND status = '{PENDING}' AND currency = {_CURRENCY} ORDER BY created_at, id LIMIT 1"""
