"""The one registry of what a person can do; menus, shortcuts, the palette and the `?` overlay are read from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do, by name, key or search.

    `shortcut` is in portable spelling ('Ctrl+K', '' for none). A `passive` action's key is handled by a widget itself:
    the record only makes it known.
    """

    id: str
    text: str
    shortcut: str
    section: str
    run: Callable[[], object] = field(compare=False)
    keywords: str = ""
    enabled: Callable[[], bool] = field(default=_always, compare=False)
    passive: bool = False
    icon: str = ""

    @property
    def keys(self) -> str:
        """The shortcut as this computer's keyboards spell it."""
        return QKeySequence(self.shortcut).toString(QKeySequence.SequenceFormat.NativeText)

    @property
    def tip(self) -> str:
        """The tool tip of a button that does this: 'Auto-match (A)'."""
        words = self.text.rstrip("…")
        return f"{words} ({self.keys})" if self.shortcut else words


class ActionRegistry(QObject):
    """Every action of one window; `changed` when one comes or goes."""

    changed = Signal()

    def __init__(
        self, *, first: Sequence[str] = ("Pages",), last: Sequence[str] = ("Window",), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._first, self._last = tuple(first), tuple(last)
        self._actions: dict[str, Action] = {}
        self._scopes: dict[str, QWidget | None] = {}
        self._bound: dict[str, QAction] = {}
        self._window: QWidget | None = None

    def attach(self, window: QWidget) -> None:
        """Makes the shortcuts work in a window."""
        self._window = window
        for name, bound in self._bound.items():
            if self._scopes[name] is None:
                window.addAction(bound)

    def add(self, action: Action, scope: QWidget | None = None) -> None:
        """Adds an action; with a scope its shortcut works only while that widget is on the screen.

        ValueError when the id, or the shortcut within the same reach, is taken.
        """
        self._refuse_twins(action, scope)
        self._actions[action.id] = action
        self._scopes[action.id] = scope
        if action.shortcut and not action.passive:
            self._bind(action, scope)
        if scope is not None:
            scope.destroyed.connect(lambda: self.remove(action.id))
        self.changed.emit()

    def add_all(self, actions: Iterable[Action], scope: QWidget | None = None) -> None:
        """Adds several actions, in order."""
        for action in actions:
            self.add(action, scope)

    def remove(self, name: str) -> None:
        """Takes an action out; nothing happens when it is gone already."""
        if self._actions.pop(name, None) is None:
            return
        self._scopes.pop(name)
        bound = self._bound.pop(name, None)
        if bound is not None:
            # Deleted only in the next round of the event loop, so the key is let go at once.
            bound.setShortcut(QKeySequence())
            bound.deleteLater()
        self.changed.emit()

    def get(self, name: str) -> Action:
        """The action of that id; KeyError when there is none."""
        return self._actions[name]

    def run(self, name: str) -> bool:
        """Does it, unless it is not possible now; returns whether it was done."""
        action = self._actions[name]
        if not self._possible(action):
            return False
        action.run()
        return True

    def actions(self) -> tuple[Action, ...]:
        """Every action: the sections that come first, then in the order added, then the sections that come last."""
        return tuple(sorted(self._actions.values(), key=self._place))

    def available(self) -> tuple[Action, ...]:
        """What is possible now, on the page that is shown."""
        return tuple(action for action in self.actions() if not action.passive and self._possible(action))

    def by_section(self) -> dict[str, tuple[Action, ...]]:
        """Every action, grouped by section."""
        groups: dict[str, list[Action]] = {}
        for action in self.actions():
            groups.setdefault(action.section, []).append(action)
        return {section: tuple(group) for section, group in groups.items()}

    def fill(self, menu: QMenu) -> None:
        """Writes every action into a menu, a submenu for each section; what is not possible now is greyed."""
        menu.clear()
        for section, group in self.by_section().items():
            part = menu.addMenu(section)
            for action in group:
                if not action.passive:
                    self._write(part, action)
            part.menuAction().setVisible(bool(part.actions()))

    def _write(self, menu: QMenu, action: Action) -> None:
        # The key is only written, not bound: a second binding of the same key would make both ambiguous.
        words = f"{action.text}\t{action.keys}" if action.shortcut else action.text
        entry = menu.addAction(words)
        entry.setEnabled(self._possible(action))
        entry.triggered.connect(lambda: self.run(action.id))

    def _bind(self, action: Action, scope: QWidget | None) -> None:
        bound = QAction(action.text, self)
        bound.setShortcut(QKeySequence(action.shortcut))
        bound.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        bound.setAutoRepeat(False)
        bound.triggered.connect(lambda: self.run(action.id))
        self._bound[action.id] = bound
        reach = scope or self._window
        if reach is not None:
            reach.addAction(bound)

    def _place(self, action: Action) -> int:
        if action.section in self._first:
            return self._first.index(action.section) - len(self._first)
        return 1 + self._last.index(action.section) if action.section in self._last else 0

    def _possible(self, action: Action) -> bool:
        scope = self._scopes[action.id]
        return (scope is None or scope.isVisible()) and action.enabled()

    def _refuse_twins(self, action: Action, scope: QWidget | None) -> None:
        if action.id in self._actions:
            raise ValueError(f"an action named {action.id!r} exists already")
        if not action.shortcut or action.passive:
            return
        for other in self._actions.values():
            theirs = self._scopes[other.id]
            meet = scope is None or theirs is None or theirs is scope
            if meet and not other.passive and QKeySequence(other.shortcut) == QKeySequence(action.shortcut):
                raise ValueError(f"{action.shortcut} of {action.id!r} is taken by {other.id!r}")
