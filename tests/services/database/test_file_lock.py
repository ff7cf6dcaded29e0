"""Locks that die with their process, and the holders they stand for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.database import file_lock
from services.database.file_lock import FileLock, Holders


def test_a_lock_keeps_others_out_until_it_is_released(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    with first:
        assert not second.try_acquire()
    assert second.try_acquire()
    second.release()
    second.release()


def test_a_lock_waits_for_its_turn(tmp_path: Path) -> None:
    code = "import sys,time\nfrom pathlib import Path\nfrom services.database.file_lock import FileLock\n"
    code += "lock = FileLock(Path(sys.argv[1]))\nlock.try_acquire()\nprint('held', flush=True)\ntime.sleep(0.5)\n"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with FileLock(tmp_path / "lock"):
            assert process.wait(timeout=10) == 0


def test_a_lock_on_a_deleted_file_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = FileLock(tmp_path / "lock")
    monkeypatch.setattr(file_lock, "_lock", lambda handle: (tmp_path / "lock").unlink())
    assert not lock.try_acquire()
    monkeypatch.undo()
    assert lock.try_acquire()
    lock.release()


def test_dead_holders_do_not_count(tmp_path: Path) -> None:
    holders = Holders(tmp_path / "holders")
    mine, other = holders.join(), holders.join()
    (tmp_path / "holders" / "4711-dead").touch()
    assert holders.others(mine) == 1
    assert not (tmp_path / "holders" / "4711-dead").exists()
    holders.leave(other)
    assert holders.others(mine) == 0
    holders.leave(mine)
