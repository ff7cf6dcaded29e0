"""Heads of the trail, noted where the database cannot write: they find a cut tail and a rewritten chain.

A hash chain alone proves that a trail agrees with itself. Whoever owns the server can write a whole new one that does;
they cannot write one that also agrees with hashes that were noted elsewhere.
"""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from services.database.engine import Database
from services.database.file_lock import FileLock
from services.database.tables import audit_head
from services.domain.errors import EnvironmentFault

_log = logging.getLogger(__name__)
EVERY_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """At `at`, by the clock of who noted it, the fleet's trail ended with record `number`, whose hash was `hash`."""

    at: datetime
    fleet_id: UUID
    number: int
    hash: bytes

    def as_line(self) -> str:
        """The anchor as one line of JSON, without its end."""
        told = {
            "at": self.at.isoformat(),
            "fleet_id": str(self.fleet_id),
            "number": self.number,
            "hash": self.hash.hex(),
        }
        return json.dumps(told)

    @staticmethod
    def parse(line: str) -> Anchor:
        """The anchor behind a line; ValueError, TypeError or KeyError where it is none."""
        told = json.loads(line)
        at, number = datetime.fromisoformat(told["at"]), int(told["number"])
        return Anchor(at, UUID(str(told["fleet_id"])), number, bytes.fromhex(told["hash"]))


class AnchorFile:
    """A file of anchors, one JSON line each, that only grows; a mounted bucket does as well as a disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Anchor]:
        """Every anchor in the order they were noted; none where there is no file yet. EnvironmentFault names a bad line."""
        content = self._content()
        return [self._parsed(row, line) for row, line in enumerate(content[: _whole(content)].splitlines(), start=1)]

    def append(self, anchors: Iterable[Anchor]) -> None:
        """Adds anchors, on disk when this returns, all of them or none; EnvironmentFault where the file cannot be written."""
        added = "".join(f"{anchor.as_line()}\n" for anchor in anchors).encode()
        if not added:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(self.path.name + ".lock")):
                self._write(added)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise EnvironmentFault(
                f"The anchors of the audit trail cannot be written to {self.path}: {error.strerror or error}."
            ) from error

    def _write(self, added: bytes) -> None:
        whole = _whole(self._content())
        with self.path.open("ab", buffering=0) as file:
            if whole < file.tell():
                # Power failed in the middle of a line: what was never said to be noted is taken back.
                file.truncate(whole)
            try:
                if file.write(added) != len(added):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
            except OSError:
                file.truncate(whole)
                raise

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise EnvironmentFault(
                f"The anchors of the audit trail cannot be read from {self.path}: {error.strerror or error}."
            ) from error

    def _parsed(self, row: int, line: bytes) -> Anchor:
        try:
            return Anchor.parse(line.decode())
        except (ValueError, TypeError, KeyError) as error:
            raise EnvironmentFault(
                f"Line {row} of {self.path} is no anchor of the audit trail. Bring the file back from its backup."
            ) from error


def anchor_heads(database: Database, file: AnchorFile) -> list[Anchor]:
    """Notes the head of every fleet's trail that has moved since the last time; returns what was added.

    `database` acts as finance_projector. A head that went back or changed is noted too, and said in the log: `audit verify`
    then names the record.
    """
    last = {anchor.fleet_id: anchor for anchor in file.read()}
    now = datetime.now(UTC)
    with database.read() as connection:
        rows = connection.execute(select(audit_head).order_by(audit_head.c.fleet_id)).all()
    heads = [Anchor(now, row.fleet_id, row.number, bytes(row.hash)) for row in rows]
    added = [head for head in heads if _moved(head, last.get(head.fleet_id))]
    file.append(added)
    for fleet_id in last.keys() - {head.fleet_id for head in heads}:
        _log.error("the audit trail of fleet %s is gone; run: workstation audit verify", fleet_id)
    return added


class Anchoring:
    """Anchors the heads every so often, as long as `run` runs."""

    def __init__(self, database: Database, file: AnchorFile, every_seconds: float = EVERY_SECONDS) -> None:
        self._database = database
        self._file = file
        self._every = every_seconds

    def run(self, stop: Event) -> None:
        """Anchors now and every `every_seconds` until `stop` is set; outlives a database or a disk that goes away."""
        while not stop.is_set():
            try:
                anchor_heads(self._database, self._file)
            except (EnvironmentFault, DBAPIError) as error:
                _log.warning("audit anchors: %s", error)
            stop.wait(self._every)


def _moved(head: Anchor, last: Anchor | None) -> bool:
    if last is None:
        return True
    if head.number < last.number or (head.number == last.number and head.hash != last.hash):
        _log.error(
            "the audit trail of fleet %s ends with record %d, and it ended with record %d on %s; run: workstation audit verify",
            head.fleet_id, head.number, last.number, last.at.isoformat(timespec="seconds"),
        )  # fmt: skip
    return (head.number, head.hash) != (last.number, last.hash)


def _whole(content: bytes) -> int:
    """How many bytes are whole lines."""
    return content.rfind(b"\n") + 1


def _sync_folder(folder: Path) -> None:
    # A new file's name is only safe once its folder is; Windows opens no folders and needs no such step.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
