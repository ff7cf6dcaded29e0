"""The demo writes only where nobody else's fleet lives."""

from __future__ import annotations

from sqlalchemy import Connection, text

from services.domain.errors import WorkstationError
from workstation.demo.fleet import Fleet


class DemoRefused(WorkstationError):
    """The database belongs to somebody: the demo writes nothing into it."""


def refuse_foreign(connection: Connection, fleet: Fleet) -> None:
    """Raises DemoRefused where public.fleets holds a fleet that the demo did not create."""
    if connection.execute(text("SELECT to_regclass('public.fleets')")).scalar() is None:
        return
    foreign = connection.execute(
        text("SELECT code, name FROM public.fleets WHERE id <> :id ORDER BY code LIMIT 1"), {"id": fleet.id}
    ).first()
    if foreign is not None:
        raise DemoRefused(
            f"This database holds the fleet {foreign.code} ({foreign.name}), which the demo did not create; nothing was"
            " written. Name an empty database in WORKSTATION_DATABASE_URL, or unset it to use the demo's own server."
        )
