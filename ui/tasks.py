"""The one place where a widget awaits a service: work runs in a thread, its answer comes back on the Qt thread.

A task has a name. A newer task of the same name takes its predecessor's place: the older query is cancelled on the
server and whatever it still answers is dropped, so a page never shows an answer to a question it no longer asks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from shiboken6 import isValid

from services.database.cancellation import CancelScope
from services.domain.errors import Cancelled, WorkstationError

T = TypeVar("T")
#: How many queries of one owner run at the same time; the next one waits for a thread.
WORKERS = 4
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Run(Generic[T]):
    """One piece of work on its way."""

    name: str
    scope: CancelScope
    future: Future[T]
    done: Callable[[T], None]
    failed: Callable[[WorkstationError], None] | None

    def cancel(self) -> None:
        # The request travels to the server and may take seconds there; work that has not started just never starts.
        if not self.future.cancel():
            Thread(target=self.scope.cancel, name=f"cancel {self.name}", daemon=True).start()


class _Mailbox(QObject):
    """Carries calls from worker threads to the Qt thread; outlives its owner until the last worker has answered.

    A child of the application, because a QObject must not be freed by whichever worker happens to hold it last.
    """

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__(QCoreApplication.instance())
        self._posted.connect(self._open, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Has `call` made on the Qt thread, soon; callable from every thread."""
        self._posted.emit(call)

    def _open(self, call: Callable[[], None]) -> None:
        call()


class Tasks(QObject):
    """Runs named work of one owner in threads; results, faults and bugs arrive on the Qt thread."""

    #: A `WorkstationError` of work that was started without a `failed` handler.
    fault = Signal(object)
    #: Any other exception: a bug of ours, already in the log with its traceback.
    bug = Signal(object)
    #: (name, busy): work of this name has started, or the last of it has ended.
    busy_changed = Signal(str, bool)

    def __init__(self, owner: QObject, pool: ThreadPoolExecutor | None = None) -> None:
        super().__init__(owner)
        self._own_pool = None if pool is not None else ThreadPoolExecutor(WORKERS, thread_name_prefix="task")
        self._pool = pool or self._own_pool
        self._mailbox = _Mailbox()
        self._current: dict[str, _Run[Any]] = {}
        self._on_their_way = 0
        self._stopped = False
        owner.destroyed.connect(self.stop)

    def run(
        self,
        name: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[WorkstationError], None] | None = None,
    ) -> None:
        """Runs `work` in a thread and hands its result to `done`; an older run of this name is dropped."""
        if self._stopped or self._pool is None:
            return
        predecessor = self._current.pop(name, None)
        if predecessor is not None:
            predecessor.cancel()
        scope = CancelScope()
        run = _Run(name, scope, self._pool.submit(_within, scope, work), done, failed)
        self._current[name] = run
        self._on_their_way += 1
        if predecessor is None:
            self.busy_changed.emit(name, True)
        # Last, because work that has ended by now calls back at once. The mailbox is handed over so that nothing of the
        # owner's is touched outside the Qt thread.
        run.future.add_done_callback(partial(_post, self._mailbox, partial(self._ended, run)))

    def cancel(self, name: str) -> None:
        """Ends the work of this name, if any, on the server too; its result is dropped."""
        run = self._current.pop(name, None)
        if run is not None:
            run.cancel()
            self.busy_changed.emit(name, False)

    def busy(self, name: str) -> bool:
        """Whether work of this name is on its way."""
        return name in self._current

    def poster(self, call: Callable[[T], None]) -> Callable[[T], None]:
        """A function that work may call from its thread, as for progress, to have `call` made on the Qt thread."""
        return lambda value: self._mailbox.post(partial(self._unless_stopped, call, value))

    def stop(self) -> None:
        """Cancels everything, drops every result and takes no more work; called by itself when the owner goes."""
        if self._stopped:
            return
        self._stopped = True
        for run in self._current.values():
            run.cancel()
        self._current.clear()
        if self._own_pool is not None:
            self._own_pool.shutdown(wait=False)
        self._retire()

    def _unless_stopped(self, call: Callable[[T], None], value: T) -> None:
        if not self._stopped:
            call(value)

    def _ended(self, run: _Run[Any]) -> None:
        self._on_their_way -= 1
        current = self._current.get(run.name) is run
        if current:
            del self._current[run.name]
        if self._stopped:
            self._retire()
        elif not run.future.cancelled():
            self._tell(run, current)

    def _tell(self, run: _Run[Any], current: bool) -> None:
        error = run.future.exception()
        if current:
            self.busy_changed.emit(run.name, False)
        if error is not None and not isinstance(error, WorkstationError):
            _log.error("task %s failed on a bug", run.name, exc_info=error)
            self.bug.emit(error)
        elif not current:
            return
        elif error is None:
            run.done(run.future.result())
        elif run.failed is not None:
            run.failed(error)
        elif not isinstance(error, Cancelled):
            self.fault.emit(error)

    def _retire(self) -> None:
        if not self._on_their_way:
            self._mailbox.deleteLater()


def _within(scope: CancelScope, work: Callable[[], T]) -> T:
    with scope.entered():
        scope.check()
        return work()


def _post(mailbox: _Mailbox, call: Callable[[], None], _ended: Future[Any]) -> None:
    # At the end of the program the application, and the mailbox with it, can go before the last query has.
    if isValid(mailbox):
        mailbox.post(call)
