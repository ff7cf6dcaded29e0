"""One statement without a transaction around it, and what the driver itself answers."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from services.database.engine import Database, fetched
from services.domain.errors import DatabaseUnreachable, SchemaMismatch
from tests.world import World


def test_a_glance_is_one_round_trip_without_a_transaction(world: World) -> None:
    with world.database().glance() as connection:
        first = fetched(connection, "SELECT txid_current(), %(word)s::text", {"word": "alice"})
        second = fetched(connection, "SELECT txid_current(), 'b'", {})
    assert first[0][1] == "alice"
    assert second[0][0] > first[0][0]


def test_what_is_fetched_within_a_read_sees_its_moment(world: World) -> None:
    with world.database().read() as connection:
        one = fetched(connection, "SELECT txid_current_snapshot()::text", {})
        world.fleet()
        assert fetched(
            connection, "SELECT txid_current_snapshot()::text, (SELECT count(*) FROM public.fleets)", {}
        ) == [(one[0][0], 0)]


def test_a_fault_is_told_in_words(world: World) -> None:
    with (
        pytest.raises(SchemaMismatch, match=r"finance\.nowhere. does not exist"),
        world.database().glance() as c,
    ):
        fetched(c, "SELECT * FROM finance.nowhere", {})


def test_a_lost_connection_is_replaced(world: World) -> None:
    database: Database = world.database()
    with pytest.raises(DatabaseUnreachable), database.glance() as connection:
        pid = fetched(connection, "SELECT pg_backend_pid()", {})[0][0]
        world.value("SELECT pg_terminate_backend(:pid)", pid=pid)
        fetched(connection, "SELECT 1", {})
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    with database.glance() as connection:
        assert fetched(connection, "SELECT pg_backend_pid()", {})[0][0] != pid
