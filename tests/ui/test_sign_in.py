"""Signing in: what is asked, what is handed on, and what stays when it goes wrong."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.sign_in.dialog import SignInDialog
from ui.sign_in.request import SignInRequest
from ui.theme import Theme


@pytest.fixture
def dialog(qtbot: QtBot) -> SignInDialog:
    made = SignInDialog(Theme("light"))
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.open()
    return made


def test_enter_hands_on_what_was_typed(dialog: SignInDialog, qtbot: QtBot) -> None:
    QTest.keyClicks(dialog.server, " finance.example:5432/fleet ")
    QTest.keyClicks(dialog.login, "amina")
    QTest.keyClicks(dialog.password, " secret ")
    dialog.remember.click()
    with qtbot.waitSignal(dialog.submitted) as sent:
        QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    assert sent.args == [SignInRequest("finance.example:5432/fleet", "amina", " secret ", remember=True)]
    assert not dialog.isHidden()


def test_the_password_is_in_no_message() -> None:
    assert "secret" not in repr(SignInRequest("server", "amina", "secret"))


def test_what_is_missing_is_named_and_nothing_is_sent(dialog: SignInDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.submitted), qtbot.assertNotEmitted(dialog.test_requested):
        dialog.submit.click()
        assert dialog.verdict.text() == "The server and login are missing."
        dialog.server.setText("finance.example/fleet")
        dialog.test.click()
    assert dialog.verdict.text() == "The login is missing."
    assert dialog.login.property("invalid")
    assert not dialog.server.property("invalid")
    assert dialog.focusWidget() is dialog.login


def test_testing_and_the_demo_have_signals_of_their_own(dialog: SignInDialog, qtbot: QtBot) -> None:
    dialog.prefill("finance.example/fleet", "amina", "secret", remember=True)
    with qtbot.waitSignal(dialog.test_requested) as sent:
        dialog.test.click()
    assert sent.args == [SignInRequest("finance.example/fleet", "amina", "secret", remember=True)]
    with qtbot.waitSignal(dialog.demo_requested):
        dialog.demo.click()


def test_while_connecting_nothing_is_sent_twice(dialog: SignInDialog, qtbot: QtBot) -> None:
    dialog.prefill("finance.example/fleet", "amina", "secret")
    dialog.set_busy(True)
    with qtbot.assertNotEmitted(dialog.submitted):
        dialog.submit.click()
    assert not dialog.busy.isHidden()
    dialog.set_busy(False)
    assert dialog.submit.isEnabled()
    assert dialog.busy.isHidden()


def test_what_was_typed_survives_an_error_and_markup_stays_text(dialog: SignInDialog) -> None:
    dialog.prefill("finance.example/fleet", "amina", "secret")
    dialog.show_error("<b>refused</b>")
    assert dialog.verdict.textFormat() == Qt.TextFormat.PlainText
    assert (dialog.verdict.text(), dialog.verdict.property("tone")) == ("<b>refused</b>", "failed")
    assert dialog.password.text() == "secret"
    dialog.show_success("The server answers.")
    assert dialog.verdict.property("tone") == "completed"


def test_prefilling_puts_the_cursor_where_something_is_missing(dialog: SignInDialog) -> None:
    dialog.prefill("finance.example/fleet", "amina")
    assert dialog.focusWidget() is dialog.password
    dialog.prefill("finance.example/fleet", "amina", "secret")
    assert dialog.focusWidget() is dialog.submit


def test_without_a_keyring_the_reason_is_given(qtbot: QtBot) -> None:
    made = SignInDialog(Theme("dark"), remember_available=False, remember_reason="No keyring is unlocked.")
    qtbot.addWidget(made)
    made.prefill("finance.example/fleet", "amina", "secret", remember=True)
    assert not made.remember.isEnabled()
    assert not made.remember.isChecked()
    assert not made.reason.isHidden()
    assert made.reason.text() == "No keyring is unlocked."
