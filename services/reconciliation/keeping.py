"""Writes what a run found: new matches, exceptions that came or went, and the day's totals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from services.domain.money import stated
from services.reconciliation.assessment import Assessment
from services.reconciliation.sides import Finding, Match

_MATCHES = text("""
    INSERT INTO finance.reconciliation_match (fleet_id, id, day, state, pass, score, reasons)
    SELECT :fleet, r.id, :day, 'matched', r.pass, r.score, ARRAY(SELECT jsonb_array_elements_text(r.reasons))
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, pass text, score numeric, reasons jsonb)
""")
_PAYMENTS = text("""
    INSERT INTO finance.match_payment (fleet_id, payment_id, match_id)
    SELECT :fleet, r.payment_id, r.id FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, payment_id uuid)
""")
_LINES = text("""
    INSERT INTO finance.match_line (fleet_id, line_id, match_id)
    SELECT :fleet, r.line_id, r.id FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, line_id uuid)
""")
_KNOWN = text("""
    SELECT id, name, payment_id, line_id, amount, detail FROM finance.reconciliation_exception
    WHERE fleet_id = :fleet AND day = :day
""")
_FORGET = text("DELETE FROM finance.reconciliation_exception WHERE fleet_id = :fleet AND id = ANY(:ids)")
_NOTE = text("""
    INSERT INTO finance.reconciliation_exception (fleet_id, day, name, payment_id, line_id, amount, detail)
    SELECT :fleet, :day, r.name, r.payment_id, r.line_id, r.amount, r.detail
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS r(name text, payment_id uuid, line_id uuid, amount numeric(14,2), detail text)
""")
_TOTALS = text("""
    INSERT INTO finance.payment_reconciliation (fleet_id, reconciliation_date, system_total, mpesa_total, difference, status)
    VALUES (:fleet, :day, :system, :mpesa, :difference, :status)
    ON CONFLICT (fleet_id, reconciliation_date) DO UPDATE SET
        system_total = excluded.system_total, mpesa_total = excluded.mpesa_total,
        difference = excluded.difference, status = excluded.status
""")


def keep(connection: Connection, fleet_id: UUID, day: date, found: Assessment) -> None:
    """Makes the database agree with `found`; matches made earlier stay, exceptions that still hold keep their age."""
    key = {"fleet": fleet_id, "day": day}
    _keep_matches(connection, key, found.matches)
    _keep_findings(connection, key, found.findings)
    totals = {"system": found.system_total, "mpesa": found.mpesa_total, "difference": found.difference}
    connection.execute(_TOTALS, {**key, **totals, "status": found.status})


def _keep_matches(connection: Connection, key: dict[str, object], matches: Sequence[Match]) -> None:
    if not matches:
        return
    rows = json.dumps(
        [
            {
                "id": str(uuid4()),
                "payment_id": str(pair.payment.id),
                "line_id": str(pair.line.id),
                "pass": pair.pass_name,
                "score": str(pair.score),
                "reasons": pair.reasons,
            }
            for pair in matches
        ]
    )
    connection.execute(_MATCHES, {**key, "rows": rows})
    for query in (_PAYMENTS, _LINES):
        connection.execute(query, {"fleet": key["fleet"], "rows": rows})


def _keep_findings(connection: Connection, key: dict[str, object], findings: Sequence[Finding]) -> None:
    wanted = {(found.name, found.payment_id, found.line_id, found.amount, found.detail): found for found in findings}
    known = {tuple(row[1:]): row.id for row in connection.execute(_KNOWN, key)}
    gone = [id_ for values, id_ in known.items() if values not in wanted]
    if gone:
        connection.execute(_FORGET, {"fleet": key["fleet"], "ids": gone})
    rows = [_row(found) for values, found in wanted.items() if values not in known]
    if rows:
        connection.execute(_NOTE, {**key, "rows": json.dumps(rows)})


def _row(found: Finding) -> dict[str, object]:
    return {
        "name": found.name,
        "payment_id": str(found.payment_id) if found.payment_id else None,
        "line_id": str(found.line_id) if found.line_id else None,
        "amount": stated(found.amount),
        "detail": found.detail,
    }
