"""Coming in: at the configured database, or through the dialog, until somebody is in or closes it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import keyring
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.workstation.keyrings import MemoryKeyring
from tests.world import PASSWORD, World
from ui.actions import ActionRegistry
from ui.main_window import MainWindow
from ui.sign_in.dialog import SignInDialog
from ui.tasks import Tasks
from ui.theme import Theme
from workstation import entrance as module
from workstation.entrance import Entrance
from workstation.session import Session


@dataclass
class Door:
    """An entrance, and everything that came of it."""

    entrance: Entrance
    window: MainWindow
    memory: QSettings
    complaints: list[str]
    sessions: list[Session] = field(default_factory=list)
    abandoned: list[bool] = field(default_factory=list)

    @property
    def dialog(self) -> SignInDialog:
        """The dialog that is open."""
        assert self.entrance.dialog is not None
        return self.entrance.dialog


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    ring = MemoryKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    monkeypatch.setattr(keyring.core, "get_keyring", lambda: ring)
    return ring


@pytest.fixture
def door(qtbot: QtBot, tmp_path: Path, ring: MemoryKeyring) -> Iterator[Door]:
    theme = Theme("light")
    window = MainWindow(theme, ActionRegistry(), environment="test")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    tasks = Tasks(window)
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    complaints: list[str] = []
    entrance = Entrance(window, theme, tasks, memory, None, complaints.append)
    door = Door(entrance, window, memory, complaints)
    entrance.opened.connect(door.sessions.append)
    entrance.abandoned.connect(lambda: door.abandoned.append(True))
    yield door
    for session in door.sessions:
        session.database.close()
    mailbox = tasks._mailbox
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(mailbox))


@pytest.fixture
def fleet(world: World) -> UUID:
    """A fleet with a manager, test_manager."""
    fleet = world.fleet(name="Msafiri Express")
    world.project()
    world.person(fleet)
    return fleet


def server(world: World) -> str:
    """The world's database as a person writes it."""
    return f"127.0.0.1:{world.server.port}/{world.name}"


def said(door: Door, qtbot: QtBot, words: str) -> None:
    """Waits until the dialog says so and can be used again."""
    qtbot.waitUntil(lambda: words in door.dialog.verdict.text(), timeout=10_000)
    assert door.dialog.submit.isEnabled()
    assert not door.dialog.isHidden()


def test_the_configured_database_opens_without_a_question(door: Door, world: World, fleet: UUID, qtbot: QtBot) -> None:
    with qtbot.waitSignal(door.entrance.opened):
        door.entrance.come_in(world.login_url("test_manager").render_as_string(hide_password=False))
    assert [one.id for one in door.sessions[0].fleets] == [fleet]
    assert door.entrance.dialog is None


def test_a_configured_database_that_refuses_leads_to_the_dialog(
    door: Door, world: World, fleet: UUID, qtbot: QtBot
) -> None:
    wrong = world.login_url("test_manager").set(password="wrong")
    door.entrance.come_in(wrong.render_as_string(hide_password=False))
    qtbot.waitUntil(lambda: door.entrance.dialog is not None)
    said(door, qtbot, "refused the login “test_manager”")
    assert door.complaints == [door.dialog.verdict.text()]
    assert door.sessions == []


def test_a_wrong_password_is_said_and_what_was_typed_stays(
    door: Door, world: World, fleet: UUID, qtbot: QtBot, ring: MemoryKeyring
) -> None:
    door.entrance.come_in(None)
    door.dialog.prefill(server(world), "test_manager", "wrong", remember=True)
    door.dialog.submit.click()
    assert not door.dialog.submit.isEnabled()
    said(door, qtbot, "refused the login “test_manager”")
    assert (door.dialog.server.text(), door.dialog.login.text()) == (server(world), "test_manager")
    assert door.dialog.password.text() == "wrong"
    assert len(door.complaints) == 1
    assert (ring.kept, door.memory.allKeys()) == ({}, [])

    door.dialog.password.setText(PASSWORD)
    with qtbot.waitSignal(door.entrance.opened):
        door.dialog.submit.click()
    assert [one.id for one in door.sessions[0].fleets] == [fleet]
    assert door.abandoned == []


