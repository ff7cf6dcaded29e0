"""An import that is killed in the middle of its file leaves nothing, and the next one brings everything."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.workstation.command import Run, ended, line, process, statement
from tests.world import World

_LINES = 400
#: The import is at its last table when it waits for this one: statement and lines are written by then.
_LAST_TABLE = "finance.statement_rejection"


@pytest.fixture
def fleet(world: World) -> UUID:
    fleet = world.fleet()
    world.till(fleet)
    world.project()
    return fleet


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four hundred good lines and one that will be rejected."""
    made = statement(tmp_path / "day.csv", *(line(f"UIM{number:07}") for number in range(_LINES)))
    rows = made.read_text(encoding="utf-8").splitlines(keepends=True)
    made.write_text("".join([*rows, rows[-1].replace("600.0", "many", 1)]), encoding="utf-8")
    return made


@contextmanager
def _last_table_held(world: World) -> Iterator[None]:
    with world.database().write() as holder:
        holder.execute(text(f"LOCK TABLE {_LAST_TABLE} IN ACCESS EXCLUSIVE MODE"))
        yield


def _until(world: World, sql: str) -> None:
    end = time.monotonic() + 30
    while not world.value(sql):
        assert time.monotonic() < end, sql
        time.sleep(0.02)


_WAITING = (
    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND pid <> pg_backend_pid()"
)
_GONE = (
    "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'workstation'"
    " AND state <> 'idle' AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'"
)


def _left(world: World) -> tuple[object, object]:
    return (
        world.value("SELECT count(*) FROM finance.statement"),
        world.value("SELECT count(*) FROM finance.statement_line"),
    )


def test_killed_in_mid_file_nothing_is_left(world: World, fleet: UUID, file: Path, run: Run) -> None:
    environment = {"WORKSTATION_DATABASE_URL": world.operator_url}
    with process("import", str(file), "--fleet", "MSAFIRI", environment=environment) as importing:
        with _last_table_held(world):
            _until(world, _WAITING)
            os.kill(importing.pid, signal.SIGKILL)
            assert importing.wait(30) == -signal.SIGKILL
            # The server notices when it next talks to the client; the lock it waits for is ended like any other query.
            world.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            _until(world, _GONE)
        assert _left(world) == (0, 0)
    again = run("import", file, "--fleet", "MSAFIRI", "--json", url=world.operator_url)
    assert again.status == 0
    assert _left(world) == (1, _LINES)


def test_the_moment_of_the_kill_is_in_the_middle(world: World, fleet: UUID, file: Path) -> None:
    """The control: let go instead of killed at the same moment, the same import has everything."""
    environment = {"WORKSTATION_DATABASE_URL": world.operator_url}
    with process("import", str(file), "--fleet", "MSAFIRI", environment=environment) as importing:
        with _last_table_held(world):
            _until(world, _WAITING)
        assert ended(importing).status == 0
    assert _left(world) == (1, _LINES)
    assert world.value("SELECT count(*) FROM finance.statement_rejection") == 1
