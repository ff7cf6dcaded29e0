"""A payment's story in words, from its events and from what its own row proves.

Events come in the payment's order, and so do the steps. What no event tells (the payment was there before events were kept, or the
read model was made anew since) is told from the row, and the step says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.domain.payment import PENDING
from services.feed.event import PaymentEvent
from services.payments.row import Names, PaymentRow
from services.payments.steps import Step, Words

UNRECORDED: Final = "Told from the payment itself: what happened before events were kept is not recorded."
REMOVED: Final = "Deleted there, or moved to another fleet."
UNEXPLAINED: Final = "No event tells when: the read model was made anew from the booking system since."


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of the payment beside its row: M-Pesa's name for the prompt, and when money was last given back."""

    checkout_request_id: str = ""
    refunded_at: datetime | None = None


def story(
    events: Sequence[PaymentEvent], row: PaymentRow | None, names: Names, proof: Proof | None = None
) -> tuple[Step, ...]:
    """The steps in their order, from the payment's own events by seq and the payment as it is now (None: it was removed).

    Times never run backwards. Where there is a row, the last step carries its status.
    """
    teller = _Teller(events, row, Words(names, row), proof or Proof())
    return tuple(_merged(_in_order(teller.steps())))


def told_among(steps: Sequence[Step], others: Iterable[Step]) -> tuple[Step, ...]:
    """The story with steps that no event tells, each at its place in time and with the status the payment had then."""
    told = list(steps)
    for other in sorted(others, key=lambda step: step.at):
        place = next((place for place, step in enumerate(told) if step.at > other.at), len(told))
        told.insert(place, replace(other, status=told[max(0, place - 1)].status if told else other.status))
    return tuple(told)


class _Teller:
    """One payment's events, one after the other."""

    def __init__(self, events: Sequence[PaymentEvent], row: PaymentRow | None, words: Words, proof: Proof) -> None:
        self._events, self._row, self._words, self._proof = events, row, words, proof
        # Which update named the prompt is not recorded: most likely the first that changed nothing else.
        asked = (event for event in events if proof.checkout_request_id and _waiting(event))
        self._prompt = next(asked, None)

    def steps(self) -> Iterator[Step]:
        """All steps, with times as they were given."""
        yield from self._prompted(self._beginning())
        for event in self._events:
            steps = self._event(event)
            yield from self._prompted(steps) if event is self._events[0] else steps
        yield from self._rest()

    def _beginning(self) -> Iterator[Step]:
        """What is known of a payment that no event creates."""
        first = self._events[0] if self._events else None
        state = first.before if first else self._row.state if self._row else None
        if state is None:
            return
        for step in self._words.created(state, None):
            told = replace(step, detail=UNRECORDED) if step.kind == "initiated" else step
            if first:
                told = replace(told, at=min(told.at, first.at))
            elif step.kind == "refund" and self._proof.refunded_at:
                told = replace(told, at=self._proof.refunded_at)
            yield told

    def _event(self, event: PaymentEvent) -> list[Step]:
        before, after = event.before, event.after
        if after is None:
            gone = (
                Step(event.at, "removed", before.status, "Removed in the booking system", REMOVED) if before else None
            )
            return [gone] if gone else []
        if before is None:
            return list(self._words.created(after, event.at))
        return list(self._words.changed(before, after, event.at)) or [self._noted(event, after.status)]

    def _noted(self, event: PaymentEvent, status: str) -> Step:
        """A change that touches nothing of what events carry."""
        if event is self._prompt:
            return Step(event.at, "prompt", status, _PROMPT, self._proof.checkout_request_id)
        if event.kind == "booking":
            return Step(event.at, "noted", status, "Booking updated", "Route, vehicle and driver stayed.")
        return Step(event.at, "noted", status, "Payment updated", "Status and amounts stayed.")

    def _prompted(self, steps: Iterable[Step]) -> Iterator[Step]:
        """The steps, the prompt following the creation where no event of its own names it."""
        for step in steps:
            yield step
            if step.kind == "initiated" and self._proof.checkout_request_id and self._prompt is None:
                yield Step(step.at, "prompt", step.status, _PROMPT, self._proof.checkout_request_id)

    def _rest(self) -> Iterator[Step]:
        """What the row says and no event did."""
        if self._row is None or not self._events:
            return
        now, last = self._row.state, self._events[-1]
        if last.after is None:
            steps = self._words.created(now, last.at)
        else:
            # Events of the first releases carry no short code.
            told = replace(last.after, short_code=last.after.short_code or now.short_code)
            steps = self._words.changed(told, now, max(last.at, now.completed_at or last.at))
        for step in steps:
            yield replace(step, detail=UNEXPLAINED)


_PROMPT: Final = "Prompt sent to the phone"


def _waiting(event: PaymentEvent) -> bool:
    """Whether a pending payment was updated, and nothing in it that events carry."""
    after = event.after
    return event.kind == "payment" and after is not None and event.before == after and after.status == PENDING


def _in_order(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps with no time before that of the step before: clocks of two machines differ, the order of events does not."""
    latest: datetime | None = None
    for step in steps:
        latest = max(latest, step.at) if latest else step.at
        yield replace(step, at=latest)


def _merged(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps, of several equal updates that no figure needs only the last."""
    held: Step | None = None
    for step in steps:
        if held and not (step.kind == "noted" and step.words == held.words):
            yield held
        held = step
    if held:
        yield held
