"""What was shown before, kept for coming back to it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")

#: How many questions' answers are kept.
KEPT: Final = 24


@dataclass(frozen=True, slots=True)
class Left(Generic[Answer]):
    """An answer as it was when its question was left; `run` is the run of the feed that followed it, 0 where none surely did."""

    answer: Answer
    run: int


class Cache(Generic[Question, Answer]):
    """The answers of the questions that were left last, at most `kept` of them."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._left: OrderedDict[Question, Left[Answer]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def __iter__(self) -> Iterator[tuple[Question, Left[Answer]]]:
        """Everything that is kept, what was left last at the end."""
        return iter(self._left.items())

    def keep(self, question: Question, answer: Answer, run: int) -> None:
        """Keeps an answer, and lets the oldest go where there are too many."""
        self._left[question] = Left(answer, run)
        self._left.move_to_end(question)
        while len(self._left) > self._kept:
            self._left.popitem(last=False)

    def take(self, question: Question) -> Left[Answer] | None:
        """The answer of a question that is asked again; it is not kept any more, because it is followed from now on."""
        return self._left.pop(question, None)
