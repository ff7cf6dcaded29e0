"""Lines and payments in a few words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from services.domain.period import NAIROBI
from services.reconciliation.sides import Line, Payment

DAY = date(2026, 9, 22)
_NAMES = UUID(int=7)


def known(name: str) -> UUID:
    """The id of what is called `name`."""
    return uuid5(_NAMES, name)


def at(clock: str, day: date = DAY) -> datetime:
    """A clock time of Nairobi."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NAIROBI)


def paid(
    name: str,
    receipt: str,
    amount: str = "600.00",
    account: str = "",
    *,
    code: str = "9990001",
    clock: str = "09:00:00",
) -> Line:
    """A payment line of the statement."""
    return Line(known(name), receipt, Decimal(amount), account, code, at(clock), DAY)


def booked(
    name: str,
    receipt: str | None = None,
    amount: str = "600.00",
    status: str = "completed",
    *,
    reference: str = "BKG1001",
    code: str | None = None,
    day: date = DAY,
    attributed: bool = True,
    refunded: str = "0.00",
) -> Payment:
    """A payment of the booking system."""
    moment = at("09:00:00", day)
    return Payment(
        id=known(name),
        receipt=receipt,
        amount=Decimal(amount),
        status=status,
        reference=reference,
        short_code=code,
        day=day,
        at=moment,
        attributed=attributed,
        refunded=Decimal(refunded),
        refunded_at=moment,
    )
