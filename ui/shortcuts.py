"""The `?` overlay: every key there is, by section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.actions import ActionRegistry
from ui.widgets.label import ElidedLabel, label
from ui.widgets.overlay import Overlay

_COLUMNS = 2
#: Words and keys of one section.
Keys = Sequence[tuple[str, str]]
#: What every list does by itself, and no action says.
LISTS: Final[Mapping[str, str]] = {
    "Row above or below": "Up Down",
    "First or last row": "Home End",
    "Page up or down": "PgUp PgDown",
    "Open the row": "Enter",
    "Let go of the rows": "Esc",
    "Copy the rows": "Ctrl+C",
    "Copy with the titles": "Ctrl+Shift+C",
}


class ShortcutsOverlay(Overlay):
    """Lists the actions that have a key, grouped as in the menus, and what every list does."""

    def __init__(self, parent: QWidget, registry: ActionRegistry) -> None:
        super().__init__(parent, width=720, top=64)
        self._registry = registry
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(18, 14, 18, 8)
        head.addWidget(label("Keyboard", scale="title"))
        head.addStretch(1)
        head.addWidget(label("Esc closes", tone="faint", scale="small"))
        self.body.addLayout(head)
        self.body.addWidget(self._scroll)
        self.setAccessibleName("Keyboard shortcuts")

    def open_overlay(self) -> None:
        """Shows the keys as they are now."""
        content = self._content()
        self._scroll.setWidget(content)
        room = self.covered.height() - 190
        self._scroll.setFixedHeight(max(80, min(content.sizeHint().height() + 4, room)))
        self.show_over()

    def _content(self) -> QWidget:
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(18, 0, 18, 16)
        row.setSpacing(32)
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        lengths = [0] * _COLUMNS
        for section, keys in self._sections().items():
            shortest = lengths.index(min(lengths))
            columns[shortest].addWidget(_section(section, keys))
            lengths[shortest] += len(keys) + 2
        for column in columns:
            column.setSpacing(14)
            column.addStretch(1)
            row.addLayout(column, 1)
        return content

    def _sections(self) -> dict[str, Keys]:
        groups = self._registry.by_section().items()
        found: dict[str, Keys] = {
            name: [(action.text.rstrip("…"), action.keys) for action in group if action.shortcut]
            for name, group in groups
        }
        found["Lists"] = [(words, " ".join(map(_spelt, keys.split()))) for words, keys in LISTS.items()]
        return {name: group for name, group in found.items() if group}


def _spelt(keys: str) -> str:
    """A key as this computer's keyboards spell it; arrows as arrows."""
    return {"Up": "↑", "Down": "↓"}.get(keys) or QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _section(name: str, keys: Keys) -> QWidget:
    block = QWidget()
    grid = QGridLayout(block)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(5)
    grid.setHorizontalSpacing(12)
    grid.addWidget(label(name, scale="heading"), 0, 0, 1, 2)
    for row, (text, pressed) in enumerate(keys, 1):
        words = ElidedLabel(text, tone="muted")
        words.setAccessibleName(f"{text}: {pressed}")
        grid.addWidget(words, row, 0)
        grid.addWidget(label(pressed, part="key"), row, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    return block
