"""The way back: Alt+← and Alt+→ through the pages and filters that were shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject

from ui.history import History, Place
from ui.main_window import MainWindow
from ui.payments.places import Shown, only_typed
from workstation.payments_desk import NAME, PaymentsDesk


class Roaming(QObject):
    """Notes where the person goes, and takes them back there."""

    def __init__(self, window: MainWindow, payments: PaymentsDesk, clock: Callable[[], datetime]) -> None:
        super().__init__(window)
        self._window, self._payments, self._clock = window, payments, clock
        self._history = History(only_typed)
        self._travelling = False
        window.page_changed.connect(lambda _: self._note())
        payments.shown_changed.connect(self._note)
        window.travel.allow(lambda: self._history.can_go_back, lambda: self._history.can_go_forward)
        window.travel.back_wanted.connect(lambda: self._go(self._history.back()))
        window.travel.forward_wanted.connect(lambda: self._go(self._history.forward()))
        self._note()

    def forget(self) -> None:
        """Forgets the way, as for another fleet."""
        self._history.clear()

    def _note(self) -> None:
        page = self._window.current_page
        place = Place(page, self._shown() if page == NAME else None)
        here = self._history.here
        if self._travelling or place == here:
            return
        if here is not None and _moved_on(here, place):
            self._history.replace(place)
        else:
            self._history.visit(place)

    def _shown(self) -> Shown | None:
        page = self._payments.page
        return None if page.filter is None else Shown(page.filter, page.bar.days.preset, page.sort)

    def _go(self, place: Place | None) -> None:
        if place is None:
            return
        self._travelling = True
        try:
            if isinstance(place.state, Shown):
                self._payments.show_again(place.state.wanted_at(self._clock()), place.state.sort, place.state.preset)
            else:
                self._window.show_page(place.page)
        finally:
            self._travelling = False


def _moved_on(before: Place, after: Place) -> bool:
    """Whether nothing but the calendar has changed, as at midnight."""
    first, second = before.state, after.state
    if not isinstance(first, Shown) or not isinstance(second, Shown) or not second.preset:
        return False
    return replace(first, wanted=replace(first.wanted, days=second.wanted.days)) == second
