"""How the drawer comes and goes: over the right side of its page, or beside it where there is room."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEasingCurve, QObject, QPoint, QPropertyAnimation, QRect, Qt, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

NARROWEST: Final = 380
WIDEST: Final = 440
_SHARE: Final = 0.34
#: A page this wide can give the drawer room of its own.
ROOMY: Final = 1_700
_SLIDE_MS: Final = 140


def place(width: int, height: int) -> QRect:
    """Where the drawer stands on a page of this size."""
    own = min(width, max(NARROWEST, min(WIDEST, round(width * _SHARE))))
    return QRect(width - own, 0, own, height)


class Sliding(QObject):
    """Places the drawer on its page and remembers who had the focus; `room_wanted(px)` when the page should make room."""

    room_wanted = Signal(int)

    def __init__(self, drawer: QWidget, page: QWidget) -> None:
        super().__init__(drawer)
        self.reduced = False
        self._drawer, self._page = drawer, page
        self._room = 0
        self._before: QWidget | None = None
        self._move = QPropertyAnimation(drawer, b"pos", self)
        self._move.setDuration(_SLIDE_MS)
        self._move.setEasingCurve(QEasingCurve.Type.OutCubic)
        page.installEventFilter(drawer)
        drawer.hide()

    def open(self, *, take_focus: bool) -> None:
        """Shows the drawer, sliding in from the right where it was hidden, and takes the focus if it may."""
        focused = self._page.window().focusWidget()
        if focused is not None and not self._drawer.isAncestorOf(focused) and focused is not self._drawer:
            self._before = focused
        if self._drawer.isHidden():
            self.follow()
            self._drawer.show()
            self._slide()
        self._drawer.raise_()
        self._make_room()
        if take_focus and (focused is None or not self._drawer.isAncestorOf(focused)):
            self._drawer.setFocus(Qt.FocusReason.OtherFocusReason)

    def close(self) -> None:
        """Hides the drawer; the focus goes back to where it came from, if it was in here."""
        self._move.stop()
        focused = self._drawer.window().focusWidget()
        inside = focused is not None and (focused is self._drawer or self._drawer.isAncestorOf(focused))
        self._drawer.hide()
        self._make_room()
        before, self._before = self._before, None
        if inside:
            (before if before is not None and isValid(before) else self._page).setFocus()

    def follow(self) -> None:
        """Takes its place on the page as large as it is now."""
        self._move.stop()
        self._drawer.setGeometry(place(self._page.width(), self._page.height()))
        self._make_room()

    def _slide(self) -> None:
        if self.reduced:
            return
        there = self._drawer.pos()
        self._move.setStartValue(QPoint(self._page.width(), 0))
        self._move.setEndValue(there)
        self._move.start()

    def _make_room(self) -> None:
        beside = not self._drawer.isHidden() and self._page.width() >= ROOMY
        room = self._drawer.width() if beside else 0
        if room != self._room:
            self._room = room
            self.room_wanted.emit(room)
