"""The demo's back office as a child process: replaced when it dies, ended with us, never left as a zombie."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workstation.demo.backoffice import KeptRunning, end

#: A child that says who it is, and ends when its input does.
OBEDIENT = "import os, sys; print(os.getpid(), flush=True); sys.stdin.read()"


def wait_for(condition: Callable[[], object], what: str) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen"
        time.sleep(0.02)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "backoffice.log"


@pytest.fixture
def kept(log: Path, said: list[str]) -> Iterator[KeptRunning]:
    with log.open("ab") as out:
        kept = KeptRunning([sys.executable, "-c", OBEDIENT], os.environ, out, said.append, rest_seconds=0.05)
        kept.start()
        yield kept
        kept.stop()


def children(log: Path) -> list[int]:
    """The children so far that came to work."""
    return [int(line) for line in log.read_text().split()]


def test_a_back_office_that_is_killed_is_started_again(kept: KeptRunning, log: Path, said: list[str]) -> None:
    wait_for(lambda: len(children(log)) == 1, "the first child")
    (first,) = children(log)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(children(log)) == 2, "the second child")
    assert kept.pid == children(log)[1] != first
    assert said == ["the back office ended (-9) and is started again"]
    with pytest.raises(ProcessLookupError):  # a zombie would still be there
        os.kill(first, 0)


def test_one_that_is_ended_is_not_started_again(log: Path, said: list[str]) -> None:
    with log.open("ab") as out:
        kept = KeptRunning([sys.executable, "-c", OBEDIENT], os.environ, out, said.append, rest_seconds=0.05)
        kept.start()
        wait_for(lambda: children(log), "the child")
        kept.stop()
    (only,) = children(log)
    with pytest.raises(ProcessLookupError):
        os.kill(only, 0)
    assert said == []


def test_one_that_does_not_listen_is_killed() -> None:
    deaf = subprocess.Popen(
        [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with deaf:
        assert deaf.stdout is not None
        assert deaf.stdout.readline().strip() == b"up"
        end(deaf, patience_seconds=0.05)
        assert deaf.returncode == -signal.SIGKILL
