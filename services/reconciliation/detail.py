"""A day in full, as people may see it: shown names and masked phones only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, text

from services.domain.money import ZERO
from services.reconciliation.days import day_rows
from services.reconciliation.loading import FleetOfDays
from services.reconciliation.results import DayDetail, DayRow, ExceptionRow, Explanation, MatchRow, StatementRow
from services.statements.imported import chain_from_json, controls_from_json

_MATCHES = text("""
    SELECT m.id, l.completed_at, l.receipt, coalesce(l.account, '') AS account, coalesce(l.other_party, '') AS other_party,
           l.paid_in AS amount, m.pass AS pass_name, m.score, m.reasons, p.booking_reference, p.passenger_shown AS passenger,
           p.phone_shown AS phone, p.status AS payment_status, coalesce(p.completed_at, p.created_at) AS payment_at
    FROM finance.reconciliation_match m
    JOIN finance.match_line ml ON ml.fleet_id = m.fleet_id AND ml.match_id = m.id
    JOIN finance.statement_line l ON l.fleet_id = m.fleet_id AND l.id = ml.line_id
    JOIN finance.match_payment mp ON mp.fleet_id = m.fleet_id AND mp.match_id = m.id
    LEFT JOIN finance.payment p ON p.fleet_id = m.fleet_id AND p.id = mp.payment_id
    WHERE m.fleet_id = :fleet AND m.day = :day AND m.state = 'matched'
    ORDER BY l.completed_at, l.receipt
""")
_EXCEPTIONS = text("""
    SELECT e.id, e.name, e.amount, e.detail, coalesce(l.completed_at, p.completed_at, p.created_at, e.found_at) AS at,
           e.found_at, e.payment_id, e.line_id, coalesce(l.receipt, p.receipt) AS receipt, p.booking_reference,
           p.passenger_shown AS passenger, p.phone_shown AS phone, p.status AS payment_status
    FROM finance.reconciliation_exception e
    LEFT JOIN finance.statement_line l ON l.fleet_id = e.fleet_id AND l.id = e.line_id
    LEFT JOIN finance.payment p ON p.fleet_id = e.fleet_id AND p.id = e.payment_id
    WHERE e.fleet_id = :fleet AND e.day = :day
    ORDER BY e.name, at, e.id
""")
_STATEMENTS = text("""
    SELECT id, short_code, file_name, first_day, last_day, imported_by, imported_at, rows, rejected, controls, balance_chain,
           opening_balance, closing_balance
    FROM finance.statement
    WHERE fleet_id = :fleet AND first_day <= :day AND last_day >= :day
    ORDER BY imported_at, id
""")
_BY_KIND = text("""
    SELECT kind, coalesce(sum(paid_in), 0) AS paid_in, coalesce(sum(withdrawn), 0) AS withdrawn,
           count(*) FILTER (WHERE kind = 'payment' AND paid_in IS NOT NULL) AS payments
    FROM finance.statement_line
    WHERE fleet_id = :fleet AND day = :day AND lower(status) = 'completed'
    GROUP BY kind ORDER BY kind
""")


def day_detail(connection: Connection, fleet: FleetOfDays, day: dt.date) -> DayDetail:
    """Everything the reconciliation page shows of a day."""
    key = {"fleet": fleet.id, "day": day}
    statements = tuple(_statement(row) for row in connection.execute(_STATEMENTS, key).mappings())
    kinds = connection.execute(_BY_KIND, key).all()
    return DayDetail(
        row=_row(connection, fleet, day),
        line_count=sum(row.payments for row in kinds),
        matches=tuple(
            MatchRow(**{**row, "reasons": tuple(row["reasons"])})
            for row in connection.execute(_MATCHES, key).mappings()
        ),
        exceptions=tuple(ExceptionRow(**row) for row in connection.execute(_EXCEPTIONS, key).mappings()),
        statements=statements,
        explanation=Explanation({row.kind: (row.paid_in, row.withdrawn) for row in kinds}, _movement(statements)),
    )


def _row(connection: Connection, fleet: FleetOfDays, day: dt.date) -> DayRow:
    rows = day_rows(connection, fleet, day, day)
    return rows[0] if rows else DayRow(day, ZERO, ZERO, "open", None, None, None)


def _statement(row: RowMapping) -> StatementRow:
    return StatementRow(
        id=row["id"],
        short_code=row["short_code"],
        file_name=row["file_name"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        imported_by=row["imported_by"],
        imported_at=row["imported_at"],
        rows=row["rows"],
        rejected=row["rejected"],
        controls=controls_from_json(row["controls"]),
        chain=chain_from_json(row["balance_chain"]),
        opening=row["opening_balance"],
        closing=row["closing_balance"],
    )


def _movement(statements: tuple[StatementRow, ...]) -> Decimal | None:
    """Σ (closing − opening) of the day's own statements, one a short code; None where one states too little."""
    by_code = {found.short_code: found for found in statements}
    total = ZERO
    for found in by_code.values():
        if found.first_day != found.last_day or found.opening is None or found.closing is None:
            return None
        total += found.closing - found.opening
    return total if by_code else None
