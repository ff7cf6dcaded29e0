"""The embedded server: really started, really killed, really shared."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from services.database import embedded_cluster as cluster
from services.database.embedded import EmbeddedServer
from services.database.embedded_place import MOVED_NOTE, is_root
from services.domain.errors import DatabaseUnreachable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these tests end processes by POSIX signals")

PROGRAM = """
import sys, time
from pathlib import Path
from services.database.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), durable=False)
print(server.start(), flush=True)
time.sleep(120)
"""

FORKING = """
import os, sys
from pathlib import Path
import psycopg
from services.database.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), durable=False)
server.start()
child = os.fork()
if child:
    status = os.waitpid(child, 0)[1]
    with psycopg.connect(server.operator_url().replace("+psycopg", "")) as connection:
        print(f"the child ended with {status}, the server says {connection.execute('SELECT 1').fetchone()}")
"""


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that a server's user can reach also under root, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="ffw-") as name:
        Path(name).chmod(0o711)
        yield Path(name).resolve() / "data"


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as name:
        yield name


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """One server for the tests that only ask."""
    with open_folder() as folder, EmbeddedServer(folder, durable=False) as running:
        yield running


def ask(url: str, question: str = "SELECT 1") -> str:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])


def make_login(server: EmbeddedServer, name: str, password: str) -> None:
    with psycopg.connect(server.operator_url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'".encode())


Begin = Callable[[Path], tuple[subprocess.Popen[str], str]]


@pytest.fixture
def other_program(folder: Path) -> Iterator[Begin]:
    """Begins a program on a folder; returns it with the URL it prints once its server answers."""
    begun = []

    def begin(where: Path) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(where)], stdout=subprocess.PIPE, text=True)
        begun.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield begin
    for process in begun:
        if process.poll() is None:
            end(process, signal.SIGTERM)


def end(process: subprocess.Popen[str], number: int) -> int:
    process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode


def postmaster(home: Path) -> int:
    return int((home / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def gone(process: int) -> bool:
    """Whether a killed process disappears within a few seconds (its parent must first collect it)."""
    for _ in range(100):
        if not lives(process):
            return True
        time.sleep(0.05)
    return False


def refusal(url: str) -> str:
    with pytest.raises(psycopg.OperationalError) as refused:
        ask(url)
    return str(refused.value)


def test_the_operator_comes_in_over_the_socket_without_a_password(server: EmbeddedServer) -> None:
    assert ask(server.operator_url(), "SELECT current_user || ' ' || usesuper FROM pg_user") == "postgres true"
    assert make_url(server.operator_url("template1")).database == "template1"


def test_nobody_else_comes_in_without_the_right_password(server: EmbeddedServer) -> None:
    make_login(server, "amina", "a:b@c/d")
    assert ask(server.url("amina", "a:b@c/d", "postgres"), "SELECT current_user") == "amina"
    assert "password authentication failed" in refusal(server.url("amina", "wrong", "postgres"))
    stored = ask(server.operator_url(), "SELECT rolpassword FROM pg_authid WHERE rolname = 'amina'")
    assert stored.startswith("SCRAM-SHA-256$")
    over_socket = make_url(server.operator_url()).set(username="amina", password="wrong")
    assert "password authentication failed" in refusal(over_socket.render_as_string(hide_password=False))


def test_the_operator_is_refused_over_tcp(server: EmbeddedServer) -> None:
    assert "rejects connection" in refusal(server.url("postgres", "anything", "postgres"))


def test_it_listens_on_loopback_only_and_the_cluster_is_private(server: EmbeddedServer) -> None:
    assert ask(server.operator_url(), "SHOW listen_addresses") == "127.0.0.1"
    assert server.data.stat().st_mode & 0o077 == 0


def test_settings_of_a_desktop_and_of_tests(folder: Path) -> None:
    with EmbeddedServer(folder) as server:
        asked = ("fsync", "jit", "timezone", "max_connections", "shared_buffers", "password_encryption")
        told = [ask(server.operator_url(), f"SHOW {name}") for name in asked]
    assert told == ["on", "off", "UTC", "200", "128MB", "scram-sha-256"]
    with EmbeddedServer(folder, durable=False) as server:
        told = [ask(server.operator_url(), f"SHOW {n}") for n in ("fsync", "synchronous_commit", "full_page_writes")]
    assert told == ["off", "off", "off"]


def test_text_sorts_by_code_point_and_knows_letters_beyond_ascii(server: EmbeddedServer) -> None:
    assert ask(server.operator_url(), "SELECT upper('ñandú') || ('B' < 'a')") == "ÑANDÚtrue"


def test_data_and_port_outlive_a_restart(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        make_login(server, "otieno", "secret")
        port = server.port
        running = postmaster(folder)
    assert gone(running)
    with EmbeddedServer(folder, durable=False) as server:
        assert server.port == port
        assert ask(server.url("otieno", "secret", "postgres")) == "1"


def test_another_port_where_the_recorded_one_is_taken(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        port = server.port
    with socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taker.bind(("127.0.0.1", port))
        taker.listen()
        with EmbeddedServer(folder, durable=False) as server:
            assert server.port != port
            assert ask(server.operator_url()) == "1"


def test_a_port_that_is_taken_at_the_last_moment_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", 0))
        taker.listen()
        taken = taker.getsockname()[1]
        free = cluster._free_port(0)
        offers = iter([taken, free])
        monkeypatch.setattr(cluster, "_free_port", lambda wanted: next(offers))
        with EmbeddedServer(folder, durable=False) as server:
            assert server.port == free


def test_starting_twice_and_stopping_twice_is_harmless(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    assert server.start() == server.start()
    server.stop()
    server.stop()
    with pytest.raises(DatabaseUnreachable, match="is not started"):
        server.url("amina", "secret", "postgres")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_ended_program_stops_its_server(folder: Path, number: int, other_program: Begin) -> None:
    process, url = other_program(folder)
    running = postmaster(folder)
    assert ask(url) == "1"
    assert end(process, number) != 0
    assert gone(running)
    assert not (folder / "cluster" / "postmaster.pid").exists()


def test_a_killed_program_leaves_a_server_that_the_next_one_takes_over_and_stops(
    folder: Path, other_program: Begin
) -> None:
    process, url = other_program(folder)
    running = postmaster(folder)
    assert end(process, signal.SIGKILL) == -signal.SIGKILL
    assert lives(running)
    with EmbeddedServer(folder, durable=False) as server:
        assert postmaster(folder) == running
        assert server.operator_url() == url
    assert gone(running)
    assert list((folder / "holders").iterdir()) == []


def test_a_leaked_server_with_other_settings_is_restarted(folder: Path, other_program: Begin) -> None:
    process, _ = other_program(folder)
    running = postmaster(folder)
    end(process, signal.SIGKILL)
    with EmbeddedServer(folder, durable=True) as server:
        assert postmaster(folder) != running
        assert ask(server.operator_url(), "SHOW fsync") == "on"


def test_a_killed_server_is_started_again(folder: Path, other_program: Begin) -> None:
    process, _ = other_program(folder)
    running = postmaster(folder)
    os.kill(running, signal.SIGKILL)
    end(process, signal.SIGKILL)
    assert gone(running)
    with EmbeddedServer(folder, durable=False) as server:
        assert ask(server.operator_url()) == "1"


def test_of_two_programs_the_last_one_stops_the_server(folder: Path, other_program: Begin) -> None:
    process, url = other_program(folder)
    running = postmaster(folder)
    with EmbeddedServer(folder, durable=True) as server:
        assert postmaster(folder) == running
        assert server.operator_url() == url
    assert ask(url) == "1"
    end(process, signal.SIGTERM)
    assert gone(running)


def test_two_holders_in_one_process(folder: Path) -> None:
    first, second = EmbeddedServer(folder, durable=False), EmbeddedServer(folder, durable=False)
    assert first.start() == second.start()
    first.stop()
    assert ask(second.operator_url()) == "1"
    second.stop()
    assert not (folder / "cluster" / "postmaster.pid").exists()


def test_a_forked_child_does_not_stop_its_parents_server(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING, str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "the child ended with 0, the server says (1,)\n"
    assert not (folder / "cluster" / "postmaster.pid").exists()


def test_a_process_number_used_again_by_another_program_is_not_taken_for_the_server(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        lines = (server.data / "postmaster.pid").read_text().splitlines()
    (folder / "cluster" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with EmbeddedServer(folder, durable=False) as server:
        assert postmaster(folder) != os.getpid()
        assert ask(server.operator_url()) == "1"


@pytest.mark.parametrize("text", ["", "not a number\n", "99999999\n"])
def test_a_half_written_process_file_is_no_obstacle(folder: Path, text: str) -> None:
    first = EmbeddedServer(folder, durable=False)
    first.start()
    running = postmaster(folder)
    os.kill(running, signal.SIGKILL)
    assert gone(running)
    (folder / "cluster" / "postmaster.pid").write_text(text)
    with EmbeddedServer(folder, durable=False) as server:
        assert ask(server.operator_url()) == "1"
    first.stop()
    assert not (folder / "cluster" / "postmaster.pid").exists()


def test_stopping_after_the_folder_was_deleted_is_harmless(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.start()
    running = postmaster(folder)
    shutil.rmtree(folder)
    server.stop()
    os.kill(running, signal.SIGKILL)
    assert gone(running)


def test_long_folder_names_get_a_short_private_socket_folder(folder: Path) -> None:
    long = folder / ("a long name " * 9)
    with EmbeddedServer(long, durable=False) as server:
        host = make_url(server.operator_url()).query["host"]
        assert isinstance(host, str)
        assert len(host) < 90
        assert Path(host).stat().st_mode & 0o077 == 0
        assert ask(server.operator_url()) == "1"
    Path(host).rmdir()


def test_the_operator_has_a_password_where_there_are_no_sockets(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False, sockets=False) as server:
        url = make_url(server.operator_url())
        assert isinstance(url, URL)
        assert url.host == "127.0.0.1"
        assert ask(server.operator_url(), "SELECT current_user") == "postgres"
        assert "password authentication failed" in refusal(server.url("postgres", "wrong", "postgres"))
        with EmbeddedServer(folder, durable=False, sockets=False) as second:
            assert second.operator_url() == server.operator_url()
    assert (folder / "operator.password").stat().st_mode & 0o077 == 0


def test_the_older_postgresql_works_and_its_data_is_not_mistaken_for_the_newer(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False, version=16) as server:
        assert ask(server.operator_url(), "SHOW server_version").startswith("16.")
    with pytest.raises(DatabaseUnreachable, match=r"is of PostgreSQL 16, the program's is 18"):
        EmbeddedServer(folder).start()


def test_a_damaged_data_folder_is_named(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        control = server.data / "global" / "pg_control"
    control.unlink()
    with pytest.raises(DatabaseUnreachable, match="pg_control") as failed:
        EmbeddedServer(folder, durable=False).start()
    assert str(folder) in str(failed.value)
    assert list((folder / "holders").iterdir()) == []
    (folder / "cluster" / "PG_VERSION").unlink()
    with pytest.raises(DatabaseUnreachable, match="PG_VERSION is missing"):
        EmbeddedServer(folder, durable=False).start()


def test_an_interrupted_creation_is_begun_again(folder: Path) -> None:
    (folder / "cluster.new").mkdir(parents=True)
    (folder / "cluster.new" / "half").write_text("made")
    with EmbeddedServer(folder, durable=False) as server:
        assert ask(server.operator_url()) == "1"
    assert not (folder / "cluster.new").exists()


def test_a_failed_creation_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "OPERATOR", "pg_reserved")
    with pytest.raises(DatabaseUnreachable, match='cannot begin with "pg_"'):
        EmbeddedServer(folder).start()
    assert not (folder / "cluster").exists()


def test_a_folder_that_cannot_be_made_is_named(folder: Path) -> None:
    folder.write_text("a file")
    with pytest.raises(DatabaseUnreachable, match="cannot be used"):
        EmbeddedServer(folder / "below").start()


def test_a_name_that_a_shell_would_expand_is_refused(folder: Path) -> None:
    with pytest.raises(DatabaseUnreachable, match="Choose a folder without them"):
        EmbeddedServer(folder.parent / "pay $day").start()


def test_the_log_has_a_tail_and_is_kept_short(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        assert "ready to accept connections" in server.log_tail()
        assert len(server.log_tail(1).splitlines()) == 1
    monkeypatch.setattr(cluster, "_LOG_LIMIT", 10)
    with EmbeddedServer(folder, durable=False) as server:
        assert "starting PostgreSQL" in server.log_tail(100).splitlines()[0]
        assert (server.data / "server.log.1").exists()


def test_removing_needs_everybody_gone(folder: Path, other_program: Begin) -> None:
    process, _ = other_program(folder)
    with pytest.raises(DatabaseUnreachable, match="in use by another program"):
        EmbeddedServer(folder).remove()
    end(process, signal.SIGKILL)
    running = postmaster(folder)
    (folder / "mine.txt").write_text("kept")
    EmbeddedServer(folder).remove()
    assert gone(running)
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "mine.txt"]


@pytest.mark.skipif(not is_root(), reason="only root has a folder that the server's user cannot reach")
def test_root_uses_a_database_behind_closed_doors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelter = folder.parent / "shelter"
    monkeypatch.setattr("services.database.embedded.SHELTER", shelter)
    closed = folder / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    with EmbeddedServer(closed / "data", durable=False) as server:
        assert server.data.is_relative_to(shelter)
        assert ask(server.operator_url()) == "1"
    EmbeddedServer(closed / "data").remove()
    assert not (closed / "data" / MOVED_NOTE).exists()
    assert list(shelter.iterdir()) == []


@pytest.mark.skipif(not is_root(), reason="only root makes users")
def test_a_user_that_cannot_be_made_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.database.embedded_place._SERVER_USER", "not:a:name")
    with pytest.raises(DatabaseUnreachable, match="refuses to run as root"):
        EmbeddedServer(folder).start()


def test_signals_that_the_program_handles_stay_its_own(folder: Path) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with EmbeddedServer(folder, durable=False):
            assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_server_may_be_started_from_another_thread(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    with ThreadPoolExecutor(1) as pool:
        assert ask(pool.submit(server.start).result()) == "1"
    server.stop()
