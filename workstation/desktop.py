"""The desktop's process: Qt and asyncio on one loop, the window painted before anything heavy is imported, and an orderly end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from ui.application import log_qt_messages, make_application, tell_bugs
from ui.collecting import Collecting
from ui.theme import MODES, Theme
from workstation.early import early
from workstation.office import Desktop
from workstation.surroundings import Surroundings

if TYPE_CHECKING:
    import asyncio
    from uuid import UUID

    from workstation.settings import Settings

__all__ = ["Desktop", "Job", "Surroundings", "run_desktop"]

#: What a program does with a running desktop, instead of a person.
Job = Callable[[Desktop], Coroutine[Any, Any, None]]


def run_desktop(
    settings: Settings | None = None,
    surroundings: Surroundings | None = None,
    *,
    job: Job | None = None,
    payment: tuple[UUID, UUID] | None = None,
) -> int:
    """Shows the window until it is closed (or until the coroutine of `job` has run); returns the exit code.

    Without `settings` they are loaded once the window is painted: its look is then what it was last time. `payment` (fleet and
    id) is opened as soon as a person is in.
    """
    log_qt_messages()
    theme = Theme(next((mode for mode in MODES if mode == early("theme", "system")), "system"))
    if settings is not None:
        theme.set_mode(settings.theme)
    application = make_application(theme)
    collecting = Collecting()
    collecting.start()
    try:
        return _run(application, theme, settings, surroundings, job, payment)
    finally:
        # The window and all its cycles are garbage by now, and go where they were made.
        collecting.stop()


def _run(
    application: QApplication,
    theme: Theme,
    settings: Settings | None,
    surroundings: Surroundings | None,
    job: Job | None,
    payment: tuple[UUID, UUID] | None,
) -> int:
    around = surroundings or Surroundings(early("environment", "production"), QSettings())
    desktop = Desktop(_load_settings if settings is None else lambda: settings, theme, around)
    if payment is not None:
        desktop.open_link(*payment)
    desktop.window.restore_look(around.memory)
    restore_hook = tell_bugs(desktop.told_bug)
    desktop.window.show()
    application.processEvents()

    # The event loop and everything that talks to a server is loaded behind the painted window.
    import asyncio

    import qasync

    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    closed = asyncio.Event()
    desktop.window.closed.connect(closed.set)
    _end_on_signals(desktop.window)
    QTimer.singleShot(0, desktop.start)
    try:
        desktop.read_settings()
        with loop:
            work = loop.create_task(_until_closed(desktop, closed, job))
            work.add_done_callback(lambda _: loop.stop())
            while not work.done():
                # Qt leaves its loop when the last window closes; what has to end in order still needs it.
                loop.run_forever()
            work.result()
    finally:
        restore_hook()
        desktop.leave()
    return 0


def _load_settings() -> Settings:
    from workstation.logs import start_logging
    from workstation.settings import load_settings

    settings = load_settings()
    start_logging(settings.log_level)
    return settings


async def _until_closed(desktop: Desktop, closed: asyncio.Event, job: Job | None) -> None:
    """Until the window is closed or the job is done, whichever is first; a job that fails fails the program."""
    import asyncio

    waiting = asyncio.ensure_future(closed.wait())
    working = asyncio.ensure_future(job(desktop)) if job is not None else None
    try:
        await asyncio.wait([task for task in (waiting, working) if task], return_when=asyncio.FIRST_COMPLETED)
        if working is not None and working.done():
            working.result()
    finally:
        for task in (waiting, working):
            if task is not None:
                task.cancel()
        desktop.save()
        desktop.window.hide()
        await desktop.close()


def _end_on_signals(window: QWidget) -> None:
    """Ctrl+C in the terminal closes the window as its own button does."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    # Python hears a signal only while its code runs: the clock in the status bar ticks every second, this more often.
    ticking = QTimer(window, interval=200)
    ticking.timeout.connect(lambda: None)
    ticking.start()
