"""The back office as a process: what it projects and publishes, how it ends, and what keeps it from starting."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from pydantic import SecretStr

from services.domain.errors import EnvironmentFault, RelayUnreachable
from services.feed.projector import Projector
from services.relay.doors import relay_address
from services.relay.server import RelayServer
from tests.services.relay.ledger import Listening, until
from tests.workstation.command import PATIENCE, Outcome, ended, process
from tests.world import World
from workstation.backoffice import run_backoffice
from workstation.settings import Settings

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="signals between processes are POSIX's")


@contextmanager
def backoffice(world: World, *options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`workstation serve` on the world's database, at any free port unless told otherwise."""
    settings = {
        "WORKSTATION_DATABASE_URL": world.operator_url,
        "WORKSTATION_RELAY_PORT": "0",
        "WORKSTATION_LOG_LEVEL": "WARNING",
        **environment,
    }
    with process("serve", *options, environment=settings) as started:
        yield started


def url_of(started: subprocess.Popen[str]) -> str:
    """Where the process says that its live feed is, once it says so."""
    assert started.stdout is not None
    said = started.stdout.readline()
    found = re.fullmatch(r"back office: live feed at (wss?://127\.0\.0\.1:\d+)\n", said)
    if found is None:
        raise AssertionError((said, ended(started)))
    return found.group(1)


@pytest.fixture
def settings(world: World) -> Settings:
    """Settings for a back office in this process."""
    return Settings(database_url=SecretStr(world.operator_url), relay_port=0)


# As a process ---------------------------------------------------------------------------------------------------------


def test_payments_are_projected_and_reach_a_listener_and_it_ends_with_its_input(world: World) -> None:
    fleet = world.fleet()
    booking = world.booking(fleet)
    world.project()
    person = world.person(fleet)

    async def listen(url: str) -> None:
        async with Listening(lambda: relay_address(person), person).running() as heard:
            await until(lambda: heard.live, "a live feed")
            assert relay_address(person) == url
            payment = await asyncio.to_thread(world.payment, booking, "750.00", "pending")
            await asyncio.to_thread(world.change, payment, status="completed")
            await until(lambda: len(heard.events) == 2, "both events")
            statuses = [(event.payment_id, event.after and event.after.status) for event in heard.events]
            assert statuses == [(payment, "pending"), (payment, "completed")]

    with backoffice(world, "--until-stdin-closes") as started:
        asyncio.run(listen(url_of(started)))
        assert world.value("SELECT amount FROM finance.payment") == 750
        assert ended(started) == Outcome(0, "", "")
    assert world.value("SELECT count(*) FROM finance.relay") == 0


def test_what_is_kept_of_revenue_follows_the_payments(world: World) -> None:
    booking = world.booking(world.fleet())
    world.project()
    kept = "SELECT total_revenue FROM finance.revenue_analytics WHERE period_type = 'monthly'"
    forecasts = "SELECT count(*) FROM finance.revenue_forecast"
    with backoffice(world, "--until-stdin-closes") as started:
        url_of(started)
        world.payment(booking, "750.00")
        until_kept = time.monotonic() + PATIENCE
        while world.value(kept) != 750 or world.value(forecasts) != 1:
            assert time.monotonic() < until_kept, "nothing was kept"
            time.sleep(0.05)
        assert ended(started) == Outcome(0, "", "")


@UNIX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("options", [(), ("--until-stdin-closes",)], ids=["server", "child"])
def test_a_signal_ends_it_in_order(number: signal.Signals, options: tuple[str, ...], world: World) -> None:
    with backoffice(world, *options) as started:
        url_of(started)
        started.send_signal(number)
        # Its input stays open: nothing but the signal ends it.
        assert started.wait(PATIENCE) == 0
        assert ended(started) == Outcome(0, "", "")
    assert world.value("SELECT count(*) FROM finance.relay") == 0


