"""The connection is lost in the moment of COMMIT: what was saved is known to be saved, and what was not is known not to be."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest
from sqlalchemy import Connection, text

from services.database.certainty import act
from services.database.engine import Database
from services.domain.errors import DatabaseUnreachable, OutcomeUnknown
from tests.world import World


class CuttingProxy:
    """A TCP proxy that, when armed, cuts the connection at COMMIT: before the server hears it, or before we hear the server."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cut_before = False
        self.cut_after = False
        self.refusing = self.deaf = False
        self._ended = Event()
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._ended.is_set():
                client, _ = self._listener.accept()
                if self.refusing:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._target))
                for way, ends in ((self._carry, (client, server)), (self._answer, (server, client))):
                    self._threads.append(Thread(target=way, args=ends, daemon=True))
                    self._threads[-1].start()

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if not self.deaf:
                    client.sendall(data)
        _hang_up(server, client)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                commit = b"COMMIT\0" in data
                if commit and self.cut_before:
                    self.cut_before = False
                    break
                if commit and self.cut_after:
                    self.cut_after, self.deaf = False, True
                    target.sendall(data)
                    Event().wait(0.3)  # the server commits, and its answer is never passed on
                    self.deaf = False
                    break
                target.sendall(data)
        _hang_up(source, target)


def _hang_up(mine: socket.socket, other: socket.socket) -> None:
    """Ends both directions; each thread closes the socket that it reads."""
    for end in (mine, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    mine.close()


@pytest.fixture
def proxy(world: World) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(world.server.port)
    yield proxy
    # The databases that go through it are closed by now, so its threads end.
    proxy.close()


@pytest.fixture
def far(world: World, proxy: CuttingProxy) -> Iterator[Database]:
    """The database as a manager reaches it through the proxy."""
    fleet = world.fleet()
    world.project()
    world.person(fleet, "manager")
    database = Database(world.login_url("test_manager").set(port=proxy.port), pool_size=2)
    yield database
    database.close()


def _open_day(connection: Connection) -> str:
    connection.execute(
        text(
            "INSERT INTO finance.payment_reconciliation"
            " (fleet_id, reconciliation_date, system_total, mpesa_total, difference, status)"
            " SELECT fleet_id, '2026-09-22', 1, 1, 0, 'open' FROM finance.fleet"
        )
    )
    return "written"


def _days(world: World) -> object:
    return world.value("SELECT count(*) FROM finance.payment_reconciliation")


def test_an_ordinary_day(world: World, far: Database) -> None:
    assert act(far, _open_day) == "written"
    assert _days(world) == 1


def test_lost_before_the_server_heard_commit(world: World, far: Database, proxy: CuttingProxy) -> None:
    far.ping()
    proxy.cut_before = True
    with pytest.raises(DatabaseUnreachable, match=r"Nothing was written; do it again\."):
        act(far, _open_day, patience=5)
    assert _days(world) == 0


def test_lost_after_the_server_committed(world: World, far: Database, proxy: CuttingProxy) -> None:
    far.ping()
    proxy.cut_after = True
    assert act(far, _open_day, patience=5) == "written"
    assert _days(world) == 1


def test_a_plain_write_cannot_tell(world: World, far: Database, proxy: CuttingProxy) -> None:
    """The broken control: without `act` the loss is all that is known, although the day was saved."""
    far.ping()
    proxy.cut_after = True
    with pytest.raises(DatabaseUnreachable), far.write() as connection:
        _open_day(connection)
    assert _days(world) == 1


def test_the_database_stays_away(world: World, far: Database, proxy: CuttingProxy) -> None:
    far.ping()
    proxy.cut_after = True

    def work(connection: Connection) -> str:
        proxy.refusing = True
        return _open_day(connection)

    with pytest.raises(OutcomeUnknown, match="Look before you do it again"):
        act(far, work, patience=1)
    assert _days(world) == 1


def test_work_that_is_cut_off_wrote_nothing(world: World, far: Database) -> None:
    def work(connection: Connection) -> str:
        _open_day(connection)
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        world.run("SELECT pg_terminate_backend(:pid)", pid=pid)
        connection.execute(text("SELECT 1"))
        return "never"

    with pytest.raises(DatabaseUnreachable):
        act(far, work)
    assert _days(world) == 0
