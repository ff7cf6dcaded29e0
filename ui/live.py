"""The live feed on the Qt side: what the relay's client hears, in signals, at a pace that a screen can follow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from ssl import SSLContext
from typing import Final, Literal
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from services.feed.event import PaymentEvent
from services.relay.client import FeedState, RelayClient

PACE: Final = 33
"""Milliseconds between two `events` signals, so that at most about thirty come in a second."""
LATE: Final = 5.0
"""Seconds behind from which the feed no longer counts as live."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """How the live feed stands, as the status bar shows it; `detail` says why, where there is more to say."""

    kind: Literal["ok", "busy", "bad", "off"]
    words: str
    detail: str = ""


class LiveFeed(QObject):
    """Owns a relay's client on the running loop (qasync). `address` and `ticket` block and are asked in threads."""

    events = Signal(object)
    """tuple[PaymentEvent, …]: what happened since the last signal, each fleet's in order."""
    reload_wanted = Signal(object)
    """UUID: read this fleet again; the events that follow build on it (skip those that the reading already holds)."""
    state_changed = Signal(object)
    """LiveState."""

    def __init__(
        self,
        address: Callable[[], str],
        ticket: Callable[[], str],
        parent: QObject | None = None,
        *,
        ssl: SSLContext | None = None,
    ) -> None:
        super().__init__(parent)
        self._client = RelayClient(address, ticket, self._hear, self._reload, self._show, ssl=ssl)
        self._task: asyncio.Task[None] | None = None
        self._state = LiveState("off", "not connected")
        self._waiting: list[PaymentEvent] = []
        self._timer = QTimer(self, interval=PACE, singleShot=True)
        self._timer.timeout.connect(self._emit)

    @property
    def state(self) -> LiveState:
        """How the live feed stands now."""
        return self._state

    def start(self) -> None:
        """Begins to listen, and keeps at it until stop(); does nothing while it listens. Needs a running loop."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._client.run(), name="live feed")
            self._task.add_done_callback(self._ended)

    def stop(self) -> None:
        """Stops listening; what was heard is still signalled. start() resumes where this left off."""
        if self._task is not None:
            self._task.cancel()

    async def stopped(self) -> None:
        """Stops listening and waits until the connection is closed; for the end of the program."""
        self.stop()
        if (task := self._task) is not None:
            await asyncio.wait((task,))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        self._emit()
        if not task.cancelled() and (bug := task.exception()) is not None:
            self._change(LiveState("bad", "live feed failed", str(bug)))
            task.get_loop().call_exception_handler({"message": "the live feed failed", "exception": bug, "task": task})

    def _hear(self, events: tuple[PaymentEvent, ...]) -> None:
        self._waiting += events
        if not self._timer.isActive():
            self._emit()

    def _emit(self) -> None:
        if self._waiting:
            events, self._waiting = tuple(self._waiting), []
            self._timer.start()
            self.events.emit(events)

    def _reload(self, fleet: UUID) -> None:
        # What came before the reload must not be taken for what comes after it.
        self._emit()
        self.reload_wanted.emit(fleet)

    def _show(self, state: FeedState) -> None:
        self._change(in_words(state))

    def _change(self, state: LiveState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)


def in_words(state: FeedState) -> LiveState:
    """The client's state as people read it."""
    if state.kind == "connecting":
        return LiveState("busy", "connecting…")
    if state.kind == "reconnecting":
        return LiveState("bad", "reconnecting…", state.reason)
    if state.kind == "stopped":
        return LiveState("off", "not connected")
    if state.behind is None:
        return LiveState(
            "busy", "waiting for the back office", "The live feed is open, but no payments are being taken in."
        )
    if state.behind < LATE:
        return LiveState("ok", f"live · {state.behind:.1f} s behind")
    return LiveState(
        "busy", f"{_long(state.behind)} behind", "Payments arrive late; the back office is catching up or has stopped."
    )


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
