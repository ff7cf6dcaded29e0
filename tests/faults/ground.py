"""What the crash harness stands on: a durable server that is killed and comes back, supervised back offices, an office's client."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Thread
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.database.migration import migrate
from services.database.people import add_person
from services.domain.errors import RelayUnreachable
from services.feed.capture import install_capture
from services.feed.projector import Projector

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "an-invented-password"
_SAYS = "back office: live feed at "


def until(condition: Callable[[], object], seconds: float = 60.0, what: str = "it") -> float:
    """Waits until the condition holds and returns how long that took; fails after `seconds`."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.02)
    return time.monotonic() - began


class Ground:
    """One durable server; `name` is the database in use. Killing the postmaster leaves the addresses as they were."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers = [EmbeddedServer(folder)]
        self._servers[0].start()
        self.name = "postgres"

    def close(self) -> None:
        for server in self._servers[:-1]:
            server.stop()
        self._servers[-1].remove()

    @property
    def server(self) -> EmbeddedServer:
        """The server that runs now."""
        return self._servers[-1]

    @property
    def url(self) -> str:
        """The operator's URL of the database in use."""
        return self.server.operator_url(self.name)

    def begin(self, name: str) -> None:
        """A new database with the schema and the capture triggers."""
        self.name = "postgres"
        with self.connect() as connection:
            connection.autocommit = True
            connection.execute(f"CREATE DATABASE {name}")
        self.name = name
        database = Database(self.url)
        migrate(database)
        install_capture(database)
        database.close()

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection as the operator."""
        return psycopg.connect(self.url.replace("postgresql+psycopg://", "postgresql://"), connect_timeout=5)

    def value(self, sql: str, *values: object) -> object:
        """The first value of a query, as the operator; None where there is no row."""
        with self.connect() as connection:
            row = connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def fleet(self, bookings: int) -> tuple[UUID, list[UUID]]:
        """A fleet with eight vehicles, a paybill and so many bookings, projected."""
        with self.connect() as connection:
            made = connection.execute(
                "INSERT INTO public.fleets (code, name) VALUES ('MSAFIRI', 'Msafiri') RETURNING id"
            )
            fleet = UUID(str(made.fetchall()[0][0]))
            connection.execute(
                "INSERT INTO public.shortcodes (shortcode, fleet_id, kind) VALUES ('9990001', %s, 'paybill')", (fleet,)
            )
            connection.execute(
                "INSERT INTO public.vehicles (fleet_id, registration)"
                " SELECT %s, format('KDA %%sA', 100 + n) FROM generate_series(1, 8) n",
                (fleet,),
            )
            rows = connection.execute(
                "WITH v AS (SELECT array_agg(id) AS ids FROM public.vehicles)"
                " INSERT INTO public.bookings (fleet_id, reference, vehicle_id, passenger_name, fare, status)"
                " SELECT %s, 'BKG' || n, v.ids[1 + n %% 8], 'Alice Mfano', 600, 'confirmed' FROM generate_series(1, %s) n, v"
                " RETURNING id",
                (fleet, bookings),
            ).fetchall()
        self.drain()
        return fleet, [UUID(str(row[0])) for row in rows]

    def person(self, fleet: UUID, login: str) -> str:
        """A manager of the fleet; returns their URL."""
        database = Database(self.url)
        with database.write() as connection:
            add_person(connection, fleet, login, PASSWORD, "manager")
        database.close()
        return self.server.url(login, PASSWORD, self.name)

    def role(self, login: str, *grants: str) -> str:
        """A login with these rights, which comes in over TCP as the booking system and a back office do; returns its URL."""
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}'")
            for grant in grants:
                connection.execute(f"GRANT {grant} TO {login}")
        return self.server.url(login, PASSWORD, self.name)

    def drain(self) -> None:
        """Projects everything that is noted; nobody leads yet."""
        database = Database(self.url, role="finance_projector")
        Projector(database).drain()
        database.close()

    def kill_postmaster(self) -> None:
        """kill -9 of the postmaster that we started, and a new server on its folder."""
        pid = int((self.server.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{pid}").exists(), what="the postmaster's end")
        fresh = EmbeddedServer(self._folder)
        fresh.start()
        self._servers.append(fresh)


def through(url: str, port: int) -> str:
    """The URL with another port: a proxy's."""
    return make_url(url).set(port=port).render_as_string(hide_password=False)


@dataclass
class Office:
    """A back office as a process; `address` is '' until it has said where it listens."""

    process: subprocess.Popen[str]
    address: str = ""

    def listen(self) -> None:
        """Reads what it says, until it ends."""
        if self.process.stdout is None:
            raise RuntimeError("its output is not read")
        with self.process.stdout as said:
            for line in said:
                if line.startswith(_SAYS):
                    self.address = line.removeprefix(_SAYS).strip()

    def let_go(self) -> None:
        """Closes its standard input: a living one ends."""
        if self.process.stdin is not None:
            self.process.stdin.close()


class Offices:
    """A supervisor: `number` back offices run; who ends is started again."""

    def __init__(self, ground: Ground, url: str = "", number: int = 2) -> None:
        self._ground, self._url = ground, url or ground.url
        self._number = number
        self._running: list[Office] = []
        self._readers: list[Thread] = []
        self._log = (ground.server.data.parent / "offices.log").open("a")
        self.statuses: list[int] = []
        """With what those ended that nobody killed."""

    def close(self) -> None:
        for office in self._running:
            office.let_go()
        for office in self._running:
            office.process.wait(30)
        for reader in self._readers:
            reader.join()
        self._log.close()

    def tend(self) -> None:
        """Starts those that are missing."""
        for office in [one for one in self._running if one.process.poll() is not None]:
            self.statuses.append(office.process.returncode)
            self._running.remove(office)
            office.let_go()
        while len(self._running) < self._number:
            self._start()

    def _start(self) -> None:
        office = Office(
            subprocess.Popen(
                [sys.executable, "-m", "workstation.cli", "serve", "--until-stdin-closes"],
                cwd=ROOT,
                env={**os.environ, "WORKSTATION_DATABASE_URL": self._url, "WORKSTATION_RELAY_PORT": "0"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                text=True,
            )
        )
        self._running.append(office)
        self._readers.append(Thread(target=office.listen))
        self._readers[-1].start()

    @property
    def ready(self) -> bool:
        """Whether all of them listen."""
        self.tend()
        return all(office.address for office in self._running)

    def address(self) -> str:
        """Where one of the living listens; RelayUnreachable where nobody does."""
        found = [office.address for office in list(self._running) if office.address]
        if not found:
            raise RelayUnreachable("No back office listens.")
        return found[-1]

    def leader(self) -> Office | None:
        """The one that projects, None where that is not known."""
        name = str(self._ground.value("SELECT leader FROM finance.projector") or "")
        return next((one for one in self._running if name.endswith(f":{one.process.pid}")), None)

    def at(self, address: str) -> Office | None:
        """The one that listens there, otherwise one that listens at all."""
        listening = [one for one in self._running if one.address]
        return next((one for one in listening if one.address == address), listening[-1] if listening else None)

    def kill(self, office: Office) -> None:
        """kill -9; another takes its place at once."""
        os.kill(office.process.pid, signal.SIGKILL)
        office.process.wait()
        self._running.remove(office)
        office.let_go()
        self.tend()

    def kill_any(self, dice: Random) -> None:
        """kill -9 of whichever."""
        if self._running:
            self.kill(dice.choice(self._running))
