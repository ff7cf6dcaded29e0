"""How a line is recognised again in another file: by its receipt, its leg, and which of several equal lines it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.statements.line import StatementLine


@dataclass(frozen=True, slots=True, order=True)
class LineKey:
    """A line's identity within its fleet and short code; `occurrence` counts equal lines from 1."""

    receipt: str
    leg: str
    occurrence: int


def identify(lines: Iterable[StatementLine]) -> list[LineKey]:
    """The key of each line, in the lines' order.

    Equal lines share receipt, leg, completion time and amount; being of one instant they stand together in every file
    that holds any of them, so the keys agree between overlapping files and whichever way a file runs.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    keys = []
    for line in lines:
        equal = (line.receipt, line.leg, line.completed_at, line.amount)
        seen[equal] += 1
        keys.append(LineKey(line.receipt, line.leg, seen[equal]))
    return keys
