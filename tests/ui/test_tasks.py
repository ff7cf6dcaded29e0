"""Work in threads: its answers, its faults, and who takes whose place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread, main_thread

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot
from shiboken6 import delete, isValid

from services.database.cancellation import CancelScope
from services.domain.errors import Cancelled, DatabaseUnreachable, WorkstationError
from ui.tasks import WORKERS, Tasks


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    owner = QObject()
    tasks = Tasks(owner)
    yield tasks
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(tasks._mailbox))


class Gate:
    """Work that waits until it is let through, or until its scope is cancelled."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.begun = Event()
        self.open = Event()
        self.scope: CancelScope | None = None

    def __call__(self) -> str:
        self.scope = CancelScope.current()
        assert self.scope is not None
        self.begun.set()
        while not self.open.wait(0.005):
            self.scope.check()
        return self.answer


def never(_: object) -> None:
    raise AssertionError("dropped work must not be told")


def test_the_result_arrives_on_the_qt_thread(tasks: Tasks, qtbot: QtBot) -> None:
    threads: list[object] = []
    answers: list[int] = []

    def work() -> int:
        threads.append(current_thread())
        return 42

    def done(answer: int) -> None:
        answers.append(answer)
        threads.append(current_thread())

    tasks.run("sum", work, done)
    assert tasks.busy("sum")
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [42]
    assert threads[0] is not main_thread()
    assert threads[1] is main_thread()
    assert not tasks.busy("sum")


def test_work_runs_inside_a_scope_of_its_own(tasks: Tasks, qtbot: QtBot) -> None:
    scopes: list[CancelScope | None] = []
    tasks.run("a", CancelScope.current, scopes.append)
    tasks.run("b", CancelScope.current, scopes.append)
    qtbot.waitUntil(lambda: len(scopes) == 2)
    assert scopes[0] is not None
    assert scopes[1] is not None
    assert scopes[0] is not scopes[1]
    assert CancelScope.current() is None


