"""Links between real processes' sockets: handed over to whoever listens, refused where they lead nowhere."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from services.domain.errors import EnvironmentFault, WorkstationError
from services.payments.codec import payment_link
from workstation.link import DEMO, LONGEST, Doorbell, doorbell_name, hand_over, handed_over, link_among, target

FLEET, PAYMENT = UUID(int=0xF1), UUID(int=0x99)
LINK = payment_link(FLEET, PAYMENT)
URL = "postgresql://alice:secret@office/finance"
#: A second start of the program, as far as the link goes.
_START = "import sys; from workstation.link import hand_over; sys.exit(0 if hand_over(*sys.argv[1:]) else 3)"
#: The same with the link, the configured database and the sockets' folder.
_FOLLOW = """
import sys
from pathlib import Path
from workstation.link import handed_over
sys.exit(0 if handed_over(*sys.argv[1:3], Path(sys.argv[3])) else 3)
"""
#: A desktop that listens and is killed.
_CRASH = """
import os, sys
from PySide6.QtCore import QCoreApplication
from workstation.link import Doorbell
application = QCoreApplication([])
bell = Doorbell(sys.argv[1])
assert bell.open() == ""
os._exit(9)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def name(folder: Path) -> str:
    return doorbell_name(URL, folder)


@pytest.fixture
def listening(qtbot: QtBot, name: str) -> Iterator[Doorbell]:
    """A desktop that listens."""
    bell = Doorbell(name, patience_ms=300)
    assert bell.open() == ""
    yield bell
    bell.close()


def start(name: str, link: str = LINK) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _START, link, name])


def raw(name: str) -> socket.socket:
    """Somebody who speaks to the socket without our program."""
    guest = socket.socket(socket.AF_UNIX)
    guest.settimeout(5)
    guest.connect(name)
    return guest


def test_the_link_that_the_program_was_started_with() -> None:
    assert link_among([LINK]) == LINK
    assert link_among(["--open", LINK]) == LINK
    assert link_among([f"--open={LINK}"]) == LINK
    assert link_among([]) is None
    assert link_among(["fleets", "--json"]) is None
    assert target(LINK) == (FLEET, PAYMENT)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--open"],
        ["--open="],
        ["--open", "fleets"],
        [LINK, "--json"],
        [LINK, LINK],
        ["workstation:"],
        ["WORKSTATION://payment/1/2"],
        [f"{LINK}/../../etc/passwd"],
        [f"{LINK}\nworkstation://payment"],
        ["workstation://payment/" + "9" * 10_000],
    ],
)
def test_a_link_that_leads_nowhere_is_said_in_one_short_line(arguments: list[str]) -> None:
    with pytest.raises(WorkstationError) as told:
        link_among(arguments)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < LONGEST + 150


def test_a_second_start_hands_its_link_to_the_running_desktop(qtbot: QtBot, listening: Doorbell, name: str) -> None:
    with qtbot.waitSignal(listening.rung, timeout=20_000) as rung:
        second = start(name)
    assert rung.args == [FLEET, PAYMENT]
    assert second.wait(10) == 0


def test_links_of_several_starts_all_arrive(qtbot: QtBot, listening: Doorbell, name: str) -> None:
    heard: list[UUID] = []
    listening.rung.connect(lambda _fleet, payment: heard.append(payment))
    starts = [start(name, payment_link(FLEET, UUID(int=number))) for number in range(4)]
    qtbot.waitUntil(lambda: len(heard) == 4, timeout=30_000)
    assert [one.wait(10) for one in starts] == [0] * 4
    assert {payment.int for payment in heard} == set(range(4))


def test_without_a_running_desktop_the_link_stays_with_who_has_it(qtbot: QtBot, name: str) -> None:
    assert hand_over(LINK, name, 200) is False


def test_a_desktop_that_does_not_answer_takes_no_link(folder: Path, name: str) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(name)
        deaf.listen()
        assert hand_over(LINK, name, 200) is False


def test_each_database_has_a_desktop_of_its_own(qtbot: QtBot, listening: Doorbell, folder: Path) -> None:
    assert hand_over(LINK, doorbell_name("postgresql://office/other", folder), 200) is False


def follow(link: str, database: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _FOLLOW, link, database, str(folder)])


