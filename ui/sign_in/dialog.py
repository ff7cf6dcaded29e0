"""The dialog a person signs in with; it asks, and connects nothing itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from ui.icons import app_icon, brand_pixmap
from ui.sign_in.request import SignInRequest
from ui.theme import Theme, restyle
from ui.widgets.button import button
from ui.widgets.label import label


class SignInDialog(QDialog):
    """`submitted` and `test_requested` carry a `SignInRequest`; `demo_requested` asks for the demo. Show by open()."""

    submitted = Signal(object)
    test_requested = Signal(object)
    demo_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        remember_available: bool = True,
        remember_reason: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.server, self.login, self.password = QLineEdit(), QLineEdit(), QLineEdit()
        self.remember = QCheckBox("Remember the password in this computer's keyring")
        self.reason = label(remember_reason, tone="faint", scale="small")
        self.verdict = label()
        self.busy = QProgressBar(textVisible=False)
        self.test = button("Test connection")
        self.demo = button("Try the demo", "plain", tip="Opens a fleet of invented payments; needs no server")
        self.submit = button("Sign in", "primary")
        self._mark = QLabel()
        self.remember.setEnabled(remember_available)
        self.reason.setVisible(not remember_available and bool(remember_reason))
        self._name_parts()
        self._build()
        self._connect()

    def prefill(self, server: str, login: str = "", password: str = "", *, remember: bool = False) -> None:
        """Writes what is known already and puts the cursor where something is missing."""
        self.server.setText(server)
        self.login.setText(login)
        self.password.setText(password)
        self.remember.setChecked(remember and self.remember.isEnabled())
        missing = [field for field in self._fields() if not field.text()]
        (missing[0] if missing else self.submit).setFocus()

    def show_error(self, text: str) -> None:
        """Says what went wrong; the fields stay as they are."""
        self._say(text, "failed")

    def show_success(self, text: str) -> None:
        """Says what went well."""
        self._say(text, "completed")

    def set_busy(self, busy: bool) -> None:
        """Shows that somebody is connecting; nothing can be sent twice meanwhile."""
        for part in (*self._fields(), self.test, self.submit, self.demo):
            part.setEnabled(not busy)
        self.busy.setRange(0, 0 if busy else 1)
        self.busy.setVisible(busy)
        if busy:
            self.verdict.setText("")

    def _fields(self) -> tuple[QLineEdit, ...]:
        return self.server, self.login, self.password

    def _request(self) -> SignInRequest | None:
        missing = [field for field in (self.server, self.login) if not field.text().strip()]
        for field in (self.server, self.login):
            restyle(field, invalid=field in missing)
        if missing:
            missing[0].setFocus()
            words = " and ".join(field.accessibleName().casefold() for field in missing)
            self.show_error(f"The {words} is missing." if len(missing) == 1 else f"The {words} are missing.")
            return None
        return SignInRequest(
            self.server.text().strip(), self.login.text().strip(), self.password.text(), self.remember.isChecked()
        )

    def _submit(self) -> None:
        request = self._request()
        if request is not None:
            self.submitted.emit(request)

    def _test(self) -> None:
        request = self._request()
        if request is not None:
            self.test_requested.emit(request)

    def _say(self, text: str, tone: str) -> None:
        self.verdict.setText(text)
        self.verdict.setAccessibleName(text)
        restyle(self.verdict, tone=tone)

    def _name_parts(self) -> None:
        self.setWindowTitle("Sign in — Fleet Finance")
        for field, name in zip(self._fields(), ("Server", "Login", "Password"), strict=True):
            field.setAccessibleName(name)
        self.server.setPlaceholderText("host:port/database")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.verdict.setWordWrap(True)
        self.reason.setWordWrap(True)
        self.verdict.setMinimumHeight(36)
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.busy.hide()
        self.submit.setDefault(True)
        self.test.setAutoDefault(False)
        self.demo.setAutoDefault(False)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(6)
        column.addLayout(self._head())
        column.addSpacing(10)
        for field in self._fields():
            column.addWidget(label(field.accessibleName(), scale="strong"))
            column.addWidget(field)
            column.addSpacing(4)
        column.addWidget(self.remember)
        column.addWidget(self.reason)
        column.addSpacing(4)
        column.addWidget(self.verdict)
        column.addWidget(self.busy)
        column.addSpacing(4)
        column.addLayout(self._buttons())
        self.setFixedWidth(440)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label("Sign in", scale="title"))
        words.addWidget(label("with the login your fleet's database knows you by", tone="muted", scale="small"))
        head.addWidget(self._mark)
        head.addLayout(words, 1)
        return head

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.demo)
        row.addStretch(1)
        row.addWidget(self.test)
        row.addWidget(self.submit)
        return row

    def _connect(self) -> None:
        self.submit.clicked.connect(self._submit)
        self.test.clicked.connect(self._test)
        self.demo.clicked.connect(self.demo_requested)
        self._theme.changed.connect(self._redraw)
        self._redraw()

    def _redraw(self) -> None:
        tokens = self._theme.tokens
        self._mark.setPixmap(brand_pixmap(tokens.accent, tokens.onaccent, 34, self.devicePixelRatioF()))
        self.setWindowIcon(app_icon(tokens.accent, tokens.onaccent))
