"""A keyring in memory that stands where the operating system's own would."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Keeps passwords in memory under a trusted back end's name; `locked` makes it refuse like a locked one."""

    # Found by module name, as the operating systems' own are.
    __module__ = "keyring.backends.SecretService"
    priority = -1  # never chosen by itself

    def __init__(self) -> None:
        # The base class would take properties from the environment.
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """The password, if kept."""
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keeps the password."""
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forgets the password."""
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not kept")

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("the keyring is locked")


class PlainFile(MemoryKeyring):
    """A back end that protects nothing."""

    __module__ = "keyrings.alt.file"
