"""How a person comes in: the configured database, or the sign-in dialog, until one of them opens a session."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QSettings, Signal
from sqlalchemy import URL

from services.database.engine import database_url
from services.domain.errors import WorkstationError
from ui.sign_in.dialog import SignInDialog
from ui.sign_in.request import SignInRequest
from workstation.session import Session, open_session, try_connection

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.tasks import Tasks
    from ui.theme import Theme
    from workstation.credentials import Keyring


class Entrance(QObject):
    """`opened(Session)` when somebody is in; `abandoned()` when the dialog was closed instead."""

    opened = Signal(object)
    abandoned = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        tasks: Tasks,
        memory: QSettings,
        relay_url: str | None,
        complain: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._tasks = window, theme, tasks
        self._memory, self._relay_url, self._complain = memory, relay_url, complain
        self._request: SignInRequest | None = None
        # A bug is told elsewhere; the person can try again.
        tasks.bug.connect(self._stumbled)
        self.dialog: SignInDialog | None = None

    @cached_property
    def _ring(self) -> Keyring:
        from workstation.credentials import find_keyring

        return find_keyring()

    def come_in(self, url: str | None) -> None:
        """Signs in at `url`, or asks who wants to."""
        if url is None:
            self.ask()
        else:
            self._tasks.run("connect", lambda: self._open(database_url(url)), self._let_in, self._turned_away)

    def ask(self, error: str = "") -> None:
        """Opens the sign-in dialog with what is known already."""
        dialog = SignInDialog(
            self._theme,
            remember_available=self._ring.available,
            remember_reason=self._ring.reason,
            parent=self._window,
        )
        server, login = str(self._memory.value("sign_in/server", "")), str(self._memory.value("sign_in/login", ""))
        dialog.prefill(server, login, self._ring.password(server, login) or "", remember=self._ring.available)
        dialog.submitted.connect(self._submitted)
        dialog.test_requested.connect(self._tested)
        dialog.demo_requested.connect(self._start_demo)
        dialog.rejected.connect(self.abandoned)
        self.dialog = dialog
        self._window.set_connection("database", "off", "Not signed in")
        dialog.open()
        if error:
            dialog.show_error(error)

    def _open(self, url: URL) -> Session:
        return open_session(url, self._relay_url)

    def _open_as(self, request: SignInRequest) -> Session:
        from workstation.credentials import url_of

        return self._open(url_of(request))

    @staticmethod
    def _try_as(request: SignInRequest) -> str:
        from workstation.credentials import url_of

        return try_connection(url_of(request))

    def _submitted(self, request: SignInRequest) -> None:
        self._request = request
        self._busy(True)
        self._tasks.run("connect", lambda: self._open_as(request), self._let_in, self._refused)

    def _tested(self, request: SignInRequest) -> None:
        self._busy(True)
        self._tasks.run("connect", lambda: self._try_as(request), self._test_passed, self._refused)

    def _test_passed(self, sentence: str) -> None:
        self._busy(False)
        if self.dialog is not None:
            self.dialog.show_success(sentence)

    def _refused(self, error: WorkstationError) -> None:
        self._complain(str(error))
        self._busy(False)
        if self.dialog is not None:
            self.dialog.show_error(str(error))

    def _turned_away(self, error: WorkstationError) -> None:
        self._complain(str(error))
        self.ask(str(error))

    def _let_in(self, session: Session) -> None:
        if self._request is not None:
            self._remember(self._request)
        if self.dialog is not None:
            dialog, self.dialog = self.dialog, None
            dialog.accept()
            dialog.deleteLater()
        self.opened.emit(session)

    def _remember(self, request: SignInRequest) -> None:
        self._memory.setValue("sign_in/server", request.server)
        self._memory.setValue("sign_in/login", request.login)
        if request.remember and (sentence := self._ring.remember(request)):
            self._window.show_message("warning", sentence)

    def _stumbled(self, _bug: BaseException) -> None:
        self._busy(False)

    def _busy(self, busy: bool) -> None:
        if self.dialog is not None:
            self.dialog.set_busy(busy)

    def _start_demo(self) -> None:
        command = [] if getattr(sys, "frozen", False) else ["-m", "workstation.cli"]
        QProcess.startDetached(sys.executable, [*command, "demo"])
        self.abandoned.emit()
