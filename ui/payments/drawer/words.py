"""What the drawer says about a payment; no pixels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.audit.record import AuditRecord
from services.audit.words import act
from services.domain.money import shown
from services.domain.payment import MPESA, TAKEN, method_shown, status_shown
from services.domain.period import Days, day_of
from services.monitoring.detail import AlertNote, Booking, LineMatch, OpenFinding
from services.monitoring.removed import Removed
from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow
from services.payments.steps import Step
from ui.grid.texts import CONCEALED
from ui.payments.drawer.facts import Fact
from ui.payments.drawer.timeline import Moment
from ui.payments.words import age
from ui.reconciliation.words import exception_title, tone_of

NOTHING: Final = "—"
_AMOUNT: Final = re.compile(r"[−-]?\d[\d,]*\.\d\d\b")
_PHONE: Final = re.compile(r"\+?\d{3,6} ?[•*]+ ?\d{2,4}")
#: What a record's act is about when it is this payment: its own id says nothing more.
_ABOUT_THIS: Final = frozenset({"payment_reveal", "match_payment", "match_line"})
_SEVERITIES: Final = {"critical": "failed", "high": "failed", "medium": "pending", "low": "info"}


@dataclass(frozen=True, slots=True)
class Reading:
    """Where times are read, what time it is, and whether amounts and phones are masked."""

    zone: ZoneInfo
    now: datetime
    concealed: bool = False

    def moment(self, at: datetime) -> str:
        """'Sun 22 Nov 2026, 14:05:11'."""
        here = at.astimezone(self.zone)
        return f"{here:%a} {here.day} {here:%b %Y, %H:%M:%S}"

    def exact(self, at: datetime, among: Iterable[datetime] = ()) -> str:
        """'14:05:11' today, '22 Nov 14:05:11' this year, else '22 Nov 2025 14:05'; `among` others as all of them need it."""
        here, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        days = {here.date(), *(other.astimezone(self.zone).date() for other in among)}
        if days == {today.date()}:
            return f"{here:%H:%M:%S}"
        this_year = {day.year for day in days} == {today.year}
        return f"{here.day} {here:%b %H:%M:%S}" if this_year else f"{here.day} {here:%b %Y %H:%M}"

    def ago(self, at: datetime) -> str:
        """'just now', '38 s ago', '4 min ago', '3 days ago'."""
        return "just now" if (self.now - at).total_seconds() < 5 else f"{age(at, self.now)} ago"

    def masked(self, text: str) -> str:
        """The text, amounts and phones in it masked in privacy mode."""
        return _PHONE.sub(CONCEALED, _AMOUNT.sub(CONCEALED, text)) if self.concealed else text


def amount_in_words(row: PaymentRow) -> str:
    """'KES 1,200.00'."""
    return f"{row.currency} {shown(row.amount)}"


def headline(row: PaymentRow, reading: Reading) -> str:
    """'Sun 22 Nov 2026, 14:05:11 · 4 min ago · M-Pesa'."""
    parts = (reading.moment(row.created_at), reading.ago(row.created_at), method_shown(row.method))
    return " · ".join(parts)


def given_back(row: PaymentRow, reading: Reading) -> str:
    """'KES 200.00 given back', and whether that is more than was paid; '' where nothing was."""
    if not row.refunded_amount:
        return ""
    more = ", more than was paid" if row.refunded_amount > row.amount else ""
    return reading.masked(f"{row.currency} {shown(row.refunded_amount)} given back{more}")


def removed_in_words(removed: Removed, reading: Reading) -> str:
    """'Removed in the booking system on Sun 22 Nov 2026, 14:05:11.', and what then is still known of it."""
    when = f" on {reading.moment(removed.at)}" if removed.at else "; no event tells when"
    return f"Removed in the booking system{when}. This is what its events and the audit trail still tell."


def summary(row: PaymentRow, reading: Reading, *, removed: bool = False) -> str:
    """The payment in one line, for who hears the screen."""
    status = "Removed" if removed else status_shown(row.status)
    said = f"Payment of {amount_in_words(row)}, {status}, {row.passenger or 'no name'}"
    return reading.masked(said)


# The sections -----------------------------------------------------------------------------------------------------------


def passenger_facts(row: PaymentRow) -> tuple[Fact, ...]:
    """Name and phone as people may see them."""
    phone = Fact("Phone", row.phone or NOTHING, private=True)
    if row.phone:
        phone = replace(phone, leads="phone", opens="Show this phone's payments")
    return (Fact("Name", row.passenger or NOTHING), phone)


def booking_facts(row: PaymentRow, booking: Booking | None, reading: Reading) -> tuple[Fact, ...]:
    """Where the payment belongs and what it is called; more of it once `booking` is there."""
    facts = [
        Fact("Reference", row.booking_reference or NOTHING, copies=row.booking_reference),
        _led("Route", row.route, row.route_id, "route"),
        _led("Vehicle", row.vehicle, row.vehicle_id, "vehicle"),
        _led("Driver", row.driver, row.driver_id, "driver"),
    ]
    if booking is None:
        return tuple(facts)
    times = (("Paid", booking.completed_at), ("Given back", booking.refunded_at))
    facts += [Fact(name, reading.moment(at)) for name, at in times if at is not None]
    if row.failure_reason:
        facts.append(Fact("Reason given", row.failure_reason))
    named = (("Short code", booking.short_code), ("Prompt", booking.checkout_request_id))
    facts += [Fact(name, value, copies=value) for name, value in named if value]
    ids = (("Booking id", booking.booking_id), ("Payment id", row.id))
    return (*facts, *(Fact(name, f"{known}"[:8] + "…", copies=str(known)) for name, known in ids))


def match_facts(match: LineMatch, reading: Reading) -> tuple[Fact, ...]:
    """A matched statement line and why it is this one."""
    amount = NOTHING if match.amount is None else shown(match.amount)
    how = f"{_by(match)}, {reading.exact(match.matched_at)} by {match.matched_by}"
    facts = (
        Fact("Receipt", match.receipt, copies=match.receipt),
        Fact("Paid in", amount, private=True),
        Fact("Completed", reading.moment(match.completed_at)),
        Fact("From", reading.masked(match.other_party)),
        Fact("Account", match.account),
        Fact("File", f"{match.file_name}, row {match.file_row:,}"),
        Fact("Matched" if match.state == "matched" else match.state.capitalize(), how),
        Fact("Why", ", ".join(match.reasons)),
    )
    return tuple(fact for fact in facts if fact.value)


def unmatched(row: PaymentRow, findings: Sequence[OpenFinding], removed: Removed | None = None) -> str:
    """Why no statement line stands there; '' where a finding says it."""
    if findings:
        return ""
    if removed is not None:
        return "No statement line is matched to it."
    if row.method != MPESA:
        return f"Paid by {method_shown(row.method)}: M-Pesa statements do not carry it."
    if row.status not in TAKEN:
        return "No statement line names it, as is to be expected while it is not paid."
    return "Not matched yet. Import the day's statement on the Reconciliation page."


def days_behind(matches: Sequence[LineMatch], findings: Sequence[OpenFinding]) -> list[date]:
    """The days of reconciliation on which the payment stands."""
    return sorted({match.day for match in matches} | {found.day for found in findings})


# Moments ----------------------------------------------------------------------------------------------------------------


def story_moments(story: Sequence[Step], reading: Reading) -> list[Moment]:
    """The story, each step with the time since the one before."""
    among = [step.at for step in story]
    gaps = ["", *(_gap(before.at, after.at) for before, after in pairwise(story))]
    return [
        _moment(step.at, _tone(step), step.words, step.detail, reading, after=gap, among=among)
        for step, gap in zip(story, gaps, strict=True)
    ]


def finding_moments(findings: Iterable[OpenFinding], reading: Reading) -> list[Moment]:
    """Exceptions that name the payment."""
    told = tuple(findings)
    among = [found.since for found in told]
    return [
        _moment(found.since, tone_of(found.name), exception_title(found.name), found.detail, reading, among=among)
        for found in told
    ]


def alert_moments(alerts: Iterable[AlertNote], reading: Reading) -> list[Moment]:
    """Alerts that name the payment."""
    told = tuple(alerts)
    among = [alert.at for alert in told]
    return [
        _moment(
            alert.at,
            _SEVERITIES.get(alert.severity, "info"),
            alert.words,
            alert.severity.capitalize(),
            reading,
            among=among,
        )
        for alert in told
    ]


def audit_moments(records: Iterable[AuditRecord], reading: Reading) -> list[Moment]:
    """Who did what with the payment."""
    told = tuple(records)
    among = [record.at for record in told]
    return [_moment(record.at, "", *_record(record), reading, among=among) for record in told]


def filter_behind(leads: str, row: PaymentRow, fleet_id: UUID, days: Days) -> PaymentFilter | None:
    """The payments that a fact leads to; None where it leads nowhere."""
    plain = PaymentFilter(fleet_id, days)
    if leads == "phone" and row.phone:
        return replace(plain, search=row.phone)
    if leads == "route" and row.route_id:
        return replace(plain, routes=frozenset({row.route_id}))
    if leads == "vehicle" and row.vehicle_id:
        return replace(plain, vehicles=frozenset({row.vehicle_id}))
    if leads == "driver" and row.driver_id:
        return replace(plain, drivers=frozenset({row.driver_id}))
    return None


def own_days(row: PaymentRow, zone: ZoneInfo) -> Days:
    """The day on which the payment was created."""
    day = day_of(row.created_at, zone)
    return Days(day, day, zone)


def _led(name: str, value: str, known: object, leads: str) -> Fact:
    if known is None:
        return Fact(name, NOTHING)
    return Fact(
        name, value or f"A {name.lower()} without a name", leads=leads, opens=f"Show this {name.lower()}'s payments"
    )


def _by(match: LineMatch) -> str:
    return f"By {match.pass_name}, score {match.score:.2f}"


def _record(record: AuditRecord) -> tuple[str, str]:
    told = act(record)
    details = "" if record.table in _ABOUT_THIS else told.details
    return told.what, " · ".join(part for part in (record.who, record.reason or "", details) if part)


def _moment(
    at: datetime,
    status: str,
    words: str,
    detail: str,
    reading: Reading,
    *,
    after: str = "",
    among: Iterable[datetime] = (),
) -> Moment:
    tip = " · ".join(part for part in (reading.moment(at), after) if part)
    words, detail = reading.masked(words), reading.masked(detail)
    return Moment(status, words, detail, reading.exact(at, among), reading.ago(at), tip)


def _tone(step: Step) -> str:
    """What is gone has no status any more."""
    return "" if step.kind == "removed" else step.status


def _gap(before: datetime, after: datetime) -> str:
    return f"{age(before, after)} after the step before"
