"""Where people find a relay."""

from __future__ import annotations

import pytest

from services.domain.errors import RelayUnreachable
from services.relay.doors import consume_ticket, relay_address, relay_ticket
from tests.services.relay.ledger import Ledger


def test_an_override_is_taken_as_it_is(ledger: Ledger) -> None:
    assert relay_address(ledger.world.database("finance_relay"), "wss://relay.example") == "wss://relay.example"


def test_only_living_relays_are_sought(ledger: Ledger) -> None:
    person = ledger.world.person(ledger.fleet(), "viewer")
    with pytest.raises(RelayUnreachable, match="workstation serve"):
        relay_address(person)
    for name, age in (("dead", 45), ("living", 5), ("young", 0)):
        ledger.world.run(
            f"INSERT INTO finance.relay (url, beat_at) VALUES ('ws://{name}', now() - make_interval(secs => {age}))"
        )
    assert {relay_address(person) for _ in range(60)} == {"ws://living", "ws://young"}


def test_a_ticket_is_its_persons(ledger: Ledger) -> None:
    fleet = ledger.fleet()
    relay = ledger.world.database("finance_relay")
    ticket = relay_ticket(ledger.world.person(fleet, "viewer", "reader"))
    identity = consume_ticket(relay, ticket)
    assert identity is not None
    assert (identity.login, identity.operator, identity.fleets) == ("reader", False, frozenset({fleet}))
    assert consume_ticket(relay, ticket) is None
