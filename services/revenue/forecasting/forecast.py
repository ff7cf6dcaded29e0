"""The door: daily history of many series in, forecasts out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from services.revenue.forecasting.bands import widths
from services.revenue.forecasting.blend import blended
from services.revenue.forecasting.naive import usual_step
from services.revenue.forecasting.outlook import Outlook
from services.revenue.forecasting.result import Accuracy, Forecast, ForecastDay, Model, in_words
from services.revenue.forecasting.short import LEAST, SHORT, weekday_means
from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trials import LONG, mean_known

#: Days ahead unless asked otherwise: the rest of this month and two more.
HORIZON: Final = 92
#: Days of history that are read at most: three years.
MOST: Final = 1100
_YEAR: Final = 364
_TOGETHER: Final = 200  # series computed at once, to bound memory
_AGES: Final[tuple[tuple[int, int, Model], ...]] = (
    (LEAST, SHORT, "weekday_means"),
    (SHORT, LONG, "blend"),
    (LONG, MOST + 1, "blend"),
)


def forecast(history: ArrayLike, first_day: date, horizon: int = HORIZON) -> Forecast:
    """Forecasts one series of daily amounts; see `forecast_many`."""
    return forecast_many(np.asarray(history, dtype=np.float64)[None], first_day, horizon)[0]


def forecast_many(history: ArrayLike, first_day: date, horizon: int = HORIZON) -> tuple[Forecast, ...]:
    """Forecasts the `horizon` days after the last of each series: daily amounts (series, days), the first on `first_day`.

    0 is a day without takings; NaN is a day nobody knows, and says nothing. A series begins with its first day above 0;
    amounts below 0 count as 0, and only the last MOST days are read. ValueError for infinite amounts or no horizon.
    """
    amounts = np.asarray(history, dtype=np.float64)
    if amounts.ndim != 2 or np.isinf(amounts).any() or horizon < 1:
        raise ValueError("a forecast needs finite amounts (series, days) and a horizon of at least one day")
    values = _begun(np.maximum(amounts[:, -MOST:].T, 0.0))
    begins = first_day + timedelta(days=amounts.shape[1] - len(values))
    days = [begins + timedelta(days=number) for number in range(len(values) + horizon)]
    made: dict[int, Forecast] = {}
    for part in _parts(values):
        made.update(zip(part.numbers, part.forecasts(days, horizon), strict=True))
    return tuple(made.get(number) or _none(values[:, number]) for number in range(values.shape[1]))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some series of like age: their numbers, their amounts as shares (days, series) of their means, and the means."""

    numbers: list[int]
    shares: Array
    means: Array
    model: Model

    def forecasts(self, days: Sequence[date], horizon: int) -> list[Forecast]:
        """A forecast for each series; `days` ends with those to forecast."""
        own = days[len(days) - horizon - len(self.shares) :]
        short = self.model == "weekday_means"
        outlook = weekday_means(self.shares, horizon) if short else blended(self.shares, own, horizon)
        half = widths(outlook.mean, outlook.trials, outlook.unsettled)
        bands = np.stack([outlook.mean, half.within80, half.within95, half.spread], axis=1) * self.means
        errors = self._errors(outlook)
        ahead = days[-horizon:]
        return [
            self._one(ahead, bands[:, :, at], errors[at], bool(outlook.naive[at]), float(half.alike[at]))
            for at in range(len(self.numbers))
        ]

    def _one(self, ahead: Sequence[date], bands: Array, error: Accuracy | None, naive: bool, alike: float) -> Forecast:
        model: Model = "seasonal_naive" if naive else self.model
        days = tuple(_day(day, *row) for day, row in zip(ahead, bands.tolist(), strict=True))
        idle = naive and not any(day.mean for day in days)
        return Forecast(days, model, error, in_words(model, error, idle=idle), alike)

    def _errors(self, outlook: Outlook) -> list[Accuracy | None]:
        step, trials = usual_step(self.shares), outlook.trials
        scaled = [
            np.divide(error, step, where=step > 0, out=np.zeros_like(step))
            for error in (trials.error, outlook.naive_error)
        ]
        rows = zip(*scaled, trials.share, trials.count, strict=True)
        return [Accuracy(float(m), float(n), float(w), int(c)) if c else None for m, n, w, c in rows]


def _day(day: date, mean: float, half80: float, half95: float, spread: float) -> ForecastDay:
    low80, low95 = max(mean - half80, 0.0), max(mean - half95, 0.0)
    return ForecastDay(day, mean, low80, mean + half80, low95, mean + half95, spread)


def _begun(values: Array) -> Array:
    """Days before a series' first takings become unknown."""
    return np.where(np.logical_or.accumulate(values > 0, axis=0), values, np.nan)


def _parts(values: Array) -> Iterator[_Part]:
    """The series (days, series) that can be forecast, those of like age together, so that company changes no forecast."""
    known = np.isfinite(values)
    if len(values) < LEAST:
        return
    age = np.where(known.sum(axis=0) >= LEAST, len(values) - known.argmax(axis=0), 0)
    for least, most, model in _AGES:
        those = np.flatnonzero((age >= least) & (age < most))
        for part in np.split(those, range(_TOGETHER, len(those), _TOGETHER)):
            if len(part):
                yield _part(values[-int(age[part].max()) :, part], part.tolist(), model)


def _part(values: Array, numbers: list[int], model: Model) -> _Part:
    mean = np.nan_to_num(mean_known(values[-_YEAR:], 0))
    means = np.where(mean > 0, mean, 1.0)
    return _Part(numbers, values / means, means, model)


def _none(values: Array) -> Forecast:
    known = int(np.isfinite(values).sum())
    few = f"Too little history for a forecast: {known} of at least {LEAST} days."
    return Forecast((), "none", None, few if known else "Nothing was taken yet.")
