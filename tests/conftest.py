"""Every test's ground: no display, one real PostgreSQL a worker, a clone of the migrated template a test."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.database.migration import migrate
from services.feed.capture import install_capture
from tests.world import World

_TEMPLATE = "template_workstation"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One embedded PostgreSQL for the worker, fast rather than durable, with the migrated template in it."""
    server = EmbeddedServer(tmp_path_factory.mktemp("postgres"), durable=False)
    server.start()
    try:
        _admin(server, f"CREATE DATABASE {_TEMPLATE}")
        template = Database(server.operator_url(_TEMPLATE))
        migrate(template)
        install_capture(template)
        template.close()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def clones(server: EmbeddedServer) -> Iterator[Clones]:
    """Databases like the template."""
    with ThreadPoolExecutor(1, thread_name_prefix="clone") as ahead:
        yield Clones(server, ahead)


@pytest.fixture
def world(server: EmbeddedServer, clones: Clones) -> Iterator[World]:
    """A database of the test's own, cloned from the template."""
    name = clones.take()
    world = World(server, name)
    try:
        yield world
    finally:
        world.close()
        _admin(server, f"DROP DATABASE {name} WITH (FORCE)")


class Clones:
    """One clone of the template is made ahead, while a test runs: making it takes longer than most tests do."""

    def __init__(self, server: EmbeddedServer, ahead: ThreadPoolExecutor) -> None:
        self._server, self._ahead = server, ahead
        self._next = ahead.submit(self._make)

    def take(self) -> str:
        """The name of a database that nobody has used."""
        name = self._next.result()
        self._next = self._ahead.submit(self._make)
        return name

    def _make(self) -> str:
        name = f"test_{next(_numbers)}"
        _admin(self._server, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
        return name


def _admin(server: EmbeddedServer, sql: str) -> None:
    database = Database(server.operator_url("postgres"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(sql))
    database.close()
