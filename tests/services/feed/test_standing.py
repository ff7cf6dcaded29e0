"""Since when payments stand still, as a member of a fleet sees it."""

from __future__ import annotations

from services.database.engine import Database
from services.feed.standing import still_since
from tests.services.relay.ledger import Ledger
from tests.world import World


def as_viewer(world: World) -> Database:
    fleet = world.fleet()
    world.project()
    return world.person(fleet, "viewer")


def test_where_no_projector_ever_ran_nobody_knows(world: World) -> None:
    assert still_since(as_viewer(world)) is None


def test_a_projector_that_beats_works(world: World) -> None:
    Ledger(world).beat(5)
    assert still_since(as_viewer(world)) is None


def test_a_silent_projector_stands_still_since_its_last_beat(world: World) -> None:
    Ledger(world).beat(25)
    assert still_since(as_viewer(world)) == world.value("SELECT beat_at FROM finance.projector")
