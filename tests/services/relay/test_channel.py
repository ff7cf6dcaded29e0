"""What a channel reads for those who return late."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from services.relay.channel import Channel
from services.relay.messages import Position

FLEET = UUID(int=7)


async def ahead(fleet: UUID, known: Position, most: int) -> tuple[str, ...] | None:
    """A database that holds events up to 150."""
    return tuple(f'{{"seq": {seq}}}' for seq in range(known.seq + 1, min(known.seq + most, 150) + 1)) or None


@pytest.mark.parametrize(
    ("stands", "known", "leads"),
    [
        (Position(1, 125), Position(1, 100), Position(1, 125)),
        (Position(1, 150), Position(1, 100), Position(1, 150)),
        (Position(1, 100), Position(1, 100), None),
        (Position(1, 150), Position(1, 150), None),
        (Position(2, 3), Position(1, 100), None),
    ],
)
def test_older_events_are_read_as_far_as_the_channel_stands(
    stands: Position, known: Position, leads: Position | None
) -> None:
    """What the database holds beyond is published when the channel comes to it, and must not be told twice."""
    found = asyncio.run(Channel(FLEET, stands, 10).older(known, ahead))
    assert (found and found[1]) == leads
