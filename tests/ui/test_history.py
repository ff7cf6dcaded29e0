"""Back and forward through what a person looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.history import MOST, History, Place


def places(*names: str) -> list[Place]:
    return [Place("payments", name) for name in names]


def walked(*names: str) -> History:
    history = History()
    for place in places(*names):
        history.visit(place)
    return history


def test_back_and_forward_through_what_was_visited() -> None:
    today, failed, nakuru = places("today", "failed", "nakuru")
    history = walked("today", "failed", "nakuru")
    assert [history.back(), history.back(), history.back()] == [failed, today, None]
    assert (history.here, history.can_go_back, history.can_go_forward) == (today, False, True)
    assert [history.forward(), history.forward(), history.forward()] == [failed, nakuru, None]


def test_a_visit_forgets_what_was_ahead() -> None:
    history = walked("today", "failed", "nakuru")
    history.back()
    history.visit(Place("payments", "thika"))
    assert not history.can_go_forward
    assert history.back() == Place("payments", "failed")


def test_the_same_place_twice_is_one_place_and_forgets_nothing() -> None:
    history = walked("today", "failed", "failed")
    assert history.back() == Place("payments", "today")
    history.visit(Place("payments", "today"))
    assert history.forward() == Place("payments", "failed")


def test_before_the_first_visit_there_is_nowhere_to_go() -> None:
    history = History()
    assert (history.here, history.back(), history.forward()) == (None, None, None)


def test_pages_are_places_too() -> None:
    history = History()
    for page in ("payments", "audit"):
        history.visit(Place(page))
    assert history.back() == Place("payments")


def growing(before: Place, after: Place) -> bool:
    first, second = str(before.state), str(after.state)
    return bool(first) and bool(second) and (first.startswith(second) or second.startswith(first))


def test_what_only_carries_on_takes_the_place_of_what_it_carries_on() -> None:
    history = History(growing)
    for place in places("", "a", "al", "alice", ""):
        history.visit(place)
    assert [history.back(), history.back(), history.back()] == [*places("alice", ""), None]


def test_a_place_that_changes_by_itself_is_no_new_one() -> None:
    history = walked("yesterday's today", "failed")
    history.replace(Place("payments", "failed, after midnight"))
    assert history.back() == Place("payments", "yesterday's today")
    assert history.forward() == Place("payments", "failed, after midnight")


def test_another_fleet_begins_with_nothing_behind_it() -> None:
    history = walked("today", "failed", "nakuru")
    history.back()
    history.clear()
    assert (history.can_go_back, history.can_go_forward, history.here) == (False, False, Place("payments", "failed"))


def test_only_so_many_places_are_remembered() -> None:
    history = walked(*map(str, range(MOST + 20)))
    steps = 0
    while history.back() is not None:
        steps += 1
    assert steps == MOST
    assert history.here == Place("payments", "19")


@given(st.lists(st.one_of(st.sampled_from("abc"), st.sampled_from(["<", ">"])), max_size=40))
def test_it_goes_where_a_list_with_a_finger_goes(steps: list[str]) -> None:
    history, visited, finger = History(), list[str](), -1
    for step in steps:
        if step == "<":
            history.back()
            finger = max(min(0, len(visited) - 1), finger - 1)
        elif step == ">":
            history.forward()
            finger = min(len(visited) - 1, finger + 1)
        else:
            history.visit(Place("payments", step))
            if finger < 0 or visited[finger] != step:
                visited = [*visited[: finger + 1], step]
                finger += 1
        assert history.here == (Place("payments", visited[finger]) if visited else None)
        assert history.can_go_back == (finger > 0)
        assert history.can_go_forward == (finger < len(visited) - 1)
