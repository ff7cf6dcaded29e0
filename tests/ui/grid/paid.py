"""A small table of payments: invented people, later payments with higher numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ui.grid import Column, GridModel, GridView


@dataclass(frozen=True)
class Paid:
    """One payment; later ones have higher numbers."""

    number: int
    name: str = "Amina"
    amount: str = "100.00"
    status: str = "completed"


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Table(Protocol):
    def __call__(self, count: int, height: int = 330) -> tuple[GridModel[Paid], GridView[Paid]]: ...


COLUMNS = (
    Column[Paid]("number", "Number", 90, lambda row: str(row.number), tone="muted", sort="created_at"),
    Column[Paid]("name", "Name", 120, lambda row: row.name, stretch=True, sort="name", private=True),
    Column[Paid](
        "amount",
        "Amount KES",
        110,
        lambda row: row.amount,
        align="right",
        tone="strong",
        sort="amount_cents",
        tooltip="Gross",
    ),
    Column[Paid](
        "status",
        "Status",
        130,
        lambda row: row.status.capitalize(),
        tone="pill",
        status=lambda row: row.status,
        hint=lambda row: "no answer" if row.status == "failed" else "",
    ),
)


def down_from(count: int) -> list[Paid]:
    """Payments `count` … 1, as a feed shows them."""
    return [Paid(number) for number in range(count, 0, -1)]


def numbers(model: GridModel[Paid]) -> list[int]:
    """What the table shows, from the top."""
    return [int(model.text(at, 0)) for at in range(model.rowCount())]
