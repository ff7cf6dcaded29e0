"""A question whose answer takes the place of the rows."""

from __future__ import annotations

from dataclasses import dataclass

from services.payments.row import Key


@dataclass(frozen=True, slots=True)
class Asked:
    """The page below `after`, at `place`, or the first one; `again` for the rows that are shown already.

    `limit` rows, the usual number where it is None.
    """

    after: Key | None = None
    limit: int | None = None
    place: int | None = None
    again: bool = False
