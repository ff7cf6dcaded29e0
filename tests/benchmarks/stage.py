"""A server and a database of a benchmark's own: a fleet, a viewer, payments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import text

from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.database.migration import migrate
from services.database.people import add_person
from services.feed.capture import install_capture
from services.feed.projector import Projector

_PASSWORD = "an invented password"


@contextmanager
def passing_server(*, durable: bool = False) -> Iterator[EmbeddedServer]:
    """A server whose data are gone afterwards, also where they had to stand elsewhere than in its folder (root)."""
    with TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "postgres", durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.remove()


class Stage:
    """A migrated database with one fleet, forty vehicles and a `finance_viewer` login."""

    def __init__(self, server: EmbeddedServer, name: str = "bench") -> None:
        self.operator_url = server.operator_url(name)
        admin = Database(server.operator_url("postgres"), pool_size=1)
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.close()
        self.operator = Database(self.operator_url)
        migrate(self.operator)
        install_capture(self.operator)
        self.fleet_id = self._people()
        self.person_url = server.url("bench_viewer", _PASSWORD, name)

    def _people(self) -> UUID:
        with self.operator.write() as connection:
            fleet = connection.execute(
                text("INSERT INTO public.fleets (code, name) VALUES ('BENCH', 'Bench Express') RETURNING id")
            ).scalar_one()
            connection.execute(
                text(
                    "INSERT INTO public.vehicles (fleet_id, registration)"
                    " SELECT :f, format('KDA %sA', to_char(n, 'FM000')) FROM generate_series(1, 40) n"
                ),
                {"f": fleet},
            )
            add_person(connection, fleet, "bench_viewer", _PASSWORD, "viewer")
        return UUID(str(fleet))

    @property
    def plain_operator_url(self) -> str:
        """The operator's URL as libpq reads it."""
        return self.operator_url.replace("postgresql+psycopg://", "postgresql://")

    def newest_amounts(self, number: int) -> list[str]:
        """The amounts of the newest payments in the booking system's table, newest first."""
        query = "SELECT amount::text FROM public.payment_transactions ORDER BY created_at DESC, id DESC LIMIT :n"
        with self.operator.read() as connection:
            return list(connection.execute(text(query), {"n": number}).scalars())

    def pay(self, number: int) -> None:
        """Makes so many completed payments of the last hours and projects them."""
        with self.operator.write() as connection:
            connection.execute(
                text(
                    "WITH v AS (SELECT array_agg(id) AS ids FROM public.vehicles),"
                    " b AS (INSERT INTO public.bookings (fleet_id, reference, vehicle_id, passenger_name, passenger_phone, fare, status)"
                    "  SELECT :f, 'BKG' || n, v.ids[1 + n % 40], 'Passenger Number' || n, '07' || lpad(n::text, 8, '0'), 600, 'confirmed'"
                    "  FROM generate_series(1, :n) n, v RETURNING id)"
                    " INSERT INTO public.payment_transactions (booking_id, amount, payment_method, status, created_at, completed_at)"
                    " SELECT id, 600, 'mpesa', 'completed', now(), now() FROM b"
                ),
                {"f": self.fleet_id, "n": number},
            )
        Projector(Database(self.operator_url, role="finance_projector")).drain()
