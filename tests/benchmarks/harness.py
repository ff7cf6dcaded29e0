"""Measures one piece of work against a named peer: interleaved runs, equal output asserted first, the median of the ratios."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Literal


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the table. `ratio` is ours ÷ peer (smaller is better) or peer ÷ ours, as `sense` says."""

    work: str
    ours: str
    peer: str
    ratio: float
    sense: Literal["ours/peer", "peer/ours"]
    goal: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Contest:
    """What is measured: both sides return (seconds, output); outputs must be equal in the first round."""

    work: str
    ours: Callable[[], tuple[float, object]]
    peer_name: str
    peer: Callable[[], tuple[float, object]]
    #: 'ours/peer' with a ratio that may be at most `goal`, or 'peer/ours' with one that must be at least `goal`.
    sense: Literal["ours/peer", "peer/ours"]
    goal: float
    rounds: int = 7

    def run(self) -> Result:
        """Runs both sides in turn and takes the median of the rounds' ratios."""
        ours, peer = [], []
        for turn in range(self.rounds):
            mine, my_output = self.ours()
            theirs, their_output = self.peer()
            if turn == 0 and my_output != their_output:
                raise AssertionError(f"{self.work}: ours gave {my_output!r}, {self.peer_name} gave {their_output!r}")
            ours.append(mine)
            peer.append(theirs)
        pairs = list(zip(ours, peer, strict=True))
        ratio = median(o / p if self.sense == "ours/peer" else p / o for o, p in pairs)
        holds = ratio <= self.goal if self.sense == "ours/peer" else ratio >= self.goal
        sign = "≤" if self.sense == "ours/peer" else "≥"
        return Result(
            self.work,
            written(median(ours)),
            f"{self.peer_name} {written(median(peer))}",
            round(ratio, 3),
            self.sense,
            f"{sign} {self.goal:g}×",
            holds,
        )


def written(seconds: float) -> str:
    """A duration as people read it."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


def report(results: list[Result], file: Path) -> None:
    """Prints `work · ours · peer · ratio · goal · holds` and writes the same rows as JSON."""
    for row in results:
        print(" · ".join((row.work, row.ours, row.peer, f"{row.ratio:.2f}×", row.goal, "yes" if row.holds else "NO")))
    file.write_text(json.dumps([asdict(row) for row in results], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
