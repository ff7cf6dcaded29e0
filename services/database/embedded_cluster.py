"""One PostgreSQL cluster on disk, driven by PostgreSQL's own programs: create it, start it, find it, stop it.

Nothing here knows who else uses it; call these functions under the lock of its folder (see `embedded`).
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from services.database.embedded_place import Place
from services.database.embedded_settings import HOST, OPERATOR, Setup, doors, operators, settings
from services.domain.errors import DatabaseUnreachable

_PATIENCE = 60
"""Seconds that a server gets to start or to stop."""

_STARTS = 3
_PAUSE = 0.5
_PASSING = ("could not bind", "could not create any TCP/IP sockets", "shared memory block", "lock file")
"""What the log says where another try can succeed: a port taken meanwhile, the last processes of a killed server."""

_LOG_LIMIT = 5 * 1024 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` says; the process may be long gone and its number another's. Port 0: not known yet."""

    process: int
    port: int
    socket_folder: str

    @classmethod
    def of(cls, place: Place) -> Postmaster | None:
        """What the file says, None where there is no file."""
        path = _pid_file(place)
        if not path.exists():
            return None
        lines = [*path.read_text("utf-8").splitlines(), "", "", "", "", ""]
        process, port = (int(text) if text.strip().isdigit() else 0 for text in (lines[0], lines[3]))
        return cls(process, port, lines[4].strip())

    def is_server_of(self, place: Place) -> bool:
        """Whether that process is PostgreSQL on this cluster (on Windows `pg_ctl` itself can tell)."""
        if sys.platform == "win32":
            return True
        data = os.fsencode(place.data)
        if Path("/proc/self/cmdline").exists():
            arguments = Path(f"/proc/{self.process}/cmdline")
            return arguments.exists() and data in arguments.read_bytes().split(b"\0")
        listed = subprocess.run(["ps", "-p", str(self.process), "-o", "args="], capture_output=True, check=False)
        return data in listed.stdout


def create(place: Place, version: int, *, sockets: bool, durable: bool) -> None:
    """Make a new cluster; raises DatabaseUnreachable with the words of `initdb` where that fails."""
    _log.info("Creating the database in %s.", place.data)
    making = place.home / "cluster.new"  # renamed when whole, so that an interrupted start leaves nothing half-made
    if making.exists():
        shutil.rmtree(making)
    making.mkdir(mode=0o700)
    place.give(making)
    options = ["--username", OPERATOR, "--encoding", "UTF8", "--locale", "C"]
    options += [] if durable else ["--no-sync"]
    if version >= 17:
        # Sorts alike on every system and knows upper and lower case of every script.
        options += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    if sockets:
        options += ["--auth-local", "peer", "--auth-host", "reject"]
    else:
        options += ["--auth", "scram-sha-256", "--pwfile", str(_new_operator_password(place))]
    done = _run(place, "initdb", "-D", str(making), *options)
    if done.code:
        raise DatabaseUnreachable(f"The database could not be created in {place.data}: {done.output.strip()}")
    with (making / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude_if_exists 'workstation.conf'\n")
    making.rename(place.data)


def check(place: Place, version: int) -> None:
    """Raise DatabaseUnreachable where the data is visibly damaged or of another PostgreSQL."""
    mark = place.data / "PG_VERSION"
    if not mark.exists():
        raise DatabaseUnreachable(
            f"The data folder {place.data} is damaged: PG_VERSION is missing. "
            "Restore the folder from a backup, or move it away to begin an empty database."
        )
    if (found := mark.read_text("utf-8").strip()) != str(version):
        raise DatabaseUnreachable(f"The data folder {place.data} is of PostgreSQL {found}, the program's is {version}.")


def launch(place: Place, setup: Setup) -> Setup:
    """Start the server, on another port where the wanted one is taken; returns the setup it runs with."""
    said = ""
    for _ in range(_STARTS):
        setup = replace(setup, port=_free_port(setup.port))
        _configure(place, setup)
        before = _log_size(place)
        log = str(_log_file(place))
        done = _run(place, "pg_ctl", "start", "-w", "-t", str(_PATIENCE), "-D", str(place.data), "-l", log)
        if done.code == 0:
            (place.home / "port").write_text(str(setup.port), "utf-8")
            return setup
        said = log_text(place, before) or done.output
        if not any(sign in said for sign in _PASSING):
            break
        time.sleep(_PAUSE)
    tail = "\n".join(said.strip().splitlines()[-20:])
    raise DatabaseUnreachable(
        f"PostgreSQL does not start on the data folder {place.data}. Where its log speaks of damage, "
        f"restore the folder from a backup. Its log says:\n{tail}"
    )


def _configure(place: Place, setup: Setup) -> None:
    if (log := _log_file(place)).exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_name("server.log.1"))
    _write(place, place.data / "workstation.conf", settings(setup))
    _write(place, place.data / "pg_hba.conf", doors(setup))
    _write(place, place.data / "pg_ident.conf", operators(place.operators()))


