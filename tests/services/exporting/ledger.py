"""A small table of payments, as tests write it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from services.exporting import Field, Row, Table

NOON = datetime(2026, 9, 22, 9, 0, 0, 400_000, tzinfo=UTC)  # in Nairobi
COLUMNS = (
    Field("time", "Time", "instant"),
    Field("passenger", "Passenger"),
    Field("amount", "Amount", "money", summed=True),
    Field("seats", "Seats", "integer"),
    Field("day", "Day", "date"),
    Field("share", "Share", "ratio"),
    Field("currency", "Currency"),
)
TABLE = Table("Payments", COLUMNS, ("Filter: Failed", "By: Baraka"), currency="currency")


def paid(amount: str, passenger: str = "Alice W.", currency: str = "KES") -> Row:
    """A row."""
    return NOON, passenger, Decimal(amount), 2, date(2026, 9, 22), Decimal("0.25"), currency
