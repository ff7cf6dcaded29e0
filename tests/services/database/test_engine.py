"""What goes wrong between us and the database, in words; and queries that end when nobody wants them any more."""

from __future__ import annotations

import time
from threading import Thread

import pytest
from sqlalchemy import text

from services.database.cancellation import CancelScope
from services.database.engine import Database, database_url
from services.domain.errors import (
    Cancelled,
    DatabaseUnreachable,
    EnvironmentFault,
    LoginRefused,
    NotAllowed,
    SchemaMismatch,
)
from tests.world import World


@pytest.mark.parametrize("written", ["", "nonsense", "mysql://a@b/c", "http://host"])
def test_an_address_that_is_none(written: str) -> None:
    with pytest.raises(DatabaseUnreachable, match=r"PostgreSQL|not a URL"):
        database_url(written)


@pytest.mark.parametrize(
    "written", ["postgresql://me@host/db", "postgres://me@host/db", " postgresql+psycopg://me@host/db "]
)
def test_addresses_people_write(written: str) -> None:
    assert database_url(written).drivername == "postgresql+psycopg"


def test_nobody_answers() -> None:
    database = Database("postgresql://me@127.0.0.1:9/none")
    with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1:9/none does not answer"):
        database.ping()


def test_a_wrong_password(world: World) -> None:
    world.person(world.fleet(), "viewer")
    database = Database(world.login_url("test_viewer").set(password="wrong"))
    with pytest.raises(LoginRefused, match="refused the login “test_viewer”") as caught:
        database.ping()
    assert "wrong" not in str(caught.value)


def test_no_such_database(world: World) -> None:
    world.person(world.fleet(), "viewer")
    with pytest.raises(DatabaseUnreachable, match="no such database"):
        Database(world.login_url("test_viewer").set(database="nowhere")).ping()


def test_a_schema_that_lacks_something(world: World) -> None:
    with pytest.raises(SchemaMismatch, match="workstation migrate"), world.database().read() as connection:
        connection.execute(text("SELECT * FROM finance.not_yet"))


def test_a_connection_that_is_cut_is_unreachable_then_comes_back(world: World) -> None:
    database = world.database()
    database.ping()
    with pytest.raises(DatabaseUnreachable), database.write() as connection:
        me = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        world.value("SELECT pg_terminate_backend(:pid)", pid=me)
        connection.execute(text("SELECT 1"))
    database.ping()


def test_reading_is_read_only(world: World) -> None:
    database = world.database("finance_projector")
    with pytest.raises(Exception, match="read-only"), database.read() as connection:
        connection.execute(text("DELETE FROM finance.payment_change"))


def test_a_role_is_in_force_on_every_connection(world: World) -> None:
    database = world.database("finance_relay")
    with database.read() as connection:
        assert connection.execute(text("SELECT current_user")).scalar() == "finance_relay"
    with pytest.raises(NotAllowed), database.read() as connection:
        connection.execute(text("SELECT * FROM finance.payment"))


def test_a_role_has_a_plain_name(world: World) -> None:
    with pytest.raises(ValueError, match="not a role"):
        Database(world.operator_url, role="x; DROP")


def test_cancelling_ends_the_query_on_the_server(world: World) -> None:
    scope, database = CancelScope(), world.database()
    outcome: list[BaseException] = []

    def work() -> None:
        with scope.entered():
            try:
                with database.read() as connection:
                    connection.execute(text("SELECT pg_sleep(60)"))
            except Cancelled as error:
                outcome.append(error)

    thread = Thread(target=work)
    thread.start()
    sleeping = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE query = 'SELECT pg_sleep(60)' AND state = 'active' AND datname = current_database()"
    )
    until = time.monotonic() + 20
    while world.value(sleeping) != 1 and time.monotonic() < until:
        time.sleep(0.01)
    scope.cancel()
    thread.join(20)
    assert len(outcome) == 1
    assert scope.cancelled
    assert world.value(sleeping) == 0


def test_work_that_was_cancelled_before_does_not_begin(world: World) -> None:
    scope, database = CancelScope(), world.database()
    scope.cancel()
    with scope.entered(), pytest.raises(Cancelled), database.read():
        raise AssertionError("a cancelled scope hands out no connection")
    assert CancelScope.current() is None


def test_the_address_tells_no_secret(world: World) -> None:
    world.person(world.fleet(), "viewer")
    address = Database(world.login_url("test_viewer")).address
    assert "password" not in address
    assert address.startswith("127.0.0.1:")


def test_a_full_disk_is_said_and_leaves_nothing(world: World) -> None:
    world.run(
        "CREATE FUNCTION public.disk_is_full() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
    )
    world.run(
        "CREATE TRIGGER disk_is_full AFTER INSERT ON finance.relay FOR EACH ROW EXECUTE FUNCTION public.disk_is_full()"
    )
    with (
        pytest.raises(EnvironmentFault, match="no disk space left; nothing was written"),
        world.database().write() as c,
    ):
        c.execute(text("INSERT INTO finance.relay (url) VALUES ('ws://here')"))
    assert world.value("SELECT count(*) FROM finance.relay") == 0
