"""Reads a day's two sides from the database. Every query names the fleet and reaches an index under row-level security."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, text

from services.domain.errors import NotFound
from services.domain.period import Days
from services.reconciliation.assessment import DaySides, Kept
from services.reconciliation.sides import Coverage, Line, Payment, Reversal, normal

#: A booking is sought by its reference among payments created this many days before and after the line's day.
DAYS_BEFORE, DAYS_AFTER = 7, 2

_FLEET = text("SELECT fleet_id, code, name, timezone, currency FROM finance.fleet WHERE fleet_id = :fleet")
_TILLS = text("SELECT short_code FROM finance.till WHERE fleet_id = :fleet")
_LINES = text("""
    SELECT l.id, l.receipt, l.kind, l.paid_in, l.withdrawn, l.account, l.short_code, l.completed_at, l.day, l.linked_receipt,
           ml.match_id
    FROM finance.statement_line l
    LEFT JOIN finance.match_line ml ON ml.fleet_id = l.fleet_id AND ml.line_id = l.id
    WHERE l.fleet_id = :fleet AND l.day = :day AND l.kind IN ('payment', 'reversal') AND lower(l.status) = 'completed'
""")
_PAYMENT = """
    SELECT p.id, p.receipt, p.amount, p.status, p.booking_reference, p.short_code, p.vehicle_id, p.refunded_amount,
           coalesce(p.taken_day, p.created_day) AS day, coalesce(p.completed_at, p.created_at) AS at,
           coalesce(p.refunded_at, p.updated_at) AS refunded_at, mp.match_id
    FROM finance.payment p
    LEFT JOIN finance.match_payment mp ON mp.fleet_id = p.fleet_id AND mp.payment_id = p.id
    WHERE p.fleet_id = :fleet AND p.method = 'mpesa' AND p.currency = :currency
"""
_TAKEN_THEN = text(f"{_PAYMENT} AND p.taken_day = :day")
_CREATED_THEN = text(f"{_PAYMENT} AND p.created_at >= :start AND p.created_at < :end AND p.taken_day IS NULL")
_WITH_RECEIPT = text(f"{_PAYMENT} AND p.receipt = ANY(:receipts)")
_WITH_REFERENCE = text(
    f"{_PAYMENT} AND p.booking_reference = ANY(:references) AND p.created_at >= :start AND p.created_at < :end"
)
_REFUNDED_THEN = text(f"{_PAYMENT} AND p.refunded_day = :day AND p.status IN ('refunded', 'partially_refunded')")
_MATCHED = text("""
    SELECT m.pass, m.score, m.reasons, ml.line_id, mp.payment_id
    FROM finance.reconciliation_match m
    JOIN finance.match_line ml ON ml.fleet_id = m.fleet_id AND ml.match_id = m.id
    JOIN finance.match_payment mp ON mp.fleet_id = m.fleet_id AND mp.match_id = m.id
    WHERE m.fleet_id = :fleet AND m.day = :day AND m.state = 'matched'
    ORDER BY ml.line_id
""")
_MATCHED_PAYMENTS = text(f"""
    {_PAYMENT} AND p.id IN (
        SELECT mp.payment_id FROM finance.reconciliation_match m
        JOIN finance.match_payment mp ON mp.fleet_id = m.fleet_id AND mp.match_id = m.id
        WHERE m.fleet_id = :fleet AND m.day = :day AND m.state = 'matched')
""")
_LINKED = text("""
    SELECT DISTINCT linked_receipt FROM finance.statement_line
    WHERE fleet_id = :fleet AND linked_receipt = ANY(:receipts) AND kind = 'reversal' AND lower(status) = 'completed'
""")
_SPANS = text("""
    SELECT short_code, covered_from, covered_to FROM finance.statement
    WHERE fleet_id = :fleet AND covered_from < :end AND covered_to > :start
