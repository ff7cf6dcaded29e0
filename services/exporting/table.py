"""What is exported: titled columns of a known kind, and the stamp that says where the rows come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from services.domain.money import ZERO, shown
from services.domain.period import NAIROBI

Kind = Literal["text", "money", "integer", "instant", "date", "ratio"]
#: A row's cells, in the order of the columns.
Row = Sequence[object]
#: Told how many rows are written; whatever it raises ends the export.
Progress = Callable[[int], None]

#: How many rows are written between two calls of Progress.
STEP = 1_000


@dataclass(frozen=True, slots=True)
class Field:
    """A column: text (str), money (Decimal), integer (int), instant (datetime with a zone), date, or ratio (1 is the whole).

    None is an empty cell in every column. The sum of a `summed` column of money stands in the stamp.
    """

    key: str
    title: str
    kind: Kind = "text"
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and the lines that say what the rows are. Instants are written in `zone`.

    `currency` is the key of the column that names each row's currency; '' where all of them have the same.
    """

    title: str
    columns: tuple[Field, ...]
    stamp: tuple[str, ...] = ()
    zone: ZoneInfo = NAIROBI
    currency: str = ""

    def place(self, key: str) -> int | None:
        """The place of a column, None where there is none of that key."""
        return next((place for place, field in enumerate(self.columns) if field.key == key), None)


class Tally:
    """Counts the rows that pass and sums their money, one sum a currency."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._summed = [place for place, field in enumerate(table.columns) if field.summed]
        self._currency = table.place(table.currency)
        self._sums: dict[tuple[int, str], Decimal] = {}
        self.rows = 0

    def add(self, row: Row) -> None:
        """Takes a row into account."""
        self.rows += 1
        currency = str(row[self._currency] or "") if self._currency is not None else ""
        for place in self._summed:
            if isinstance(value := row[place], Decimal):
                self._sums[place, currency] = self._sums.get((place, currency), ZERO) + value

    def stamp(self) -> list[str]:
        """The table's stamp, with what was counted: 'Rows: 1,204', 'Sum of Amount: KES 412,300.00'."""
        lines = [*self._table.stamp, f"Rows: {self.rows:,}"]
        for (place, currency), total in sorted(self._sums.items()):
            amount = f"{currency} {shown(total)}".strip()
            lines.append(f"Sum of {self._table.columns[place].title}: {amount}")
        if any(field.kind == "instant" for field in self._table.columns):
            lines.append(f"Times: {self._table.zone.key}")
        return lines
