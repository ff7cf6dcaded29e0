from __future__ import annotations

from tests.ui.grid.paid import Clock
from ui.grid.marks import FLASH_SECONDS, NEW_SECONDS, Marks


def test_a_flash_fades_and_is_forgotten() -> None:
    clock = Clock()
    marks = Marks(clock)
    assert not marks
    marks.changed("a", [1, 2])
    assert marks.flash("a", 1) == 1.0
    assert marks.flash("a", 0) == 0.0
    assert marks.flash("b", 1) == 0.0
    clock.now = FLASH_SECONDS / 2
    assert marks.flash("a", 2) == 0.5
    assert marks.fading("a")
    assert marks.forget_old() == set()
    clock.now = FLASH_SECONDS
    assert marks.flash("a", 2) == 0.0
    assert marks.forget_old() == {"a"}
    assert not marks
    assert not marks.fading("a")


def test_a_second_change_begins_the_flash_anew() -> None:
    clock = Clock()
    marks = Marks(clock)
    marks.changed("a", [1])
    clock.now = 1.0
    marks.changed("b", [1])
    marks.changed("a", [1])
    clock.now = FLASH_SECONDS + 0.1
    assert marks.forget_old() == set()
    assert marks.flash("a", 1) > 0.5
    clock.now = 1.0 + FLASH_SECONDS
    assert marks.forget_old() == {"a", "b"}


def test_a_new_row_stays_marked_and_then_fades() -> None:
    clock = Clock()
    marks = Marks(clock)
    marks.arrived(["a"])
    clock.now = 1.0
    assert marks.newness("a") == 1.0
    assert not marks.fading("a")
    clock.now = NEW_SECONDS - 0.4
    assert 0.4 < marks.newness("a") < 0.6
    assert marks.fading("a")
    clock.now = NEW_SECONDS
    assert marks.newness("a") == 0.0
    assert marks.forget_old() == {"a"}


def test_clearing_forgets_everything() -> None:
    marks = Marks(Clock())
    marks.arrived(["a"])
    marks.changed("a", [0])
    marks.clear()
    assert not marks
    assert marks.flash("a", 0) == marks.newness("a") == 0.0
