"""A signed-in person: the database under their login, their fleets, and the services that stand on both."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import URL

from services.database.engine import Database
from services.database.fleets import Fleet, fleets
from services.database.migration import require_current
from services.domain.errors import NotAllowed
from services.payments.service import PaymentService
from services.reconciliation.service import ReconciliationService
from services.relay.doors import relay_address, relay_ticket
from services.statements.importer import StatementImporter


@dataclass(frozen=True, slots=True)
class Session:
    """Everything that the pages of one person ask."""

    database: Database
    fleets: tuple[Fleet, ...]
    payments: PaymentService
    reconciliation: ReconciliationService
    importer: StatementImporter
    relay_url: str | None

    def relay_address(self) -> str:
        """Where the live feed is now; blocks on the database."""
        return relay_address(self.database, self.relay_url or "")

    def relay_ticket(self) -> str:
        """A ticket to the live feed for this person; blocks on the database."""
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
    return Session(
        database,
        mine,
        PaymentService(database),
        ReconciliationService(database),
        StatementImporter(database),
        relay_url,
    )


def try_connection(url: URL) -> str:
    """What a test of the connection found, in one sentence."""
    session = open_session(url, None)
    session.database.close()
    return "Connected: " + ", ".join(fleet.name for fleet in session.fleets) + "."
