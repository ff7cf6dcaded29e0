"""The `?` overlay: every key there is, by section."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.actions import Action, ActionRegistry
from ui.widgets.label import ElidedLabel, label
from ui.widgets.overlay import Overlay

_COLUMNS = 2


class ShortcutsOverlay(Overlay):
    """Lists the actions that have a key, grouped as in the menus."""

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
        for section, actions in self._sections().items():
            shortest = lengths.index(min(lengths))
            columns[shortest].addWidget(_section(section, actions))
            lengths[shortest] += len(actions) + 2
        for column in columns:
            column.setSpacing(14)
            column.addStretch(1)
            row.addLayout(column, 1)
        return content

    def _sections(self) -> dict[str, tuple[Action, ...]]:
        groups = self._registry.by_section().items()
        with_keys = {name: tuple(action for action in group if action.shortcut) for name, group in groups}
        return {name: group for name, group in with_keys.items() if group}


def _section(name: str, actions: tuple[Action, ...]) -> QWidget:
    block = QWidget()
    grid = QGridLayout(block)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(5)
    grid.setHorizontalSpacing(12)
    grid.addWidget(label(name, scale="heading"), 0, 0, 1, 2)
    for row, action in enumerate(actions, 1):
        words = ElidedLabel(action.text.rstrip("…"), tone="muted")
        words.setAccessibleName(f"{action.text.rstrip('…')}: {action.keys}")
        grid.addWidget(words, row, 0)
        grid.addWidget(label(action.keys, part="key"), row, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    return block
