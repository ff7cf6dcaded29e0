"""Changed cells as few rectangles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbours among ascending numbers."""
    for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield run[0], run[-1]


def areas(changed: Mapping[int, set[int]]) -> Iterator[tuple[int, int, int, int]]:
    """Few rectangles (first row, last row, left column, right column) that cover the changed cells and no other."""
    for columns, group in groupby(sorted(changed), lambda at: changed[at]):
        for first, last in runs(list(group)):
            for left, right in runs(sorted(columns)):
                yield first, last, left, right
