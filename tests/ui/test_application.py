"""The application's names and look, where Qt's messages go, and what becomes of a bug."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Iterator
from weakref import ref

import pytest
from PySide6.QtCore import QLocale, qCritical, qDebug, qInstallMessageHandler, qWarning
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from ui.application import log_qt_messages, make_application, tell_bugs
from ui.theme import DARK, Theme


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The tests' application; undressed again at the end."""
    names = (qapp.applicationName(), qapp.applicationDisplayName(), qapp.organizationName())
    palette, font, locale = qapp.palette(), qapp.font(), QLocale()
    yield qapp
    qapp.setApplicationName(names[0])
    qapp.setApplicationDisplayName(names[1])
    qapp.setOrganizationName(names[2])
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)
    QLocale.setDefault(locale)


@pytest.fixture
def hook() -> Iterator[None]:
    """Puts the interpreter's own way back, whatever the test did."""
    before = sys.excepthook
    yield
    sys.excepthook = before


def test_there_is_one_application_with_the_products_names_and_look(dressed: QApplication) -> None:
    theme = Theme("dark")
    made = make_application(theme)
    assert made is dressed
    assert made.applicationName() == made.organizationName() == "fleet-finance-workstation"
    assert made.applicationDisplayName() == "Fleet Finance"
    assert not made.quitOnLastWindowClosed()
    assert made.palette().color(QPalette.ColorRole.Window).name() == DARK.canvas.casefold()
    assert made.styleSheet()


def test_numbers_and_dates_are_written_as_in_kenya_whatever_the_computer_says(dressed: QApplication) -> None:
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    make_application(Theme("light"))
    assert QLocale().territory() == QLocale.Country.Kenya
    assert QLocale().toString(1234.5, "f", 2) == "1,234.50"


@pytest.mark.usefixtures("hook")
def test_a_bug_is_logged_in_full_and_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BaseException] = []
    tell_bugs(told.append)
    bug = KeyError("no such payment")
    with caplog.at_level(logging.CRITICAL):
        sys.excepthook(KeyError, bug, None)
    assert told == [bug]
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].exc_info[1] is bug


@pytest.mark.usefixtures("hook")
def test_an_interrupt_is_nobodys_bug() -> None:
    told: list[BaseException] = []
    passed: list[type[BaseException]] = []
    sys.excepthook = lambda kind, *_: passed.append(kind)
    tell_bugs(told.append)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert (told, passed) == ([], [KeyboardInterrupt])


@pytest.mark.usefixtures("hook")
def test_the_interpreters_own_way_comes_back() -> None:
    before = sys.excepthook
    restore = tell_bugs(lambda _: None)
    assert sys.excepthook is not before
    restore()
    assert sys.excepthook is before


def test_qts_messages_go_to_the_log_without_the_offscreen_platforms_chatter(caplog: pytest.LogCaptureFixture) -> None:
    before = qInstallMessageHandler(None)
    try:
        log_qt_messages()
        with caplog.at_level(logging.DEBUG, logger="ui.application"):
            qWarning("QPainter: not active, 100%")
            qWarning("This plugin does not support raise()")
            qCritical("out of memory")
            qDebug("a detail")
    finally:
        qInstallMessageHandler(before)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "QPainter: not active, 100%"),
        (logging.ERROR, "out of memory"),
        (logging.DEBUG, "a detail"),
    ]


@pytest.mark.usefixtures("hook")
def test_a_thread_that_keeps_the_hook_keeps_no_window() -> None:
    class Window:
        def told(self, error: BaseException) -> None: ...

    window = Window()
    held = ref(window)
    restore = tell_bugs(window.told)
    kept_by_a_thread = sys.excepthook
    restore()
    del window
    gc.collect()
    assert held() is None
    assert kept_by_a_thread is not sys.excepthook
