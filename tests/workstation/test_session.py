"""Signing in: what a person gets, and what stands in the way, in sentences."""

from __future__ import annotations

import time

import pytest

from services.database.people import end_membership
from services.domain.errors import DatabaseUnreachable, LoginRefused, NotAllowed, RelayUnreachable, SchemaMismatch
from tests.workstation.command import PATIENCE
from tests.world import World
from workstation.session import open_session, try_connection


def test_a_person_gets_their_own_fleets_and_services(world: World) -> None:
    mine, other = world.fleet("MSAFIRI"), world.fleet("TAUSI")
    world.project()
    world.person(mine)
    session = open_session(world.login_url("test_manager"), None)
    try:
        assert [fleet.id for fleet in session.fleets] == [mine]
        assert session.payments.names(mine).routes == {}
        assert session.payments.methods(other) == []
        assert len(session.relay_ticket()) >= 32
        with pytest.raises(RelayUnreachable, match="workstation serve"):
            session.relay_address()
    finally:
        session.database.close()


def test_the_feed_is_where_the_setting_says(world: World) -> None:
    world.person(world.fleet())
    world.project()
    session = open_session(world.login_url("test_manager"), "ws://feed.example:8765")
    assert session.relay_address() == "ws://feed.example:8765"
    session.database.close()


def test_the_test_of_a_connection_names_the_fleets(world: World) -> None:
    fleet = world.fleet(name="Msafiri Express")
    world.person(fleet)
    world.project()
    assert try_connection(world.login_url("test_manager")) == "Connected: Msafiri Express."


def test_who_belongs_to_no_fleet_is_told_so(world: World) -> None:
    fleet = world.fleet()
    world.project()
    world.person(fleet, login="test_gone")
    with world.database().write() as connection:
        end_membership(connection, fleet, "test_gone")
    with pytest.raises(NotAllowed, match=r"“test_gone” belongs to no fleet\. Ask the operator"):
        try_connection(world.login_url("test_gone"))


def test_a_wrong_password_is_told_apart_from_a_wrong_address(world: World) -> None:
    world.person(world.fleet())
    url = world.login_url("test_manager")
    with pytest.raises(LoginRefused, match="refused the login “test_manager”"):
        try_connection(url.set(password="wrong"))
    with pytest.raises(DatabaseUnreachable, match="Check the name after the last slash"):
        try_connection(url.set(database="nowhere"))
    with pytest.raises(DatabaseUnreachable, match="does not answer"):
        try_connection(url.set(port=1))


def test_an_older_schema_and_none_say_what_to_run(world: World) -> None:
    world.person(world.fleet())
    world.run("UPDATE finance.alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaMismatch, match=r"older than this program needs .*workstation migrate"):
        try_connection(world.login_url("test_manager"))
    world.run("DROP SCHEMA finance CASCADE")
    with pytest.raises(SchemaMismatch, match=r"no finance schema.*workstation migrate"):
        try_connection(world.login_url("test_manager"))


def test_whoever_is_turned_away_leaves_no_connection_behind(world: World) -> None:
    world.person(world.fleet())
    world.run("UPDATE finance.alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaMismatch):
        open_session(world.login_url("test_manager"), None)
    until = time.monotonic() + PATIENCE
    # A server process goes a moment after its client has hung up.
    while world.value(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'test_manager' AND datname = :n", n=world.name
    ):
        assert time.monotonic() < until, "a connection was left behind"
        time.sleep(0.01)
