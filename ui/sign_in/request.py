"""What a person typed to sign in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """Server as typed ('host:port/database' or a URL), login, password, and whether to keep the password."""

    server: str
    login: str
    # Kept out of every log and message.
    password: str = field(repr=False)
    remember: bool = False
