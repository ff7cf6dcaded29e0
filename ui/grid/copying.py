"""Displayed cells as tab-separated text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def as_tsv(lines: Iterable[Sequence[str]]) -> str:
    """One line for each row; line breaks and tabs within a cell become blanks, so that cells stay cells."""
    return "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)
