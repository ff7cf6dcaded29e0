"""What a person can do with the window as a whole: read again, hide amounts, leave, show another fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol

from services.database.fleets import Fleet
from ui.actions import Action


class Page(Protocol):
    """What every page can be told."""

    def reload(self) -> None:
        """Asks everything again."""

    def conceal(self, concealed: bool) -> None:
        """Masks amounts and phones, or shows them again."""


class WindowActions:
    """Does it to all the `pages` there are by then."""

    def __init__(
        self,
        pages: Callable[[], Iterable[Page]],
        fleets: Sequence[Fleet],
        show_fleet: Callable[[Fleet], None],
        close: Callable[[], object],
    ) -> None:
        self._pages, self._fleets, self._show_fleet, self._close = pages, fleets, show_fleet, close
        self._private = False

    def actions(self) -> tuple[Action, ...]:
        """For menus, shortcuts and the palette."""
        private = "Hide amounts and phones"
        return (
            Action("view.reload", "Reload", "F5", "Window", self.reload, "refresh"),
            Action("window.private", private, "Ctrl+Shift+P", "Window", self.toggle_privacy, "privacy blur mask"),
            Action("window.quit", "Quit", "Ctrl+Q", "Window", self._close, "exit close"),
            *(self._choice(fleet) for fleet in (self._fleets if len(self._fleets) > 1 else ())),
        )

    def reload(self) -> None:
        """Asks everything again."""
        for page in self._pages():
            page.reload()

    def toggle_privacy(self) -> None:
        """Masks amounts and phones everywhere, or shows them again."""
        self._private = not self._private
        for page in self._pages():
            page.conceal(self._private)

    def _choice(self, fleet: Fleet) -> Action:
        return Action(f"fleet.{fleet.code}", f"Show {fleet.name}", "", "Fleet", partial(self._show_fleet, fleet))
