"""A live table is a declared column map: what each column is called, shows, and is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

Row = TypeVar("Row")
Align = Literal["left", "right"]
Tone = Literal["text", "muted", "strong", "pill", "faint"]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a live table; `width` in px, `text` is what is shown, copied and read aloud.

    `sort` is the name the query sorts by (None: not sortable), `falling` whether a first click asks for the greatest first
    (amounts on the right always do), `status` names a pill's status, `tooltip` explains
    the header, `hint` a cell, `copied` is copied instead where a cell has room
    for a part only, and a `private` column is masked while the model conceals.
    """

    key: str
    title: str
    width: int
    text: Callable[[Row], str]
    align: Align = "left"
    tone: Tone = "text"
    sort: str | None = None
    falling: bool = False
    stretch: bool = False
    tooltip: str = ""
    status: Callable[[Row], str] | None = None
    visible: bool = True
    hint: Callable[[Row], str] | None = None
    private: bool = False
    copied: Callable[[Row], str] | None = None

    def __post_init__(self) -> None:
        if self.tone == "pill" and self.status is None:
            raise ValueError(f"column {self.key!r} is a pill and names no status")


@dataclass(frozen=True)
class Order(Generic[Row]):
    """The order rows are kept in; `key` must tell any two rows apart (time and id)."""

    key: Callable[[Row], Any]
    descending: bool = True

    def arranged(self, rows: Sequence[Row]) -> list[Row]:
        """The rows in this order."""
        return sorted(rows, key=self.key, reverse=self.descending)

    def place(self, rows: Sequence[Row], row: Row) -> int:
        """Where `row` belongs among `rows`, which are in this order; after its equals."""
        wanted, low, high = self.key(row), 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            here = self.key(rows[middle])
            if (here < wanted) if self.descending else (wanted < here):
                high = middle
            else:
                low = middle + 1
        return low


def distinct(columns: Sequence[Column[Row]]) -> tuple[Column[Row], ...]:
    """The columns; ValueError when two share a key, because saved layouts name columns by it."""
    keys = [column.key for column in columns]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"two columns are called {', '.join(twice)}")
    return tuple(columns)
