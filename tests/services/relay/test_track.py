"""However frames come (late, twice, in any order, over any number of connections), every event is taken once and in order."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feed.event import PaymentEvent
from services.relay.messages import Beat, Events, Position, Reload, Welcome
from services.relay.track import Hole, Track

ONE, TWO = UUID(int=1), UUID(int=2)
AT = datetime(2026, 9, 22, 6, tzinfo=UTC)


def events(fleet: UUID, first: int, last: int, epoch: int = 1) -> Events:
    listed = tuple(PaymentEvent(fleet, seq, "names", None, AT, None, None) for seq in range(first, last + 1))
    return Events(fleet, epoch, first, last, listed)


def knowing(**fleets: tuple[int, int]) -> Track:
    track = Track()
    track.welcome(Welcome({{"one": ONE, "two": TWO}[name]: Position(*at) for name, at in fleets.items()}))
    return track


@given(st.integers(1, 40), st.lists(st.tuples(st.integers(1, 40), st.integers(0, 8)), max_size=60), st.randoms())
def test_shuffled_and_repeated_frames_end_in_the_same_state(
    total: int, cuts: list[tuple[int, int]], order: random.Random
) -> None:
    """The relay's frames in any order and number; at a hole the client resumes and hears the next piece from where it stands."""
    track = knowing(one=(1, 0))
    frames = [events(ONE, start, min(start + length, total)) for start, length in cuts if start <= total]
    order.shuffle(frames)
    taken: list[int] = []
    for frame in frames:
        try:
            taken += [event.seq for event in track.take(frame)]
        except Hole:
            known = track.positions[ONE].seq
            resumed = events(ONE, known + 1, order.randint(known + 1, total))
            taken += [event.seq for event in track.take(resumed)]
    taken += [event.seq for event in track.take(events(ONE, 1, total))]
    assert taken == list(range(1, total + 1))
    assert track.positions == {ONE: Position(1, total)}


def test_overlap_is_taken_once() -> None:
    track = knowing(one=(1, 3))
    assert [event.seq for event in track.take(events(ONE, 2, 5))] == [4, 5]
    assert track.take(events(ONE, 2, 5)) == ()
    assert track.positions[ONE] == Position(1, 5)


@pytest.mark.parametrize("frame", [events(ONE, 5, 6), events(ONE, 4, 4, epoch=2), events(TWO, 1, 1)])
def test_a_hole_another_epoch_or_an_unknown_fleet_changes_nothing(frame: Events) -> None:
    track = knowing(one=(1, 3))
    with pytest.raises(Hole):
        track.take(frame)
    assert track.positions == {ONE: Position(1, 3)}


def test_reload_moves_anywhere() -> None:
    track = knowing(one=(1, 3))
    track.reload(Reload(ONE, Position(2, 1), "rebuilt"))
    assert [event.seq for event in track.take(events(ONE, 2, 2, epoch=2))] == [2]


def test_a_welcome_names_what_to_read_and_keeps_what_is_known() -> None:
    track = knowing(one=(1, 3))
    assert track.welcome(Welcome({ONE: Position(1, 9), TWO: Position(1, 4)})) == (TWO,)
    assert track.positions == {ONE: Position(1, 3), TWO: Position(1, 4)}
    assert track.welcome(Welcome({TWO: Position(1, 5)})) == (ONE,)
    assert track.positions == {TWO: Position(1, 4)}


@pytest.mark.parametrize("sent", [{ONE: Position(1, 4)}, {ONE: Position(2, 3)}, {TWO: Position(1, 0)}])
def test_a_beat_betrays_what_never_came(sent: dict[UUID, Position]) -> None:
    with pytest.raises(Hole):
        knowing(one=(1, 3)).check(Beat(0.0, sent))


def test_a_beat_of_a_relay_that_is_itself_late_is_no_hole() -> None:
    known = knowing(one=(1, 3))
    known.check(Beat(0.0, {ONE: Position(1, 2)}))
    # What was known stays known: the next event that is missed is still found.
    with pytest.raises(Hole):
        known.check(Beat(0.0, {ONE: Position(1, 4)}))
