"""Whether the database answers: asked, told in words, and said at once when somebody else notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from services.domain.errors import DatabaseUnreachable, LoginRefused, NotAllowed, WorkstationError
from tests.services.relay.ledger import Ledger
from tests.world import World
from ui.clock import OfficeClock
from ui.connection import DatabaseWatch
from ui.tasks import Tasks

NOON = datetime(2026, 9, 22, 9, 0, tzinfo=UTC)  # 12:00 in Nairobi


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    owner = QObject()
    tasks = Tasks(owner)
    yield tasks
    mailbox = tasks._mailbox
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(mailbox))


class Line:
    """A line to a database that can be cut; `at` is the time of day."""

    def __init__(self) -> None:
        self.at = NOON
        self.fault: WorkstationError | None = None
        self.asked = 0
        self.server_ahead = timedelta()

    def ping(self) -> datetime:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        return self.at + self.server_ahead

    def now(self) -> datetime:
        return self.at


class Told:
    """Everything a watch said, in order."""

    def __init__(self, watch: DatabaseWatch) -> None:
        self.states: list[tuple[str, str]] = []
        self.turns: list[object] = []
        watch.state_changed.connect(lambda state, words: self.states.append((state, words)))
        watch.lost.connect(self.turns.append)
        watch.returned.connect(lambda: self.turns.append("returned"))


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def watch(tasks: Tasks, line: Line) -> DatabaseWatch:
    return DatabaseWatch(tasks, line.ping, OfficeClock(line.now))


def test_an_answer_is_said(watch: DatabaseWatch, qtbot: QtBot) -> None:
    told = Told(watch)
    watch.start()
    qtbot.waitUntil(lambda: told.states == [("ok", "Database connected")])
    assert watch.offline_since is None
    assert told.turns == []


def test_a_lost_database_is_told_once_with_the_time_of_its_last_answer(
    watch: DatabaseWatch, line: Line, qtbot: QtBot
) -> None:
    told = Told(watch)
    watch.ask()
    qtbot.waitUntil(lambda: len(told.states) == 1)
    for fault in (DatabaseUnreachable("gone"), LoginRefused("locked")):
        line.at += timedelta(minutes=5)
        line.fault = fault
        watch.ask()
        qtbot.waitUntil(lambda: not watch._tasks.busy("ping"))
    assert told.states[1:] == [("bad", "Database offline, as of 12:00")] * 2
    assert told.turns == [NOON]
    assert watch.offline_since == NOON

    line.fault = None
    watch.ask()
    qtbot.waitUntil(lambda: told.turns == [NOON, "returned"])
    assert told.states[-1] == ("ok", "Database connected")
    assert watch.offline_since is None


def test_it_goes_on_asking_by_itself_until_it_is_stopped(
    tasks: Tasks, line: Line, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.connection._EVERY_MS", 5)
    monkeypatch.setattr("ui.connection._WHILE_LOST_MS", 5)
    watch = DatabaseWatch(tasks, line.ping, OfficeClock(line.now))
    watch.start()
    qtbot.waitUntil(lambda: line.asked >= 3)
    line.fault = DatabaseUnreachable("gone")
    qtbot.waitUntil(lambda: watch.offline_since is not None)
    line.fault = None
    qtbot.waitUntil(lambda: watch.offline_since is None)
    watch.stop()
    assert not tasks.busy("ping")
    asked = line.asked
    qtbot.wait(60)
    assert line.asked <= asked + 1  # one may have been on its way


def test_a_question_that_is_still_open_is_not_asked_again(tasks: Tasks, qtbot: QtBot) -> None:
    begun, answer = list[None](), Event()

    def slow() -> datetime:
        begun.append(None)
        answer.wait(20)
        return datetime.now(UTC)

    watch = DatabaseWatch(tasks, slow, OfficeClock())
    told = Told(watch)
    for _ in range(5):
        watch.ask()
    answer.set()
    qtbot.waitUntil(lambda: bool(told.states))
    assert len(begun) == 1


def test_what_another_query_noticed_is_said_at_once(watch: DatabaseWatch, line: Line) -> None:
    told = Told(watch)
    watch.heard(NotAllowed("not this one"))
    assert told.states == []
    watch.heard(DatabaseUnreachable("gone"))
    assert told.states == [("bad", "Database offline, as of 12:00")]
    assert told.turns == [NOON]
    assert line.asked == 0


def test_a_fault_that_is_no_lost_database_is_a_bug(watch: DatabaseWatch, line: Line, qtbot: QtBot) -> None:
    line.fault = NotAllowed("SELECT 1 is not allowed")
    with qtbot.captureExceptions() as bugs:
        watch.ask()
        qtbot.waitUntil(lambda: bool(bugs))
    assert [str(bug[1]) for bug in bugs] == ["SELECT 1 is not allowed"]
    assert watch.offline_since is None


@pytest.fixture
def cut(world: World) -> Iterator[Callable[[bool], None]]:
    """Lets people reach the database, or nobody; reachable again at the end."""
    ledger = Ledger(world)
    yield lambda away: ledger.reachable(not away)
    ledger.reachable(True)


def test_a_real_database_that_goes_and_comes_back(
    world: World, tasks: Tasks, qtbot: QtBot, cut: Callable[[bool], None]
) -> None:
    watch = DatabaseWatch(tasks, world.person(world.fleet()).clock, OfficeClock())
    told = Told(watch)
    watch.ask()
    qtbot.waitUntil(lambda: told.states == [("ok", "Database connected")])
    cut(True)
    watch.ask()
    qtbot.waitUntil(lambda: watch.offline_since is not None)
    cut(False)
    watch.ask()
    qtbot.waitUntil(lambda: told.turns[-1:] == ["returned"])


def test_a_clock_that_is_a_day_wrong_is_stated_once_and_put_right(tasks: Tasks, qtbot: QtBot, line: Line) -> None:
    line.server_ahead = timedelta(hours=23, minutes=58)
    clock = OfficeClock(line.now)
    watch = DatabaseWatch(tasks, line.ping, clock)
    stated: list[object] = []
    watch.clock_differs.connect(stated.append)
    for _ in range(2):
        watch.ask()
        qtbot.waitUntil(lambda: not tasks.busy("ping"))
    assert stated == [timedelta(hours=23, minutes=58)]
    assert clock.now() == NOON + timedelta(hours=23, minutes=58)
    line.server_ahead = timedelta(seconds=1)
    watch.ask()
    qtbot.waitUntil(lambda: not tasks.busy("ping"))
    assert line.asked == 3
    assert clock.now() == NOON
