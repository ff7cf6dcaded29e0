"""The drawer's keys: along the grid, up and down the drawer, and from one thing to the next as they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QKeySequence, QShortcut, Qt
from PySide6.QtWidgets import QLineEdit, QScrollBar, QWidget


class DrawerKeys:
    """↑ and ↓ (with or without Alt) move along the grid, the page keys through the drawer; a text that is typed comes first."""

    def __init__(
        self,
        drawer: QWidget,
        bar: QScrollBar,
        previous: Callable[[], object],
        following: Callable[[], object],
    ) -> None:
        self._drawer, self._bar = drawer, bar
        for keys, act in (
            ("Up", previous),
            ("Down", following),
            ("Alt+Up", previous),
            ("Alt+Down", following),
            ("PgUp", lambda: self._scroll(-bar.pageStep())),
            ("PgDown", lambda: self._scroll(bar.pageStep())),
            ("Home", lambda: bar.setValue(bar.minimum())),
            ("End", lambda: bar.setValue(bar.maximum())),
        ):
            shortcut = QShortcut(QKeySequence(keys), drawer)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda act=act, alone="+" not in keys: self._run(act, alone=alone))

    def _run(self, act: Callable[[], object], *, alone: bool) -> None:
        if not (alone and isinstance(self._drawer.window().focusWidget(), QLineEdit)):
            act()

    def _scroll(self, by: int) -> None:
        self._bar.setValue(self._bar.value() + by)


def next_stop(parts: Sequence[QWidget], current: QWidget | None, forward: bool) -> QWidget | None:
    """What Tab reaches next: part by part, each from top to bottom and left to right, and round again; None where nothing is."""
    stops = [stop for part in parts for stop in _stops(part)]
    if not stops:
        return None
    if current not in stops:
        return stops[0 if forward else -1]
    return stops[(stops.index(current) + (1 if forward else -1)) % len(stops)]


def _stops(part: QWidget) -> list[QWidget]:
    def read(child: QWidget) -> tuple[int, int]:
        at = child.mapTo(part, child.rect().center())
        return at.y(), at.x()

    return sorted((child for child in part.findChildren(QWidget) if _reachable(child)), key=read)


def _reachable(child: QWidget) -> bool:
    return child.isVisible() and child.isEnabled() and bool(child.focusPolicy() & Qt.FocusPolicy.TabFocus)
