"""What happened to a payment: the event that the projector writes and every screen, alert and timeline reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

Kind = Literal["payment", "booking", "removed", "names"]
#: A value as JSON carries it.
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class PaymentState:
    """A payment as figures need it, without personal data. Amounts in the payment's currency."""

    status: str
    amount: Decimal
    refunded_amount: Decimal
    currency: str
    method: str
    route_id: UUID | None
    vehicle_id: UUID | None
    driver_id: UUID | None
    created_at: datetime
    completed_at: datetime | None
    result_code: str | None
    short_code: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """One noted change. `before` is None for a new payment, `after` for a removed one; both for kind 'names'.

    Kind 'payment': the payment itself; 'booking': its booking moved (route, vehicle, driver, passenger); 'names': a route,
    vehicle, driver, till or the fleet was renamed, so names must be read again.
    """

    fleet_id: UUID
    seq: int
    kind: Kind
    payment_id: UUID | None
    at: datetime
    before: PaymentState | None
    after: PaymentState | None


@dataclass(frozen=True, slots=True)
class Position:
    """How far a fleet's events are known: everything up to `seq` within `epoch`. Epoch 0: nothing was ever numbered."""

    epoch: int
    seq: int


def state_from_json(value: Json | None) -> PaymentState | None:
    """The state behind its JSON form (as stored in payment_event and sent by the relay)."""
    if value is None:
        return None
    return PaymentState(
        status=str(value["status"]),
        amount=Decimal(str(value["amount"])),
        refunded_amount=Decimal(str(value["refunded_amount"])),
        currency=str(value["currency"]),
        method=str(value["method"]),
        route_id=_uuid(value["route_id"]),
        vehicle_id=_uuid(value["vehicle_id"]),
        driver_id=_uuid(value["driver_id"]),
        created_at=datetime.fromisoformat(str(value["created_at"])),
        completed_at=datetime.fromisoformat(str(done)) if (done := value["completed_at"]) else None,
        result_code=str(code) if (code := value["result_code"]) is not None else None,
        # Events of the first releases do not carry it.
        short_code=str(till) if (till := value.get("short_code")) is not None else None,
    )


def event_from_json(fleet_id: UUID, value: Json) -> PaymentEvent:
    """The event behind the JSON object that the relay sends: {seq, kind, payment_id, at, before, after}."""
    seq, kind = value["seq"], value["kind"]
    before, after = value["before"], value["after"]
    if not isinstance(seq, int) or kind not in ("payment", "booking", "removed", "names"):
        raise ValueError(f"not a payment event: seq {seq!r}, kind {kind!r}")
    return PaymentEvent(
        fleet_id=fleet_id,
        seq=seq,
        kind=kind,
        payment_id=_uuid(value["payment_id"]),
        at=datetime.fromisoformat(str(value["at"])),
        before=state_from_json(before if isinstance(before, dict) else None),
        after=state_from_json(after if isinstance(after, dict) else None),
    )


def _uuid(value: object) -> UUID | None:
    return UUID(str(value)) if value else None
