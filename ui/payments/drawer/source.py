"""What the drawer asks for, and of whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from services.monitoring.detail import PaymentDetail
from services.payments.revealing import Revealed

#: The passenger in full for (fleet, payment, reason); blocks, leaves a record, and may raise a `WorkstationError`.
Reveal = Callable[[UUID, UUID, str], Revealed]


class DetailSource(Protocol):
    """Answers from the database; blocks and may raise a `WorkstationError`."""

    def detail(self, fleet_id: UUID, payment_id: UUID) -> PaymentDetail:
        """The payment in full, also one that was removed; NotFound where it never was there."""
        ...
