"""What the relay reads: steps from any position, and how far behind the projector is."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from services.feed.event import event_from_json
from services.relay import reading
from services.relay.messages import Position
from services.relay.reading import FeedReader, Step
from tests.services.relay.ledger import Ledger


@pytest.fixture
def reader(ledger: Ledger) -> FeedReader:
    return FeedReader(ledger.world.database("finance_relay"), retained=100)


def test_an_unknown_fleet_begins_where_it_stands(ledger: Ledger, reader: FeedReader) -> None:
    fleet = ledger.fleet()
    ledger.write(fleet, 3)
    assert reader.steps({}) == (Step(fleet, Position(1, 3)),)
    assert reader.steps({fleet: Position(1, 3)}) == ()


def test_new_events_come_in_order_and_readable(ledger: Ledger, reader: FeedReader) -> None:
    one, two = ledger.fleet("ONE"), ledger.fleet("TWO")
    ledger.write(one, 5)
    ledger.write(two, 2)
    steps = {step.fleet: step for step in reader.steps({one: Position(1, 2), two: Position(1, 0)})}
    assert steps[one].position == Position(1, 5)
    found = [event_from_json(one, json.loads(event)) for event in steps[one].events]
    assert [event.seq for event in found] == [3, 4, 5]
    assert len(steps[two].events) == 2


def test_a_crowd_of_events_comes_in_several_readings(
    ledger: Ledger, reader: FeedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "POLL_EVENTS", 4)
    fleet = ledger.fleet()
    ledger.write(fleet, 10)
    position, seen = Position(1, 0), 0
    while steps := reader.steps({fleet: position}):
        position, seen = steps[0].position, seen + len(steps[0].events)
    assert (position, seen) == (Position(1, 10), 10)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (Position(7, 2), "rebuilt"),
        (Position(0, 0), "first payments"),
        (Position(1, 500), "set back"),
        (Position(1, 3), "too much"),
    ],
)
def test_a_feed_that_cannot_be_followed_jumps_and_says_why(
    ledger: Ledger, reader: FeedReader, known: Position, why: str
) -> None:
    fleet = ledger.fleet()
    ledger.write(fleet, 150)
    (step,) = reader.steps({fleet: known})
    assert step.position == Position(1, 150)
    assert step.events == ()
    assert why in step.why


def test_missing_events_are_a_jump_not_a_hole(ledger: Ledger, reader: FeedReader) -> None:
    fleet = ledger.fleet()
    ledger.write(fleet, 5)
    ledger.world.run("DELETE FROM finance.payment_event WHERE seq = 3")
    assert reader.steps({fleet: Position(1, 1)})[0].why
    assert reader.between(fleet, Position(1, 1), 10) is None


def test_a_feed_that_was_removed_is_left(ledger: Ledger, reader: FeedReader) -> None:
    (step,) = reader.steps({(gone := uuid4()): Position(1, 4)})
    assert (step.fleet, step.position, bool(step.why)) == (gone, Position(0, 0), True)
    assert reader.steps({gone: Position(0, 0)}) == ()


def test_between_reads_a_piece_of_the_same_epoch(ledger: Ledger, reader: FeedReader) -> None:
    fleet = ledger.fleet()
    ledger.write(fleet, 10)
    assert len(reader.between(fleet, Position(1, 4), 3) or ()) == 3
    assert reader.between(fleet, Position(1, 10), 3) == ()
    assert reader.between(fleet, Position(2, 4), 3) is None
    assert reader.between(uuid4(), Position(1, 4), 3) is None


def test_the_lag_is_what_waited_and_grows_when_the_projector_stops(ledger: Ledger, reader: FeedReader) -> None:
    assert reader.lag() is None
    ledger.beat()
    assert reader.lag() == 0.0
    ledger.beat(beat_ago=1, waited=0.25)
    assert reader.lag() == 0.25
    ledger.beat(beat_ago=60, waited=0.5)
    assert (reader.lag() or 0) >= 60.5
