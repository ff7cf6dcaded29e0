"""A small fleet on a real database, told in a few words: what tests stand on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID, uuid4

from sqlalchemy import URL, make_url, text

from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.database.people import Role, add_person
from services.feed.projector import Projector

PASSWORD = "an invented password"
#: 09:00 in Nairobi on a Tuesday.
MORNING = datetime(2026, 9, 22, 6, 0, tzinfo=UTC)


@dataclass
class World:
    """One test's database. Bookings and payments are written as the booking system writes them; `project()` brings them in."""

    server: EmbeddedServer
    name: str
    _open: list[Database] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1001))

    @property
    def operator_url(self) -> str:
        """The superuser's URL of this test's database."""
        return self.server.operator_url(self.name)

    def database(self, role: str | None = None) -> Database:
        """The database as the operator, acting under `role` (a server role) when one is named."""
        return self._keep(Database(self.operator_url, role=role, pool_size=3))

    @cached_property
    def _operator(self) -> Database:
        return self.database()

    def server_database(self, name: str) -> Database:
        """Another database of the same server, as the operator."""
        return self._keep(Database(self.server.operator_url(name), pool_size=1))

    def login_url(self, login: str) -> URL:
        """The URL of a person's login."""
        return make_url(self.server.url(login, PASSWORD, self.name))

    def person(self, fleet_id: UUID, role: Role = "manager", login: str = "") -> Database:
        """The database as a person of the fleet sees it, with a login of their own."""
        login = login or f"test_{role}"
        with self.database().write() as connection:
            add_person(connection, fleet_id, login, PASSWORD, role)
        return self._keep(Database(self.login_url(login), pool_size=3))

    def _keep(self, database: Database) -> Database:
        self._open.append(database)
        return database

    def close(self) -> None:
        """Closes every pool."""
        for database in self._open:
            database.close()

    # What the booking system does -----------------------------------------------------------------------------------

    def run(self, sql: str, **values: object) -> None:
        """One statement in its own transaction, as the operator."""
        with self._operator.write() as connection:
            connection.execute(text(sql), values)

    def value(self, sql: str, **values: object) -> object:
        """The first value of a query, as the operator."""
        with self._operator.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def _insert(self, table: str, **values: object) -> UUID:
        values.setdefault("id", uuid4())
        names = ", ".join(values)
        self.run(f"INSERT INTO public.{table} ({names}) VALUES ({', '.join(':' + name for name in values)})", **values)
        return UUID(str(values["id"]))

    def fleet(self, code: str = "MSAFIRI", **values: object) -> UUID:
        """A fleet."""
        return self._insert("fleets", code=code, **{"name": f"{code.title()} Express", **values})

    def route(self, fleet_id: UUID, name: str = "Nairobi – Nakuru") -> UUID:
        """A route of the fleet."""
        return self._insert("routes", fleet_id=fleet_id, name=name)

    def vehicle(self, fleet_id: UUID, registration: str = "KDA 123A") -> UUID:
        """A vehicle of the fleet."""
        return self._insert("vehicles", fleet_id=fleet_id, registration=registration)

    def driver(self, fleet_id: UUID, full_name: str = "Baraka Mfano") -> UUID:
        """A driver of the fleet."""
        return self._insert("drivers", fleet_id=fleet_id, full_name=full_name)

    def till(
        self, fleet_id: UUID, short_code: str = "9990001", kind: str = "paybill", vehicle_id: UUID | None = None
    ) -> str:
        """A short code of the fleet."""
        self.run(
            "INSERT INTO public.shortcodes (shortcode, fleet_id, kind, vehicle_id) VALUES (:s, :f, :k, :v)",
            s=short_code, f=fleet_id, k=kind, v=vehicle_id,
        )  # fmt: skip
        return short_code

    def booking(self, fleet_id: UUID, **values: object) -> UUID:
        """A booking; its reference counts up from BKG1001."""
        return self._insert(
            "bookings",
            **{
                "fleet_id": fleet_id,
                "reference": f"BKG{next(self._numbers)}",
                "fare": Decimal(600),
                "status": "confirmed",
                "passenger_name": "Alice Mfano",
                "passenger_phone": "0700000111",
                "created_at": MORNING,
                "updated_at": MORNING,
                **values,
            },
        )

    def payment(self, booking_id: UUID, amount: str = "600.00", status: str = "completed", **values: object) -> UUID:
        """A payment, made in one step; M-Pesa at nine in the morning unless told otherwise."""
        created = values.get("created_at", MORNING)
        done = created + timedelta(seconds=20) if status != "pending" and isinstance(created, datetime) else None
        return self._insert(
            "payment_transactions",
            **{
                "booking_id": booking_id,
                "amount": Decimal(amount),
                "payment_method": "mpesa",
                "status": status,
                "created_at": created,
                "completed_at": done if status != "failed" else None,
                "updated_at": created,
                **values,
            },
        )

    def change(self, payment_id: UUID, **values: object) -> None:
        """The booking system updates a payment."""
        assigned = ", ".join(f"{name} = :{name}" for name in values)
        self.run(
            f"UPDATE public.payment_transactions SET {assigned}, updated_at = now() WHERE id = :id",
            id=payment_id,
            **values,
        )

    # What the back office does ----------------------------------------------------------------------------------------

    def project(self) -> int:
        """Projects everything that is noted; returns the number of events."""
        return Projector(self.database("finance_projector")).drain().events
