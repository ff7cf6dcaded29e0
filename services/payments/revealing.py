"""A passenger's name and phone in full: for a reason, and never without a record of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text

from services.database.engine import Database
from services.domain.errors import NotAllowed, NotFound

SHORTEST_REASON = 5
"""Characters, spaces apart."""

_ASK = text("SELECT finance.ask_to_reveal(:fleet, :payment, :reason)")
_SHOW = text("SELECT passenger, phone FROM finance.reveal_payment(:fleet, :payment)")


@dataclass(frozen=True, slots=True)
class Revealed:
    """Who paid, in full; '' where the booking system does not know. Neither stands in its repr, hence in no log."""

    passenger: str = field(repr=False)
    phone: str = field(repr=False)


def reveal(database: Database, fleet_id: UUID, payment_id: UUID, reason: str) -> Revealed:
    """The passenger behind the payment; the login, the time and the reason are in the fleet's audit trail before it is shown.

    NotAllowed without a reason of at least five characters; NotFound alike for a payment of another fleet and of none.
    """
    if len("".join(reason.split())) < SHORTEST_REASON:
        raise NotAllowed(
            f"Say why, in at least {SHORTEST_REASON} characters: the reason is kept in the fleet's audit trail."
        )
    key = {"fleet": fleet_id, "payment": payment_id}
    # Committed before anything is read: what was read cannot be rolled back.
    with database.write() as connection:
        asked = connection.execute(_ASK, {**key, "reason": reason}).scalar_one()
    with database.read() as connection:
        found = connection.execute(_SHOW, key).one_or_none() if asked else None
    if found is None:
        raise NotFound("There is no such payment in this fleet. Load the list again.")
    return Revealed(found.passenger or "", found.phone or "")
