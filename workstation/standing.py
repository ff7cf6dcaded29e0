"""How the lines to the database and to the live feed stand: asked, told in the window and on stderr, and recovered from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from services.domain.errors import WorkstationError
from services.domain.period import NAIROBI
from services.feed.standing import still_since
from ui.clock import OfficeClock
from ui.connection import DatabaseWatch
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.widgets.message_strip import MessageStrip
from workstation.stillness import BackOfficeWatch

if TYPE_CHECKING:
    from ui.live import LiveFeed, LiveState
    from workstation.session import Session

#: Without the live feed, how often the payments are read.
READ_AGAIN_S = 15


class Standing(QObject):
    """Watches both lines of a session; `complain` hears on stderr what the window says.

    `offline_changed(as_of | None)` when the database goes or comes back; `still_changed(since | None)` when the back office
    stops or works again; `read_again()` while payments are not live.
    """

    offline_changed = Signal(object)
    still_changed = Signal(object)
    read_again = Signal()

    def __init__(
        self, window: MainWindow, tasks: Tasks, clock: OfficeClock, session: Session, complain: Callable[[str], None]
    ) -> None:
        super().__init__(window)
        self._window, self._complain = window, complain
        self._offline: MessageStrip | None = None
        self._not_live: MessageStrip | None = None
        self._why = self._told = ""
        self._now = clock.now
        self._watch = DatabaseWatch(tasks, session.database.clock, clock)
        self._watch.state_changed.connect(lambda state, words: window.set_connection("database", state, words))
        self._watch.clock_differs.connect(self._clock_differs)
        self._watch.lost.connect(self._went_offline)
        self._watch.returned.connect(self._came_back)
        self._backoffice = BackOfficeWatch(tasks, partial(still_since, session.database))
        self._backoffice.changed.connect(self._still)
        self._reading = QTimer(self, interval=READ_AGAIN_S * 1000)
        self._reading.timeout.connect(self._due)

    @property
    def offline_since(self) -> datetime | None:
        """When the database last answered, while it does not; None while it does."""
        return self._watch.offline_since

    @property
    def still_since(self) -> datetime | None:
        """Since when no payment comes in; None while they do or nobody knows."""
        return self._backoffice.since

    def start(self) -> None:
        """Begins to watch the database."""
        self._watch.start()

    def follow(self, live: LiveFeed) -> None:
        """Tells from now on how the live feed stands."""
        live.state_changed.connect(self._live_changed)

    def stop(self) -> None:
        """Watches no more."""
        self._watch.stop()
        self._backoffice.stop()
        self._reading.stop()

    def explains(self, error: WorkstationError) -> bool:
        """Whether this fault is the lost database, which is told already."""
        self._watch.heard(error)
        return self._watch.offline_since is not None

    def _live_changed(self, state: LiveState) -> None:
        self._window.set_connection("relay", state.kind, state.words)
        if state.kind == "ok":
            self._why = ""
            self._reading.stop()
            self._backoffice.live()
        else:
            self._backoffice.start()
        if state.kind == "bad" and not self._why:
            self._why = state.detail or state.words
            self._reading.start()
        self._tell_not_live()

    def _still(self, since: datetime | None) -> None:
        self._tell_not_live()
        self.still_changed.emit(since)
        if since is None:
            self.read_again.emit()

    def _tell_not_live(self) -> None:
        """One message at a time: that nothing comes in says more than that nothing is heard of it."""
        since, words = self._backoffice.since, ""
        if since is not None:
            words = f"Payments stand still since {_clock(since, self._now())}: the back office does not run."
        elif self._why:
            words = f"Payments are not live: {self._why}. They are read again every {READ_AGAIN_S} seconds."
        if words == self._told:
            return
        self._told = words
        if self._not_live is not None:
            self._window.dismiss_message(self._not_live)
        self._not_live = self._warn(words) if words else None

    def _due(self) -> None:
        if self._watch.offline_since is None:
            self.read_again.emit()

    def _clock_differs(self, ahead: timedelta) -> None:
        side = "behind" if ahead > timedelta() else "ahead of"
        self._warn(
            f"This computer's clock is {_long(abs(ahead))} {side} the database's.",
            "Days and times follow the database's clock. Set this computer's right.",
        )

    def _went_offline(self, as_of: datetime) -> None:
        clock = f"{as_of.astimezone(NAIROBI):%H:%M}"
        self._offline = self._warn(f"The database does not answer. What you see is as of {clock}; reconnecting…")
        self.offline_changed.emit(as_of)

    def _came_back(self) -> None:
        if self._offline is not None:
            self._window.dismiss_message(self._offline)
            self._offline = None
        self.offline_changed.emit(None)

    def _warn(self, words: str, detail: str = "") -> MessageStrip:
        self._complain(words)
        return self._window.show_message("warning", words, detail)


def _clock(instant: datetime, now: datetime) -> str:
    """'04:44', with the day where it is another."""
    local, today = instant.astimezone(NAIROBI), now.astimezone(NAIROBI).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%a %d %b %H:%M}"


def _long(time: timedelta) -> str:
    """'23 h 58 min'."""
    minutes = round(time.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
