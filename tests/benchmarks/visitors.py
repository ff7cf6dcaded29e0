"""Payments that come to a built database through the booking tables, and leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.feed.capture import WATCHED, install_capture
from services.feed.projector import Projector
from services.feed.rollups import REVENUE_DAILY, REVENUE_TOTALS, ROLLUPS
from tests.benchmarks.dataset import Dataset
from tests.benchmarks.invented import FLEET, NOW

_BOOKINGS: Final = ", ".join(
    f"public.{name}"
    for name in ("payment_transactions", "bookings", "shortcodes", "drivers", "vehicles", "routes", "fleets")
)
# A built database has our copies of the names, and no bookings.
_NAMES: Final = (
    "INSERT INTO public.fleets (id, code, name, timezone) SELECT fleet_id, code, name, timezone FROM finance.fleet",
    "INSERT INTO public.routes (id, fleet_id, name) SELECT route_id, fleet_id, name FROM finance.route",
    "INSERT INTO public.vehicles (id, fleet_id, registration) SELECT vehicle_id, fleet_id, registration FROM finance.vehicle",
    "INSERT INTO public.drivers (id, fleet_id, full_name) SELECT driver_id, fleet_id, full_name FROM finance.driver",
)
# Spread over the fleet and over the hour before now.
_BOOK = text("""
WITH fleet AS (
    SELECT (SELECT array_agg(id ORDER BY id) FROM public.routes) AS routes,
           (SELECT array_agg(id ORDER BY id) FROM public.vehicles) AS vehicles,
           (SELECT array_agg(id ORDER BY id) FROM public.drivers) AS drivers
),
made AS MATERIALIZED (
    SELECT gen_random_uuid() AS booking, n, :now - n * interval '1 hour' / :payments AS at,
           n % cardinality(vehicles) AS bus, fleet.*
    FROM generate_series(1, :payments) n, fleet
),
booked AS (
    INSERT INTO public.bookings
           (id, fleet_id, reference, route_id, vehicle_id, driver_id, passenger_name, passenger_phone, fare, status)
    SELECT booking, :fleet, 'NEW' || n, routes[1 + bus * cardinality(routes) / cardinality(vehicles)], vehicles[1 + bus],
           drivers[1 + bus], 'Aba Achi', '07' || lpad(n::text, 8, '0'), 600, 'confirmed'
    FROM made
)
INSERT INTO public.payment_transactions
       (booking_id, amount, payment_method, status, transaction_id, result_code, created_at, completed_at, updated_at)
SELECT booking, 600 + n % 7, CASE n % 5 WHEN 0 THEN 'cash' ELSE 'mpesa' END, 'completed', 'NEW' || n, '0', at, at, at FROM made
""")
_MARK = text("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")


@dataclass(frozen=True, slots=True)
class Visitors:
    """Books payments in a built database and projects them."""

    operator: Database
    projector: Projector

    @classmethod
    @contextmanager
    def in_dataset(cls, dataset: Dataset) -> Iterator[Visitors]:
        """Opens the booking tables; afterwards every payment booked is gone again, proven by counts and sums.

        The mark that says that the database is whole is off meanwhile, so that one left in the middle is built anew.
        """
        operator = Database(dataset.operator_url)
        projecting = Database(dataset.operator_url, role="finance_projector")
        try:
            visitors = cls(operator, Projector(projecting))
            with operator.read() as connection:
                mark, before = connection.execute(_MARK).scalar_one(), _standing(connection)
            visitors._enter()
            try:
                yield visitors
            finally:
                visitors._leave(before)
            with operator.read() as connection:
                if (after := _standing(connection)) != before:
                    raise AssertionError(f"the database held {before}, and after the visit {after}")
            visitors._mark(mark)
        finally:
            projecting.close()
            operator.close()

    def book(self, payments: int) -> None:
        """The booking system commits so many completed payments."""
        with self.operator.write() as connection:
            connection.execute(_BOOK, {"payments": payments, "fleet": FLEET, "now": NOW})

    def project(self) -> None:
        """The projector takes in whatever was noted."""
        self.projector.drain()

    def _enter(self) -> None:
        self._mark(None)
        with self.operator.write() as connection:
            for statement in _NAMES:
                connection.execute(text(statement))
        install_capture(self.operator)

    def _leave(self, before: dict[str, Any]) -> None:
        with self.operator.write() as connection:
            connection.execute(text("DELETE FROM public.payment_transactions"))
        self.project()
        with self.operator.write() as connection:
            for watched in WATCHED:
                for event in ("insert", "update", "delete"):
                    connection.execute(text(f"DROP TRIGGER finance_note_{event} ON public.{watched.table}"))
            connection.execute(text(f"TRUNCATE {_BOOKINGS}"))
            for rollup in (REVENUE_DAILY, REVENUE_TOTALS):
                nothing = " AND ".join(f"{name} = 0" for name in rollup.sums)
                connection.execute(text(f"DELETE FROM finance.{rollup.name} WHERE {nothing}"))
            connection.execute(text("DELETE FROM finance.payment_event WHERE seq > :seq"), {"seq": before["feed"][0]})
            connection.execute(text("UPDATE finance.feed SET last_seq = :seq"), {"seq": before["feed"][0]})
            connection.execute(
                text("DELETE FROM finance.revenue_due WHERE seq > :seq"), {"seq": before["revenue_due"][1]}
            )
            connection.execute(text("DELETE FROM finance.payment_change"))

    def _mark(self, mark: str | None) -> None:
        with self.operator.write() as connection:
            name = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
            said = "NULL" if mark is None else f"'{mark}'"
            connection.execute(text(f"COMMENT ON DATABASE {name} IS {said}"))


def _standing(connection: Connection) -> dict[str, Any]:
    """What must be again what it was: rows and sums of each table that a payment reaches."""
    asked = {
        "payment": "SELECT count(*), sum(amount), sum(refunded_amount) FROM finance.payment",
        "payment_event": "SELECT count(*) FROM finance.payment_event",
        "feed": "SELECT last_seq, epoch FROM finance.feed",
        "revenue_due": "SELECT count(*), coalesce(max(seq), 0) FROM finance.revenue_due",
        "payment_change": "SELECT count(*) FROM finance.payment_change",
    }
    for rollup in ROLLUPS:
        sums = ", ".join(f"sum({name})" for name in rollup.sums)
        asked[rollup.name] = f"SELECT count(*), {sums} FROM finance.{rollup.name}"
    return {name: tuple(connection.execute(text(query)).one()) for name, query in asked.items()}
