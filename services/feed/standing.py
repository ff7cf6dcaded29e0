"""Whether payments are being taken in: when the projector last beat."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import text

from services.database.engine import Database

#: A projector beats every second; one that has been silent for this long does not work.
SILENT_SECONDS: Final = 10.0

_SILENT_SINCE = text(
    "SELECT beat_at FROM finance.projector WHERE beat_at < clock_timestamp() - make_interval(secs => :silent)"
)


def still_since(database: Database, silent_seconds: float = SILENT_SECONDS) -> datetime | None:
    """Since when no payment is taken in; None while the projector works, and where none ever has."""
    with database.glance() as connection:
        since: datetime | None = connection.execute(_SILENT_SINCE, {"silent": silent_seconds}).scalar_one_or_none()
    return since