def test_a_newer_task_cancels_the_older_and_drops_its_answer(tasks: Tasks, qtbot: QtBot) -> None:
    older, answers = Gate("old"), list[str]()
    tasks.run("page", older, never, never)
    assert older.begun.wait(5)
    tasks.run("page", lambda: "new", answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == ["new"]
    assert older.scope is not None
    qtbot.waitUntil(lambda: older.scope is not None and older.scope.cancelled)
    qtbot.waitUntil(lambda: tasks._on_their_way == 0)


def test_an_older_answer_that_comes_late_is_dropped(tasks: Tasks, qtbot: QtBot) -> None:
    begun, release, answers = Event(), Event(), list[str]()

    def deaf() -> str:
        begun.set()
        assert release.wait(5)
        return "old"

    tasks.run("page", deaf, never)
    assert begun.wait(5)
    tasks.run("page", lambda: "new", answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    release.set()
    qtbot.waitUntil(lambda: tasks._on_their_way == 0)
    assert answers == ["new"]


def test_tasks_of_different_names_run_side_by_side(tasks: Tasks, qtbot: QtBot) -> None:
    gates = [Gate(str(n)) for n in range(WORKERS)]
    answers: list[str] = []
    for gate in gates:
        tasks.run(gate.answer, gate, answers.append)
    assert all(gate.begun.wait(5) for gate in gates)
    for gate in gates:
        gate.open.set()
    qtbot.waitUntil(lambda: len(answers) == WORKERS)
    assert sorted(answers) == ["0", "1", "2", "3"]


def test_work_that_waits_for_a_thread_and_is_superseded_never_starts(qtbot: QtBot) -> None:
    owner, pool = QObject(), ThreadPoolExecutor(1)
    tasks = Tasks(owner, pool)
    first, second, answers = Gate("first"), Gate("second"), list[str]()
    tasks.run("first", first, answers.append)
    tasks.run("page", second, never)
    tasks.run("page", lambda: "third", answers.append)
    first.open.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == ["first", "third"]
    assert not second.begun.is_set()
    tasks.stop()
    assert pool.submit(lambda: "the pool is not ours to close").result(5)
    pool.shutdown()


def test_a_fault_goes_to_its_handler(tasks: Tasks, qtbot: QtBot) -> None:
    faults: list[WorkstationError] = []
    unheard: list[object] = []
    tasks.fault.connect(unheard.append)

    def work() -> None:
        raise DatabaseUnreachable("gone")

    tasks.run("page", work, never, faults.append)
    qtbot.waitUntil(lambda: bool(faults))
    assert isinstance(faults[0], DatabaseUnreachable)
    assert unheard == []
    assert not tasks.busy("page")


def test_a_fault_without_a_handler_is_signalled(tasks: Tasks, qtbot: QtBot) -> None:
    def work() -> None:
        raise DatabaseUnreachable("gone")

    with qtbot.waitSignal(tasks.fault) as told:
        tasks.run("page", work, never)
    assert isinstance(told.args[0], DatabaseUnreachable)


def test_a_cancellation_without_a_handler_is_silent(tasks: Tasks, qtbot: QtBot) -> None:
    unheard: list[object] = []
    tasks.fault.connect(unheard.append)

    def work() -> None:
        raise Cancelled("by the server")

    tasks.run("page", work, never)
    qtbot.waitUntil(lambda: tasks._on_their_way == 0)
    assert unheard == []


def test_a_bug_is_logged_with_its_traceback_and_signalled(
    tasks: Tasks, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("nobody expected this")

    with caplog.at_level(logging.ERROR), qtbot.waitSignal(tasks.bug) as told:
        tasks.run("page", broken, never, never)
    assert isinstance(told.args[0], ZeroDivisionError)
    assert "task page failed on a bug" in caplog.text
    assert "in broken" in caplog.text
    assert not tasks.busy("page")


def test_a_bug_in_superseded_work_is_still_reported(tasks: Tasks, qtbot: QtBot) -> None:
    begun, release = Event(), Event()

    def broken() -> None:
        begun.set()
        assert release.wait(5)
        raise KeyError("late")

    tasks.run("page", broken, never, never)
    assert begun.wait(5)
    with qtbot.waitSignal(tasks.bug):
        tasks.run("page", lambda: None, lambda _: None)
        release.set()


def test_cancel_ends_the_work_and_drops_it(tasks: Tasks, qtbot: QtBot) -> None:
    gate = Gate("never")
    tasks.run("page", gate, never, never)
    assert gate.begun.wait(5)
    tasks.cancel("page")
    assert not tasks.busy("page")
    qtbot.waitUntil(lambda: tasks._on_their_way == 0)
    tasks.cancel("page")


def test_busy_changes_are_told_once_per_stretch_of_work(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[tuple[str, bool]] = []
    tasks.busy_changed.connect(lambda name, busy: told.append((name, busy)))
    answers: list[str] = []
    tasks.run("page", Gate("old"), never)
    tasks.run("page", lambda: "new", answers.append)
    qtbot.waitUntil(lambda: tasks._on_their_way == 0)
    tasks.run("page", Gate("older"), never)
    tasks.cancel("page")
    qtbot.waitUntil(lambda: tasks._on_their_way == 0)
    assert told == [("page", True), ("page", False), ("page", True), ("page", False)]


def test_progress_arrives_on_the_qt_thread(tasks: Tasks, qtbot: QtBot) -> None:
    seen: list[tuple[int, bool]] = []
    report: Callable[[int], None] = tasks.poster(lambda n: seen.append((n, QThread.isMainThread())))
    finished: list[object] = []

    def work() -> None:
        report(1)
        report(2)

    tasks.run("import", work, finished.append)
    qtbot.waitUntil(lambda: bool(finished))
    assert seen == [(1, True), (2, True)]


def test_a_stopped_owner_takes_no_more_work_and_hears_nothing(tasks: Tasks, qtbot: QtBot) -> None:
    gate = Gate("never")
    report = tasks.poster(never)
    tasks.run("page", gate, never, never)
    assert gate.begun.wait(5)
    report("late")
    tasks.stop()
    tasks.stop()
    tasks.run("page", lambda: "never", never)
    assert not tasks.busy("page")
    qtbot.waitUntil(lambda: not isValid(tasks._mailbox))


def test_work_on_its_way_ends_quietly_when_the_owner_is_destroyed(qtbot: QtBot) -> None:
    owner = QObject()
    tasks = Tasks(owner)
    mailbox, gate = tasks._mailbox, Gate("never")
    tasks.run("page", gate, never, never)
    assert gate.begun.wait(5)
    delete(owner)
    assert not isValid(tasks)
    qtbot.waitUntil(lambda: not isValid(mailbox))
    assert gate.scope is not None
    assert gate.scope.cancelled


def test_work_that_ends_after_its_mailbox_is_gone_ends_quietly(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    owner, release, ended = QObject(), Event(), Event()
    tasks = Tasks(owner)

    def work() -> None:
        assert release.wait(5)

    tasks.run("page", work, never)
    run = tasks._current["page"]
    run.future.add_done_callback(lambda _: ended.set())
    delete(tasks._mailbox)
    release.set()
    assert ended.wait(5)
    assert caplog.text == ""
