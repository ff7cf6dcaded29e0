"""The Qt application: its names, its look, and what becomes of a bug."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QLocale, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from ui.main_window import PRODUCT
from ui.theme import Theme

_log = logging.getLogger(__name__)


def make_application(theme: Theme) -> QApplication:
    """The one QApplication of this process, in the product's look."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([PRODUCT])
    application.setApplicationName("fleet-finance-workstation")
    application.setApplicationDisplayName(PRODUCT)
    application.setOrganizationName("fleet-finance-workstation")
    # The program ends in order, by its own loop: what talks to servers is closed after the window.
    application.setQuitOnLastWindowClosed(False)
    # Figures are written by the product itself; spin boxes and calendars follow the same conventions.
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.Kenya))
    theme.apply(application)
    return application


_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
#: What the offscreen platform says about every window: it has no window manager to ask.
_OFFSCREEN = "This plugin does not support"


def log_qt_messages() -> None:
    """Sends Qt's own messages to the log, like everybody else's."""

    def handler(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if not message.startswith(_OFFSCREEN):
            _log.log(_LEVELS.get(kind, logging.WARNING), "%s", message)

    qInstallMessageHandler(handler)


def tell_bugs(tell: Callable[[BaseException], None]) -> Callable[[], None]:
    """From now on an exception that nobody caught is logged with its traceback and told; the window stays open.

    Returns what puts the interpreter's own way back.
    """
    before = sys.excepthook
    # Threads that start meanwhile hold the hook for as long as they live, and must not hold a window by it.
    told = [tell]

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
            return
        _log.critical("a bug", exc_info=(kind, error, trace))
        for tell_one in told:
            tell_one(error)

    def restore() -> None:
        told.clear()
        sys.excepthook = before

    sys.excepthook = hook
    return restore
