"""The demo's back office: a process of its own that is started again whenever it ends, until nobody needs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import IO, Final

#: The trail's anchors, in the demo's folder.
ANCHORS: Final = "audit_anchors.jsonl"
_REST_SECONDS: Final = 0.5
#: One that dies sooner is started again after longer and longer rests: it may have no database.
_SETTLED_SECONDS: Final = 10.0
_LONGEST_REST_SECONDS: Final = 30.0
_PATIENCE_SECONDS: Final = 15.0


def start_backoffice(url: str, folder: Path, stack: ExitStack, say: Callable[[str], None]) -> None:
    """Runs a back office of the database at `url` until `stack` ends; it writes `backoffice.log` into the folder."""
    command = [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "workstation.cli"])]
    environment = {
        **os.environ,
        "WORKSTATION_DATABASE_URL": url,
        "WORKSTATION_RELAY_PORT": "0",
        "WORKSTATION_AUDIT_ANCHORS": str(folder / ANCHORS),
    }
    log = stack.enter_context((folder / "backoffice.log").open("ab"))
    kept = KeptRunning([*command, "serve", "--until-stdin-closes"], environment, log, say)
    kept.start()
    stack.callback(kept.stop)


class KeptRunning:
    """A child process that ends when its standard input does (so also after our `kill -9`), and is replaced when it dies."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: IO[bytes],
        say: Callable[[str], None],
        rest_seconds: float = _REST_SECONDS,
    ) -> None:
        self._command, self._environment, self._log, self._say = command, environment, log, say
        self._rest = rest_seconds
        self._stopping = Event()
        self._thread = Thread(target=self._keep, name="back office", daemon=True)
        self._process = self._started()

    @property
    def pid(self) -> int:
        """The present child's process id."""
        return self._process.pid

    def start(self) -> None:
        """Begins to watch the child."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the child in order, and replaces it no more."""
        self._stopping.set()
        end(self._process)
        self._thread.join()

    def _keep(self) -> None:
        rest = self._rest
        while True:
            began = time.monotonic()
            # Waiting also takes the dead child out of the system's table.
            code = self._process.wait()
            lived = time.monotonic() - began >= _SETTLED_SECONDS
            rest = self._rest if lived else min(rest * 2, _LONGEST_REST_SECONDS)
            if self._stopping.wait(rest):
                return
            self._say(f"the back office ended ({code}) and is started again")
            self._replace()
            if self._stopping.is_set():
                end(self._process)
                return

    def _replace(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            env=self._environment,
            # Ctrl+C in the terminal is ours to hear; the child ends with its input.
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes], patience_seconds: float = _PATIENCE_SECONDS) -> None:
    """Ends a child by the end of its input, and kills one that does not listen."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