def test_whoever_was_in_before_need_only_press_enter(door: Door, world: World, fleet: UUID, qtbot: QtBot) -> None:
    door.entrance.ask()
    assert door.dialog.server.text() == ""
    door.dialog.prefill(server(world), "test_manager", PASSWORD, remember=True)
    shown = door.dialog
    with qtbot.waitSignal(door.entrance.opened):
        shown.submit.click()
    assert door.entrance.dialog is None
    qtbot.waitUntil(lambda: not isValid(shown))
    assert PASSWORD not in "".join(str(door.memory.value(key)) for key in door.memory.allKeys())

    door.entrance.ask()
    assert (door.dialog.server.text(), door.dialog.login.text()) == (server(world), "test_manager")
    assert door.dialog.password.text() == PASSWORD
    with qtbot.waitSignal(door.entrance.opened):
        door.dialog.submit.click()


def test_a_password_is_kept_only_when_that_is_wanted(
    door: Door, world: World, fleet: UUID, qtbot: QtBot, ring: MemoryKeyring
) -> None:
    door.entrance.ask()
    door.dialog.prefill(server(world), "test_manager", PASSWORD, remember=False)
    with qtbot.waitSignal(door.entrance.opened):
        door.dialog.submit.click()
    assert ring.kept == {}
    assert door.memory.value("sign_in/login") == "test_manager"


def test_a_keyring_that_is_locked_is_said_and_the_person_is_in(
    door: Door, world: World, fleet: UUID, qtbot: QtBot, ring: MemoryKeyring
) -> None:
    ring.locked = True
    door.entrance.ask()
    door.dialog.prefill(server(world), "test_manager", PASSWORD, remember=True)
    with qtbot.waitSignal(door.entrance.opened):
        door.dialog.submit.click()
    (strip,) = door.window.messages.strips
    assert (strip.kind, "could not be kept in the keyring" in strip.text) == ("warning", True)


def test_a_connection_can_be_tested_without_signing_in(door: Door, world: World, fleet: UUID, qtbot: QtBot) -> None:
    door.entrance.ask()
    door.dialog.prefill(server(world), "test_manager", PASSWORD)
    door.dialog.test.click()
    said(door, qtbot, "Connected: Msafiri Express.")
    assert door.dialog.verdict.property("tone") == "completed"
    door.dialog.server.setText("127.0.0.1:1/fleet")
    door.dialog.test.click()
    said(door, qtbot, "The database at 127.0.0.1:1/fleet does not answer")
    assert door.sessions == []


def test_a_server_that_is_no_address_is_said(door: Door, qtbot: QtBot) -> None:
    door.entrance.ask()
    door.dialog.prefill("mysql://finance.example/fleet", "amina", "secret")
    door.dialog.submit.click()
    said(door, qtbot, "The database must be PostgreSQL, not mysql.")


def test_after_a_bug_the_dialog_can_be_used_again(
    door: Door, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(*_: object) -> Session:
        raise KeyError("no such thing")

    monkeypatch.setattr(module, "open_session", bug)
    door.entrance.ask()
    door.dialog.prefill("finance.example/fleet", "amina", "secret")
    door.dialog.submit.click()
    qtbot.waitUntil(lambda: door.dialog.submit.isEnabled())
    assert "failed on a bug" in caplog.text


def test_closing_the_dialog_abandons(door: Door, qtbot: QtBot) -> None:
    door.entrance.ask("The database does not answer.")
    assert door.dialog.verdict.text() == "The database does not answer."
    assert door.window.status.database.words == "Not signed in"
    with qtbot.waitSignal(door.entrance.abandoned):
        door.dialog.reject()
    assert door.sessions == []


@pytest.mark.parametrize("frozen", [False, True])
def test_the_demo_is_a_program_of_its_own(
    frozen: bool, door: Door, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, list[str]]] = []

    class Starter:
        """Starts nothing and remembers what it was asked."""

        @staticmethod
        def startDetached(program: str, arguments: list[str]) -> bool:
            """What QProcess does."""
            started.append((program, arguments))
            return True

    monkeypatch.setattr(module, "QProcess", Starter)
    if frozen:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    door.entrance.ask()
    with qtbot.waitSignal(door.entrance.abandoned):
        door.dialog.demo.click()
    assert started == [(sys.executable, ["demo"] if frozen else ["-m", "workstation.cli", "demo"])]
