"""Where a password may be kept, and which database a sign-in means."""

from __future__ import annotations

import logging

import keyring
import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoKeyring

from services.domain.errors import DatabaseUnreachable
from tests.workstation.keyrings import MemoryKeyring, PlainFile
from ui.sign_in.request import SignInRequest
from workstation.credentials import Keyring, find_keyring, url_of

REQUEST = SignInRequest("finance.example/fleet", "amina", "an invented password", remember=True)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    ring = MemoryKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    monkeypatch.setattr(keyring.core, "get_keyring", lambda: ring)
    return ring


def test_a_protected_keyring_keeps_and_gives_back(ring: MemoryKeyring) -> None:
    found = find_keyring()
    assert found == Keyring(True, "")
    assert found.password("finance.example/fleet", "amina") is None
    assert found.remember(REQUEST) == ""
    assert found.password("finance.example/fleet", "amina") == "an invented password"
    assert found.password("finance.example/other", "amina") is None


def test_a_locked_keyring_is_said_and_the_work_goes_on(ring: MemoryKeyring, caplog: pytest.LogCaptureFixture) -> None:
    found = find_keyring()
    ring.locked = True
    with caplog.at_level(logging.WARNING):
        assert found.password("finance.example/fleet", "amina") is None
    assert "the keyring did not answer: the keyring is locked" in caplog.text
    sentence = found.remember(REQUEST)
    assert sentence == "The password could not be kept in the keyring (the keyring is locked); it will be asked again."


@pytest.mark.parametrize("backend", [PlainFile, NoKeyring])
def test_a_keyring_that_protects_nothing_is_not_used(
    backend: type[PlainFile | NoKeyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backend()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    found = find_keyring()
    assert not found.available
    assert found.reason == "This computer has no protected keyring, so the password is asked each time."
    assert found.password("finance.example/fleet", "amina") is None


@pytest.mark.parametrize(
    ("inner", "available"), [([PlainFile, MemoryKeyring], True), ([PlainFile], False), ([], False)]
)
def test_in_a_chain_one_protected_keyring_is_enough(
    inner: list[type[MemoryKeyring]], available: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Chain(ChainerBackend):
        priority = -1
        backends = [one() for one in inner]  # noqa: RUF012

    monkeypatch.setattr(keyring, "get_keyring", Chain)
    assert find_keyring().available is available


@pytest.mark.parametrize(
    ("server", "meant"),
    [
        ("finance.example", "postgresql+psycopg://amina:secret@finance.example/postgres"),
        ("finance.example/fleet", "postgresql+psycopg://amina:secret@finance.example/fleet"),
        ("finance.example:6432/fleet", "postgresql+psycopg://amina:secret@finance.example:6432/fleet"),
        ("postgresql://finance.example/fleet", "postgresql+psycopg://amina:secret@finance.example/fleet"),
        (
            "postgres://other:their@finance.example/fleet?sslmode=require",
            "postgresql+psycopg://amina:secret@finance.example/fleet?sslmode=require",
        ),
    ],
)
def test_a_server_may_be_written_in_several_ways(server: str, meant: str) -> None:
    assert url_of(SignInRequest(server, "amina", "secret")).render_as_string(hide_password=False) == meant


def test_signs_in_a_password_mean_themselves_and_none_means_none() -> None:
    assert url_of(SignInRequest("finance.example", "amina", "p@ss/w:rd?")).password == "p@ss/w:rd?"
    assert url_of(SignInRequest("finance.example", "amina", "")).password is None


@pytest.mark.parametrize("server", ["mysql://finance.example/fleet", "://", "oracle://x"])
def test_what_is_no_postgresql_is_refused(server: str) -> None:
    with pytest.raises(DatabaseUnreachable):
        url_of(SignInRequest(server, "amina", "secret"))
