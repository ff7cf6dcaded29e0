"""The list of days: kept totals where a day was reconciled, the same figures on the fly where it was not."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, text

from services.domain.money import ZERO
from services.reconciliation.assessment import Status
from services.reconciliation.loading import FleetOfDays
from services.reconciliation.results import DayRow

#: A payment matched to a line of another day is this many days away at most.
_APART = timedelta(days=31)

_KEPT = text("""
    SELECT r.reconciliation_date AS day, r.system_total, r.mpesa_total, r.status, r.reconciled_by, r.reconciled_at,
           (SELECT count(*) FROM finance.reconciliation_exception e
            WHERE e.fleet_id = r.fleet_id AND e.day = r.reconciliation_date
              AND e.name NOT IN ('late', 'unattributed')) AS open_count
    FROM finance.payment_reconciliation r
    WHERE r.fleet_id = :fleet AND r.reconciliation_date BETWEEN :first AND :last
""")
_TAKEN = text("""
    SELECT taken_day AS day, short_code, sum(amount) AS total
    FROM finance.payment
    WHERE fleet_id = :fleet AND taken_day BETWEEN :first AND :last AND taken_day <> ALL(:kept)
      AND method = 'mpesa' AND currency = :currency
    GROUP BY taken_day, short_code
""")
_PAID_IN = text("""
    SELECT day, coalesce(sum(paid_in) FILTER (WHERE kind = 'payment' AND lower(status) = 'completed'), 0) AS total
    FROM finance.statement_line
    WHERE fleet_id = :fleet AND day BETWEEN :first AND :last AND day <> ALL(:kept)
    GROUP BY day
""")
# A matched pair belongs to the line's day; only those noted as late stand on another day than their payment.
_MOVED = text("""
    SELECT p.taken_day AS day, sum(p.amount) AS total
    FROM finance.reconciliation_exception e
    JOIN finance.payment p ON p.fleet_id = e.fleet_id AND p.id = e.payment_id
    WHERE e.fleet_id = :fleet AND e.name = 'late' AND e.day BETWEEN :early AND :late AND p.taken_day BETWEEN :first AND :last
    GROUP BY p.taken_day
""")
_STATEMENTS = text("""
    SELECT short_code, first_day, last_day FROM finance.statement
    WHERE fleet_id = :fleet AND first_day <= :last AND last_day >= :first
""")
_TILLS = text("SELECT short_code FROM finance.till WHERE fleet_id = :fleet")


def day_rows(connection: Connection, fleet: FleetOfDays, first: date, last: date) -> list[DayRow]:
    """Every day of the range with payments or lines, oldest first."""
    key: dict[str, object] = {"fleet": fleet.id, "first": first, "last": last}
    kept = [DayRow(**row) for row in connection.execute(_KEPT, key).mappings()]
    moved = {**key, "early": first - _APART, "late": last + _APART}
    fresh = _fresh(connection, fleet, {**key, "kept": [row.day for row in kept]}, moved)
    return sorted([*kept, *fresh], key=lambda row: row.day)


def _fresh(
    connection: Connection, fleet: FleetOfDays, key: dict[str, object], moved: dict[str, object]
) -> list[DayRow]:
    taken: dict[date, Decimal] = defaultdict(lambda: ZERO)
    codes: dict[date, set[str | None]] = defaultdict(set)
    for row in connection.execute(_TAKEN, {**key, "currency": fleet.currency}):
        taken[row.day] += row.total
        codes[row.day].add(row.short_code)
    for row in connection.execute(_MOVED, moved):
        if row.day in taken:
            taken[row.day] -= row.total
    paid_in = {row.day: row.total for row in connection.execute(_PAID_IN, key)}
    covered = _Covered(connection, key)
    return [
        DayRow(
            day,
            taken.get(day, ZERO),
            paid_in.get(day, ZERO),
            covered.status(day, codes.get(day, set())),
            None,
            None,
            None,
        )
        for day in sorted(taken.keys() | paid_in.keys())
    ]


class _Covered:
    """Which days of which short codes have a statement."""

    def __init__(self, connection: Connection, key: dict[str, object]) -> None:
        self._statements = list(
            connection.execute(_STATEMENTS, {name: key[name] for name in ("fleet", "first", "last")})
        )
        self._tills = set(connection.execute(_TILLS, {"fleet": key["fleet"]}).scalars())

    def status(self, day: date, traffic: set[str | None]) -> Status:
        """The status of a day that was never reconciled, from the short codes that took payments."""
        named = {code for code in traffic if code}
        needed = named or (self._tills if traffic else set())
        found = {row.short_code for row in self._statements if row.first_day <= day <= row.last_day}
        return "open" if needed <= found else "no_statement"
