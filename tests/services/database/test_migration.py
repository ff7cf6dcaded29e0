"""The chain of migrations: repeatable, equal to tables.py, and honest about schemas it does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from services.database import migration
from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.database.migration import migrate
from services.database.schema import known_revisions, newest, require_current
from services.database.tables import metadata
from services.domain.errors import SchemaMismatch
from services.feed.capture import capture_installed, install_capture
from services.feed.verification import verify
from tests.world import World


def _differences(database: Database) -> list[Any]:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table_schema": "finance",
                "include_schemas": True,
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: name == "finance" if kind == "schema" else True,
            },
        )
        return list(compare_metadata(context, metadata))


def test_the_chain_makes_what_tables_py_says(world: World) -> None:
    assert _differences(world.database()) == []


def test_the_comparison_can_fail(world: World) -> None:
    world.run("ALTER TABLE finance.payment DROP COLUMN failure_reason")
    world.run("DROP INDEX finance.payment_by_amount")
    assert len(_differences(world.database())) == 2


def test_migrating_again_changes_nothing(world: World) -> None:
    world.fleet()
    database = world.database()
    assert migrate(database) == (newest(), newest())
    install_capture(database)
    assert capture_installed(database)
    assert world.value("SELECT count(*) FROM public.fleets") == 1


def test_a_booking_system_that_is_already_there_is_left_alone(server: EmbeddedServer, world: World) -> None:
    world.run("DROP SCHEMA finance CASCADE")
    fleet = world.fleet()
    world.payment(world.booking(fleet))
    database = world.database()
    assert migrate(database) == (None, newest())
    assert world.value("SELECT count(*) FROM public.payment_transactions") == 1


def test_a_newer_schema_is_refused(world: World) -> None:
    world.run("UPDATE finance.alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match=r"\(9999\) is newer than this program knows"):
        migrate(world.database())
    with pytest.raises(SchemaMismatch, match="newer"):
        require_current(world.database())


def test_an_older_or_absent_schema_says_what_to_do(world: World) -> None:
    fleet = world.fleet()
    world.project()
    person = world.person(fleet, "viewer")
    require_current(person)
    world.run("UPDATE finance.alembic_version SET version_num = '0002'")
    with pytest.raises(SchemaMismatch, match=r"older than this program needs .* workstation migrate"):
        require_current(person)
    world.run("DROP SCHEMA finance CASCADE")
    with pytest.raises(SchemaMismatch, match="no finance schema"):
        require_current(world.database())


def test_payments_go_through_when_our_tables_are_gone(world: World) -> None:
    fleet = world.fleet()
    world.run("DROP TABLE finance.payment_change CASCADE")
    payment = world.payment(world.booking(fleet))
    world.change(payment, status="refunded")
    assert world.value("SELECT status FROM public.payment_transactions") == "refunded"


def test_the_triggers_wait_for_nobody_long(world: World) -> None:
    """A reader of the booking table in a long transaction does not make the installation hang the booking system."""
    database = world.database()
    with database.read() as reading:
        reading.execute(text("SELECT count(*) FROM public.payment_transactions"))
        # CREATE TRIGGER takes SHARE ROW EXCLUSIVE, which readers do not block.
        install_capture(world.database())
    assert capture_installed(database)


def test_the_chain_and_the_feed_work_on_postgresql_16(tmp_path_factory: pytest.TempPathFactory) -> None:
    older = EmbeddedServer(tmp_path_factory.mktemp("postgres16"), durable=False, version=16)
    older.start()
    try:
        world = World(older, "postgres")
        assert str(world.value("SHOW server_version")).startswith("16")
        database = world.database()
        assert migrate(database) == (None, newest())
        install_capture(database)
        assert _differences(database) == []
        fleet = world.fleet()
        world.payment(world.booking(fleet), "600.00")
        assert world.project() == 2
        assert verify(world.database("finance_owner")).differences == ()
        world.close()
    finally:
        older.remove()


def test_the_known_revisions_are_alembics() -> None:
    folder = Path(migration.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    chain = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(chain)) == known_revisions()
    assert ScriptDirectory.from_config(config).get_heads() == [newest()]
