"""Which columns of a table show, how wide and in what order: kept by name, so that it outlives a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypedDict

from PySide6.QtWidgets import QHeaderView

from ui.grid.columns import Column, Row
from ui.grid.filling import Filling


class GridState(TypedDict):
    """A table's layout as plain values (JSON): column keys in shown order, px by key, hidden keys, sort if any."""

    order: list[str]
    widths: dict[str, int]
    hidden: list[str]
    sort: tuple[str, bool] | None


class ColumnLayout(Generic[Row]):
    """Reads and changes the layout of `columns` on their header."""

    def __init__(self, columns: Sequence[Column[Row]], header: QHeaderView) -> None:
        self._columns = columns
        self._header = header
        self._filling = Filling([number for number, column in enumerate(columns) if column.stretch], header)

    def reset(self) -> None:
        """The declared layout."""
        self._arrange([column.key for column in self._columns])
        with self._filling.held():
            for section, column in enumerate(self._columns):
                self._header.resizeSection(section, column.width)
                self._header.setSectionHidden(section, not column.visible)
        self._filling.choose({})

    def shown(self) -> list[int]:
        """The visible columns' numbers, from left to right."""
        places = (self._header.logicalIndex(place) for place in range(len(self._columns)))
        return [section for section in places if not self._header.isSectionHidden(section)]

    def show(self, section: int, visible: bool) -> None:
        """Shows or hides a column; the last one shown stays."""
        if visible or self.shown() != [section]:
            with self._filling.held():
                self._header.setSectionHidden(section, not visible)

    def move(self, section: int, by: int) -> None:
        """Moves a column past its shown neighbour on the left (−1) or right (1)."""
        shown = self.shown()
        to = shown.index(section) + by
        if 0 <= to < len(shown):
            self._header.moveSection(self._header.visualIndex(section), self._header.visualIndex(shown[to]))

    def state(self, sort: tuple[str, bool] | None) -> GridState:
        """The layout as plain values."""
        keys = [column.key for column in self._columns]
        sections, chosen = range(len(keys)), self._filling.chosen
        sized = [number for number in self.shown() if number in chosen or not self._columns[number].stretch]
        return GridState(
            order=[keys[self._header.logicalIndex(place)] for place in sections],
            widths={keys[n]: chosen.get(n, self._header.sectionSize(n)) for n in sized},
            hidden=[keys[n] for n in sections if self._header.isSectionHidden(n)],
            sort=sort,
        )

    def restore(self, state: Mapping[str, Any]) -> None:
        """Brings a layout back; keys it does not know stay as declared, and so does what cannot be read."""
        self.reset()
        order, widths, hidden = state.get("order"), state.get("widths"), state.get("hidden")
        if isinstance(order, list):
            self._arrange(order)
        if isinstance(widths, dict):
            self._size(widths)
        if isinstance(hidden, list):
            self._hide(hidden)

    def _size(self, widths: Mapping[Any, Any]) -> None:
        known = {column.key: number for number, column in enumerate(self._columns)}
        wanted = {known[key]: width for key, width in widths.items() if key in known and _is_width(width)}
        with self._filling.held():
            for section, width in wanted.items():
                self._header.resizeSection(section, width)
        self._filling.choose(wanted)

    def _hide(self, hidden: Sequence[object]) -> None:
        with self._filling.held():
            for section in range(len(self._columns)):
                self._header.setSectionHidden(section, False)
            for section, column in enumerate(self._columns):
                if column.key in hidden:
                    self.show(section, False)

    def _arrange(self, keys: Sequence[object]) -> None:
        known = {column.key: section for section, column in enumerate(self._columns)}
        wanted = [known[key] for key in dict.fromkeys(keys) if isinstance(key, str) and key in known]
        for place, section in enumerate(wanted):
            self._header.moveSection(self._header.visualIndex(section), place)


def _is_width(value: object) -> bool:
    return isinstance(value, int) and value > 0
