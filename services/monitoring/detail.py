"""One payment in full: its story, its booking, the statement line that proves it, and who did what with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text

from services.audit.record import AuditRecord
from services.audit.service import records_of_payment
from services.database.engine import Database
from services.domain.errors import NotFound
from services.feed.event import PaymentEvent, state_from_json
from services.monitoring.finding import find_payment
from services.monitoring.mentioned import mentioned_names
from services.monitoring.party import party_shown
from services.monitoring.removed import Removed, last_known, removed
from services.monitoring.undone import undone_matches
from services.payments.row import PaymentRow
from services.payments.steps import Step
from services.payments.story import Proof, story, told_among

_ROW: Final = text("""
    SELECT p.id, p.created_at, p.completed_at, coalesce(p.passenger_shown, '') AS passenger, coalesce(p.phone_shown, '') AS phone,
           p.route_id, coalesce(r.name, '') AS route, p.vehicle_id, coalesce(v.registration, '') AS vehicle,
           p.driver_id, coalesce(d.full_name, '') AS driver, p.method, coalesce(p.receipt, '') AS receipt, p.booking_reference,
           p.amount, p.refunded_amount, p.currency, p.status, p.result_code, coalesce(p.failure_reason, '') AS failure_reason,
           p.short_code
    FROM finance.payment p
    LEFT JOIN finance.route r ON r.fleet_id = p.fleet_id AND r.route_id = p.route_id
    LEFT JOIN finance.vehicle v ON v.fleet_id = p.fleet_id AND v.vehicle_id = p.vehicle_id
    LEFT JOIN finance.driver d ON d.fleet_id = p.fleet_id AND d.driver_id = p.driver_id
    WHERE p.fleet_id = :fleet AND p.id = :payment
""")
_BOOKING: Final = text("""
    SELECT booking_id, booking_reference AS reference, short_code, checkout_request_id, created_at, completed_at, refunded_at,
           updated_at
    FROM finance.payment WHERE fleet_id = :fleet AND id = :payment
""")
_EVENTS: Final = text("""
    SELECT fleet_id, seq, kind, payment_id, at, before, after FROM finance.payment_event
    WHERE fleet_id = :fleet AND payment_id = :payment ORDER BY seq
""")
_MATCHES: Final = text("""
    SELECT l.id AS line_id, l.receipt, l.completed_at, l.day, l.paid_in AS amount, l.other_party, coalesce(l.account, '') AS account,
           s.file_name, l.row AS file_row, m.state, m.pass AS pass_name, m.score, m.reasons, m.matched_by, m.matched_at
    FROM finance.match_payment mp
    JOIN finance.reconciliation_match m ON m.fleet_id = mp.fleet_id AND m.id = mp.match_id
    JOIN finance.match_line ml ON ml.fleet_id = m.fleet_id AND ml.match_id = m.id
    JOIN finance.statement_line l ON l.fleet_id = ml.fleet_id AND l.id = ml.line_id
    JOIN finance.statement s ON s.fleet_id = l.fleet_id AND s.id = l.statement_id
    WHERE mp.fleet_id = :fleet AND mp.payment_id = :payment
    ORDER BY l.completed_at, l.receipt, l.id
""")
_FINDINGS: Final = text("""
    SELECT name, detail, amount, day, found_at AS since FROM finance.reconciliation_exception
    WHERE fleet_id = :fleet AND payment_id = :payment ORDER BY found_at, name, id
