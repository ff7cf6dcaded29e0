"""Columns that take what room the others leave, and never less than they can be read in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHeaderView

#: A name is still a name in so many px.
LEAST: Final = 120


class Filling(QObject):
    """Keeps these sections of a header as wide as there is room; a person may make them wider than that."""

    def __init__(self, sections: Sequence[int], header: QHeaderView) -> None:
        super().__init__(header)
        self._sections, self._header = tuple(sections), header
        self._chosen: dict[int, int] = {}
        self._busy = False
        header.sectionResized.connect(self._resized)
        header.viewport().installEventFilter(self)

    @property
    def chosen(self) -> Mapping[int, int]:
        """The width a person gave to a section, in px, by its number."""
        return self._chosen

    def choose(self, chosen: Mapping[int, int]) -> None:
        """Takes these widths for the person's, and no others."""
        self._chosen = {section: max(LEAST, width) for section, width in chosen.items() if section in self._sections}
        self.fill()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Sections change meanwhile by no person's hand; the room is filled afterwards."""
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before
        self.fill()

    def fill(self) -> None:
        """Shares what room there is among the sections that are shown."""
        shown = [section for section in self._sections if not self._header.isSectionHidden(section)]
        if self._busy or not shown:
            return
        self._busy = True
        spare = self._header.viewport().width() - self._header.length()
        spare += sum(self._header.sectionSize(section) for section in shown)
        for left, section in zip(range(len(shown), 0, -1), shown, strict=True):
            width = max(self._chosen.get(section, LEAST), spare // left)
            self._header.resizeSection(section, width)
            spare -= width
        self._busy = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the table's width, also where it became another while nobody could see it."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.fill()
        return super().eventFilter(watched, event)

    def _resized(self, section: int, _before: int, width: int) -> None:
        if self._busy:
            return
        if section in self._sections:
            self._chosen[section] = max(LEAST, width)
        self.fill()
