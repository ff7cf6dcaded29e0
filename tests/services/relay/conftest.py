"""A feed written by hand for the relay's tests."""

from __future__ import annotations

import pytest

from tests.services.relay.ledger import Ledger
from tests.world import World


@pytest.fixture
def ledger(world: World) -> Ledger:
    """The projector's pen."""
    return Ledger(world)
