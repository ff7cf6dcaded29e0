"""The clock that every page goes by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_TOLERATED = timedelta(seconds=2)


class OfficeClock:
    """What time it is for everybody: this computer's clock, put right by the database's where the two differ."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._ahead = timedelta()

    @property
    def ahead(self) -> timedelta:
        """How far the database's clock is ahead of this computer's."""
        return self._ahead

    def now(self) -> datetime:
        """The instant on the database's clock."""
        return self._now() + self._ahead

    def heard(self, server: datetime) -> None:
        """Takes the database's clock; differences that a round trip explains are left alone."""
        ahead = server - self._now()
        self._ahead = ahead if abs(ahead) > _TOLERATED else timedelta()
