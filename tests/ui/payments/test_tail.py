"""The kept end of a feed."""

from __future__ import annotations

from services.feed.event import PaymentEvent
from tests.ui.payments.fake import FLEET, NOW
from ui.payments.tail import Tail


def event(seq: int) -> PaymentEvent:
    return PaymentEvent(FLEET.id, seq, "names", None, NOW, None, None)


def numbers(events: tuple[PaymentEvent, ...] | None) -> list[int] | None:
    return None if events is None else [event.seq for event in events]


def test_what_happened_since_an_answer() -> None:
    tail = Tail()
    tail.add(map(event, (5, 6, 7)))
    assert numbers(tail.since(5)) == [6, 7]
    assert numbers(tail.since(4)) == [5, 6, 7]
    assert numbers(tail.since(9)) == []
    assert tail.since(3) is None


def test_nothing_happened_as_far_as_is_known() -> None:
    assert Tail().since(3) == ()


def test_events_are_taken_once() -> None:
    tail = Tail()
    assert numbers(tail.add(map(event, (5, 6)))) == [5, 6]
    assert numbers(tail.add(map(event, (5, 6, 6, 7)))) == [7]


def test_a_hole_forgets_what_was_before_it() -> None:
    tail = Tail()
    tail.add(map(event, (5, 6, 9, 10)))
    assert tail.since(6) is None
    assert numbers(tail.since(8)) == [9, 10]


def test_only_so_many_are_kept() -> None:
    tail = Tail(kept=3)
    tail.add(map(event, range(1, 8)))
    assert tail.since(3) is None
    assert numbers(tail.since(4)) == [5, 6, 7]


def test_a_feed_that_begins_anew() -> None:
    tail = Tail()
    tail.add([event(900)])
    tail.clear()
    assert numbers(tail.add([event(1)])) == [1]