@pytest.mark.parametrize("database", ["", URL])
def test_the_demo_takes_links_to_its_fleet_whatever_database_is_named(
    qtbot: QtBot, listening: Doorbell, folder: Path, database: str
) -> None:
    demo = Doorbell(doorbell_name(DEMO, folder), shows=lambda fleet: fleet == FLEET)
    assert demo.open() == ""
    with qtbot.assertNotEmitted(listening.rung), qtbot.waitSignal(demo.rung, timeout=20_000) as rung:
        second = follow(LINK, database, folder)
    assert rung.args == [FLEET, PAYMENT]
    assert second.wait(10) == 0
    demo.close()


def test_other_fleets_links_pass_the_demo_by(qtbot: QtBot, listening: Doorbell, folder: Path) -> None:
    demo = Doorbell(doorbell_name(DEMO, folder), shows=lambda fleet: fleet == FLEET)
    assert demo.open() == ""
    other = UUID(int=0xF2)
    with qtbot.assertNotEmitted(demo.rung), qtbot.waitSignal(listening.rung, timeout=20_000) as rung:
        second = follow(payment_link(other, PAYMENT), URL, folder)
    assert rung.args == [other, PAYMENT]
    assert second.wait(10) == 0
    demo.close()


def test_without_any_desktop_nobody_takes_the_link(qtbot: QtBot, folder: Path) -> None:
    assert handed_over(LINK, URL, folder) is False


def test_neither_login_nor_password_decide_or_show(folder: Path) -> None:
    name = doorbell_name(URL, folder)
    assert name == doorbell_name("postgresql://bob@office/finance", folder)
    assert not {"alice", "secret", "office"} & set(name.replace("/", "-").split("-"))


@pytest.mark.parametrize(
    "hostile", [b"\xff\xfe\n", b"workstation://payment/1/2\n", b"{}\n", b"\n", LINK.encode() + b"?x\n"]
)
def test_what_is_no_link_is_refused(qtbot: QtBot, listening: Doorbell, name: str, hostile: bytes) -> None:
    with qtbot.assertNotEmitted(listening.rung), raw(name) as guest:
        guest.sendall(hostile)
        assert answer(qtbot, guest) == b"no\n"


def test_who_talks_too_long_is_cut_off(qtbot: QtBot, listening: Doorbell, name: str) -> None:
    with qtbot.assertNotEmitted(listening.rung), raw(name) as guest:
        guest.sendall(b"w" * (LONGEST + 1))
        assert answer(qtbot, guest) == b""


def test_who_says_nothing_is_cut_off_in_time(qtbot: QtBot, listening: Doorbell, name: str) -> None:
    with raw(name) as guest:
        guest.sendall(LINK.encode())
        assert answer(qtbot, guest) == b""


def test_a_guest_that_leaves_is_no_trouble(qtbot: QtBot, listening: Doorbell, name: str) -> None:
    raw(name).close()
    with qtbot.waitSignal(listening.rung, timeout=5_000), raw(name) as guest:
        guest.sendall(LINK.encode() + b"\n")


def test_one_desktop_listens_and_the_next_says_so(qtbot: QtBot, listening: Doorbell, name: str) -> None:
    second = Doorbell(name)
    assert second.open() == "Another desktop is open; links are shown there."
    with qtbot.waitSignal(listening.rung, timeout=20_000):
        first = start(name)
    assert first.wait(10) == 0


def test_the_socket_of_a_desktop_that_crashed_is_taken_over(qtbot: QtBot, name: str) -> None:
    assert subprocess.run([sys.executable, "-c", _CRASH, name], check=False).returncode == 9
    assert Path(name).is_socket()
    bell = Doorbell(name)
    assert bell.open() == ""
    with qtbot.waitSignal(bell.rung, timeout=20_000):
        second = start(name)
    assert second.wait(10) == 0
    bell.close()


def test_only_this_user_reaches_the_socket(listening: Doorbell, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_is_open_to_others_is_not_trusted(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(EnvironmentFault, match="chmod 700"):
        doorbell_name(URL, folder)


def test_where_sockets_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert Path(doorbell_name(URL)).parent == tmp_path / "fleet-finance-workstation"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert Path(doorbell_name(URL)).parent == tmp_path / "cache" / "fleet-finance-workstation" / "run"


def test_a_name_that_no_socket_can_have_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    assert Doorbell(doorbell_name(URL, tmp_path / ("x" * 120))).open() != ""


def answer(qtbot: QtBot, guest: socket.socket) -> bytes:
    """What the desktop says, while its loop runs."""
    said: list[bytes] = []
    guest.setblocking(False)

    def heard() -> bool:
        try:
            said.append(guest.recv(64))
        except BlockingIOError:
            return False
        except ConnectionResetError:
            said.append(b"")
        return True

    qtbot.waitUntil(heard, timeout=5_000)
    return said[0]
