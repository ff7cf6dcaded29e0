"""What events name by id alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text

from services.feed.event import PaymentEvent
from services.payments.row import Names

_NAMES: Final = tuple(
    text(f"SELECT {key}, {name} FROM finance.{table} WHERE fleet_id = :fleet AND {key} = ANY (:ids)")
    for table, key, name in (
        ("route", "route_id", "name"),
        ("vehicle", "vehicle_id", "registration"),
        ("driver", "driver_id", "full_name"),
    )
)


def mentioned_names(connection: Connection, fleet_id: UUID, events: Iterable[PaymentEvent]) -> Names:
    """The names of every route, vehicle and driver that the events mention."""
    ids = list({found for event in events for found in _mentioned(event)})
    key = {"fleet": fleet_id, "ids": ids}
    named = [{row[0]: row[1] for row in connection.execute(query, key)} if ids else {} for query in _NAMES]
    return Names(*named)


def _mentioned(event: PaymentEvent) -> Iterator[UUID]:
    for state in (event.before, event.after):
        if state is not None:
            yield from (found for found in (state.route_id, state.vehicle_id, state.driver_id) if found)
