"""What has just changed or arrived, and how strongly that still shows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import takewhile
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)

FLASH_SECONDS: Final = 1.2
NEW_SECONDS: Final = 3.0
_FADE_SECONDS: Final = 0.8


class Marks:
    """Changed cells and new rows by row id, forgotten after seconds; `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        # Both are kept oldest first, so that forgetting looks at nothing that stays.
        self._cells: dict[tuple[Hashable, int], float] = {}
        self._flashing: dict[Hashable, int] = {}
        self._new: dict[Hashable, float] = {}

    def __bool__(self) -> bool:
        return bool(self._cells or self._new)

    def changed(self, row_id: Hashable, columns: Iterable[int]) -> None:
        """Marks cells as changed now."""
        now = self._clock()
        for column in columns:
            if self._cells.pop((row_id, column), None) is None:
                self._flashing[row_id] = self._flashing.get(row_id, 0) + 1
            self._cells[row_id, column] = now

    def arrived(self, row_ids: Iterable[Hashable]) -> None:
        """Marks rows as new now."""
        now = self._clock()
        for row_id in row_ids:
            self._new.pop(row_id, None)
            self._new[row_id] = now

    def flash(self, row_id: Hashable, column: int) -> float:
        """How strongly a cell still flashes, 1 to 0."""
        if row_id not in self._flashing:
            return 0.0
        at = self._cells.get((row_id, column))
        return 0.0 if at is None else max(0.0, 1.0 - (self._clock() - at) / FLASH_SECONDS)

    def newness(self, row_id: Hashable) -> float:
        """How strongly a row still shows as new, 1 to 0; it fades only at the end."""
        at = self._new.get(row_id)
        if at is None:
            return 0.0
        return min(1.0, max(0.0, (NEW_SECONDS - (self._clock() - at)) / _FADE_SECONDS))

    def fading(self, row_id: Hashable) -> bool:
        """Whether the row looks different from a moment ago."""
        return row_id in self._flashing or 0.0 < self.newness(row_id) < 1.0

    def forget_old(self) -> set[Hashable]:
        """Forgets what shows no more; returns the ids of the rows concerned."""
        now = self._clock()
        over: set[Hashable] = set()
        for cell in _oldest(self._cells, now - FLASH_SECONDS):
            del self._cells[cell]
            over.add(cell[0])
            self._flashing[cell[0]] -= 1
            if not self._flashing[cell[0]]:
                del self._flashing[cell[0]]
        for row_id in _oldest(self._new, now - NEW_SECONDS):
            del self._new[row_id]
            over.add(row_id)
        return over

    def clear(self) -> None:
        """Forgets everything."""
        self._cells.clear()
        self._flashing.clear()
        self._new.clear()


def _oldest(marks: dict[Key, float], until: float) -> list[Key]:
    return list(takewhile(lambda key: marks[key] <= until, marks))
