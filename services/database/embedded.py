"""The PostgreSQL that comes with the program: started for a data folder, shared, and stopped by whoever leaves last.

Only the programs of the wheel are used, not its Python class: that one keeps lists of process ids, which `kill -9`
leaves behind and which then keep its server running for good. Here every user holds a locked file (see `file_lock`),
so a server without living users is known as such, and the next start takes it over.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from sqlalchemy import URL

from services.database import embedded_cluster as cluster
from services.database.embedded_cluster import Postmaster
from services.database.embedded_place import MOVED_NOTE, SHELTER, Place, settle, small_shared_memory, socket_folder
from services.database.embedded_settings import HOST, OPERATOR, Setup, settings
from services.database.file_lock import FileLock, Holders
from services.domain.errors import DatabaseUnreachable

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Session:
    """Our use of a running server; `process` is ours, so that a forked child never stops it."""

    place: Place
    holder: FileLock
    port: int
    socket_folder: str
    process: int


class EmbeddedServer:
    """A PostgreSQL server on `folder`, on loopback only; several programs may share one folder.

    `durable=False` trades the data's safety for speed (tests). `sockets=False` is how Windows works: the operator then
    has a password, kept in the folder. A server that already runs for others keeps the settings it has.
    """

    def __init__(
        self, folder: Path, *, durable: bool = True, version: int = 18, sockets: bool = sys.platform != "win32"
    ) -> None:
        self._folder = folder
        self._durable = durable
        self._version = version
        self._sockets = sockets
        self._session: _Session | None = None

    def start(self) -> str:
        """Start or join the server and return the operator's URL; it stops with this process at the latest.

        Raises DatabaseUnreachable with the tail of the server's log where it cannot start.
        """
        if self._session is None:
            _leave_on_signals()
            try:
                self._session = self._enter()
            except OSError as error:
                raise DatabaseUnreachable(
                    f"The database folder {self._folder} cannot be used: {error}. Choose one you may write to."
                ) from error
            atexit.register(self.stop)
        return self.operator_url()

    def stop(self) -> None:
        """Leave the server and stop it if nobody else living uses it; does nothing where it was not started."""
        session = self._session
        if session is None or session.process != os.getpid():
            return
        if session.place.home.exists():  # a deleted folder has no lock, and its server ends by itself
            with FileLock(session.place.home / "lock"):
                _leave(session.place, session.holder)
        self._session = None
        atexit.unregister(self.stop)

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def operator_url(self, database: str = OPERATOR) -> str:
        """The superuser's URL: over the socket without a password, or over TCP with the folder's password."""
        session = self._running()
        if not session.socket_folder:
            return self.url(OPERATOR, cluster.operator_password(session.place), database)
        query = {"host": session.socket_folder, "port": str(session.port)}
        return _text(URL.create("postgresql+psycopg", username=OPERATOR, database=database, query=query))

    def url(self, login: str, password: str, database: str) -> str:
        """The URL of a login over TCP on loopback."""
        port = self._running().port
        return _text(URL.create("postgresql+psycopg", login, password, HOST, port, database))

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1."""
        return self._running().port

    @property
    def data(self) -> Path:
        """The cluster's folder (for root possibly elsewhere than the folder named: see `embedded_place`)."""
        return self._running().place.data

    def log_tail(self, lines: int = 20) -> str:
        """The last lines of the server's log, '' where there is none."""
        return "\n".join(cluster.log_text(self._running().place).splitlines()[-lines:])

    def remove(self) -> None:
        """Stop the server and delete its data for good; raises DatabaseUnreachable while others use it."""
        place = settle(self._folder, self._version, SHELTER)
        self.stop()
        holders = Holders(place.home / "holders")
        with FileLock(place.home / "lock"):
            mine = holders.join()
            if holders.others(mine):
                holders.leave(mine)
                raise DatabaseUnreachable(f"{place.data} is in use by another program. Close it first.")
            _leave(place, mine)
            cluster.delete(place)
        if not any(path.name != "lock" for path in place.home.iterdir()):
            shutil.rmtree(place.home)
        (self._folder / MOVED_NOTE).unlink(missing_ok=True)

    def _running(self) -> _Session:
        if self._session is None:
            raise DatabaseUnreachable(f"The embedded database in {self._folder} is not started.")
        return self._session

    def _enter(self) -> _Session:
        place = settle(self._folder, self._version, SHELTER)
        cluster.check_name(place.data)
        with FileLock(place.home / "lock"):
            return self._join(place)

    def _join(self, place: Place) -> _Session:
        holders = Holders(place.home / "holders")
        holder = holders.join()
        try:
            if not place.data.exists():
                cluster.create(place, self._version, sockets=self._sockets, durable=self._durable)
            cluster.check(place, self._version)
            setup = Setup(
                cluster.recorded_port(place), self._socket_folder(place), self._durable, small_shared_memory()
            )
            if not self._usable(place, setup, shared=holders.others(holder) > 0):
                cluster.halt(place)
                setup = cluster.launch(place, setup)
        except BaseException:
            _leave(place, holder)
            raise
        running = Postmaster.of(place)
        found = (running.port, running.socket_folder) if running else (setup.port, setup.socket_folder)
        return _Session(place, holder, *found, process=os.getpid())

    def _socket_folder(self, place: Place) -> str:
        return str(socket_folder(place)) if self._sockets else ""

    @staticmethod
    def _usable(place: Place, setup: Setup, *, shared: bool) -> bool:
        running = Postmaster.of(place)
        if running is None or not cluster.answers(place, running):
            return False
        written = place.data / "workstation.conf"
        same = written.exists() and written.read_text("utf-8") == settings(setup)
        if not shared:
            _log.info("PostgreSQL %d in %s was left running by a program that died.", running.process, place.data)
        return shared or same


def _leave(place: Place, mine: FileLock) -> None:
    holders = Holders(place.home / "holders")
    try:
        if not holders.others(mine):
            cluster.halt(place)
    finally:
        holders.leave(mine)


def _leave_on_signals() -> None:
    """Let SIGTERM and a closed terminal end the process in order, where the program has not decided otherwise."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