def test_a_taken_port_is_one_line(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with backoffice(world, WORKSTATION_RELAY_PORT=port) as started:
            refusal = ended(started).refusal
    assert refusal.startswith(f"The live feed cannot listen on 127.0.0.1:{port}: ")
    assert refusal.endswith("Set WORKSTATION_RELAY_PORT to a free port.")


def test_a_missing_schema_is_one_line(world: World) -> None:
    world.run("DROP SCHEMA finance CASCADE")
    with backoffice(world) as started:
        assert ended(started).refusal.endswith("has no finance schema. Run: workstation migrate")


def test_a_bug_in_the_projector_ends_the_process_as_a_failure(world: World) -> None:
    world.payment(world.booking(world.fleet()))
    program = (
        "import sys; sys.argv = ['workstation', 'serve']\n"
        "from services.feed import projector\n"
        "def bug(*_): raise KeyError('no such column')\n"
        "projector.project_batch = bug\n"
        "from workstation.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "WORKSTATION_DATABASE_URL": world.operator_url, "WORKSTATION_RELAY_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 1, done
    assert "KeyError: 'no such column'" in done.stderr and "Traceback" in done.stderr
    assert world.value("SELECT count(*) FROM finance.relay") == 0


# In this process ------------------------------------------------------------------------------------------------------


@contextmanager
def ended_by_signal(world: World) -> Iterator[Event]:
    """Sends SIGTERM to this process once a back office in it has announced itself and projected everything."""
    announced, over = Event(), Event()

    def wait() -> None:
        while not over.wait(0.02):
            if world.value("SELECT count(*) > 0 FROM finance.relay") and not world.value(
                "SELECT count(*) FROM finance.payment_change"
            ):
                announced.set()
                os.kill(os.getpid(), signal.SIGTERM)
                return

    watcher = Thread(target=wait)
    watcher.start()
    try:
        yield announced
    finally:
        over.set()
        watcher.join()


@UNIX
def test_a_signal_leaves_nothing_open(world: World, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    world.payment(world.booking(world.fleet()))
    with ended_by_signal(world) as announced:
        run_backoffice(settings)
    assert announced.is_set()
    assert capsys.readouterr().out.startswith("back office: live feed at ws://127.0.0.1:")
    assert world.value("SELECT count(*) FROM finance.payment") == 1
    assert world.value("SELECT count(*) FROM finance.relay") == 0
    until_gone = time.monotonic() + PATIENCE
    mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND application_name IN ('relay', 'projector', 'revenue')"
    while world.value(mine, name=world.name):
        assert time.monotonic() < until_gone, "a connection was left open"
        time.sleep(0.01)


@UNIX
@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_with_a_certificate_the_feed_is_encrypted(
    world: World, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=feed")
    subprocess.run(["openssl", *made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    with ended_by_signal(world):
        run_backoffice(settings.model_copy(update={"relay_certificate": certificate, "relay_key": key}))
    assert "live feed at wss://127.0.0.1:" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "no certificate\n"], ids=["absent", "damaged"])
def test_a_certificate_that_cannot_be_used_is_named(content: str | None, settings: Settings, tmp_path: Path) -> None:
    certificate = tmp_path / "certificate.pem"
    if content is not None:
        certificate.write_text(content)
    with pytest.raises(EnvironmentFault, match=r"certificate\.pem cannot be used"):
        run_backoffice(settings.model_copy(update={"relay_certificate": certificate}))


def test_an_address_that_is_not_ours_is_named(settings: Settings) -> None:
    with pytest.raises(RelayUnreachable, match=r"cannot listen on 203\.0\.113\.7:"):
        run_backoffice(settings.model_copy(update={"relay_host": "203.0.113.7", "relay_port": 8765}))


def test_a_bug_in_the_projector_is_raised_and_the_relay_stopped(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(_projector: Projector, _stop: Event) -> None:
        raise KeyError("no such column")

    monkeypatch.setattr(Projector, "run", bug)
    with pytest.raises(KeyError, match="no such column"):
        run_backoffice(settings)
    assert world.value("SELECT count(*) FROM finance.relay") == 0


def test_a_bug_in_the_relay_is_raised_and_the_projector_stopped(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def bug(_relay: RelayServer) -> None:
        raise KeyError("no such frame")

    monkeypatch.setattr(RelayServer, "watch", bug)
    with pytest.raises(KeyError, match="no such frame"):
        run_backoffice(settings)
    assert world.value("SELECT count(*) FROM finance.relay") == 0
