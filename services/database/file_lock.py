"""Locks on files that the operating system lets go when their process dies, however it dies.

A list of process ids in a file goes stale with `kill -9` and lies when an id is used again; a lock does neither.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from pathlib import Path
from types import TracebackType

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_PAUSE = 0.05


class FileLock:
    """An exclusive lock on one file, between processes and within one; as a context manager it waits for its turn."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it, and say whether that worked; raises OSError where the file cannot be made."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except (BlockingIOError, PermissionError):
            os.close(handle)
            return False
        if not self._is_current(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def _is_current(self, handle: int) -> bool:
        """Whether the locked file is still the one of that name; somebody may have deleted it while we waited."""
        return self.path.exists() and os.path.samestat(os.fstat(handle), self.path.stat())

    def release(self) -> None:
        """Let the lock go; does nothing where it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> FileLock:
        while not self.try_acquire():
            time.sleep(_PAUSE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


class Holders:
    """The living users of something in common: one locked file each, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def join(self) -> FileLock:
        """Become a holder until `leave` or until this process ends."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        mine = FileLock(self._folder / f"{os.getpid()}-{secrets.token_hex(4)}")
        mine.try_acquire()
        return mine

    def leave(self, mine: FileLock) -> None:
        """Stop being a holder."""
        mine.release()
        mine.path.unlink(missing_ok=True)

    def others(self, mine: FileLock) -> int:
        """How many other holders live; the files of dead ones are removed. Call it under a common lock."""
        return sum(self._lives(path) for path in list(self._folder.iterdir()) if path != mine.path)

    @staticmethod
    def _lives(path: Path) -> bool:
        found = FileLock(path)
        if not found.try_acquire():
            return True
        found.release()
        path.unlink(missing_ok=True)
        return False
