"""Links to a payment, as people send them to each other: `workstation://payment/<fleet>/<id>`.

A program that is started with one hands it to the desktop that is open already, over a socket only this user can reach.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

import platformdirs
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from services.database.file_lock import FileLock
from services.domain.errors import EnvironmentFault, WorkstationError
from services.payments.codec import parse_link
from workstation.early import APPLICATION

SCHEME: Final = "workstation:"
OPTION: Final = "--open"
#: Where the demo's desktop listens too, whatever its database is.
DEMO: Final = "demo"
#: Bytes; a link has about ninety.
LONGEST: Final = 256
PATIENCE_MS: Final = 3_000
_TAKEN, _REFUSED = b"ok\n", b"no\n"
_MOST_WAITING = 8


def link_among(arguments: Sequence[str]) -> str | None:
    """The link that the program was started with (`workstation LINK` or `--open LINK`); None where there is none.

    WorkstationError where there is one that leads nowhere.
    """
    first = arguments[0] if arguments else ""
    if first == OPTION or first.startswith(f"{OPTION}="):
        rest = [*first.split("=", 1)[1:], *arguments[1:]]
    elif first.casefold().startswith(SCHEME):
        rest = list(arguments)
    else:
        return None
    if len(rest) != 1:
        raise WorkstationError(
            f"One link is opened at a time: workstation {OPTION} workstation://payment/FLEET/PAYMENT"
        )
    target(rest[0])
    return rest[0]


def target(link: str) -> tuple[UUID, UUID]:
    """The fleet and the payment that a link leads to; WorkstationError where it leads nowhere."""
    try:
        return parse_link(link)
    except ValueError as error:
        raise WorkstationError(
            f"{link[:LONGEST]!r} is no link to a payment. Copy it again from the payment: Copy link."
        ) from error


def doorbell_name(database: str, folder: Path | None = None) -> str:
    """The name under which this user's desktop of a database listens; `database` is its URL, '' where none is set, or DEMO.

    EnvironmentFault where the folder of the socket is open to others.
    """
    # Neither login nor password tell a database apart, and neither belongs into a file's name.
    key = sha256(database.rpartition("@")[2].encode()).hexdigest()[:16]
    if sys.platform == "win32":
        return f"{APPLICATION}-{key}"
    return str(_private(folder or _runtime_folder()) / key)


def handed_over(link: str, database: str, folder: Path | None = None) -> bool:
    """Whether a desktop took the link: the demo's where it shows that fleet, else the one of `database` (a URL or '')."""
    return any(hand_over(link, doorbell_name(name, folder)) for name in (DEMO, database))


def hand_over(link: str, name: str, patience_ms: int = PATIENCE_MS) -> bool:
    """Gives the link to the desktop that listens under `name`; False where none does, or none takes it in time."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(patience_ms):
        return False
    socket.write(link.encode() + b"\n")
    socket.flush()
    while not socket.canReadLine():
        if not socket.waitForReadyRead(patience_ms):
            return False
    return socket.readLine().data() == _TAKEN


class Doorbell(QObject):
    """Listens for links that other starts of the program hand over; `rung(fleet_id, payment_id)` for each.

    Links to fleets that `shows` refuses go elsewhere.
    """

    rung = Signal(object, object)

    def __init__(
        self,
        name: str,
        parent: QObject | None = None,
        *,
        shows: Callable[[UUID], bool] = lambda _: True,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        super().__init__(parent)
        self._name, self._shows, self._patience_ms = name, shows, patience_ms
        self._server = QLocalServer(self)
        self._server.setMaxPendingConnections(_MOST_WAITING)
        self._server.newConnection.connect(self._welcome)

    def open(self) -> str:
        """Begins to listen; returns '' or why it cannot (another desktop of this database does, say)."""
        # Two starts that both find the socket of a desktop that crashed must not take it from each other.
        with nullcontext() if sys.platform == "win32" else FileLock(Path(f"{self._name}.lock")):
            if self._server.listen(self._name):
                return ""
            if _answers(self._name):
                return "Another desktop is open; links are shown there."
            QLocalServer.removeServer(self._name)
            return "" if self._server.listen(self._name) else self._server.errorString()

    def close(self) -> None:
        """Listens no more."""
        self._server.close()

    def _welcome(self) -> None:
        while self._server.hasPendingConnections():
            guest = self._server.nextPendingConnection()
            guest.setReadBufferSize(LONGEST + 1)
            guest.readyRead.connect(partial(self._hear, guest))
            guest.disconnected.connect(guest.deleteLater)
            QTimer.singleShot(self._patience_ms, guest, guest.abort)
            self._hear(guest)

    def _hear(self, guest: QLocalSocket) -> None:
        if guest.canReadLine():
            self._read(guest, bytes(guest.readLine().data()))
        elif guest.bytesAvailable() > LONGEST:
            guest.abort()

    def _read(self, guest: QLocalSocket, line: bytes) -> None:
        try:
            fleet_id, payment_id = parse_link(line.decode().removesuffix("\n"))
        except ValueError:
            _answer(guest, _REFUSED)
        else:
            taken = self._shows(fleet_id)
            _answer(guest, _TAKEN if taken else _REFUSED)
            if taken:
                self.rung.emit(fleet_id, payment_id)


def _answer(guest: QLocalSocket, word: bytes) -> None:
    guest.readyRead.disconnect()
    guest.write(word)
    # At once: showing the payment may take this thread a moment.
    guest.flush()
    guest.disconnectFromServer()


def _answers(name: str) -> bool:
    socket = QLocalSocket()
    socket.connectToServer(name)
    return socket.waitForConnected(PATIENCE_MS)


def _runtime_folder() -> Path:
    """Where this user's sockets lie: the session's own folder, else one in the home folder."""
    session = os.environ.get("XDG_RUNTIME_DIR")
    return Path(session) / APPLICATION if session else Path(platformdirs.user_cache_dir(APPLICATION)) / "run"


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if sys.platform != "win32" and (found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077):
        raise EnvironmentFault(
            f"The folder {folder} is open to other people, so links are not taken there. Run: chmod 700 “{folder}”"
        )
    return folder
