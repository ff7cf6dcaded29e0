"""One payment in full: its story, its booking, the statement line that proves it, and who did what with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from services.monitoring.party import party_shown
from services.payments.row import Names, PaymentRow
from services.payments.steps import Step
from services.payments.story import Proof, story

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
_NAMES: Final = tuple(
    text(f"SELECT {key}, {name} FROM finance.{table} WHERE fleet_id = :fleet AND {key} = ANY (:ids)")
    for table, key, name in (
        ("route", "route_id", "name"),
        ("vehicle", "vehicle_id", "registration"),
        ("driver", "driver_id", "full_name"),
    )
)
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
    """Everything about a payment that its drawer shows, of one moment; `audit` newest first."""

    row: PaymentRow
    booking: Booking
    story: tuple[Step, ...]
    matches: tuple[LineMatch, ...]
    findings: tuple[OpenFinding, ...]
    alerts: tuple[AlertNote, ...]
    audit: tuple[AuditRecord, ...]


class PaymentDetailService:
    """Reads payments in full with the rights of the database's login; names and phones stay masked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def detail(self, fleet_id: UUID, payment_id: UUID) -> PaymentDetail:
        """The payment; NotFound alike where it is another fleet's, removed, or never was."""
        key = {"fleet": fleet_id, "payment": payment_id}
        with self._database.read() as connection:
            row = connection.execute(_ROW, key).mappings().one_or_none()
            if row is None:
                raise NotFound("There is no such payment in this fleet any more. Load the list again.")
            return _detail(connection, key, PaymentRow(**row))

    def find(self, fleet_id: UUID, typed: str) -> UUID | None:
        """The payment of a link, an id, a receipt or a booking reference (the newest of several); None where there is none."""
        with self._database.read() as connection:
            return find_payment(connection, fleet_id, typed)


def _detail(connection: Connection, key: dict[str, UUID], row: PaymentRow) -> PaymentDetail:
    booking = Booking(**connection.execute(_BOOKING, key).mappings().one())
    events = [_event(event) for event in connection.execute(_EVENTS, key).mappings()]
    proof = Proof(booking.checkout_request_id or "", booking.refunded_at)
    return PaymentDetail(
        row=row,
        booking=booking,
        story=story(events, row, _names(connection, key["fleet"], events), proof),
        matches=tuple(_match(match) for match in connection.execute(_MATCHES, key).mappings()),
        findings=tuple(OpenFinding(**found) for found in connection.execute(_FINDINGS, key).mappings()),
        alerts=(),
        audit=records_of_payment(connection, key["fleet"], key["payment"]),
    )


def _event(event: RowMapping) -> PaymentEvent:
    states = {name: state_from_json(event[name]) for name in ("before", "after")}
    return PaymentEvent(**{**event, **states})


def _match(match: RowMapping) -> LineMatch:
    shown: dict[str, Any] = {"other_party": party_shown(match["other_party"]), "reasons": tuple(match["reasons"])}
    return LineMatch(**{**match, **shown})


def _names(connection: Connection, fleet_id: UUID, events: list[PaymentEvent]) -> Names:
    """The names of every route, vehicle and driver that the events mention."""
    ids = list({found for event in events for found in _mentioned(event)})
    key = {"fleet": fleet_id, "ids": ids}
    named = [{row[0]: row[1] for row in connection.execute(query, key)} if ids else {} for query in _NAMES]
    return Names(*named)


def _mentioned(event: PaymentEvent) -> Iterator[UUID]:
    for state in (event.before, event.after):
        if state is not None:
            yield from (found for found in (state.route_id, state.vehicle_id, state.driver_id) if found)
