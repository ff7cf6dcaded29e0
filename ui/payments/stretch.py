"""The loaded stretch of a list as plain values, for coming back to it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from services.payments.row import Key, Names, PaymentRow

#: About so many rows of a list are kept when it is left.
KEPT_ROWS: Final = 1_000


class Reader(Protocol):
    """Somebody who reads the rows: a grid's view."""

    def reading_place(self) -> tuple[Hashable, int] | None:
        """The id of the row at the upper edge and how many px of it are above; None at the top of the list."""
        ...

    def resume(self, place: tuple[Hashable, int] | None) -> None:
        """Goes back to what `reading_place` told."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Every row of a list from `top` to `bottom` (None: the list's end), `first` rows below its beginning, as of `seq`.

    Of `stale` rows more may have changed than the feed tells; `reading` is where somebody read, `names` what things were called.
    """

    rows: tuple[PaymentRow, ...]
    first: int
    top: Key | None
    bottom: Key | None
    seq: int
    stale: frozenset[UUID]
    reading: tuple[Hashable, int] | None
    names: Names
