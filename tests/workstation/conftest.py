"""No setting, keyring, log handler or signal handler of this computer reaches these tests, and none of theirs outlives them."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workstation.command import Outcome, Run
from workstation.cli import main


@pytest.fixture(autouse=True)
def settings_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file in force: absent until the test writes it."""
    for name in os.environ:
        if name.startswith("WORKSTATION_"):
            monkeypatch.delenv(name)
    file = tmp_path / "config" / "settings.toml"
    file.parent.mkdir()
    monkeypatch.setattr("workstation.settings.settings_file", lambda: file)
    # For what a back office keeps, and for processes that the test starts.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return file


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Puts loggers and signal handlers back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    quiet = {name: logging.getLogger(name).level for name in ("websockets", "alembic")}
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)
    for number, handler in signals.items():
        signal.signal(number, handler)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process: `run("fleets", "--json", url=…)`."""

    def run(*arguments: object, url: str = "") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["workstation", *map(str, arguments)])
        if url:
            monkeypatch.setenv("WORKSTATION_DATABASE_URL", url)
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        assert left.value.code is None or isinstance(left.value.code, int)
        return Outcome(left.value.code or 0, told.out, told.err)

    return run
