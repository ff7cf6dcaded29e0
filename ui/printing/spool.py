"""Rows on their way to paper: kept on disk until it is known how many there are and how wide."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Final

_BATCH: Final = 500


class Spool:
    """Rows of words in a file of its own."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._batch: list[tuple[str, ...]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: Sequence[str]) -> None:
        """Keeps one more row."""
        self._batch.append(tuple(row))
        self._count += 1
        if len(self._batch) == _BATCH:
            self._write()

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Every row, in the order they came; nothing may be added any more."""
        self._write()
        self._file.seek(0)
        left = self._count
        while left:
            batch = pickle.load(self._file)
            left -= len(batch)
            yield from batch

    def _write(self) -> None:
        if self._batch:
            pickle.dump(self._batch, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            self._batch = []


@contextmanager
def spool() -> Iterator[Spool]:
    """An empty spool; its file has no name, and goes with it."""
    with TemporaryFile() as file:
        yield Spool(file)
