"""What charts over time draw: a slot for each day, week or month, and lines of values beside each other. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ui.charts.scales import Grain

#: How a line of the value card is marked, as the line itself is drawn.
Mark = Literal["", "line", "dashed", "band", "target", "smooth"]
#: A value for each slot; None where there is none.
Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the value card; an empty `mark` has no sample of a line, a `colour` ('#RRGGBB') is shown as a square.

    A `public` value is no amount, and is shown also where amounts are hidden.
    """

    label: str
    value: str
    mark: Mark = ""
    colour: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A place along the axis: its first day, what it is called, and what is told of it.

    `partial` says in a word or two why it is not whole ('so far'); '' for a whole one. An `ahead` one is only forecast.
    """

    first: date
    title: str
    told: tuple[Told, ...]
    partial: str = ""
    ahead: bool = False

    @property
    def words(self) -> str:
        """All that is told, in one line, for screen readers."""
        return ", ".join([self.title, *(f"{line.label} {line.value}".strip() for line in self.told)])


@dataclass(frozen=True, slots=True)
class Trend:
    """Revenue by slot and what it is seen against. Every line has a value or None for each slot; amounts are in `unit`.

    `changes` are slots where the level changed, with the words for it. `now` is where the running slot began (None: the range
    is over). `note` is said beside the forecast.
    """

    slots: tuple[Slot, ...] = ()
    grain: Grain = "daily"
    unit: str = "KES"
    revenue: Values = ()
    compared: Values = ()
    smoothed: Values = ()
    target: Values = ()
    expected: Values = ()
    band80: tuple[Values, Values] = ((), ())
    band95: tuple[Values, Values] = ((), ())
    changes: tuple[tuple[int, str], ...] = ()
    now: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mix:
    """Layers stacked in each slot: (name, colour '#RRGGBB', values), the largest first, which stands on the ground."""

    slots: tuple[Slot, ...] = ()
    grain: Grain = "daily"
    unit: str = "KES"
    layers: tuple[tuple[str, str, tuple[float, ...]], ...] = ()


def runs(values: Values) -> list[list[int]]:
    """The stretches of neighbouring slots that have values."""
    found: list[list[int]] = []
    for at, value in enumerate(values):
        if value is None:
            continue
        if found and found[-1][-1] == at - 1:
            found[-1].append(at)
        else:
            found.append([at])
    return found


def extent(*lines: Values) -> tuple[float, float]:
    """The least and the greatest of all values and 0."""
    known = [value for line in lines for value in line if value is not None]
    return min(0.0, *known) if known else 0.0, max(0.0, *known) if known else 0.0
