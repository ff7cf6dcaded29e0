"""Whether the back office takes payments in: asked while the live feed cannot say so itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from services.domain.errors import WorkstationError
from ui.tasks import Tasks

TASK = "back office"
_EVERY_MS = 3_000


class BackOfficeWatch(QObject):
    """`changed(since | None)`: payments stand still since then, or move again. `ask_since` asks the database, and blocks."""

    changed = Signal(object)

    def __init__(self, tasks: Tasks, ask_since: Callable[[], datetime | None]) -> None:
        super().__init__(tasks)
        self._tasks, self._ask_since = tasks, ask_since
        self._since: datetime | None = None
        self._suspected: datetime | None = None
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.ask)

    @property
    def since(self) -> datetime | None:
        """Since when payments stand still; None while they move or nobody knows."""
        return self._since

    def start(self) -> None:
        """Asks now, and goes on asking."""
        if not self._timer.isActive():
            self._timer.start()
            self.ask()

    def live(self) -> None:
        """The live feed says that payments come in: nothing has to be asked."""
        self.stop()
        self._answered(None)

    def stop(self) -> None:
        """Asks no more."""
        self._timer.stop()
        self._tasks.cancel(TASK)

    def ask(self) -> None:
        """Asks now; a question that is still open is left to be answered."""
        if not self._tasks.busy(TASK):
            self._tasks.run(TASK, self._ask_since, self._answered, self._unanswered)

    def _answered(self, since: datetime | None) -> None:
        # Asked twice: after an outage of the database the back office needs a moment, too.
        sure, self._suspected = since in (None, self._suspected), since
        if sure and since != self._since:
            self._since = since
            self.changed.emit(since)

    def _unanswered(self, _error: WorkstationError) -> None:
        """The watch of the database tells that it does not answer; what was known of the back office stays."""