def halt(place: Place) -> None:
    """Stop the server if one runs here, whoever started it, and drop a `postmaster.pid` that means nobody."""
    running = Postmaster.of(place)
    if running is None:
        return
    if not running.is_server_of(place):
        _pid_file(place).unlink(missing_ok=True)
        return
    for mode in ("fast", "immediate"):
        done = _run(place, "pg_ctl", "stop", "-w", "-t", str(_PATIENCE), "-m", mode, "-D", str(place.data))
        if done.code == 0 or not _pid_file(place).exists():
            return
    raise DatabaseUnreachable(f"PostgreSQL in {place.data} (process {running.process}) does not stop: {done.output}")


def answers(place: Place, running: Postmaster) -> bool:
    """Whether the operator can connect to that server and it is the one of this cluster."""
    if not running.port:
        return False
    password = "" if running.socket_folder else operator_password(place)
    host = running.socket_folder or HOST
    try:
        with psycopg.connect(
            host=host, port=running.port, user=OPERATOR, password=password, dbname=OPERATOR, connect_timeout=5
        ) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.OperationalError as error:
        _log.info("The server that %s names does not answer: %s", _pid_file(place), error)
        return False
    return row is not None and Path(str(row[0])) == place.data


@dataclass(frozen=True)
class _Done:
    code: int
    output: str


def _run(place: Place, program: str, *arguments: str) -> _Done:
    """Run one of PostgreSQL's programs as the server's user and wait for it."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    # A file, because the server inherits a pipe of `pg_ctl` on some systems and reading it would never end.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(place.programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=place.programs,
            env=_environment(),
            user=place.os_user,
            group=place.os_group,
            extra_groups=None if place.os_user is None else [],
            start_new_session=True,  # Ctrl+C is for us; we then stop the server in order
            creationflags=flags,
            check=False,
        )
        output.seek(0)
        return _Done(done.returncode, output.read().decode("utf-8", "replace"))


def _environment() -> dict[str, str]:
    """Ours without what would steer PostgreSQL (PGPORT …) or load a frozen program's libraries into it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if getattr(sys, "frozen", False):
        kept.pop("LD_LIBRARY_PATH", None)
    return {**kept, "LC_ALL": "C"}


def delete(place: Place) -> None:
    """Delete the stopped cluster and what belongs to it, and nothing else that may lie in the folder."""
    for folder in ("cluster", "cluster.new", "holders"):
        if (place.home / folder).exists():
            shutil.rmtree(place.home / folder)
    for file in ("port", "operator.password"):
        (place.home / file).unlink(missing_ok=True)


def check_name(data: Path) -> None:
    """Raise DatabaseUnreachable where a shell would read the folder's name as something else."""
    # `pg_ctl` hands the name to a shell inside double quotes.
    if sys.platform != "win32" and set(str(data)) & set('"$`\\\n'):
        raise DatabaseUnreachable(f'The folder name {data} holds one of " $ ` \\. Choose a folder without them.')


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            if sys.platform != "win32":  # there it would let two servers share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                _log.info("Port %d on %s is taken: %s", port, HOST, error)
                continue
            return int(probe.getsockname()[1])
    raise DatabaseUnreachable(f"No TCP port is free on {HOST}.")


def recorded_port(place: Place) -> int:
    """The TCP port of the last start, 0 where there was none."""
    path = place.home / "port"
    text = path.read_text("utf-8").strip() if path.exists() else ""
    return int(text) if text.isdigit() and int(text) < 65536 else 0


def _new_operator_password(place: Place) -> Path:
    path = place.home / "operator.password"
    _write(place, path, secrets.token_urlsafe(24))
    return path


def operator_password(place: Place) -> str:
    """The operator's password, which exists only where there are no sockets."""
    return (place.home / "operator.password").read_text("utf-8").strip()


def _write(place: Place, path: Path, text: str) -> None:
    """Write a file for the server's user alone, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    place.give(Path(name))
    Path(name).replace(path)


def _pid_file(place: Place) -> Path:
    return place.data / "postmaster.pid"


def _log_file(place: Place) -> Path:
    return place.data / "server.log"


def _log_size(place: Place) -> int:
    return _log_file(place).stat().st_size if _log_file(place).exists() else 0


def log_text(place: Place, start: int = 0) -> str:
    """The server's log from byte `start`, '' where there is none."""
    if not _log_file(place).exists():
        return ""
    with _log_file(place).open("rb") as file:
        file.seek(start)
        return file.read().decode("utf-8", "replace")
