"""Keeps analytics rows and forecasts up to date, as long as the back office runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

from sqlalchemy.exc import DBAPIError

from services.database.engine import Database
from services.domain.errors import EnvironmentFault
from services.revenue.analytics import refresh_analytics

_log = logging.getLogger(__name__)


class Keeping:
    """Does `work` now and every `every_seconds`, as long as `run` runs; `what` names it in the log."""

    def __init__(self, what: str, work: Callable[[], object], every_seconds: float) -> None:
        self._what = what
        self._work = work
        self._every = every_seconds
        self._said = ""

    def run(self, stop: Event) -> None:
        """Works until `stop` is set; outlives a database that goes away and comes back, and says so once."""
        while not stop.is_set():
            try:
                self._work()
                self._said = ""
            except (EnvironmentFault, DBAPIError) as error:
                self._tell(str(error))
            stop.wait(self._every)

    def _tell(self, said: str) -> None:
        if said != self._said:
            _log.warning("%s: %s", self._what, said)
        self._said = said


def keeping_analytics(database: Database, every_seconds: float = 2.0) -> Keeping:
    """Calculates the periods whose days have changed; `database` acts as finance_projector."""
    return Keeping("revenue analytics", lambda: refresh_analytics(database), every_seconds)


def keeping_forecasts(database: Database, every_seconds: float = 60.0) -> Keeping:
    """Makes forecasts at the start and after each turn of a fleet's day; `database` acts as finance_projector."""

    def work() -> int:
        # Loading the models takes as long as starting everything else: payments flow meanwhile.
        from services.revenue.forecasts import keep_forecasts

        return keep_forecasts(database, datetime.now(UTC))

    return Keeping("forecasts", work, every_seconds)
