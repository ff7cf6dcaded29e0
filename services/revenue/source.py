"""Where a filter's sums stand: roll-ups under one dimension's members, or only by day; and the payments of a running hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.domain.payment import NOBODY
from services.payments.statement import Statement
from services.revenue.figures import Dimension, RevenueFilter
from services.revenue.pieces import Clock

DIMENSIONS: tuple[Dimension, ...] = ("route", "vehicle", "driver", "method")
SUMS: Final = ("taken", "taken_count", "refunded", "refunded_count")
TYPES: Final = ("numeric", "bigint", "numeric", "bigint")
SUMMED: Final = ", ".join(f"sum({name})::{kind}" for name, kind in zip(SUMS, TYPES, strict=True))
#: The columns of payments and of revenue_daily that name the members.
COLUMNS: Final = {"route": "route_id", "vehicle": "vehicle_id", "driver": "driver_id", "method": "method"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a filter's sums stand: in `revenue_totals` under one dimension's members, or (None) only in `revenue_daily`."""

    wanted: RevenueFilter
    currency: str
    dimension: str | None
    members: tuple[str, ...]

    @staticmethod
    def of(wanted: RevenueFilter, currency: str) -> Source:
        """The cheapest place that answers exactly."""
        chosen = {name: values for name, values in _chosen(wanted).items() if values}
        if not chosen:
            return Source(wanted, currency, "", ("",))
        if len(chosen) == 1:
            (name, values), *_ = chosen.items()
            return Source(wanted, currency, name, values)
        return Source(wanted, currency, None, ())

    @property
    def whole(self) -> bool:
        """Whether the whole fleet is asked for."""
        return self.dimension == ""

    def begun(self) -> Statement:
        """A statement about the fleet, to be written."""
        return Statement(self.wanted.fleet_id)

    def booked(self, made: Statement, grain: str) -> tuple[str, str]:
        """What stands behind FROM, so far, and the column that says when; of the whole filter."""
        if self.dimension is None:
            return self.daily(made), "day"
        return _totals(made, self.dimension, self.members, grain), "start"

    def members_of(self, made: Statement, dimension: Dimension) -> tuple[str, str, str]:
        """What stands behind FROM, so far, the column that says when, and the one that says who."""
        if self.whole or self.dimension == dimension:
            return _totals(made, dimension, () if self.whole else self.members, "day"), "start", "member"
        return self.daily(made), "day", COLUMNS[dimension] if dimension == "method" else f"{COLUMNS[dimension]}::text"

    def daily(self, made: Statement) -> str:
        """What stands behind FROM, so far, where sums are kept by day and by every member at once."""
        nobody = f"= '{NOBODY}'"
        return f"finance.revenue_daily WHERE fleet_id = %(fleet)s{self.narrowed(made, nobody)}"

    def moments(self, made: Statement, since: datetime, clock: Clock) -> str:
        """What was booked on the clock's day from `since` until before its moment, payment by payment.

        Not by coalesce(completed_at, created_at): under row-level security no index serves it.
        """
        day, since_, until = made.apart(clock.day), made.apart(since), made.apart(clock.until)
        of = f"fleet_id = %(fleet)s{self.narrowed(made, 'IS NULL')} AND currency = {made.apart(self.currency)}"
        columns = ", ".join(COLUMNS.values())
        return f"""
            (SELECT {columns}, amount AS taken, 1 AS taken_count, 0::numeric AS refunded, 0 AS refunded_count FROM finance.payment
             WHERE {of} AND taken_day IS NOT NULL AND (completed_at >= {since_} AND completed_at < {until}
                   OR completed_at IS NULL AND created_at >= {since_} AND created_at < {until})
             UNION ALL
             SELECT {columns}, 0, 0, refunded_amount, 1 FROM finance.payment
             WHERE {of} AND refunded_day = {day}
               AND coalesce(refunded_at, updated_at) >= {since_} AND coalesce(refunded_at, updated_at) < {until}) AS moment"""

    def narrowed(self, made: Statement, nobody: str) -> str:
        """The filter as conditions on payments or on revenue_daily; `nobody` says that there is no route, vehicle or driver."""
        found, wanted = "", self.wanted
        for column, values in (
            ("route_id", wanted.routes),
            ("vehicle_id", wanted.vehicles),
            ("driver_id", wanted.drivers),
        ):
            if values:
                named = f"{column} = ANY ({made.apart(sorted(values))}::uuid[])"
                found += f" AND ({named} OR {column} {nobody})" if NOBODY in values else f" AND {named}"
        if wanted.methods:
            found += f" AND method = ANY ({made.apart(sorted(wanted.methods))}::text[])"
        return found


def _chosen(wanted: RevenueFilter) -> dict[str, tuple[str, ...]]:
    return {
        "route": tuple(sorted(map(str, wanted.routes))),
        "vehicle": tuple(sorted(map(str, wanted.vehicles))),
        "driver": tuple(sorted(map(str, wanted.drivers))),
        "method": tuple(sorted(wanted.methods)),
    }


def _totals(made: Statement, dimension: str, members: Sequence[str], grain: str) -> str:
    of = f" AND member = ANY ({made.apart(list(members))}::text[])" if members else ""
    return f"finance.revenue_totals WHERE fleet_id = %(fleet)s AND dimension = '{dimension}'{of} AND grain = '{grain}'"
