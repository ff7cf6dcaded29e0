"""The steps of a payment's story: from one state of a payment to the next, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from services.domain.money import ZERO, shown
from services.domain.payment import (
    FAILED,
    PARTIALLY_REFUNDED,
    PENDING,
    REFUNDED,
    TAKEN,
    method_shown,
    result_in_words,
    status_shown,
)
from services.feed.event import PaymentState
from services.payments.row import Names, PaymentRow

#: What a step is about: how it began, the prompt to the phone, its status, money given back, where it belongs, another fact of
#: it, something that no figure needs, its removal, a match with a statement line that was undone.
StepKind = Literal["initiated", "prompt", "status", "refund", "moved", "changed", "noted", "removed", "unmatched"]
_GIVEN_BACK: Final = frozenset({REFUNDED, PARTIALLY_REFUNDED})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: `words` say it in a line, `detail` explains it; `status` is the payment's status after it.

    `at` is when the booking system said it; for creation and payment the time it gave for them, where this fits the order.
    """

    at: datetime
    kind: StepKind
    status: str
    words: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Puts the changes of one payment in words; `row` is the payment as it is now, None where it is gone."""

    names: Names
    row: PaymentRow | None

    def created(self, state: PaymentState, at: datetime | None) -> Iterator[Step]:
        """What a state proves of which nothing is known before `at`, when it was first heard of (None: never)."""
        began = min(state.created_at, at or state.created_at)
        asked = f"Initiated for {state.currency} {shown(state.amount)} by {method_shown(state.method)}"
        yield Step(began, "initiated", PENDING, asked)
        fresh = replace(state, status=PENDING, refunded_amount=ZERO, completed_at=None, result_code=None)
        yield from self.changed(fresh, state, at or state.completed_at or began)

    def changed(self, before: PaymentState, after: PaymentState, at: datetime) -> Iterator[Step]:
        """A step for everything in which the states differ, in the order in which it would have happened."""
        if _home(before) != _home(after):
            yield self._moved(before, after, at)
        for words in _facts(before, after):
            yield Step(at, "changed", after.status, words)
        yield from self._new_status(before, after, at)

    def _new_status(self, before: PaymentState, after: PaymentState, at: datetime) -> Iterator[Step]:
        was, now = before.status, after.status
        paid = now in TAKEN and was not in TAKEN
        refunded = before.refunded_amount != after.refunded_amount or (was != now and now in _GIVEN_BACK)
        if paid:
            done = min(after.completed_at or at, at)
            receipt = self.row.receipt if self.row else ""
            yield Step(done, "status", now, "Paid", f"Receipt {receipt}" if receipt else "")
        if refunded:
            yield _refunded(before, after, at)
        if paid or (refunded and now in TAKEN):
            return
        if was != now or before.result_code != after.result_code:
            yield Step(at, "status", now, status_in_words(now, after.result_code), self._reason(after))
        # Of changes that follow each other closely, the earlier events carry the later time already (see services.feed).
        elif now in TAKEN and before.completed_at != after.completed_at:
            yield Step(at, "changed", now, "Time of payment changed")

    def _reason(self, state: PaymentState) -> str:
        """The booking system's own words for a failure, which only the payment as it is now carries."""
        row = self.row
        if row is None or state.status != FAILED or (row.status, row.result_code) != (FAILED, state.result_code):
            return ""
        return row.failure_reason

    def _moved(self, before: PaymentState, after: PaymentState, at: datetime) -> Step:
        road = (before.vehicle_id, before.route_id) != (after.vehicle_id, after.route_id)
        driver = before.driver_id != after.driver_id
        to, came = self._place(after, road, driver), self._place(before, road, driver)
        words = (f"Moved to {to}" if to else f"Taken off {came}") if road else f"Now with {to or 'no driver'}"
        return Step(at, "moved", after.status, words, f"Before: {came or 'none'}" if to or not road else "")

    def _place(self, state: PaymentState, road: bool, driver: bool) -> str:
        """'KDA 123A, Nairobi – Nakuru, driver Baraka Mfano': of these only what is asked for and known to be there."""
        parts = []
        if road and state.vehicle_id:
            parts.append(self.names.vehicles.get(state.vehicle_id, "an unknown vehicle"))
        if road and state.route_id:
            parts.append(self.names.routes.get(state.route_id, "an unknown route"))
        if driver and state.driver_id:
            parts.append(f"driver {self.names.drivers.get(state.driver_id, 'unknown')}")
        return ", ".join(parts)


def status_in_words(status: str, code: str | None) -> str:
    """'Failed: 1032 cancelled by the customer', 'Failed: code 77', 'On hold'."""
    code = (code or "").strip()
    if code in ("", "0"):
        return status_shown(status)
    words = result_in_words(code)
    return f"{status_shown(status)}: {words if words.startswith('code ') else f'{code} {words}'}"


def reason_in_words(row: PaymentRow) -> str:
    """Why a payment failed, from its code; the booking system's own words where there is no code."""
    if (row.result_code or "").strip() in ("", "0"):
        return row.failure_reason
    words = result_in_words(row.result_code)
    return words[:1].upper() + words[1:]


def _home(state: PaymentState) -> tuple[object, ...]:
    return state.vehicle_id, state.route_id, state.driver_id


def _facts(before: PaymentState, after: PaymentState) -> Iterator[str]:
    old, new = (f"{state.currency} {shown(state.amount)}" for state in (before, after))
    if old != new:
        yield f"Amount changed from {old} to {new}"
    if before.method != after.method:
        yield f"Method changed from {method_shown(before.method)} to {method_shown(after.method)}"
    if before.short_code != after.short_code:
        yield f"Short code changed from {before.short_code or 'none'} to {after.short_code or 'none'}"
    if before.created_at != after.created_at:
        yield "Time of creation changed"


def _refunded(before: PaymentState, after: PaymentState, at: datetime) -> Step:
    earlier, total, amount = before.refunded_amount, after.refunded_amount, shown(after.amount)
    if total < earlier:
        words = f"Refund lowered from {after.currency} {shown(earlier)} to {shown(total)}"
    elif earlier and total > earlier:
        words = f"Refunded {after.currency} {shown(total - earlier)} more: {shown(total)} of {amount}"
    else:
        words = f"Refunded {after.currency} {shown(total)} of {amount}"
    return Step(at, "refund", after.status, words, _doubt(after))


def _doubt(state: PaymentState) -> str:
    """What is strange about a refund."""
    if state.status not in TAKEN:
        return "A refund of what is not paid."
    if state.refunded_amount > state.amount:
        return "More than was paid."
    if state.status in _GIVEN_BACK and not state.refunded_amount:
        return "The booking system gives no amount."
    return ""
