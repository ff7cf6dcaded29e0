"""Forecasts of the fleet, its routes and its vehicles: made in the back office, kept whole, read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select, text

from services.database.engine import Database
from services.database.fleets import Fleet, fleets
from services.database.tables import revenue_forecast
from services.domain.period import today
from services.revenue.forecasting.forecast import HORIZON, MOST, forecast_many
from services.revenue.forecasting.result import Accuracy, Forecast, ForecastDay, Model
from services.revenue.targets import Scope, kept_as

_DAY: Final = timedelta(days=1)
#: Days of the past may still change (late payments, refunds); so long a forecast stands although they did.
PATIENCE: Final = timedelta(hours=6)
_F = revenue_forecast.c

# One back office forecasts at a time.
_LOCK = text("SELECT pg_try_advisory_xact_lock(7261202606)")
_STANDING = text("""
SELECT min(f.as_of_day) AS as_of_day, min(f.made_at) AS made_at,
       EXISTS (SELECT FROM finance.revenue_analytics a WHERE a.fleet_id = :fleet AND a.period_type = 'daily'
               AND a.period_start <= min(f.as_of_day) AND a.calculated_at > min(f.made_at)) AS changed
FROM finance.revenue_forecast f WHERE f.fleet_id = :fleet
""")
# No index holds the days of all members together, but few rows are days: the hours are left out by the key.
_HISTORY = text("""
SELECT dimension, member, array_agg(start::date - CAST(:first AS date) ORDER BY start),
       array_agg((taken - refunded)::float8 ORDER BY start)
FROM finance.revenue_totals
WHERE fleet_id = :fleet AND dimension IN ('', 'route', 'vehicle') AND grain = 'day' AND currency = :currency
  AND member <> '00000000-0000-0000-0000-000000000000'
  AND start >= CAST(:first AS date) AND start < CAST(:first AS date) + CAST(:days AS integer)
GROUP BY dimension, member ORDER BY dimension, member
""")


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """A forecast as the back office made it: from the history that ended with `as_of_day`, at `made_at`."""

    forecast: Forecast
    as_of_day: date
    made_at: datetime


def read_forecast(connection: Connection, fleet_id: UUID, scope: Scope, member: UUID | None) -> KeptForecast | None:
    """The kept forecast of the fleet, a route or a vehicle; None where none was made yet."""
    mine = _F.fleet_id == fleet_id, _F.dimension == scope, _F.member == kept_as(member)
    query = select(revenue_forecast).where(*mine)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    days = tuple(ForecastDay(**{**day, "day": date.fromisoformat(day["day"])}) for day in row["days"])
    error = None
    if row["mase"] is not None:
        error = Accuracy(**{name: row[name] for name in ("mase", "naive_mase", "wape", "starts")})
    model: Model = row["model"]
    return KeptForecast(Forecast(days, model, error, row["words"], row["alike"]), row["as_of_day"], row["made_at"])


def keep_forecasts(database: Database, now: datetime) -> int:
    """Makes the forecasts of every fleet that needs new ones; returns how many were made. Acts as finance_projector.

    A fleet needs them when none is there, when its day has turned, and when PATIENCE after the last ones its finished days have
    changed. Only finished days are learnt from. Where another back office is at it, nothing is done: 0.
    """
    with database.write() as alone:
        # Held by a transaction of its own, so that none stays open with a snapshot while the forecasts are computed.
        if not alone.execute(_LOCK).scalar_one():
            return 0
        return sum(_keep(database, fleet, now) for fleet in fleets(database))


def _keep(database: Database, fleet: Fleet, now: datetime) -> int:
    yesterday = today(fleet.zone, now) - _DAY
    with database.read() as connection:
        standing = connection.execute(_STANDING, {"fleet": fleet.id}).one()
        if standing.as_of_day == yesterday and not (standing.changed and now - standing.made_at > PATIENCE):
            return 0
        history = _history(connection, fleet, yesterday)
    rows = list(_rows(fleet.id, history, yesterday, now))
    with database.write() as connection:
        connection.execute(delete(revenue_forecast).where(_F.fleet_id == fleet.id))
        connection.execute(insert(revenue_forecast), rows)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _History:
    """Revenue of (dimension, member) by day (series, days), the first on `first`."""

    keys: Sequence[tuple[str, str]]
    amounts: NDArray[np.float64]
    first: date


def _history(connection: Connection, fleet: Fleet, last: date) -> _History:
    """The fleet's days until `last`, and those of each route and vehicle that had some."""
    first = last - timedelta(days=MOST - 1)
    asked = {"fleet": fleet.id, "currency": fleet.currency, "first": first, "days": MOST}
    # The fleet itself always has a forecast, if only to say why there is none.
    series: dict[tuple[str, str], tuple[list[int], list[float]]] = {("", ""): ([], [])}
    for dimension, member, days, revenue in connection.execute(_HISTORY, asked):
        series[dimension, member] = days, revenue
    amounts = np.zeros((len(series), MOST))
    for row, (days, revenue) in enumerate(series.values()):
        amounts[row, days] = revenue
    return _History(list(series), amounts, first)


def _rows(fleet_id: UUID, history: _History, last: date, now: datetime) -> Iterator[dict[str, Any]]:
    made = forecast_many(history.amounts, history.first, HORIZON)
    for (dimension, member), one in zip(history.keys, made, strict=True):
        error = dict.fromkeys(("mase", "naive_mase", "wape", "starts")) if one.error is None else asdict(one.error)
        yield {
            "fleet_id": fleet_id,
            "dimension": dimension,
            "member": member,
            "made_at": now,
            "as_of_day": last,
            "model": one.model,
            "words": one.words,
            "alike": one.alike,
            "days": [_day(day) for day in one.days],
            **error,
        }


def _day(day: ForecastDay) -> dict[str, object]:
    sums = {name: round(value, 2) for name, value in asdict(day).items() if name != "day"}
    return {"day": day.day.isoformat(), **sums}
