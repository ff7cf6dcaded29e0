"""A signed-in person: the database under their login, their fleets, and what the first page asks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import URL

from services.database.engine import Database
from services.database.fleets import Fleet, fleets
from services.database.schema import require_current
from services.domain.errors import NotAllowed
from services.payments.service import PaymentService


@dataclass(frozen=True, slots=True)
class Session:
    """What every page of one person stands on."""

    database: Database
    fleets: tuple[Fleet, ...]
    payments: PaymentService
    relay_url: str | None

    def relay_address(self) -> str:
        """Where the live feed is now; blocks on the database."""
        from services.relay.doors import relay_address

        return relay_address(self.database, self.relay_url or "")

    def relay_ticket(self) -> str:
        """A ticket to the live feed for this person; blocks on the database."""
        from services.relay.doors import relay_ticket

        return relay_ticket(self.database)


def open_session(url: URL, relay_url: str | None) -> Session:
    """Signs in; raises what stands in the way: unreachable, refused, another schema, no fleet."""
    database = Database(url, application="desktop")
    try:
        require_current(database)
        mine = tuple(fleets(database))
        if not mine:
            raise NotAllowed(f"The login “{url.username}” belongs to no fleet. Ask the operator to add it to one.")
    except Exception:
        database.close()
        raise
    return Session(database, mine, PaymentService(database), relay_url)


def try_connection(url: URL) -> str:
    """What a test of the connection found, in one sentence."""
    session = open_session(url, None)
    session.database.close()
    return "Connected: " + ", ".join(fleet.name for fleet in session.fleets) + "."
