"""What the cells of rows say, written once for as long as a row is the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Generic

from ui.grid.columns import Column, Row

#: What a private cell shows while the model conceals.
CONCEALED: Final = "•••••"
# Texts are kept for about the rows that fit a tall screen a few times over.
_KEPT: Final = 1_024


class Texts(Generic[Row]):
    """The texts of rows, one for each of `columns`; private ones masked while it conceals."""

    def __init__(self, columns: Sequence[Column[Row]]) -> None:
        self._columns = columns
        self._concealed = False
        # By the row's identity, which is its own for as long as it is kept here: quicker than hashing its id.
        self._kept: dict[int, tuple[Row, list[str]]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, row: Row) -> list[str]:
        """The texts of a row, in declared order."""
        known = self._kept.get(id(row))
        if known is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            known = self._kept[id(row)] = (row, self._write(row))
        return known[1]

    def forget(self, row: Row) -> None:
        """A row is shown no longer."""
        self._kept.pop(id(row), None)

    def clear(self) -> None:
        """Forgets every row."""
        self._kept.clear()

    def conceal(self, concealed: bool) -> bool:
        """Masks private columns, or shows them again; whether that is a change."""
        if concealed == self._concealed:
            return False
        self._concealed = concealed
        self._kept.clear()
        return True

    def masks(self, column: int) -> bool:
        """Whether a column is masked now."""
        return self._concealed and self._columns[column].private

    def _write(self, row: Row) -> list[str]:
        return [CONCEALED if self._concealed and column.private else column.text(row) for column in self._columns]
