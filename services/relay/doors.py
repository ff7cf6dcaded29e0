"""How people and relays meet in the database: tickets, memberships and the addresses at which relays are found."""

from __future__ import annotations

import random
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from services.database.engine import Database
from services.domain.errors import RelayUnreachable
from services.relay.listener import Identity

FRESH_SECONDS = 30
"""How long after its last beat a relay is still sought at its address; after twice that its address is removed."""


def relay_ticket(database: Database) -> str:
    """A single-use ticket for the person whose connection this is, good for 60 seconds."""
    with database.write() as connection:
        return str(connection.execute(text("SELECT finance.issue_relay_ticket()")).scalar_one())


def relay_address(database: Database, override: str = "") -> str:
    """Where to listen: `override` where one is set, otherwise one of the living relays; RelayUnreachable where there is none."""
    if override:
        return override
    with database.read() as connection:
        found = connection.execute(
            text("SELECT url FROM finance.relay WHERE beat_at > now() - make_interval(secs => :fresh)"),
            {"fresh": FRESH_SECONDS},
        ).scalars()
        urls = [str(url) for url in found]
    if not urls:
        raise RelayUnreachable("No relay is running. Start the back office: workstation serve")
    return random.choice(urls)


def consume_ticket(database: Database, ticket: str) -> Identity | None:
    """Whose ticket it is, None when it is unknown, used or expired; it is used up by this."""
    with database.write() as connection:
        row = connection.execute(
            text("SELECT login, operator, fleets FROM finance.consume_relay_ticket(:ticket)"), {"ticket": ticket}
        ).one_or_none()
    return None if row is None else Identity(row.login, row.operator, frozenset(row.fleets))


def memberships(database: Database, people: Iterable[tuple[str, bool]]) -> dict[tuple[str, bool], frozenset[UUID]]:
    """The fleets that are theirs now, by (login, operator)."""
    asked = sorted(set(people))
    with database.read() as connection:
        rows = connection.execute(
            text(
                "SELECT p.login, p.operator, finance.fleets_of(p.login, p.operator)"
                " FROM unnest(CAST(:logins AS text[]), CAST(:operators AS boolean[])) AS p(login, operator)"
            ),
            {"logins": [login for login, _ in asked], "operators": [operator for _, operator in asked]},
        )
        return {(login, operator): frozenset(fleets) for login, operator, fleets in rows}


def announce(database: Database, url: str) -> None:
    """Says that the relay at `url` lives, and removes the addresses of those that no longer do."""
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO finance.relay (url, beat_at) VALUES (:url, now())"
                " ON CONFLICT (url) DO UPDATE SET beat_at = excluded.beat_at"
            ),
            {"url": url},
        )
        connection.execute(
            text("DELETE FROM finance.relay WHERE beat_at < now() - make_interval(secs => :dead)"),
            {"dead": 2 * FRESH_SECONDS},
        )


def withdraw(database: Database, url: str) -> None:
    """Takes the relay's address back."""
    with database.write() as connection:
        connection.execute(text("DELETE FROM finance.relay WHERE url = :url"), {"url": url})
