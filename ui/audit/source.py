"""What the page asks for, and of whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.audit.record import AuditFilter, AuditPage, AuditRecord, Key
from services.audit.verification import AuditVerification
from ui.widgets.message_strip import Kind

PAGE_ROWS = 200


class Fleet(Protocol):
    """Whose trail is shown."""

    @property
    def id(self) -> UUID:
        """The fleet's id."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Where the fleet's days begin and end."""
        ...


class AuditSource(Protocol):
    """Answers from the database; every method blocks and may raise a `WorkstationError`."""

    def page(self, wanted: AuditFilter, after: Key | None = None, limit: int = PAGE_ROWS) -> AuditPage:
        """The next `limit` records after a key, newest first."""
        ...

    def record(self, fleet_id: UUID, number: int) -> AuditRecord:
        """One record; NotFound where there is none."""
        ...

    def people(self, fleet_id: UUID) -> list[str]:
        """Who may be found in the trail."""
        ...

    def verify(self, fleet_id: UUID, progress: Callable[[float], object] | None = None) -> AuditVerification:
        """Proves the trail."""
        ...


class ShowTask(Protocol):
    """Shows running work in the status bar."""

    def __call__(
        self, title: str, progress: float | None = None, cancel: Callable[[], object] | None = None, /
    ) -> object: ...


class ShowMessage(Protocol):
    """Shows a message above the page."""

    def __call__(self, kind: Kind, text: str, detail: str = "", /) -> object: ...
