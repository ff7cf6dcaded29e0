"""What things are called: routes, vehicles, drivers, tills, and the methods people pay by."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from services.payments.row import Names
from ui.payments.source import PaymentSource
from ui.payments.timers import single, start
from ui.tasks import Tasks

NAMES: Final = "payments.names"
_SOON_MS: Final = 300


class Naming(QObject):
    """Reads a fleet's names; `read(Names, list[str])` with the methods, most used first."""

    read = Signal(object, object)

    def __init__(self, tasks: Tasks, source: PaymentSource, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._source = tasks, source
        self._fleet: UUID | None = None
        self._soon = single(self, _SOON_MS, self._ask)

    @property
    def settled(self) -> bool:
        """Whether nothing is being asked, and nothing is about to be."""
        return not (self._tasks.busy(NAMES) or self._soon.isActive())

    def ask(self, fleet: UUID) -> None:
        """Reads the names of a fleet, again where they were read before."""
        self._fleet = fleet
        self._ask()

    def ask_soon(self) -> None:
        """Reads them again, once for all that is renamed in these moments."""
        start(self._soon)

    def _ask(self) -> None:
        if self._fleet is not None:
            self._tasks.run(NAMES, partial(self._answer, self._fleet), lambda found: self.read.emit(*found))

    def _answer(self, fleet: UUID) -> tuple[Names, list[str]]:
        return self._source.names(fleet), self._source.methods(fleet)
