"""Notices beside the clock of the desktop: that payments failed, never whose or how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QSystemTrayIcon

from services.domain.payment import FAILED
from services.feed.event import PaymentEvent
from ui.icons import brand_pixmap
from ui.theme import Theme, Tokens, font

#: What happened longer ago is no news, as after a night in which the computer slept.
FRESH: Final = timedelta(minutes=2)
#: At most one notice in this time, and failures are gathered for at least that.
QUIET_MS: Final = 30_000
GATHER_MS: Final = 5_000
_SHOWN_MS: Final = 8_000
_SIZES: Final = (16, 22, 24, 32, 48, 64)
_TITLE: Final = "Fleet Finance"


class Tray(Protocol):
    """A place for an icon and its notices."""

    @property
    def available(self) -> bool: ...
    @property
    def clicked(self) -> SignalInstance: ...
    def show(self, icon: QIcon, tip: str) -> None: ...
    def hide(self) -> None: ...
    def notify(self, title: str, text: str) -> None: ...


class SystemTray(QObject):
    """The desktop's own tray; `clicked()` on the icon or on a notice. Some desktops have none: `available` says so."""

    clicked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sign = QSystemTrayIcon(self)
        self._sign.activated.connect(self._activated)
        self._sign.messageClicked.connect(self.clicked)

    @property
    def available(self) -> bool:
        """Whether there is a tray that shows notices."""
        return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()

    def show(self, icon: QIcon, tip: str) -> None:
        """Shows the icon, with what it says under the pointer."""
        self._sign.setIcon(icon)
        self._sign.setToolTip(tip)
        self._sign.show()

    def hide(self) -> None:
        """Takes the icon away."""
        self._sign.hide()

    def notify(self, title: str, text: str) -> None:
        """Shows a notice for some seconds."""
        self._sign.showMessage(title, text, self._sign.icon(), _SHOWN_MS)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.clicked.emit()


class TrayNotices(QObject):
    """Tells of failed payments that nobody is looking at: the first at once, what follows gathered.

    `watched` says whether the person has the payments before their eyes, `alert` makes the window ask for attention.
    `open_wanted(statuses)` when they click.
    """

    open_wanted = Signal(object)

    def __init__(
        self,
        tray: Tray,
        theme: Theme,
        *,
        now: Callable[[], datetime],
        watched: Callable[[], bool],
        alert: Callable[[], object],
        enabled: bool = True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tray, self._theme, self._now = tray, theme, now
        self._watched, self._alert = watched, alert
        self._enabled = enabled
        self._unseen: set[UUID] = set()
        self._gathered: set[UUID] = set()
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._gathering = QTimer(self, singleShot=True, interval=GATHER_MS)
        for timer in (self._quiet, self._gathering):
            timer.timeout.connect(self._tell)
        tray.clicked.connect(self._clicked)
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def available(self) -> bool:
        """Whether this desktop can show notices; where it cannot, nothing is ever told here."""
        return self._tray.available

    @property
    def unseen(self) -> int:
        """How many payments failed since the person last looked."""
        return len(self._unseen)

    def set_enabled(self, enabled: bool) -> None:
        """Switches the notices and the icon on or off."""
        self._enabled = enabled
        self.seen()

    def apply(self, events: Iterable[PaymentEvent]) -> None:
        """Takes note of the feed's events; only failures that have just happened matter."""
        if not self._enabled or not self.available or self._watched():
            return
        now = self._now()
        failed = {event.payment_id for event in events if _has_failed(event) and now - event.at <= FRESH}
        fresh = {payment for payment in failed if payment is not None} - self._unseen
        if not fresh:
            return
        self._unseen |= fresh
        if not self._gathered:
            self._gathering.start()
        self._gathered |= fresh
        self._draw()
        if not self._quiet.isActive():
            self._gathering.stop()
            self._tell()

    def seen(self) -> None:
        """The person looks at the payments: nothing is left to be told."""
        self._unseen.clear()
        self._gathered.clear()
        self._gathering.stop()
        self._draw()

    def _tell(self) -> None:
        if not self._gathered or self._quiet.isActive() or self._gathering.isActive():
            return
        if self._watched():
            self.seen()
            return
        count = len(self._gathered)
        self._gathered.clear()
        self._quiet.start()
        self._tray.notify(_TITLE, _failed(count))
        self._alert()

    def _clicked(self) -> None:
        self.seen()
        self.open_wanted.emit(frozenset({FAILED}))

    def _draw(self) -> None:
        if self._enabled and self.available:
            tip = f"{_TITLE}: {_failed(self.unseen)}" if self._unseen else _TITLE
            self._tray.show(badged(self._theme.tokens, self.unseen), tip)
        else:
            self._tray.hide()


def badged(tokens: Tokens, count: int) -> QIcon:
    """The product's mark, with how many things wait in its corner; the mark alone for none."""
    made = QIcon()
    for size in _SIZES:
        picture = brand_pixmap(tokens.accent, tokens.onaccent, size)
        if count:
            _draw_badge(picture, size, tokens, count)
        made.addPixmap(picture)
    return made


def _draw_badge(picture: QPixmap, size: int, tokens: Tokens, count: int) -> None:
    # Below this size a number would be a blot, and a dot says as much.
    numbered = size >= 22
    side = size * (0.62 if numbered else 0.5)
    corner = QRectF(size - side, size - side, side, side)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.failed))
    painter.drawEllipse(corner)
    if numbered:
        words = str(count) if count < 10 else "9+"
        painter.setFont(font(max(8, round(side * (0.72 if len(words) == 1 else 0.56))), 600))
        painter.setPen(QColor(tokens.surface))
        painter.drawText(corner, int(Qt.AlignmentFlag.AlignCenter), words)
    painter.end()


def _has_failed(event: PaymentEvent) -> bool:
    before = event.before.status if event.before is not None else ""
    return event.kind == "payment" and event.after is not None and event.after.status == FAILED != before


def _failed(count: int) -> str:
    return f"{count:,} payment{'' if count == 1 else 's'} failed"
