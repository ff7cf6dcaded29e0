"""Whether the database answers: asked every few seconds, and told in words that are true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from services.domain.errors import DatabaseUnreachable, EnvironmentFault, WorkstationError
from services.domain.period import NAIROBI
from ui.clock import OfficeClock
from ui.tasks import Tasks

_EVERY_MS = 4_000
_WHILE_LOST_MS = 1_500
#: From this difference on the person is told.
_STATED = timedelta(minutes=2)


class DatabaseWatch(QObject):
    """`state_changed(state, words)` for the status bar; `lost(as_of)` and `returned()` when that changes.

    `ask_clock` asks the database for its time, which `clock` follows; `clock_differs(timedelta)` once it is far from ours.
    """

    state_changed = Signal(str, str)
    lost = Signal(object)
    returned = Signal()
    clock_differs = Signal(object)

    def __init__(self, tasks: Tasks, ask_clock: Callable[[], datetime], clock: OfficeClock) -> None:
        super().__init__(tasks)
        self._tasks, self._ping, self._clock, self._now = tasks, ask_clock, clock, clock.now
        self._told_difference = False
        self._answered_at = clock.now()
        self._lost = False
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.ask)

    @property
    def offline_since(self) -> datetime | None:
        """When the database last answered, while it does not; None while it does."""
        return self._answered_at if self._lost else None

    def start(self) -> None:
        """Asks now and goes on asking."""
        self._timer.start()
        self.ask()

    def stop(self) -> None:
        """Asks no more."""
        self._timer.stop()
        self._tasks.cancel("ping")

    def ask(self) -> None:
        """Asks now; a question that is still open is left to be answered."""
        if not self._tasks.busy("ping"):
            self._tasks.run("ping", self._ping, self._well, self._failed)

    def heard(self, error: WorkstationError) -> None:
        """Some other query failed: when it was for want of the database, say so at once."""
        if isinstance(error, DatabaseUnreachable):
            self._failed(error)

    def _well(self, server: datetime) -> None:
        self._clock.heard(server)
        if abs(self._clock.ahead) > _STATED and not self._told_difference:
            self._told_difference = True
            self.clock_differs.emit(self._clock.ahead)
        self._answered_at = self._now()
        was_lost, self._lost = self._lost, False
        self._timer.setInterval(_EVERY_MS)
        self.state_changed.emit("ok", "Database connected")
        if was_lost:
            self.returned.emit()

    def _failed(self, error: WorkstationError) -> None:
        if not isinstance(error, EnvironmentFault):
            raise error
        first, self._lost = not self._lost, True
        self._timer.setInterval(_WHILE_LOST_MS)
        clock = self._answered_at.astimezone(NAIROBI).strftime("%H:%M")
        self.state_changed.emit("bad", f"Database offline, as of {clock}")
        if first:
            self.lost.emit(self._answered_at)
