"""The forecast against the last week repeated and against ETS: error, bands that hold, and time.

The peer is statsmodels' ETSModel, the best of eight by AICc: additive with no, a straight or a damped slope, each with and
without weekdays, and multiplicative with weekdays, without slope and with a damped one, where no day is empty.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from statistics import geometric_mean, mean, median

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from services.revenue.forecasting.backtest import Score, backtest
from services.revenue.forecasting.forecast import forecast_many
from services.revenue.forecasting.naive import usual_step
from tests.benchmarks.forecast_families import FIRST_DAY, STRUCTURED, UNSTRUCTURED, Array, Family, series
from tests.benchmarks.harness import Result, written

DAYS = 730
AHEAD = 28
#: The origins: after two years, and two and four months earlier.
CUTS = (DAYS, DAYS - 60, DAYS - 120)
SERIES = 40
#: Series of each family, after two years, that ETS is fitted to as well.
FITTED = 40
FLEET = 400
_TIMED = 30  # every 30th series is what ETS is timed on
_SEED = 7261
_WEEK = 7
_SPECS = [
    ("add", None, False, None),
    ("add", None, False, "add"),
    ("add", "add", False, None),
    ("add", "add", False, "add"),
]
_SPECS += [("add", "add", True, None), ("add", "add", True, "add")]
_POSITIVE = [("mul", None, False, "mul"), ("mul", "add", True, "mul")]


@dataclass(frozen=True, slots=True)
class _Tried:
    """A family's scores from every origin, and those of ETS on its first series from the last origin."""

    scores: list[Score]
    ets: list[float]

    @property
    def against_naive(self) -> tuple[float, float]:
        return mean(each.mase for each in self.scores), mean(each.naive_mase for each in self.scores)

    @property
    def against_ets(self) -> tuple[float, float]:
        same = [each.mase for each in self.scores if each.cut == DAYS and each.series < len(self.ets)]
        return mean(same), mean(self.ets)


def forecast_rows() -> list[Result]:
    """Every family's error, the bands of both kinds of families, and the time of a fleet of 400."""
    structured = {name: _tried(family) for name, family in STRUCTURED.items()}
    unstructured = {name: _tried(family) for name, family in UNSTRUCTURED.items()}
    everything = structured | unstructured
    rows = [_error(f"MASE, {name}", *tried.against_naive, "last week", 0.80) for name, tried in structured.items()]
    # ETS is the truth itself for some families: it can be met there, not beaten. All together must win, none lose by much.
    rows += [_error(f"MASE, {name}", *tried.against_ets, "ETS", 1.05) for name, tried in everything.items()]
    pairs = [tried.against_ets for tried in everything.values()]
    ours, theirs = geometric_mean(ours for ours, _ in pairs), geometric_mean(theirs for _, theirs in pairs)
    rows.append(_error("MASE, geometric mean of all families", ours, theirs, "ETS", 1.00))
    for kind, families in (("structured", structured), ("unstructured", unstructured)):
        scores = [each for tried in families.values() for each in tried.scores]
        rows.append(_bands(f"bands, {kind} families", 80, mean(each.within80 for each in scores)))
        rows.append(_bands(f"bands, {kind} families", 95, mean(each.within95 for each in scores)))
    return [*rows, _time()]


def _tried(family: Family) -> _Tried:
    amounts = series(family, SERIES, DAYS + AHEAD, _SEED)
    return _Tried(backtest(amounts, FIRST_DAY, CUTS, AHEAD), [_ets_mase(each) for each in amounts[:FITTED]])


def _ets_mase(amounts: Array) -> float:
    before, came = amounts[:DAYS], amounts[DAYS:]
    return float(np.abs(_ets(before, AHEAD) - came).mean() / usual_step(before[:, None])[0])


def _ets(amounts: Array, ahead: int) -> Array:
    """The forecast of the specification with the least AICc, never below 0."""
    fits = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of optimisers that stop early
        for error, slope, damped, season in [*_SPECS, *(_POSITIVE if amounts.min() > 0 else [])]:
            model = ETSModel(
                amounts,
                error=error,
                trend=slope,
                damped_trend=damped,
                seasonal=season,
                seasonal_periods=_WEEK if season else None,
            )
            fits.append(model.fit(disp=False, maxiter=200))
        tame = [(fit.aicc, forecast) for fit in fits if _tame(forecast := np.asarray(fit.forecast(ahead)), amounts)]
    best: Array = min(tame, key=lambda each: float(each[0]))[1]
    return np.maximum(best, 0.0)


def _tame(forecast: Array, amounts: Array) -> bool:
    """Multiplicative fits sometimes run away; in the peer's favour, none counts that passes three times the highest day."""
    return bool(np.isfinite(forecast).all() and forecast.max() <= 3 * amounts.max())


def _error(work: str, ours: float, theirs: float, peer: str, goal: float) -> Result:
    ratio = ours / theirs
    return Result(
        f"{work} against {peer}",
        f"{ours:.3f}",
        f"{peer} {theirs:.3f}",
        round(ratio, 3),
        "ours/peer",
        f"≤ {goal:.2f}×",
        ratio <= goal,
    )


def _bands(work: str, promised: int, held: float) -> Result:
    missed = abs(100 * held - promised)
    return Result(
        f"{work}, days within the {promised} % band",
        f"{100 * held:.1f} %",
        f"promised {promised} %",
        round(held * 100 / promised, 3),
        "ours/peer",
        "± 3 points",
        missed <= 3,
    )


def _time() -> Result:
    """A fleet's forecasts with their back-tests, against fitting ETS, which is timed on some of the series and multiplied."""
    families = [*STRUCTURED.values(), *UNSTRUCTURED.values()]
    each = -(-FLEET // len(families))
    amounts = np.concatenate([series(family, each, DAYS, _SEED) for family in families])[:FLEET]
    sample = amounts[::_TIMED]
    ours = median(_seconds(lambda: forecast_many(amounts, FIRST_DAY)) for _ in range(3))
    theirs = _seconds(lambda: [_ets(one, AHEAD) for one in sample]) * FLEET / len(sample)
    return Result(
        f"forecast {FLEET} series of {DAYS} days, 92 days ahead, with back-test and bands",
        written(ours),
        f"fitting ETS, {len(sample)} fitted and multiplied {written(theirs)}",
        round(theirs / ours, 1),
        "peer/ours",
        "≥ 50×",
        theirs / ours >= 50,
    )


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
