"""Places of the payments page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.payments.filters import PaymentFilter
from services.payments.row import Sort
from tests.ui.payments.fake import FLEET, NOW, THIKA, TODAY
from ui.history import History, Place
from ui.payments.places import Shown, only_typed

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


def searching(text: str, **values: object) -> Place:
    return Place("payments", Shown(replace(EVERYTHING, search=text, **values)))  # type: ignore[arg-type]  # as it says


def test_only_a_search_that_goes_on_carries_a_place_on() -> None:
    assert only_typed(searching("al"), searching("alice"))
    assert not only_typed(searching(""), searching("a"))
    assert not only_typed(searching("a"), searching(" "))
    assert not only_typed(searching("a"), searching("al", routes=frozenset({THIKA})))
    assert not only_typed(searching("a"), Place("audit", searching("al").state))
    assert not only_typed(searching("a"), Place("payments"))
    sorted_ = Place("payments", Shown(replace(EVERYTHING, search="al"), sort=Sort("amount")))
    assert not only_typed(searching("a"), sorted_)


def test_a_word_that_is_typed_is_one_step_back() -> None:
    history = History(only_typed)
    for text in ("", "a", "al", "alice"):
        history.visit(searching(text))
    assert history.back() == searching("")
    assert history.forward() == searching("alice")


def test_days_that_move_on_are_reckoned_anew() -> None:
    tomorrow = NOW + timedelta(days=1)
    assert Shown(EVERYTHING).wanted_at(tomorrow) == EVERYTHING
    moved = Shown(EVERYTHING, "today").wanted_at(tomorrow)
    assert moved.days.first == TODAY.first + timedelta(days=1)
    assert Shown(EVERYTHING, "today").wanted_at(NOW) == EVERYTHING