""")


@dataclass(frozen=True, slots=True)
class FleetOfDays:
    """The fleet whose days are reconciled."""

    id: UUID
    code: str
    name: str
    zone: ZoneInfo
    currency: str

    def days(self, first: date, last: date) -> Days:
        """Its calendar days."""
        return Days(first, last, self.zone)


def fleet_of(connection: Connection, fleet_id: UUID) -> FleetOfDays:
    """The fleet, where the login may see it; NotFound otherwise."""
    row = connection.execute(_FLEET, {"fleet": fleet_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such fleet for this login. Choose one of your fleets.")
    return FleetOfDays(row.fleet_id, row.code, row.name, ZoneInfo(row.timezone), row.currency)


def load(connection: Connection, fleet: FleetOfDays, day: date) -> DaySides:
    """Both sides of a day, with the payments of other days that its lines may mean."""
    reader = _Reader(connection, fleet, day)
    lines = reader.rows(_LINES)
    reversals = [
        _reversal(row) for row in lines if row["kind"] == "reversal" and row["withdrawn"] and row["linked_receipt"]
    ]
    paid = {row["id"]: _line(row) for row in lines if row["kind"] == "payment" and row["paid_in"]}
    open_lines = [paid[row["id"]] for row in lines if row["id"] in paid and row["match_id"] is None]
    rows = reader.payments(open_lines, {reversal.linked_receipt for reversal in reversals})
    payments = {id_: _payment(row) for id_, row in rows.items()}
    refunds = [_payment(row) for row in reader.rows(_REFUNDED_THEN)]
    return DaySides(
        day=day,
        lines=open_lines,
        payments=[payments[id_] for id_, row in rows.items() if row["match_id"] is None],
        kept=reader.kept(paid),
        settled=frozenset(_receipts(payments[id_] for id_, row in rows.items() if row["match_id"] is not None)),
        reversals=reversals,
        known={payment.known_receipt: payment for payment in payments.values() if payment.known_receipt},
        refunds=refunds,
        linked=reader.linked(refunds),
        coverage=reader.coverage([payment for payment in payments.values() if payment.day == day and payment.taken]),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    connection: Connection
    fleet: FleetOfDays
    day: date

    def rows(self, query: Any, **values: object) -> Sequence[RowMapping]:
        one_day = self.fleet.days(self.day, self.day)
        known = {"fleet": self.fleet.id, "currency": self.fleet.currency, "day": self.day}
        asked = {**known, "start": one_day.start, "end": one_day.end, **values}
        named = {name: value for name, value in asked.items() if name in query.compile().params}
        return self.connection.execute(query, named).mappings().all()

    def payments(self, lines: Sequence[Line], linked: set[str]) -> dict[UUID, RowMapping]:
        """The day's own payments, and those of any day that a line names by receipt or account."""
        found = {row["id"]: row for query in (_TAKEN_THEN, _CREATED_THEN) for row in self.rows(query)}
        receipts = (
            {line.receipt for line in lines} | linked | {row["receipt"] for row in found.values() if row["receipt"]}
        )
        near = self.fleet.days(self.day - timedelta(days=DAYS_BEFORE), self.day + timedelta(days=DAYS_AFTER))
        references = {spelt for line in lines for spelt in _spellings(line.account)}
        more = [
            *self.rows(_WITH_RECEIPT, receipts=sorted(receipts | {receipt.lower() for receipt in receipts})),
            *self.rows(_WITH_REFERENCE, references=sorted(references), start=near.start, end=near.end),
        ]
        return found | {row["id"]: row for row in more}

    def kept(self, lines: Mapping[UUID, Line]) -> list[Kept]:
        payments = {row["id"]: _payment(row) for row in self.rows(_MATCHED_PAYMENTS)}
        return [
            Kept(
                lines[row["line_id"]], payments.get(row["payment_id"]), row["pass"], row["score"], tuple(row["reasons"])
            )
            for row in self.rows(_MATCHED)
            if row["line_id"] in lines
        ]

    def linked(self, refunds: Iterable[Payment]) -> frozenset[str]:
        receipts = sorted(_receipts(refunds))
        return (
            frozenset(row["linked_receipt"] for row in self.rows(_LINKED, receipts=receipts))
            if receipts
            else frozenset()
        )

    def coverage(self, traffic: Sequence[Payment]) -> Coverage:
        spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for row in self.rows(_SPANS):
            spans[row["short_code"]].append((row["covered_from"], row["covered_to"]))
        needed = {payment.short_code for payment in traffic if payment.short_code}
        if traffic and not needed:
            needed = {row["short_code"] for row in self.rows(_TILLS)}
        return Coverage(spans, frozenset(needed))


def _receipts(payments: Iterable[Payment]) -> set[str]:
    return {payment.known_receipt for payment in payments if payment.known_receipt}


def _spellings(account: str) -> set[str]:
    bare = normal(account)
    return {account, bare, bare.lower(), account.strip().upper()} - {""}


def _line(row: RowMapping) -> Line:
    return Line(
        id=row["id"],
        receipt=row["receipt"],
        amount=row["paid_in"],
        account=row["account"] or "",
        short_code=row["short_code"],
        completed_at=row["completed_at"],
        day=row["day"],
    )


def _reversal(row: RowMapping) -> Reversal:
    return Reversal(row["id"], row["receipt"], row["linked_receipt"], row["withdrawn"])


def _payment(row: RowMapping) -> Payment:
    return Payment(
        id=row["id"],
        receipt=row["receipt"],
        amount=row["amount"],
        status=row["status"],
        reference=row["booking_reference"],
        short_code=row["short_code"],
        day=row["day"],
        at=row["at"],
        attributed=row["vehicle_id"] is not None,
        refunded=row["refunded_amount"],
        refunded_at=row["refunded_at"],
    )
