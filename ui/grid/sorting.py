"""By which column a table is sorted, as the header shows it and people ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from PySide6.QtCore import QObject, Signal

from ui.grid.columns import Column, Row
from ui.grid.header import GridHeader


class Sorting(QObject, Generic[Row]):
    """`wanted(name, descending)` when a person asks for an order; the query sorts."""

    wanted = Signal(str, bool)

    def __init__(self, columns: Sequence[Column[Row]], header: GridHeader) -> None:
        super().__init__(header)
        self._columns, self._header = columns, header
        self.shown: tuple[str, bool] | None = None
        header.sectionClicked.connect(self.ask)

    def show(self, name: str | None, descending: bool = True) -> None:
        """Draws the arrow at the column that the rows are sorted by; asks for nothing."""
        self.shown = None if name is None else (name, descending)
        sections = [n for n, column in enumerate(self._columns) if name is not None and column.sort == name]
        self._header.show_sort(sections[0] if sections else None, descending)

    def ask(self, section: int) -> None:
        """Asks for the order of a column, or turns it round where it is that already."""
        column = self._columns[section]
        turned = self.shown is not None and self.shown[0] == column.sort
        greatest_first = column.falling or column.align == "right"
        self.ask_for(section, not self.shown[1] if self.shown is not None and turned else greatest_first)

    def ask_for(self, section: int, descending: bool) -> None:
        """Asks for the order of a column; one that cannot be sorted by is left alone."""
        name = self._columns[section].sort
        if name is not None:
            self.show(name, descending)
            self.wanted.emit(name, descending)