""")


@dataclass(frozen=True, slots=True)
class Booking:
    """What the booking system keeps of the payment; `refunded_at` is when money was last given back."""

    booking_id: UUID
    reference: str
    short_code: str | None
    checkout_request_id: str | None
    created_at: datetime
    completed_at: datetime | None
    refunded_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LineMatch:
    """A statement line that the payment is matched to, and how. `other_party` is masked, `file_row` counts from 1, `score` 0…1."""

    line_id: UUID
    receipt: str
    completed_at: datetime
    day: date
    amount: Decimal | None
    other_party: str
    account: str
    file_name: str
    file_row: int
    state: str
    pass_name: str
    score: Decimal
    reasons: tuple[str, ...]
    matched_by: str
    matched_at: datetime


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """An exception, or a tie, that names the payment: one sentence, the amount at stake (positive), the day it is about."""

    name: str
    detail: str
    amount: Decimal
    day: date
    since: datetime


@dataclass(frozen=True, slots=True)
class AlertNote:
    """An alert that names the payment."""

    at: datetime
    severity: str
    words: str


@dataclass(frozen=True, slots=True)
class PaymentDetail:
    """Everything about a payment that its drawer shows, of one moment; `audit` newest first.

    Of a payment that the booking system has no more, `removed` says so: then `row` is what it last was, and `booking` None.
    """

    row: PaymentRow
    booking: Booking | None
    story: tuple[Step, ...]
    matches: tuple[LineMatch, ...]
    findings: tuple[OpenFinding, ...]
    alerts: tuple[AlertNote, ...]
    audit: tuple[AuditRecord, ...]
    removed: Removed | None = None


class PaymentDetailService:
    """Reads payments in full with the rights of the database's login; names and phones stay masked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def detail(self, fleet_id: UUID, payment_id: UUID) -> PaymentDetail:
        """The payment, also one that was removed; NotFound alike where it is another fleet's or never was."""
        key = {"fleet": fleet_id, "payment": payment_id}
        with self._database.read() as connection:
            found = _there(connection, key) or _gone(connection, key)
        if found is None:
            raise NotFound("There is no such payment in this fleet. Load the list again.")
        return found

    def find(self, fleet_id: UUID, typed: str) -> UUID | None:
        """The payment of a link, an id, a receipt or a booking reference (the newest of several); None where there is none."""
        with self._database.read() as connection:
            return find_payment(connection, fleet_id, typed)


def _there(connection: Connection, key: dict[str, UUID]) -> PaymentDetail | None:
    """A payment of the read model."""
    found = connection.execute(_ROW, key).mappings().one_or_none()
    if found is None:
        return None
    row, booking = PaymentRow(**found), Booking(**connection.execute(_BOOKING, key).mappings().one())
    events = _events(connection, key)
    proof = Proof(booking.checkout_request_id or "", booking.refunded_at)
    return _detail(
        connection, key, row, booking, story(events, row, mentioned_names(connection, key["fleet"], events), proof)
    )


def _gone(connection: Connection, key: dict[str, UUID]) -> PaymentDetail | None:
    """A payment of which only events are left."""
    events = _events(connection, key)
    names = mentioned_names(connection, key["fleet"], events)
    row = last_known(key["payment"], events, names)
    if row is None:
        return None
    return replace(_detail(connection, key, row, None, story(events, None, names)), removed=removed(events))


def _detail(
    connection: Connection, key: dict[str, UUID], row: PaymentRow, booking: Booking | None, told: Sequence[Step]
) -> PaymentDetail:
    audit = records_of_payment(connection, key["fleet"], key["payment"])
    return PaymentDetail(
        row=row,
        booking=booking,
        story=told_among(told, undone_matches(audit)),
        matches=tuple(_match(match) for match in connection.execute(_MATCHES, key).mappings()),
        findings=tuple(OpenFinding(**found) for found in connection.execute(_FINDINGS, key).mappings()),
        alerts=(),
        audit=audit,
    )


def _events(connection: Connection, key: dict[str, UUID]) -> list[PaymentEvent]:
    return [_event(event) for event in connection.execute(_EVENTS, key).mappings()]


def _event(event: RowMapping) -> PaymentEvent:
    states = {name: state_from_json(event[name]) for name in ("before", "after")}
    return PaymentEvent(**{**event, **states})


def _match(match: RowMapping) -> LineMatch:
    shown: dict[str, Any] = {"other_party": party_shown(match["other_party"]), "reasons": tuple(match["reasons"])}
    return LineMatch(**{**match, **shown})
