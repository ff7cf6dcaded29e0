"""Measures one piece of work against a named peer: interleaved runs, equal output asserted first, the median of the ratios."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Generic, Literal, TypeVar

Case = TypeVar("Case")


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
    #: 'ours/peer' with a ratio that may be at most `goal`, or 'peer/ours' with one that must be at least `goal`; None: only stated.
    sense: Literal["ours/peer", "peer/ours"]
    goal: float | None
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
        return Result(
            self.work,
            written(median(ours)),
            f"{self.peer_name} {written(median(peer))}",
            round(ratio, 3),
            self.sense,
            *self._judged(ratio),
        )

    def _judged(self, ratio: float) -> tuple[str, bool]:
        """The goal as it is written, and whether it is met."""
        if self.goal is None:
            return "stated", True
        if self.sense == "ours/peer":
            return f"≤ {self.goal:g}×", ratio <= self.goal
        return f"≥ {self.goal:g}×", ratio >= self.goal


@dataclass(frozen=True, slots=True)
class Field(Generic[Case]):
    """Many cases of one kind of work, of which the slow ones count: the 95th percentile of each side, over all cases of a round."""

    work: str
    cases: Sequence[Case]
    ours: Callable[[Case], tuple[float, object]]
    peer_name: str
    peer: Callable[[Case], tuple[float, object]]
    goal: float
    rounds: int = 15

    def run(self) -> Result:
        """Asserts equal outputs case by case, then runs both sides in turn; the median of the rounds' ratios, ours/peer."""
        for case in self.cases:
            (_, mine), (_, theirs) = self.ours(case), self.peer(case)
            if mine != theirs:
                raise AssertionError(f"{self.work}, {case}: ours gave {mine!r}, {self.peer_name} gave {theirs!r}")
        rounds = [self._round() for _ in range(self.rounds)]
        ours, peer = (median(column) for column in zip(*rounds, strict=True))
        ratio = median(mine / theirs for mine, theirs in rounds)
        return Result(
            self.work,
            f"p95 {written(ours)}",
            f"{self.peer_name} p95 {written(peer)}",
            round(ratio, 3),
            "ours/peer",
            f"≤ {self.goal:g}×",
            ratio <= self.goal,
        )

    def _round(self) -> tuple[float, float]:
        pairs = [(self.ours(case)[0], self.peer(case)[0]) for case in self.cases]
        ours, peer = zip(*pairs, strict=True)
        return p95(ours), p95(peer)


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(seconds, n=20, method="inclusive")[-1]


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


def peak_memory() -> int:
    """The most memory that this program ever held, in bytes."""
    if sys.platform == "linux":
        # ru_maxrss also counts what the process that started this one held.
        status = Path("/proc/self/status").read_text("ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
