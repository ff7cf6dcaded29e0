"""Where a person has been in the window, so that they can go back there and forward again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

#: How many places are remembered on either side.
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A page and what it showed; a state is compared and never looked into."""

    page: str
    state: Hashable = None


class History:
    """Places in the order they were visited. Visiting the place one is at changes nothing.

    `continues(before, after)` tells whether a place only carries on the one before, as each letter of a search does: it then
    takes that one's place.
    """

    def __init__(self, continues: Callable[[Place, Place], bool] | None = None) -> None:
        self._continues = continues
        self._behind: list[Place] = []
        self._here: Place | None = None
        self._ahead: list[Place] = []

    @property
    def here(self) -> Place | None:
        """The place one is at; None before the first visit."""
        return self._here

    @property
    def can_go_back(self) -> bool:
        """Whether there is a place behind."""
        return bool(self._behind)

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a place ahead."""
        return bool(self._ahead)

    def visit(self, place: Place) -> None:
        """Goes to a place of one's own choice; what was ahead is forgotten."""
        here, self._here = self._here, place
        if here is None or here == place:
            return
        self._ahead.clear()
        if self._continues is None or not self._continues(here, place):
            self._behind = [*self._behind, here][-MOST:]

    def replace(self, place: Place) -> None:
        """Says that the place one is at has changed by itself, as Today does at midnight."""
        self._here = place

    def back(self) -> Place | None:
        """Goes one place back and returns it; None, and nothing happens, where there is none."""
        return self._travel(self._behind, self._ahead)

    def forward(self) -> Place | None:
        """Goes one place forward and returns it; None, and nothing happens, where there is none."""
        return self._travel(self._ahead, self._behind)

    def clear(self) -> None:
        """Forgets every place but the one one is at, as for another fleet."""
        self._behind.clear()
        self._ahead.clear()

    def _travel(self, towards: list[Place], away: list[Place]) -> Place | None:
        if not towards or self._here is None:
            return None
        away.append(self._here)
        self._here = towards.pop()
        return self._here
