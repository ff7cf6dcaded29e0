"""What a forecast says: days, bands, sums, its back-tested error, and all of it in a sentence. Amounts are floats, in KES."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Model = Literal["blend", "weekday_means", "seasonal_naive", "none"]
# Standard errors within which a sum stays 80 and 95 times of 100: sums are close to normal where single days are not.
_IN80: Final = 1.2816
_IN95: Final = 1.9600


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """A day's expected revenue, the bands it stays in 80 and 95 times of 100, never below 0, and its standard error."""

    day: date
    mean: float
    low80: float
    high80: float
    low95: float
    high95: float
    spread: float


@dataclass(frozen=True, slots=True)
class Span:
    """What the days from `first` to `last` (both included) will bring together, with the bands of the sum."""

    first: date
    last: date
    mean: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What the back-test found: the mean absolute error in usual weekly steps (MASE) and as a share of takings (WAPE).

    `naive_mase` is the error of the last week repeated on the same days; `starts` counts the weeks forecast from.
    """

    mase: float
    naive_mase: float
    wape: float
    starts: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The days ahead of one series; no days and model 'none' where history is too short, as `words` then say.

    `alike` says how far the errors of neighbouring days keep to one side (0 to 1), which decides the bands of sums.
    """

    days: tuple[ForecastDay, ...]
    model: Model
    error: Accuracy | None
    words: str
    alike: float = 0.0

    def total(self, first: date, last: date) -> Span:
        """The sum of the forecast days from `first` to `last`; ValueError where one of them was not forecast."""
        inside = [day for day in self.days if first <= day.day <= last]
        if not inside or len(inside) != (last - first).days + 1:
            raise ValueError(f"not all days from {first} to {last} were forecast")
        if len(inside) == 1:
            (day,) = inside
            return Span(first, last, day.mean, day.low80, day.high80, day.low95, day.high95)
        mean, spread = sum(day.mean for day in inside), self._spread([day.spread for day in inside])
        low80, high80, low95, high95 = (mean + factor * spread for factor in (-_IN80, _IN80, -_IN95, _IN95))
        return Span(first, last, mean, max(low80, 0.0), high80, max(low95, 0.0), high95)

    def by_month(self) -> tuple[Span, ...]:
        """The forecast days summed by calendar month; the first and the last month as far as they were forecast."""
        months: dict[date, list[date]] = {}
        for each in self.days:
            months.setdefault(each.day.replace(day=1), []).append(each.day)
        return tuple(self.total(days[0], days[-1]) for days in months.values())

    def _spread(self, spreads: list[float]) -> float:
        alone = sum(spread**2 for spread in spreads)
        return float((self.alike * sum(spreads) ** 2 + (1 - self.alike) * alone) ** 0.5)


def in_words(model: Model, error: Accuracy | None, *, idle: bool = False) -> str:
    """The model and its error as people read it: 'Blend of models, error ±6.1 % in back-test (last week repeated: ±8.9 %).'"""
    if idle:
        return "Nothing was taken in the last four weeks, and nothing is expected."
    if error is None:
        return f"{_NAMES[model]}; too little history for a back-test."
    if error.wape != error.wape:
        return f"{_NAMES[model]}; nothing was taken in the back-test's weeks."
    missed = f"{_NAMES[model]}, error ±{error.wape:.1%} in back-test".replace("%", " %")
    if model == "seasonal_naive" or not error.mase > 0:
        return f"{missed}."
    naive = f"{error.wape * error.naive_mase / error.mase:.1%}".replace("%", " %")
    return f"{missed} (last week repeated: ±{naive})."


_NAMES: dict[Model, str] = {
    "blend": "Blend of models",
    "weekday_means": "Weekday means, under eight weeks of history",
    "seasonal_naive": "The last week repeated, which no model beat",
    "none": "No forecast",
}
