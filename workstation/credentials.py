"""Passwords live in the operating system's keyring or in memory; never in a file."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError
from sqlalchemy import URL

from services.database.engine import database_url
from ui.sign_in.request import SignInRequest

_log = logging.getLogger(__name__)
_SERVICE = "fleet-finance-workstation"
#: The operating systems' own stores; a back end that writes plain text is none of them.
_TRUSTED = (
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Where a password can be kept on this computer; `reason` says why it cannot."""

    available: bool
    reason: str

    def password(self, server: str, login: str) -> str | None:
        """The remembered password, if any."""
        if not self.available:
            return None
        try:
            return keyring.get_password(_SERVICE, f"{login}@{server}")
        except KeyringError as error:
            _log.warning("the keyring did not answer: %s", error)
            return None

    def remember(self, request: SignInRequest) -> str:
        """Keeps the password; returns '' or why it could not be kept."""
        try:
            keyring.set_password(_SERVICE, f"{request.login}@{request.server}", request.password)
        except KeyringError as error:
            return f"The password could not be kept in the keyring ({error}); it will be asked again."
        return ""


def find_keyring() -> Keyring:
    """This computer's keyring, if it has one that protects what it keeps."""
    if any(_trusted(backend) for backend in _backends(keyring.get_keyring())):
        return Keyring(True, "")
    return Keyring(False, "This computer has no protected keyring, so the password is asked each time.")


def _backends(backend: KeyringBackend) -> list[KeyringBackend]:
    return list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]


def _trusted(backend: KeyringBackend) -> bool:
    return type(backend).__module__.startswith(_TRUSTED)


def url_of(request: SignInRequest) -> URL:
    """The database URL that a sign-in means; the server may be 'host', 'host:port/database' or a URL."""
    server = request.server if "://" in request.server else f"postgresql://{request.server}"
    url = database_url(server)
    if not url.database:
        url = url.set(database="postgres")
    return url.set(username=request.login, password=request.password or None)
